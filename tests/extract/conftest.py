"""Short ways to read a sentence, or a ``Doc`` built by hand, and to write down what came out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from spacy.tokens import Doc

from extract.document import SourceDocument
from extract.facts import Argument, Extraction, Fact
from extract.pipeline import extract_document

PUBLISHED = "2024-05-09"
SPACE = "␣"


@pytest.fixture(scope="session")
def read(nlp: Any) -> Callable[..., Extraction]:
    """Read one text with the whole pipeline."""

    def extract(
        text: str, *, published: str | None = PUBLISHED, source: str | None = None
    ) -> Extraction:
        document = SourceDocument(id="a", text=text, published=published, source=source)
        return extract_document(document, nlp)

    return extract


@pytest.fixture(scope="session")
def mentions(read: Callable[..., Extraction]) -> Callable[..., list[str]]:
    """The mentions of a text with one label, as written."""

    def find(text: str, label: str, **options: Any) -> list[str]:
        return [e.text for e in read(text, **options).entities if e.label == label]

    return find


@pytest.fixture(scope="session")
def facts(read: Callable[..., Extraction]) -> Callable[..., list[str]]:
    """The facts of a text of one type, one line each: canonical names and values in order."""

    def find(text: str, kind: str, **options: Any) -> list[str]:
        return [_line(fact) for fact in read(text, **options).facts if fact.type == kind]

    return find


def _line(fact: Fact) -> str:
    values = (getattr(fact, f.name) for f in fields(fact))
    words = [
        v.name if isinstance(v, Argument) else v for v in values if isinstance(v, str | Argument)
    ]
    return " | ".join(words)


@pytest.fixture(scope="session")
def make_doc(nlp: Any) -> Callable[[str], Doc]:
    """Make a ``Doc`` of words with LAC's tags: ``绍兴市/LOC 市长/n``; ␣/SP is a space."""

    def build(tagged: str) -> Doc:
        pairs = [word.rsplit("/", 1) for word in tagged.split()]
        words = [word.replace(SPACE, " ") for word, _ in pairs]
        tags = [tag for _, tag in pairs]
        return Doc(nlp.vocab, words=words, spaces=[False] * len(words), tags=tags)

    return build


@pytest.fixture(scope="session")
def proposals(nlp: Any, make_doc: Callable[[str], Doc]) -> Callable[..., list[str]]:
    """Run components over tagged words; every candidate as ``LABEL name``, in text order."""

    def run(tagged: str, *components: str) -> list[str]:
        doc = make_doc(tagged)
        for component in components:
            doc = nlp.get_pipe(f"tanpu_{component}")(doc)
        return [f"{c.label} {c.span.of(doc.text)}" for c in sorted(doc._.candidates)]

    return run
