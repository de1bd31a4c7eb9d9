"""The spaCy pipeline: from a text to a ``Doc``, and from a ``Doc`` to facts.

A pure function of one document: no component keeps anything between documents, so that
documents can be spread over processes.

>>> nlp = load_pipeline()
>>> source = SourceDocument(id="a", text="某市市长林远出席。", published="2024-05-09")
>>> [entity.label for entity in extract_document(source, nlp).entities]
['POST', 'PERSON']
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.metadata import version

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from extract.document import SourceDocument
from extract.errors import ComponentError
from extract.extensions import register_extensions
from extract.facts import Extraction, Fact
from extract.furniture import complete_source
from extract.joining import join_lines
from extract.tagger import ModelName

# Module and registered name of every component, in order.
COMPONENTS: tuple[tuple[str, str], ...] = (
    ("extract.names", "tanpu_names"),
    ("extract.regulations", "tanpu_regulations"),
    ("extract.forums", "tanpu_forums"),
    ("extract.time", "tanpu_dates"),
    ("extract.persons", "tanpu_persons"),
    ("extract.organizations", "tanpu_organizations"),
    ("extract.places", "tanpu_places"),
    ("extract.posts", "tanpu_posts"),
    ("extract.aliases", "tanpu_aliases"),
    ("extract.entities", "tanpu_entities"),
    ("extract.references", "tanpu_references"),
    ("extract.appointments", "tanpu_appointments"),
    ("extract.namesakes", "tanpu_namesakes"),
    ("extract.organizers", "tanpu_organizers"),
    ("extract.programme", "tanpu_programme"),
    ("extract.participation", "tanpu_participation"),
    ("extract.quotations", "tanpu_quotations"),
    ("extract.issuance", "tanpu_issuance"),
    ("extract.legislation", "tanpu_legislation"),
    ("extract.figures", "tanpu_figures"),
    ("extract.ranks", "tanpu_ranks"),
    ("extract.naming", "tanpu_naming"),
    ("extract.coreference", "tanpu_coreference"),
    ("extract.confidence", "tanpu_confidence"),
)
_WITH_MODEL = ("tanpu_entities", "tanpu_confidence")


@cache  # each look-up reads the metadata of the installed package
def pipeline_version() -> str:
    """Name and version of the pipeline, as kept in the provenance of every document."""
    return f"tanpu {version('tanpu')}"


@cache
def load_pipeline(model: ModelName = "accurate") -> Language:
    """The pipeline with all its components over one of the trained taggers.

    Loaded once a process; no component keeps anything of a document.
    """
    register_extensions()
    import_module("extract.tokenizer")
    tokenizer = {"@tokenizers": "tanpu.TaggerTokenizer.v1", "model": model}
    # Of its own: spaCy's looks at each new word for shape, URLs, ..., what no component asks for.
    vocab = Vocab(lex_attr_getters={})
    nlp = spacy.blank("zh", vocab=vocab, config={"nlp": {"tokenizer": tokenizer}})
    for module, name in COMPONENTS:
        import_module(module)
        nlp.add_pipe(name, config={"model": model} if name in _WITH_MODEL else {})
    return nlp


def source_to_doc(source: SourceDocument, nlp: Language) -> Doc:
    """The annotated ``Doc`` of one document, dated by its day of publication."""
    doc = nlp.make_doc(source.text)
    doc._.published = source.published
    doc._.source = source.source
    return nlp(doc)


def doc_to_facts(doc: Doc) -> tuple[Fact, ...]:
    """All facts of an annotated ``Doc``, by the sentence that says them."""
    return tuple(sorted(doc._.facts, key=lambda f: (f.evidence, f.type)))


def extract_document(source: SourceDocument, nlp: Language) -> Extraction:
    """Entities, facts and references of one document, completed by its own furniture.

    Raises:
        ComponentError: A component failed on this text; other documents are not concerned.
    """
    source = complete_source(source)
    joined = join_lines(source.text)
    try:
        doc = source_to_doc(replace(source, text=joined.text), nlp)
    except ValueError as error:  # spaCy raises the errors of components as this
        raise ComponentError(f"document {source.id!r} cannot be read: {error}") from error
    return Extraction(
        document=source,
        entities=tuple(joined.entity_to_source(e) for e in doc._.entities),
        facts=tuple(joined.fact_to_source(f) for f in doc_to_facts(doc)),
        references=tuple(joined.reference_to_source(r) for r in doc._.coreferences),
        pipeline=pipeline_version(),
    )
