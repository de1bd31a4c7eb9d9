"""Extraction of the sample corpus on one thread, beside the LAC tagger alone.

The peer does the first step only (words and tags of the same text), so that its ratio says
what part of LAC's speed the whole of extraction keeps. Characters a second follow from the
number of characters in the case's name.
"""

from __future__ import annotations

from pathlib import Path

from bench.measure import Row, compare
from extract.document import SourceDocument
from extract.pipeline import extract_document, load_pipeline
from extract.readers import read_inputs

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def run(*, smoke: bool) -> list[Row]:
    """Medians over the whole corpus, or over four of its articles."""
    read = read_inputs([str(SAMPLES)])
    documents = [source for source in read if isinstance(source, SourceDocument)]
    documents = documents[:4] if smoke else documents
    nlp = load_pipeline()
    characters = sum(len(source.text) for source in documents)

    def extract() -> int:
        for source in documents:
            extract_document(source, nlp)
        return characters

    def tag() -> int:
        for source in documents:
            nlp.make_doc(source.text)
        return characters

    return compare(
        f"extract {characters} characters", extract, {"LAC alone": tag}, rounds=2 if smoke else 5
    )
