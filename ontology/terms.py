"""The terms of the vocabulary, and the only prefix bindings of the project.

``tanpu.ttl`` defines each term, ``TANPU`` lists the same terms for Python; a test holds the
two equal. A misspelt term raises ``AttributeError`` where it is written.

>>> TANPU.Membership
rdflib.term.URIRef('https://w3id.org/tanpu/ontology#Membership')
>>> STATEMENT_CLASSES["holds_post"] == TANPU.Membership
True
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from rdflib import Graph, URIRef
from rdflib.namespace import (
    DCTERMS,
    FOAF,
    ORG,
    OWL,
    PROV,
    RDF,
    RDFS,
    SDO,
    SH,
    SKOS,
    SOSA,
    TIME,
    VANN,
    VOID,
    XSD,
    DefinedNamespace,
    Namespace,
)

__all__ = [
    "ASSERTED_TYPES",
    "DCTERMS",
    "ELI",
    "EXAMPLES_DIR",
    "FOAF",
    "LABEL_CLASSES",
    "LEGAL_STEPS",
    "LINK_METHODS",
    "LINK_STATUSES",
    "MANNERS",
    "MODES",
    "OA",
    "ONTOLOGY_IRI",
    "ONTOLOGY_PATH",
    "ORG",
    "ORGANIZING_ROLES",
    "OWL",
    "PARTICIPATION_ROLES",
    "PREFIXES",
    "PROV",
    "QUALIFIERS",
    "QUDT",
    "RANK_KINDS",
    "RDF",
    "RDFS",
    "RELATIONS",
    "SDO",
    "SH",
    "SHAPE",
    "SHAPES_PATH",
    "SKOS",
    "SOSA",
    "STATEMENT_CLASSES",
    "STATUSES",
    "TANPU",
    "TIME",
    "UNIT",
    "VANN",
    "VOID",
    "XSD",
    "bind_prefixes",
]


class TANPU(DefinedNamespace):
    """The project's own terms, defined in ``tanpu.ttl``."""

    _NS = Namespace("https://w3id.org/tanpu/ontology#")
    _fail = True

    # Classes of things
    Person: URIRef
    Institution: URIRef
    Forum: URIRef
    ForumSeries: URIRef
    Regulation: URIRef
    Place: URIRef
    CountedThing: URIRef
    Post: URIRef
    Title: URIRef
    Indicator: URIRef
    Period: URIRef

    # Classes of statements
    Statement: URIRef
    Membership: URIRef
    Participation: URIRef
    Organizing: URIRef
    Subevent: URIRef
    Scheduling: URIRef
    Siting: URIRef
    Theming: URIRef
    Issuance: URIRef
    Observation: URIRef
    Naming: URIRef
    Quotation: URIRef
    LegalRelation: URIRef
    LegalStep: URIRef
    Ranking: URIRef

    # Classes of the record: where a statement stands and who read it
    Document: URIRef
    Extraction: URIRef
    Evidence: URIRef
    Argument: URIRef
    Mention: URIRef
    CoreferentMention: URIRef
    TextSpan: URIRef

    # Which entity a document means by a name
    Identification: URIRef
    Profile: URIRef
    profile: URIRef
    identifies: URIRef
    profileKind: URIRef
    feature: URIRef
    blockingKey: URIRef
    identificationMethod: URIRef
    identificationScore: URIRef
    identificationReason: URIRef
    formerDigest: URIRef

    # Links to other datasets
    Link: URIRef
    linkedEntity: URIRef
    linkTarget: URIRef
    linkPredicate: URIRef
    linkMethod: URIRef
    linkStatus: URIRef
    linkScore: URIRef
    linkReason: URIRef
    decidedBy: URIRef
    foundFor: URIRef
    ruleStatus: URIRef
    rulePredicate: URIRef
    ruleReason: URIRef
    LinkMethodScheme: URIRef
    MethodReconciliation: URIRef
    MethodAuthority: URIRef
    LinkStatusScheme: URIRef
    LinkAccepted: URIRef
    LinkProposed: URIRef
    LinkRejected: URIRef

    # Properties of things
    formerlyHeld: URIRef
    inSeries: URIRef
    theme: URIRef
    divisionCode: URIRef
    isoInterval: URIRef

    # Properties of statements
    evidence: URIRef
    post: URIRef
    status: URIRef
    participant: URIRef
    event: URIRef
    participationRole: URIRef
    mode: URIRef
    organizer: URIRef
    organizingRole: URIRef
    wholeEvent: URIRef
    startDate: URIRef
    endDate: URIRef
    venue: URIRef
    themeText: URIRef
    issuer: URIRef
    regulation: URIRef
    issueDate: URIRef
    value: URIRef
    valueText: URIRef
    unitText: URIRef
    period: URIRef
    qualifier: URIRef
    named: URIRef
    alias: URIRef
    speaker: URIRef
    words: URIRef
    reportingVerb: URIRef
    manner: URIRef
    relation: URIRef
    relatedRegulation: URIRef
    article: URIRef
    articleText: URIRef
    step: URIRef
    stepDate: URIRef
    rankedThing: URIRef
    rankedBy: URIRef
    rank: URIRef
    rankKind: URIRef
    rankText: URIRef
    rankScope: URIRef

    # Properties of the record
    text: URIRef
    textHash: URIRef
    retrieved: URIRef
    pipelineVersion: URIRef
    hasGraph: URIRef
    confidence: URIRef
    statedIn: URIRef
    usesMention: URIRef
    entityLabel: URIRef
    canonicalName: URIRef
    argument: URIRef
    roleName: URIRef
    filledBy: URIRef
    wording: URIRef
    otherName: URIRef
    wordingSpan: URIRef
    wordsSpan: URIRef

    # Concept schemes
    TitleScheme: URIRef
    IndicatorScheme: URIRef
    ParticipationRoleScheme: URIRef
    OrganizingRoleScheme: URIRef
    ModeScheme: URIRef
    StatusScheme: URIRef
    QualifierScheme: URIRef
    MannerScheme: URIRef
    RelationScheme: URIRef
    StepScheme: URIRef
    RankKindScheme: URIRef

    # Concepts
    RoleAttends: URIRef
    RoleAddresses: URIRef
    RoleKeynotes: URIRef
    RoleDiscusses: URIRef
    RoleModerates: URIRef
    RoleGuides: URIRef
    RoleHosts: URIRef
    RoleUndertakes: URIRef
    RoleCoOrganizes: URIRef
    RoleSupports: URIRef
    ModeInPerson: URIRef
    ModeVideo: URIRef
    ModeWritten: URIRef
    StatusCurrent: URIRef
    StatusFormer: URIRef
    QualifierExact: URIRef
    QualifierOver: URIRef
    QualifierUnder: URIRef
    QualifierAbout: URIRef
    QualifierCumulative: URIRef
    QualifierAnnualMean: URIRef
    QualifierIncrease: URIRef
    QualifierDecrease: URIRef
    QualifierTarget: URIRef
    MannerDirect: URIRef
    MannerIndirect: URIRef
    RelationAmends: URIRef
    RelationRepeals: URIRef
    RelationBasedOn: URIRef
    RelationImplements: URIRef
    RelationCites: URIRef
    StepAdopted: URIRef
    StepInForce: URIRef
    StepExpires: URIRef
    RankExact: URIRef
    RankWithin: URIRef
    RankFromEnd: URIRef


class ELI(DefinedNamespace):
    """The terms used of the European Legislation Identifier ontology.

    Source: http://data.europa.eu/eli/ontology
    """

    _NS = Namespace("http://data.europa.eu/eli/ontology#")
    _fail = True

    LegalResource: URIRef
    passed_by: URIRef
    date_document: URIRef
    first_date_entry_in_force: URIRef
    date_no_longer_in_force: URIRef
    id_local: URIRef
    amends: URIRef
    repeals: URIRef
    based_on: URIRef
    ensures_implementation_of: URIRef
    cites: URIRef


class OA(DefinedNamespace):
    """The terms used of the Web Annotation vocabulary.

    Source: W3C Recommendation Web Annotation Vocabulary, 2017.
    """

    _NS = Namespace("http://www.w3.org/ns/oa#")
    _fail = True

    Annotation: URIRef
    SpecificResource: URIRef
    TextPositionSelector: URIRef
    TextQuoteSelector: URIRef
    hasBody: URIRef
    bodyValue: URIRef
    hasTarget: URIRef
    hasSource: URIRef
    hasSelector: URIRef
    start: URIRef
    end: URIRef
    exact: URIRef


class QUDT(DefinedNamespace):
    """The terms used of QUDT.

    Source: http://qudt.org/2.1/schema/qudt
    """

    _NS = Namespace("http://qudt.org/schema/qudt/")
    _fail = True

    hasUnit: URIRef
    Unit: URIRef


# QUDT's units are some thousands: an open namespace, bound for its prefix.
UNIT = Namespace("http://qudt.org/vocab/unit/")

# The shapes have names outside the vocabulary: a graph never uses them.
SHAPE = Namespace("https://w3id.org/tanpu/shapes#")

PREFIXES: Mapping[str, Namespace] = MappingProxyType(
    {
        "dcterms": Namespace(str(DCTERMS)),
        "eli": Namespace(str(ELI)),
        "foaf": Namespace(str(FOAF)),
        "oa": Namespace(str(OA)),
        "org": Namespace(str(ORG)),
        "owl": Namespace(str(OWL)),
        "prov": Namespace(str(PROV)),
        "qudt": Namespace(str(QUDT)),
        "rdf": Namespace(str(RDF)),
        "rdfs": Namespace(str(RDFS)),
        "schema": Namespace(str(SDO)),
        "sh": Namespace(str(SH)),
        "shape": SHAPE,
        "skos": Namespace(str(SKOS)),
        "sosa": Namespace(str(SOSA)),
        "tanpu": Namespace(str(TANPU)),
        "time": Namespace(str(TIME)),
        "unit": UNIT,
        "vann": Namespace(str(VANN)),
        "void": Namespace(str(VOID)),
        "xsd": Namespace(str(XSD)),
    }
)

ONTOLOGY_IRI = URIRef("https://w3id.org/tanpu/ontology")
_HERE = Path(__file__).resolve().parent
ONTOLOGY_PATH = _HERE / "tanpu.ttl"
SHAPES_PATH = _HERE / "shapes.ttl"
EXAMPLES_DIR = _HERE / "examples"

# The class that a label of the exchange format gives. POST is the wording of an office, so a
# title; the post itself is the title at an institution and comes from a holds_post fact.
LABEL_CLASSES: Mapping[str, URIRef] = MappingProxyType(
    {
        "PERSON": TANPU.Person,
        "POST": TANPU.Title,
        "ORG": TANPU.Institution,
        "FORUM": TANPU.Forum,
        "REGULATION": TANPU.Regulation,
        "PLACE": TANPU.Place,
        "DATE": TANPU.Period,
        "THING": TANPU.CountedThing,
    }
)

# The class of the statement that a type of fact gives.
STATEMENT_CLASSES: Mapping[str, URIRef] = MappingProxyType(
    {
        "holds_post": TANPU.Membership,
        "takes_part": TANPU.Participation,
        "organizes": TANPU.Organizing,
        "part_of": TANPU.Subevent,
        "held_on": TANPU.Scheduling,
        "held_at": TANPU.Siting,
        "theme": TANPU.Theming,
        "issues": TANPU.Issuance,
        "measures": TANPU.Observation,
        "alias": TANPU.Naming,
        "says": TANPU.Quotation,
        "relates": TANPU.LegalRelation,
        "dated": TANPU.LegalStep,
        "ranks": TANPU.Ranking,
    }
)

# Every rdf:type that a node of a class is written with, the class itself first. The other
# types follow from tanpu.ttl; they are written out so that no reader needs a reasoner.
ASSERTED_TYPES: Mapping[URIRef, tuple[URIRef, ...]] = MappingProxyType(
    {
        TANPU.Person: (TANPU.Person, FOAF.Person),
        TANPU.Institution: (TANPU.Institution, ORG.Organization),
        TANPU.Forum: (TANPU.Forum, SDO.Event),
        TANPU.ForumSeries: (TANPU.ForumSeries, SDO.EventSeries),
        TANPU.Regulation: (TANPU.Regulation, ELI.LegalResource),
        TANPU.Place: (TANPU.Place, SDO.Place),
        TANPU.CountedThing: (TANPU.CountedThing,),
        TANPU.Post: (TANPU.Post, ORG.Post),
        TANPU.Title: (TANPU.Title, SKOS.Concept),
        TANPU.Indicator: (TANPU.Indicator, SOSA.ObservableProperty, SKOS.Concept),
        TANPU.Period: (TANPU.Period, TIME.ProperInterval),
        TANPU.Membership: (TANPU.Membership, TANPU.Statement, ORG.Membership),
        TANPU.Participation: (TANPU.Participation, TANPU.Statement),
        TANPU.Organizing: (TANPU.Organizing, TANPU.Statement),
        TANPU.Subevent: (TANPU.Subevent, TANPU.Statement),
        TANPU.Scheduling: (TANPU.Scheduling, TANPU.Statement),
        TANPU.Siting: (TANPU.Siting, TANPU.Statement),
        TANPU.Theming: (TANPU.Theming, TANPU.Statement),
        TANPU.Issuance: (TANPU.Issuance, TANPU.Statement),
        TANPU.Observation: (TANPU.Observation, TANPU.Statement, SOSA.Observation),
        TANPU.Naming: (TANPU.Naming, TANPU.Statement),
        TANPU.Quotation: (TANPU.Quotation, TANPU.Statement, SDO.Quotation),
        TANPU.LegalRelation: (TANPU.LegalRelation, TANPU.Statement),
        TANPU.LegalStep: (TANPU.LegalStep, TANPU.Statement),
        TANPU.Ranking: (TANPU.Ranking, TANPU.Statement),
        TANPU.Document: (TANPU.Document, SDO.Article, PROV.Entity),
        TANPU.Extraction: (TANPU.Extraction, PROV.Activity),
        TANPU.Evidence: (TANPU.Evidence, OA.Annotation),
        TANPU.Argument: (TANPU.Argument,),
        TANPU.Mention: (TANPU.Mention, OA.Annotation),
        TANPU.CoreferentMention: (TANPU.CoreferentMention, OA.Annotation),
        TANPU.TextSpan: (TANPU.TextSpan, OA.SpecificResource),
        TANPU.Identification: (TANPU.Identification,),
        TANPU.Profile: (TANPU.Profile,),
        TANPU.Link: (TANPU.Link,),
    }
)

# Words of the exchange format → concepts. The word is the concept's skos:notation.
PARTICIPATION_ROLES: Mapping[str, URIRef] = MappingProxyType(
    {
        "attends": TANPU.RoleAttends,
        "addresses": TANPU.RoleAddresses,
        "keynotes": TANPU.RoleKeynotes,
        "discusses": TANPU.RoleDiscusses,
        "moderates": TANPU.RoleModerates,
    }
)
ORGANIZING_ROLES: Mapping[str, URIRef] = MappingProxyType(
    {
        "guides": TANPU.RoleGuides,
        "hosts": TANPU.RoleHosts,
        "undertakes": TANPU.RoleUndertakes,
        "co_organizes": TANPU.RoleCoOrganizes,
        "supports": TANPU.RoleSupports,
    }
)
MODES: Mapping[str, URIRef] = MappingProxyType(
    {
        "in_person": TANPU.ModeInPerson,
        "video": TANPU.ModeVideo,
        "written": TANPU.ModeWritten,
    }
)
STATUSES: Mapping[str, URIRef] = MappingProxyType(
    {"current": TANPU.StatusCurrent, "former": TANPU.StatusFormer}
)
QUALIFIERS: Mapping[str, URIRef] = MappingProxyType(
    {
        "exact": TANPU.QualifierExact,
        "over": TANPU.QualifierOver,
        "under": TANPU.QualifierUnder,
        "about": TANPU.QualifierAbout,
        "cumulative": TANPU.QualifierCumulative,
        "annual_mean": TANPU.QualifierAnnualMean,
        "increase": TANPU.QualifierIncrease,
        "decrease": TANPU.QualifierDecrease,
        "target": TANPU.QualifierTarget,
    }
)
MANNERS: Mapping[str, URIRef] = MappingProxyType(
    {"direct": TANPU.MannerDirect, "indirect": TANPU.MannerIndirect}
)
RELATIONS: Mapping[str, URIRef] = MappingProxyType(
    {
        "amends": TANPU.RelationAmends,
        "repeals": TANPU.RelationRepeals,
        "based_on": TANPU.RelationBasedOn,
        "implements": TANPU.RelationImplements,
        "cites": TANPU.RelationCites,
    }
)
LEGAL_STEPS: Mapping[str, URIRef] = MappingProxyType(
    {
        "adopted": TANPU.StepAdopted,
        "in_force": TANPU.StepInForce,
        "expires": TANPU.StepExpires,
    }
)
RANK_KINDS: Mapping[str, URIRef] = MappingProxyType(
    {
        "exact": TANPU.RankExact,
        "within": TANPU.RankWithin,
        "from_end": TANPU.RankFromEnd,
    }
)

LINK_METHODS: Mapping[str, URIRef] = MappingProxyType(
    {"reconciliation": TANPU.MethodReconciliation, "authority": TANPU.MethodAuthority}
)
LINK_STATUSES: Mapping[str, URIRef] = MappingProxyType(
    {
        "accepted": TANPU.LinkAccepted,
        "proposed": TANPU.LinkProposed,
        "rejected": TANPU.LinkRejected,
    }
)


def bind_prefixes(graph: Graph) -> Graph:
    """Bind every prefix of the project in a graph, in place of what was bound before.

    Args:
        graph: The graph whose namespace manager is changed.

    Returns:
        The same graph.

    Example:
        >>> dict(bind_prefixes(Graph(bind_namespaces="none")).namespaces())["eli"]
        rdflib.term.URIRef('http://data.europa.eu/eli/ontology#')
    """
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace, override=True, replace=True)
    return graph
