"""An article tried out: read, extracted, mapped and checked, and nothing stored.

:func:`try_article` is a task for a process of its own (:mod:`extract.worker`): everything that
takes time or could fail on what a stranger sends happens there. The graph is that of the article
alone: no other document decides what a name in it means.

>>> try_article.__name__
'try_article'
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from extract.decoding import refuse_damaged
from extract.document import SourceDocument
from extract.errors import MalformedRecordError
from extract.facts import Extraction
from extract.readers import InputRefusal, ReadLimits, read_bytes
from graph.conversion import graph_to_triples
from graph.errors import GraphError
from graph.identity import Minter
from graph.mapping import facts_to_graph
from graph.validation import ValidationReport, validate_graph

if TYPE_CHECKING:
    # It brings the models' library with it.
    from extract.tagger import ModelName


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What is to be tried: the content of a file, and what is known of the article.

    ``name`` is what the file is called; its suffix tells the format. ``title``, ``published``
    (ISO) and ``source`` hold where the file does not say them itself. IRIs lie under ``base``.
    ``model`` is the tagger that reads it.
    """

    name: str
    data: bytes
    base: str
    limits: ReadLimits
    title: str | None = None
    published: str | None = None
    source: str | None = None
    model: ModelName = "accurate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tryout:
    """What came of an attempt: entities and facts, the graph in N-Triples, and its check.

    ``problem`` says why there is no graph, and so no report, where the vocabulary cannot hold
    what was read.
    """

    extraction: Extraction
    n_triples: bytes = b""
    report: ValidationReport | None = None
    problem: str | None = None


def try_article(attempt: Attempt) -> Tryout:
    """Read, extract, map and check one article.

    Line ends of two characters become one, as in a text that was typed into a form: offsets
    count the text that comes back.

    Raises:
        InputError: The file cannot be read, or has another number of articles than one.
        ComponentError: A component of the pipeline failed on this text.
    """
    # The process that reads articles needs it, and the service that starts this one does not.
    from extract import pipeline

    source = read_article(attempt)
    extraction = pipeline.extract_document(source, pipeline.load_pipeline(attempt.model))
    try:
        graph = facts_to_graph(extraction, Minter(attempt.base))
        report = validate_graph(graph)
        triples = list(graph_to_triples(graph))
    except GraphError as error:
        return Tryout(extraction=extraction, problem=str(error))
    data = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    if data is None:
        raise TypeError("expected bytes, got None")
    return Tryout(extraction=extraction, n_triples=data, report=report)


def read_article(attempt: Attempt) -> SourceDocument:
    """The one article of a file.

    Raises:
        InputError: As :func:`try_article` does.
    """
    found = list(_first_two(attempt))
    if len(found) != 1:
        raise MalformedRecordError(attempt.name, expected="one article", got="several")
    article = found[0]
    if isinstance(article, InputRefusal):
        raise article.error
    for key, value in (("title", attempt.title), ("source", attempt.source)):
        refuse_damaged(value or "", attempt.name, what=repr(key))
    return replace(
        article,
        text=article.text.replace("\r\n", "\n"),
        title=article.title or attempt.title,
        published=article.published or attempt.published,
        source=article.source or attempt.source,
    )


def _first_two(attempt: Attempt) -> Iterator[SourceDocument | InputRefusal]:
    for number, item in enumerate(
        read_bytes(attempt.name, attempt.data, limits=attempt.limits), start=1
    ):
        yield item
        if number == 2:
            return
