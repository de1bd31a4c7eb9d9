"""What the page of a thing shows: statements by role, its place in a hierarchy, its summary.

Everything is bounded: a role shows one page of each of its groups with a count and leads to the
others, a hierarchy ends after some levels and nodes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from rdflib import URIRef

from graph.lookup import IndexedEntity
from ontology.terms import DCTERMS, ELI, ORG, OWL, RDFS, SDO, SKOS, SOSA, TANPU
from web.careers import HeldPost
from web.figures import Figure, read_figures
from web.lines import Line, read_line
from web.lookup import nearest_index
from web.programme import order_programme
from web.reading import NodeView, Reader, StatementView
from web.roles import ROLE_OF_KEY, ROLES, Role, group_words
from web.statements import SORTED_AT_MOST, count_groups, count_statements, list_statements
from web.store import Row, StoreAccess
from web.wording import Words

# Lines of a group on the page of a thing; the others are a link away.
LINES = 10
# The same of a role in which a thing has very many statements, and so other groups as full.
FEW_LINES = 5
FIGURES = 20
LEVELS = 8
TREE_NODES = 60
SUMMARY_LINES = 4

FIGURE_ROLES = (SOSA.hasFeatureOfInterest, SOSA.observedProperty)
MATCHES = (OWL.sameAs, SKOS.exactMatch, SKOS.closeMatch)
# Said by statements, with their evidence, or shown elsewhere on the page.
SHORTCUTS = frozenset(
    {
        *(ORG.holds, TANPU.formerlyHeld, SDO.superEvent, SDO.startDate, SDO.endDate),
        *(SDO.location, SDO.organizer, SDO.attendee, TANPU.theme, ELI.passed_by),
        *(ELI.date_document, ELI.first_date_entry_in_force, ELI.date_no_longer_in_force),
        *(ELI.amends, ELI.repeals, ELI.based_on, ELI.ensures_implementation_of, ELI.cites),
        *(ORG.subOrganizationOf, SDO.containedInPlace, TANPU.inSeries, SKOS.inScheme),
        *(DCTERMS.source, RDFS.seeAlso),
        *MATCHES,
    }
)


@dataclass(frozen=True, slots=True)
class Group:
    """The statements of a role with one value of the property that parts them.

    ``total`` counts those that are sure enough, ``words`` are None where the role is not parted,
    ``key`` names the group in an address.
    """

    words: Words | None
    key: str | None
    total: int
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Block:
    """The statements in which a thing fills a role; ``hidden`` are not sure enough.

    Figures stand in a table instead of in groups; ``said`` are the statements of its first rows,
    with their evidence, by IRI.
    """

    role: Role
    total: int
    hidden: int
    groups: Sequence[Group]
    figures: Sequence[Figure] = ()
    said: Mapping[str, StatementView] = field(default_factory=dict)

    @property
    def anchor(self) -> str:
        """The fragment of the block's heading."""
        return f"{self.role.segment}-{self.role.key}"


@dataclass(frozen=True, slots=True)
class Branch:
    """A thing in a tree with what is part of it; ``more`` are not shown."""

    line: Line
    branches: Sequence[Branch]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Members:
    """What is a part of a thing by one property: how many there are, and the first of them."""

    words: Words
    total: int
    nodes: Sequence[tuple[NodeView, str | None]]


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One row of the summary: what it is about, and the lines that say it.

    ``whole`` says that these are all lines of a role, which then need no block of their own.
    """

    words: Words
    lines: Sequence[Line]
    whole: bool


_SUMMARIES: Mapping[str, Sequence[tuple[Words, str, URIRef, URIRef | None]]] = MappingProxyType(
    {
        "person": (
            (Words("现任", "Holds"), "membership", ORG.member, TANPU.StatusCurrent),
            (Words("曾任", "Held"), "membership", ORG.member, TANPU.StatusFormer),
        ),
        "forum": (
            (Words("时间", "When"), "scheduling", TANPU.event, None),
            (Words("地点", "Where"), "siting", TANPU.event, None),
            (Words("主题", "Theme"), "theming", TANPU.event, None),
            (Words("所属会议", "Part of"), "subevent", TANPU.event, None),
            (Words("主办", "Hosts"), "organizing", TANPU.event, TANPU.RoleHosts),
        ),
        "regulation": (
            (Words("发布机关", "Issued by"), "issuance", TANPU.regulation, None),
            (Words("重要日期", "Dates"), "step", TANPU.regulation, None),
            (
                Words("被废止或取代", "Repealed or replaced by"),
                "relation",
                TANPU.relatedRegulation,
                TANPU.RelationRepeals,
            ),
        ),
    }
)
# What is part of a thing, by its kind: words, and the property that leads from the part to it.
_MEMBERS: Mapping[str, Sequence[tuple[Words, URIRef]]] = MappingProxyType(
    {
        "org": (
            (Words("下属机构", "Institutions below it"), ORG.subOrganizationOf),
            (Words("职位", "Posts"), ORG.postIn),
        ),
        "place": ((Words("职位", "Posts"), ORG.postIn),),
        "series": ((Words("历届", "Editions"), TANPU.inSeries),),
    }
)
_ABOVE: Mapping[str, URIRef] = MappingProxyType(
    {"org": ORG.subOrganizationOf, "place": SDO.containedInPlace, "forum": SDO.superEvent}
)


class Overview:
    """Reads what is shown of one thing.

    Args:
        store: the store at one moment.
        reader: reads nodes and statements of it.
        iri: the thing.
        segment: of its kind.
        least: the confidence, 0 to 1, that the best evidence of a statement has to have.
        size: lines of a group.
    """

    def __init__(
        self,
        store: StoreAccess,
        reader: Reader,
        iri: URIRef,
        segment: str,
        *,
        least: float = 0.0,
        size: int = LINES,
    ) -> None:
        self._store = store
        self._reader = reader
        self._iri = iri
        self._segment = segment
        self._least = least
        self._size = size

    def blocks(self) -> list[Block]:
        """The roles that the thing fills, in the order of :data:`web.roles.ROLES`."""
        found = (self._block(role) for role in ROLES)
        return [block for block in found if block.total or block.hidden]

    def above(self) -> list[NodeView]:
        """What the thing is a part of, from the top down, without the thing itself."""
        prop = _ABOVE.get(self._segment)
        path: list[NodeView] = []
        node = self._iri
        while prop is not None and len(path) < LEVELS:
            values = [v for v in self._reader.describe(node).get(prop, ()) if isinstance(v, URIRef)]
            if not values or any(step.iri == str(values[0]) for step in path):
                break
            node = URIRef(values[0])
            path.append(self._reader.node(node))
        return path[::-1]

    def members(self, *, size: int) -> list[Members]:
        """What is part of the thing, ``size`` of each sort."""
        found = [
            self._members(words, self._iri, prop, size=size)
            for words, prop in _MEMBERS.get(self._segment, ())
        ]
        if self._segment == "place":
            found = [*self._of_place(size=size), *found]
        if self._segment == "forum":
            for series in self._reader.describe(self._iri).get(TANPU.inSeries, ()):
                words = Words("历届", "Editions")
                members = self._members(words, URIRef(series), TANPU.inSeries, size=size)
                # A series of this edition alone has nothing to tell.
                if members.total > 1:
                    found.append(members)
        return [members for members in found if members.total]

    def programme(self) -> list[Branch]:
        """The parts of a forum and their parts, as a tree of at most :data:`TREE_NODES`."""
        seen = {self._iri}
        return self._branches(self._iri, seen, depth=0)[0] if self._segment == "forum" else []

    def _block(self, role: Role) -> Block:
        everything = count_statements(self._store, self._iri, role)
        total = everything
        if everything and self._least > 0:
            total = count_statements(self._store, self._iri, role, least=self._least)
        if not total:
            return Block(role, 0, everything, ())
        if role.prop in FIGURE_ROLES and role.segment == "observation":
            figures = read_figures(self._store, self._reader, self._iri, role, least=self._least)
            said = {f.iri: self._reader.statement(URIRef(f.iri)) for f in figures[:FIGURES]}
            return Block(role, total, everything - total, (), figures, said)
        size = min(self._size, FEW_LINES) if total > SORTED_AT_MOST else self._size
        if not role.groups:
            group = Group(None, None, total, self._lines(role, total, size=size))
            return Block(role, total, everything - total, (group,))
        counts = count_groups(self._store, self._iri, role, least=self._least)
        groups = tuple(
            Group(
                group_words(role, value),
                value.rpartition("#")[2],
                count,
                self._lines(role, count, value, size=size),
            )
            for value, count in counts.items()
        )
        return Block(role, total, everything - total, groups)

    def _lines(
        self, role: Role, total: int, value: URIRef | None = None, *, size: int
    ) -> tuple[Line, ...]:
        statements = list_statements(
            self._store,
            self._iri,
            role,
            total=total,
            start=0,
            stop=size,
            least=self._least,
            value=value,
        )
        return tuple(read_line(self._reader, iri, role) for iri in statements)

    def _members(self, words: Words, whole: URIRef, prop: URIRef, *, size: int) -> Members:
        counted = self._store.rows("part_count", entity=whole, property=prop)
        total = sum(int(str(row["count"])) for row in counted)
        if not total:
            return Members(words, 0, ())
        rows = self._store.rows_between("parts_of", 0, size, entity=whole, property=prop)
        nodes = {
            str(row["part"]): (
                self._reader.node(URIRef(row["part"])),
                str(row["date"]) if "date" in row else None,
            )
            for row in rows
        }
        return Members(words, total, tuple(nodes.values()))

    def _of_place(self, *, size: int) -> list[Members]:
        """Divisions below a place, other places in it, forums held at those, its institutions."""
        divisions = self._store.rows("divisions_of", entity=self._iri)
        counted = self._store.rows("part_count", entity=self._iri, property=SDO.containedInPlace)
        others = sum(int(str(row["count"])) for row in counted) - len(divisions)
        rows = self._store.rows_between("sites_in", 0, size, entity=self._iri) if others else []
        forums = self._store.rows("forums_in", entity=self._iri) if others or divisions else []
        institutions = self._institutions()
        nodes = [URIRef(institution.iri) for institution in institutions[:size]]
        return [
            Members(Words("下辖地区", "Divisions"), len(divisions), self._parts(divisions[:size])),
            Members(Words("境内地点", "Sites in it"), others, self._parts(rows)),
            Members(Words("在其境内举行的会议", "Forums held within it"), len(forums),
                    self._parts(forums[:size])),
            Members(Words("本地机构", "Institutions of it"), len(institutions),
                    tuple((self._reader.node(node), None) for node in nodes)),
        ]  # fmt: skip

    def _parts(self, rows: Sequence[Row]) -> tuple[tuple[NodeView, str | None], ...]:
        """The nodes of some rows, with the day where there is one."""
        return tuple(
            (self._reader.node(URIRef(row["part"])), str(row["date"]) if "date" in row else None)
            for row in rows
        )

    def _institutions(self) -> list[IndexedEntity]:
        """The institutions that the index of names knows to be of a division, best known first."""
        codes = self._reader.describe(self._iri).get(TANPU.divisionCode, ())
        index = nearest_index() if codes else None
        if index is None:
            return []
        found = index.of_place(str(codes[0]), class_name="Institution")
        return sorted(found, key=lambda entity: (-entity.mentions, entity.name))

    def _branches(
        self, whole: URIRef, seen: set[URIRef], *, depth: int
    ) -> tuple[list[Branch], int]:
        """The parts of an event, and how many are not among them."""
        role = ROLE_OF_KEY["subevent", "wholeEvent"]
        total = count_statements(self._store, whole, role, least=self._least)
        if not total or depth >= LEVELS:
            return [], total
        statements = list_statements(
            self._store, whole, role, total=total, start=0, stop=TREE_NODES, least=self._least
        )
        lines = [read_line(self._reader, statement, role) for statement in statements]
        branches = []
        for line in order_programme(self._store, lines):
            part = URIRef(line.nodes[0].iri) if line.nodes else None
            if part is None or part in seen or len(seen) > TREE_NODES:
                continue
            seen.add(part)
            below, more = self._branches(part, seen, depth=depth + 1)
            branches.append(Branch(line, tuple(below), more))
        return branches, total - len(statements)


def summarize(
    segment: str, blocks: Sequence[Block], *, career: Sequence[HeldPost] | None = None
) -> tuple[list[SummaryRow], list[Block]]:
    """What a reader needs at one glance, and the blocks that it leaves.

    A role that is not parted and has few lines is in the summary with its evidence, and nowhere
    else. With a ``career``, posts are what all articles together tell; without one, what each
    statement calls them.
    """
    rows, left = list[SummaryRow](), list(blocks)
    for words, kind, prop, value in _SUMMARIES.get(segment, ()):
        if kind == "membership" and career is not None:
            past = value == TANPU.StatusFormer
            held = tuple(post.line for post in career if post.is_past == past)
            if held:
                rows.append(SummaryRow(words, held[:SUMMARY_LINES], whole=False))
            continue
        key = None if value is None else value.rpartition("#")[2]
        for block in blocks:
            if (block.role.segment, block.role.prop) != (kind, prop):
                continue
            groups = [group for group in block.groups if key in (None, group.key)]
            lines = [line for group in groups for line in group.lines]
            whole = not block.role.groups and block.total <= min(len(lines), SUMMARY_LINES)
            if whole:
                left.remove(block)
            if lines:
                rows.append(SummaryRow(words, tuple(lines[:SUMMARY_LINES]), whole))
    return rows, left
