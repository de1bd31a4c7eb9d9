"""Which properties of a statement lead to the things that it is about.

A node takes part in a statement of some kind by some property: an institution in an issuance as
``tanpu:issuer``. The pages show statements by these roles, in the order of this table, and those
of one role in groups by a second property: who organised a forum by ``tanpu:organizingRole``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rdflib import URIRef

from ontology.terms import ORG, SOSA, TANPU
from web.wording import KIND_OF_SEGMENT, Kind, Words


@dataclass(frozen=True, slots=True)
class Role:
    """A part that a node plays in statements of a kind.

    Attributes:
        segment: of the kind of statement.
        prop: leads from the statement to the node.
        by: another property, which statements of this kind alone have.
        words: what statements say of a node in this role, as a heading.
        groups: the values of ``by`` that part the statements into groups, in the order in which
            they are shown; none where the role is not parted.
    """

    segment: str
    prop: URIRef
    by: URIRef
    words: Words
    groups: Sequence[URIRef] = ()

    @property
    def kind(self) -> Kind:
        """The kind of statement."""
        return KIND_OF_SEGMENT[self.segment]

    @property
    def key(self) -> str:
        """The role in an address: the property's name, such as ``issuer``."""
        return self.prop.rpartition("#")[2].rpartition("/")[2]


_STATUS = (TANPU.StatusCurrent, TANPU.StatusFormer)
_TAKING_PART = (
    TANPU.RoleKeynotes,
    TANPU.RoleAddresses,
    TANPU.RoleModerates,
    TANPU.RoleDiscusses,
    TANPU.RoleAttends,
)
_ORGANIZING = (
    TANPU.RoleGuides,
    TANPU.RoleHosts,
    TANPU.RoleUndertakes,
    TANPU.RoleCoOrganizes,
    TANPU.RoleSupports,
)
_RELATIONS = (
    TANPU.RelationAmends,
    TANPU.RelationRepeals,
    TANPU.RelationBasedOn,
    TANPU.RelationImplements,
    TANPU.RelationCites,
)

_FIGURES = Words("数据", "Figures")
_RANKS = Words("排名", "Ranks")

ROLES: tuple[Role, ...] = (
    Role("membership", ORG.member, TANPU.status, Words("任职经历", "Posts"), _STATUS),
    Role("membership", ORG.organization, TANPU.status, Words("任职人员", "People"), _STATUS),
    Role("membership", TANPU.post, TANPU.status, Words("历任", "Holders"), _STATUS),
    Role("scheduling", TANPU.event, TANPU.startDate, Words("会期", "Dates")),
    Role("siting", TANPU.event, TANPU.venue, Words("会址", "Venue")),
    Role("theming", TANPU.event, TANPU.themeText, Words("主题", "Theme")),
    Role("subevent", TANPU.event, TANPU.wholeEvent, Words("所属会议", "Part of")),
    Role("subevent", TANPU.wholeEvent, TANPU.event, Words("下设会议", "Parts")),
    Role(
        "organizing",
        TANPU.event,
        TANPU.organizingRole,
        Words("办会单位", "Organizers"),
        _ORGANIZING,
    ),
    Role(
        "participation",
        TANPU.event,
        TANPU.participationRole,
        Words("嘉宾", "Guests"),
        _TAKING_PART,
    ),
    Role(
        "organizing",
        TANPU.organizer,
        TANPU.organizingRole,
        Words("举办的会议", "Forums organized"),
        _ORGANIZING,
    ),
    Role(
        "participation",
        TANPU.participant,
        TANPU.participationRole,
        Words("参加的会议", "Forums attended"),
        _TAKING_PART,
    ),
    Role("siting", TANPU.venue, TANPU.event, Words("在此举行的会议", "Forums held here")),
    Role("issuance", TANPU.regulation, TANPU.issuer, Words("发布", "Issued by")),
    Role("step", TANPU.regulation, TANPU.step, Words("重要日期", "Important dates")),
    Role(
        "relation",
        TANPU.regulation,
        TANPU.relation,
        Words("涉及的其他法规", "Other regulations it names"),
        _RELATIONS,
    ),
    Role(
        "relation",
        TANPU.relatedRegulation,
        TANPU.relation,
        Words("涉及它的法规", "Regulations that name it"),
        _RELATIONS,
    ),
    Role("issuance", TANPU.issuer, TANPU.regulation, Words("发布的法规政策", "Regulations issued")),
    Role("observation", SOSA.hasFeatureOfInterest, SOSA.observedProperty, _FIGURES),
    Role("observation", SOSA.observedProperty, SOSA.hasFeatureOfInterest, _FIGURES),
    Role("observation", TANPU.period, SOSA.observedProperty, _FIGURES),
    Role("ranking", TANPU.rankedThing, TANPU.rankedBy, _RANKS),
    Role("ranking", TANPU.rankedBy, TANPU.rankedThing, _RANKS),
    Role("ranking", TANPU.period, TANPU.rankedBy, _RANKS),
    Role("quotation", TANPU.speaker, TANPU.words, Words("言论", "Statements made")),
    Role("quotation", TANPU.event, TANPU.words, Words("会上言论", "Said there")),
    Role("naming", TANPU.named, TANPU.alias, Words("别名", "Other names")),
)

# Properties that one kind of statement alone has: what leads by them need not be told apart.
OWN_PROPERTIES: frozenset[URIRef] = frozenset(
    prop for prop, times in Counter(role.prop for role in ROLES).items() if times == 1
)

# By what an address calls them: the kind's segment and the role's key.
ROLE_OF_KEY: Mapping[tuple[str, str], Role] = MappingProxyType(
    {(role.segment, role.key): role for role in ROLES}
)

# How the groups of a role are headed; a group without words is one among several values.
GROUP_WORDS: Mapping[URIRef, Words] = MappingProxyType(
    {
        TANPU.StatusCurrent: Words("现任", "Current"),
        TANPU.StatusFormer: Words("曾任", "Former"),
        TANPU.RoleKeynotes: Words("主旨演讲", "Keynotes"),
        TANPU.RoleAddresses: Words("致辞", "Addresses"),
        TANPU.RoleModerates: Words("主持", "Moderation"),
        TANPU.RoleDiscusses: Words("参与讨论", "Discussion"),
        TANPU.RoleAttends: Words("出席", "Attendance"),
        TANPU.RoleGuides: Words("指导", "Guidance"),
        TANPU.RoleHosts: Words("主办", "Hosting"),
        TANPU.RoleUndertakes: Words("承办", "Undertaking"),
        TANPU.RoleCoOrganizes: Words("协办", "Co-organizing"),
        TANPU.RoleSupports: Words("支持", "Support"),
        TANPU.RelationAmends: Words("修改", "Amends"),
        TANPU.RelationRepeals: Words("废止或取代", "Repeals or replaces"),
        TANPU.RelationBasedOn: Words("制定依据", "Based on"),
        TANPU.RelationImplements: Words("落实", "Implements"),
        TANPU.RelationCites: Words("援引", "Cites"),
    }
)
# The same where the node is the other regulation.
PASSIVE_GROUP_WORDS: Mapping[URIRef, Words] = MappingProxyType(
    {
        TANPU.RelationAmends: Words("被修改", "Amended by"),
        TANPU.RelationRepeals: Words("被废止或取代", "Repealed or replaced by"),
        TANPU.RelationBasedOn: Words("据此制定", "The basis of"),
        TANPU.RelationImplements: Words("被落实", "Implemented by"),
        TANPU.RelationCites: Words("被援引", "Cited by"),
    }
)


def group_words(role: Role, value: URIRef) -> Words | None:
    """How a group of a role is headed; None for a value that has no words."""
    passive = PASSIVE_GROUP_WORDS if role.prop == TANPU.relatedRegulation else {}
    return passive.get(value) or GROUP_WORDS.get(value)
