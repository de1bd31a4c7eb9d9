"""The pipeline as a whole: its components, its version, its three arrows."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytest

from extract.document import SourceDocument
from extract.errors import ComponentError
from extract.pipeline import (
    COMPONENTS,
    doc_to_facts,
    extract_document,
    load_pipeline,
    pipeline_version,
    source_to_doc,
)

TEXT = "绍兴市市长沈墨言昨天出席第五届越州碳中和论坛并致辞。论坛由清河大学主办。"
SOURCE = SourceDocument(id="a", text=TEXT, published="2024-05-09", source="越州晚报")


def test_components_run_in_the_declared_order(nlp: Any) -> None:
    assert nlp.pipe_names == [name for _, name in COMPONENTS]


def test_every_component_is_registered_where_it_is_declared(nlp: Any) -> None:
    for module, name in COMPONENTS:
        assert type(nlp.get_pipe(name)).__module__ == module


def test_requirements_of_every_component_are_met(nlp: Any) -> None:
    """spaCy's own analysis of what components declare as assigned and required."""
    problems = nlp.analyze_pipes()["problems"]
    assert {name: found for name, found in problems.items() if found} == {}


def test_version_names_the_package_and_its_release() -> None:
    assert pipeline_version() == f"tanpu {version('tanpu')}"


def test_source_is_handed_to_the_components(nlp: Any) -> None:
    doc = source_to_doc(SOURCE, nlp)
    assert doc.text == TEXT
    assert (doc._.published, doc._.source) == ("2024-05-09", "越州晚报")


def test_facts_come_in_the_order_of_their_sentences(nlp: Any) -> None:
    facts = doc_to_facts(source_to_doc(SOURCE, nlp))
    assert [f.type for f in facts] == ["holds_post", "takes_part", "organizes"]
    assert [f.evidence for f in facts] == sorted(f.evidence for f in facts)


def test_extraction_keeps_the_document_and_the_pipeline(nlp: Any) -> None:
    extraction = extract_document(SOURCE, nlp)
    assert extraction.document == SOURCE
    assert extraction.pipeline == pipeline_version()
    assert extraction.facts == doc_to_facts(source_to_doc(SOURCE, nlp))


def test_a_pipeline_loaded_again_reads_alike(nlp: Any) -> None:
    again = load_pipeline()
    assert extract_document(SOURCE, again) == extract_document(SOURCE, nlp)


def test_a_component_that_fails_refuses_its_document_alone(nlp: Any) -> None:
    nlp.tokenizer, kept = FailingTokenizer(nlp.tokenizer), nlp.tokenizer
    try:
        with pytest.raises(ComponentError, match=r"document 'bad' cannot be read: no words"):
            extract_document(SourceDocument(id="bad", text="坏的文本。"), nlp)
        assert extract_document(SourceDocument(id="good", text="好的文本。"), nlp).facts == ()
    finally:
        nlp.tokenizer = kept


class FailingTokenizer:
    """Refuses texts that begin with 坏."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def __call__(self, text: str) -> Any:
        if text.startswith("坏"):
            raise ValueError("no words")
        return self._tokenizer(text)
