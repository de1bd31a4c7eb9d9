"""The file of decisions: JSON Lines, a decision a line, in an order that only the set decides.

Two kinds of line. One says of two references of documents whether they are the same entity, a
``document`` of null standing for every document; the other says of an entity of the store, by the
end of its IRI, whether it is what another dataset calls by an IRI::

    {"kind": "person", "left": {"name": "乔云岫", "document": "a"}, "right": {"name": "乔云岫",
     "document": "b"}, "verdict": "different", "who": "林若禾", "when": "2031-05-06", "why": "…"}
    {"entity": "org/qing-he-dian-li-0123456789", "target": "https://names.example/id/17",
     "verdict": "same", "who": "林若禾", "when": "2031-05-06", "why": "官网"}

A later decision on the same pair takes the place of the earlier one, and undoing removes the
line: what was before is for version control to tell.

>>> read_decisions(Path("/nowhere/decisions.jsonl")).identities
()
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn, get_args

from graph.errors import GraphError
from graph.identity import EntityKind, name_to_key
from graph.linking.links import DecisionsByPair, LinkDecision
from graph.linking.service import MAX_IRI
from graph.resolution.decisions import Decision, Reference, Verdict

KINDS: tuple[EntityKind, ...] = ("person", "org", "forum", "regulation", "place")
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
_WRITTEN = ("verdict", "who", "when", "why")
_IDENTITY_FIELDS = frozenset({"kind", "left", "right", *_WRITTEN})
_LINK_FIELDS = frozenset({"entity", "target", *_WRITTEN})

_Key = tuple[EntityKind, str, str | None]
_Pair = tuple[_Key, _Key]


class DecisionError(GraphError):
    """Base of what can go wrong with decisions."""


class MalformedDecisionError(DecisionError):
    """A line of the file, or a decision that was to be written, is none."""


class RepeatedDecisionError(DecisionError):
    """Two lines of the file decide about one pair."""


class DecisionsChangedError(DecisionError):
    """Somebody changed the file between reading and writing."""


class NoSuchDecisionError(DecisionError):
    """There is no decision on a pair to undo."""


class DecisionFileError(DecisionError):
    """The file cannot be read or written."""


@dataclass(frozen=True, slots=True)
class DecisionFile:
    """All decisions of a file; a ``graph.resolution.decisions.Decisions``.

    ``lines`` says for identities, and then for links, on which line each stands, counted
    from 1; ``stamp`` is the digest of the bytes that were read, None where there was no file.
    """

    path: Path
    identities: tuple[Decision, ...] = ()
    links: tuple[LinkDecision, ...] = ()
    lines: Mapping[Decision | LinkDecision, int] = field(default_factory=dict)
    stamp: str | None = None
    _by_pair: Mapping[_Pair, Decision] = field(init=False, repr=False, compare=False)
    _by_key: Mapping[_Key, tuple[Decision, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key: dict[_Key, list[Decision]] = {}
        for decision in self.identities:
            for key in dict.fromkeys(pair_of(decision)):
                by_key.setdefault(key, []).append(decision)
        by_pair = {pair_of(decision): decision for decision in self.identities}
        object.__setattr__(self, "_by_pair", MappingProxyType(by_pair))
        object.__setattr__(
            self, "_by_key", MappingProxyType({k: tuple(v) for k, v in by_key.items()})
        )

    def between(self, left: Reference, right: Reference) -> Decision | None:
        """The decision on two references of documents.

        One that names both documents wins over one that names one, and that over one that
        names none.
        """
        named, other = _key_of(left), _key_of(right)
        for first, second in (
            (named, other),
            *sorted(((named, _anywhere(other)), (_anywhere(named), other)), key=repr),
            (_anywhere(named), _anywhere(other)),
        ):
            found = self._by_pair.get(_order(first, second))
            if found is not None:
                return found
        return None

    def naming(self, reference: Reference) -> tuple[Decision, ...]:
        """The decisions that have a reference of a document on one side."""
        key = _key_of(reference)
        return (*self._by_key.get(key, ()), *self._by_key.get(_anywhere(key), ()))

    def on_links(self, base: str, moved: Mapping[str, str]) -> DecisionsByPair:
        """The decisions on links, by today's IRI of the entity and the target.

        Args:
            base: The store's base.
            moved: Former IRIs of merged entities → today's.
        """
        found: dict[tuple[str, str], LinkDecision] = {}
        # Of two that a merge brought together, the later one is shown.
        for decision in sorted(self.links, key=lambda d: (d.when, d.entity)):
            iri = f"{base}id/{decision.entity}"
            iri = moved.get(iri, iri)
            found[iri, decision.target] = replace(decision, entity=iri)
        return found


def read_decisions(path: Path) -> DecisionFile:
    """The decisions of a file; none where there is no file.

    Raises:
        MalformedDecisionError: A line is no decision; the message names file and line.
        RepeatedDecisionError: Two lines decide about one pair.
        DecisionFileError: The file cannot be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return DecisionFile(path)
    except OSError as error:
        raise DecisionFileError(f"{path}: cannot read decisions: {error.strerror}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedDecisionError(
            f"{path}: byte {error.start}: expected decisions in UTF-8"
        ) from error
    identities: dict[_Pair, tuple[int, Decision]] = {}
    links: dict[tuple[str, str], tuple[int, LinkDecision]] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        decision = _line_to_decision(line, f"{path}, line {number}")
        if isinstance(decision, Decision):
            earlier, _ = identities.setdefault(pair_of(decision), (number, decision))
        else:
            pair = (decision.entity, decision.target)
            earlier, _ = links.setdefault(pair, (number, decision))
        if earlier != number:
            raise RepeatedDecisionError(
                f"{path}, line {number}: expected one decision on a pair, "
                f"got another than that of line {earlier}"
            )
    lines: dict[Decision | LinkDecision, int] = {}
    lines.update((decision, line) for line, decision in identities.values())
    lines.update((decision, line) for line, decision in links.values())
    return DecisionFile(
        path,
        tuple(decision for _, decision in identities.values()),
        tuple(decision for _, decision in links.values()),
        lines,
        _stamp(data),
    )


def write_decisions(file: DecisionFile) -> DecisionFile:
    """Put the decisions in place of those in the file, whole or not at all.

    Returns:
        The file as it is now.

    Raises:
        MalformedDecisionError: A decision could not be read back.
        DecisionsChangedError: The file is not as it was read.
        DecisionFileError: It cannot be written.
    """
    rows = sorted(_identity_to_row(decision) for decision in file.identities)
    rows += sorted(_link_to_row(decision) for decision in file.links)
    text = "".join(f"{row}\n" for row in rows)
    for number, row in enumerate(rows, start=1):
        _line_to_decision(row, f"{file.path}, line {number}")
    unfinished = file.path.with_name(f"{file.path.name}.{os.getpid()}.unfinished")
    try:
        before = _stamp(file.path.read_bytes()) if file.path.exists() else None
        if before != file.stamp:
            raise DecisionsChangedError(
                f"{file.path}: expected the file as it was read, got a changed one; start again"
            )
        file.path.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file.path.resolve())
    except OSError as error:
        raise DecisionFileError(f"{file.path}: cannot write decisions: {error.strerror}") from error
    return read_decisions(file.path)


def with_decisions(
    file: DecisionFile, decisions: Iterable[Decision | LinkDecision]
) -> DecisionFile:
    """The file with more decisions, each in place of an earlier one on its pair."""
    identities = {pair_of(decision): decision for decision in file.identities}
    links = {(decision.entity, decision.target): decision for decision in file.links}
    for decision in decisions:
        if isinstance(decision, Decision):
            identities[pair_of(decision)] = decision
        else:
            links[decision.entity, decision.target] = decision
    return DecisionFile(
        file.path, tuple(identities.values()), tuple(links.values()), {}, file.stamp
    )


def without_decision(
    file: DecisionFile, pair: tuple[Reference, Reference] | tuple[str, str]
) -> DecisionFile:
    """The file without the decision on two references, or on an entity and a target.

    Raises:
        NoSuchDecisionError: There is none.
    """
    left, right = pair
    if isinstance(left, Reference) and isinstance(right, Reference):
        wanted = _order(_key_of(left), _key_of(right))
        identities = tuple(d for d in file.identities if pair_of(d) != wanted)
        links = file.links
    else:
        identities = file.identities
        links = tuple(d for d in file.links if (d.entity, d.target) != pair)
    if (len(identities), len(links)) == (len(file.identities), len(file.links)):
        names = [side.name if isinstance(side, Reference) else side for side in pair]
        raise NoSuchDecisionError(f"{file.path}: expected a decision on {' and '.join(names)}")
    return DecisionFile(file.path, identities, links, {}, file.stamp)


def pair_of(decision: Decision) -> _Pair:
    """The two references of a decision by what identifies them, in an order of their own."""
    return _order(_key_of(decision.left), _key_of(decision.right))


def _key_of(reference: Reference) -> _Key:
    return reference.kind, name_to_key(reference.name), reference.document


def _anywhere(key: _Key) -> _Key:
    return key[0], key[1], None


def _order(first: _Key, second: _Key) -> _Pair:
    return (first, second) if repr(first) <= repr(second) else (second, first)


def _stamp(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# ------------------------------------------------------------------------------- lines


def _identity_to_row(decision: Decision) -> str:
    sides = sorted(
        (decision.left, decision.right), key=lambda r: (name_to_key(r.name), r.document or "")
    )
    left, right = ({"name": side.name, "document": side.document} for side in sides)
    row = {"kind": decision.left.kind, "left": left, "right": right}
    return json.dumps({**row, **_written(decision)}, ensure_ascii=False)


def _link_to_row(decision: LinkDecision) -> str:
    row = {"entity": decision.entity, "target": decision.target}
    return json.dumps({**row, **_written(decision)}, ensure_ascii=False)


def _written(decision: Decision | LinkDecision) -> dict[str, str]:
    return {name: getattr(decision, name) for name in _WRITTEN}


def _line_to_decision(line: str, where: str) -> Decision | LinkDecision:
    def refuse(expected: str, got: object) -> NoReturn:
        shown = repr(got)
        shown = shown if len(shown) <= 120 else f"{shown[:120]}…"
        raise MalformedDecisionError(f"{where}: expected {expected}, got {shown}")

    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise MalformedDecisionError(f"{where}: expected JSON, {error}") from error
    if not isinstance(row, dict):
        refuse("an object", row)
    if set(row) not in (_IDENTITY_FIELDS, _LINK_FIELDS):
        refuse(f"the fields {sorted(_IDENTITY_FIELDS)} or {sorted(_LINK_FIELDS)}", sorted(row))
    verdict = row["verdict"]
    if verdict not in VERDICTS:
        refuse(f"'verdict' among {VERDICTS}", verdict)
    for name in ("who", "when", "why"):
        if not isinstance(row[name], str) or (name != "why" and not row[name].strip()):
            refuse(f"{name!r} to be a string{'' if name == 'why' else ' that is not empty'}", row)
        _check_encodable(row[name], refuse)
    if not _is_moment(row["when"]):
        refuse("'when' to be an ISO date or moment", row["when"])
    if "entity" in row:
        return _row_to_link(row, refuse)
    kind = row["kind"]
    if kind not in KINDS:
        refuse(f"'kind' among {KINDS}", kind)
    left, right = (_row_to_reference(row[side], kind, refuse) for side in ("left", "right"))
    if left == right and left.document is not None:
        refuse("two references", row)
    return Decision(left, right, verdict, row["who"], row["when"], row["why"])


def _row_to_link(row: Mapping[str, Any], refuse: Any) -> LinkDecision:
    entity, target = row["entity"], row["target"]
    parts = entity.split("/") if isinstance(entity, str) else []
    if len(parts) != 2 or parts[0] not in KINDS or not parts[1]:
        refuse("'entity' to be the end of an entity's IRI, like org/qing-he-0123456789", entity)
    if not isinstance(target, str) or not target.startswith(("http://", "https://")):
        refuse("'target' to be an http or https IRI", target)
    if len(target) > MAX_IRI:
        refuse(f"'target' of at most {MAX_IRI} characters", target)
    _check_encodable(entity + target, refuse)
    return LinkDecision(
        entity=entity,
        target=target,
        verdict=row["verdict"],
        who=row["who"],
        when=row["when"],
        why=row["why"],
    )


def _row_to_reference(row: Any, kind: EntityKind, refuse: Any) -> Reference:
    if not isinstance(row, dict) or set(row) != {"name", "document"}:
        refuse("a reference to have 'name' and 'document'", row)
    name, document = row["name"], row["document"]
    if not isinstance(name, str) or not name.strip("“”‘’\"'《》〈〉«»‹› \t"):
        refuse("'name' to be a name", name)
    if document is not None and (not isinstance(document, str) or not document):
        refuse("'document' to be the id of a document, or null", document)
    _check_encodable(name + (document or ""), refuse)
    return Reference(kind, name, document)


def _check_encodable(text: str, refuse: Any) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        refuse("Unicode characters", text)


def _is_moment(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    return text.startswith(f"{moment:%Y-%m-%d}")
