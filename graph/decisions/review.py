"""What waits for a person: pairs of references that may be one entity, and proposed links.

Each item has two sides with the sentences that name them, and becomes a decision.

>>> sentence_around("前言。绿能局发文。后记。", 3, 6)
'绿能局发文。'
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import IO

from rdflib import Literal, URIRef
from rdflib.term import Node

from graph.decisions.file import KINDS, VERDICTS, DecisionError, DecisionFile
from graph.identity import EntityKind, Minter
from graph.linking.linker import link_graphs, read_links
from graph.linking.links import Link, LinkDecision, Source, graph_to_matches
from graph.linking.moves import find_moved
from graph.queryfiles import select
from graph.resolution.apply import uncertain_pairs
from graph.resolution.decisions import Decision, Reference, Verdict
from graph.store import Store

MAX_SENTENCE = 160
_ENDINGS = "。！？；\n"
_COLUMNS = (
    "about",
    "left",
    "left_document",
    "left_evidence",
    "right",
    "right_document",
    "right_evidence",
    "score",
    "reason",
    "verdict",
    "why",
)
_NEEDED = frozenset({"about", "left", "left_document", "right", "right_document", "verdict"})
_LINK = "link"


class ReviewTableError(DecisionError):
    """A table of decisions that came back cannot be read."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an item: what it is called, and sentences with their documents."""

    name: str
    evidence: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """Something to decide.

    ``pair`` is what the decision will be about: two references, or the end of an entity's
    IRI and the IRI of a target. ``reasons`` are in Chinese and in English. ``same`` says
    whether the two are one entity now; None for a link.
    """

    pair: tuple[Reference, Reference] | tuple[str, str]
    left: Side
    right: Side
    score: float | None
    reasons: tuple[str, str]
    same: bool | None = None

    @property
    def about(self) -> str:
        """The kind of the references, or ``link``."""
        return self.pair[0].kind if isinstance(self.pair[0], Reference) else _LINK


def list_items(store: Store, minter: Minter, decisions: DecisionFile) -> Iterator[ReviewItem]:
    """Everything that nobody has decided: pairs first, then links, an entity's best one first."""
    for pair in uncertain_pairs(store, minter, decisions):
        if decisions.between(pair.left, pair.right) is None:
            yield ReviewItem(
                pair=(pair.left, pair.right),
                left=_reference_to_side(store, pair.left),
                right=_reference_to_side(store, pair.right),
                score=pair.score,
                reasons=pair.reasons,
                same=pair.same,
            )
    moved = find_moved_entities(store, decisions)
    settled = read_links(store, decisions=decisions.on_links(store.base, moved), moved=moved)
    for source, link in sorted(settled, key=_order_of_review):
        if link.judgement.status == "proposed" and link.decision is None:
            entity = link.entity.removeprefix(f"{store.base}id/")
            names = select(store, "entity_presence", bindings={"entity": URIRef(link.entity)})
            name = next((row["name"] for row in names), entity)
            reason = f"{source.name}: {link.judgement.reason}"
            yield ReviewItem(
                pair=(entity, link.match.target),
                left=Side(name, _sentences(store, "review_mentions", entity=URIRef(link.entity))),
                right=Side(link.match.target_name or link.match.target, ()),
                score=None if link.match.score is None else float(link.match.score),
                reasons=(reason, reason),
            )


def find_moved_entities(store: Store, decisions: DecisionFile) -> dict[str, str]:
    """Former IRIs → today's, of all entities that have links or decisions on links."""
    linked = (
        match.entity
        for iri in link_graphs(store)
        for match in graph_to_matches(store.graph(iri), iri)
    )
    decided = (f"{store.base}id/{decision.entity}" for decision in decisions.links)
    return find_moved(store, [*linked, *decided])


def decide(
    pair: tuple[Reference, Reference] | tuple[str, str],
    verdict: Verdict,
    *,
    who: str,
    when: str,
    why: str,
) -> Decision | LinkDecision:
    """A decision on the pair of an item; ``when`` is an ISO date or moment."""
    left, right = pair
    if isinstance(left, Reference) and isinstance(right, Reference):
        return Decision(left, right, verdict, who, when, why)
    return LinkDecision(
        entity=str(left), target=str(right), verdict=verdict, who=who, when=when, why=why
    )


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence of a text in which something stands, cut to ``MAX_SENTENCE`` characters.

    Args:
        text: The text.
        start: The first code point of what is named.
        end: The one behind its last.
    """
    first = 1 + max(text.rfind(ending, 0, start) for ending in _ENDINGS)
    ends = [found for ending in _ENDINGS if (found := text.find(ending, end)) >= 0]
    last = min(ends, default=len(text) - 1) + 1
    cut_first = max(first, start - MAX_SENTENCE // 2)
    cut_last = min(last, max(end, cut_first + MAX_SENTENCE))
    words = " ".join(text[cut_first:cut_last].split())
    return f"{'…' * (cut_first > first)}{words}{'…' * (cut_last < last)}"


def items_to_csv(items: Iterable[ReviewItem], stream: IO[str]) -> int:
    """Write a table to be filled in: ``verdict`` (same, different, unsure) and ``why``.

    Returns:
        How many items there are.
    """
    writer = csv.DictWriter(stream, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    count = 0
    for item in items:
        sides = [
            (side.name, side.document or "") if isinstance(side, Reference) else (side, "")
            for side in item.pair
        ]
        (left, left_document), (right, right_document) = sides
        writer.writerow(
            {
                "about": item.about,
                "left": left,
                "left_document": left_document,
                "left_evidence": _as_text(_side_to_text(item.left)),
                "right": right,
                "right_document": right_document,
                "right_evidence": _as_text(_side_to_text(item.right)),
                "score": "" if item.score is None else f"{item.score:g}",
                "reason": _as_text(" / ".join(dict.fromkeys(item.reasons))),
            }
        )
        count += 1
    return count


def csv_to_decisions(
    stream: IO[str], *, where: str, who: str, when: str
) -> tuple[Decision | LinkDecision, ...]:
    """The decisions of a table that was filled in; rows without a verdict are passed over.

    Raises:
        ReviewTableError: A column is missing, or a row has another verdict or kind.
    """
    reader = csv.DictReader(stream, strict=True)
    try:
        missing = _NEEDED - set(reader.fieldnames or ())
        if missing:
            raise ReviewTableError(f"{where}: expected the columns {sorted(missing)}")
        return tuple(
            _row_to_decision(row, f"{where}, line {reader.line_num}", who, when)
            for row in reader
            if (row["verdict"] or "").strip()
        )
    except csv.Error as error:
        raise ReviewTableError(
            f"{where}: expected CSV after line {reader.line_num}: {error}"
        ) from error


def _row_to_decision(
    row: Mapping[str, str | None], where: str, who: str, when: str
) -> Decision | LinkDecision:
    verdicts: Mapping[str, Verdict] = {verdict: verdict for verdict in VERDICTS}
    kinds: Mapping[str, EntityKind] = {kind: kind for kind in KINDS}
    about, said = (row["about"] or "").strip(), (row["verdict"] or "").strip().lower()
    left, right = row["left"] or "", row["right"] or ""
    why = (row.get("why") or "").strip()
    if said not in verdicts:
        raise ReviewTableError(f"{where}: expected a verdict among {VERDICTS}, got {said!r}")
    pair: tuple[Reference, Reference] | tuple[str, str]
    if about == _LINK:
        pair = (left, right)
    elif about in kinds:
        kind = kinds[about]
        pair = (
            Reference(kind, left, row["left_document"] or None),
            Reference(kind, right, row["right_document"] or None),
        )
    else:
        raise ReviewTableError(f"{where}: expected {_LINK!r} or one of {KINDS}, got {about!r}")
    return decide(pair, verdicts[said], who=who, when=when, why=why)


def _order_of_review(found: tuple[Source, Link]) -> tuple[str, str, Decimal, str]:
    """By service and entity, and by falling score."""
    source, link = found
    score = Decimal(0) if link.match.score is None else link.match.score
    return source.iri, link.entity, -score, link.match.target


def _reference_to_side(store: Store, reference: Reference) -> Side:
    named: dict[str, Node] = {"name": Literal(reference.name)}
    if reference.document is not None:
        named["id"] = Literal(reference.document)
    return Side(reference.name, _sentences(store, "review_references", **named))


def _sentences(store: Store, query: str, **bindings: Node) -> tuple[tuple[str, str], ...]:
    """Documents and sentences, each sentence once."""
    found = (
        (row["id"], sentence_around(row["text"], int(row["start"]), int(row["end"])))
        for row in select(store, query, bindings=bindings)
    )
    return tuple(dict.fromkeys(found))


def _side_to_text(side: Side) -> str:
    said = " | ".join(f"{sentence} ({document})" for document, sentence in side.evidence)
    return f"{side.name}: {said}" if said else side.name


def _as_text(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell
