from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar

import pyoxigraph
import pytest
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from extract.facts import (
    FACT_TYPES,
    Alias,
    ArgumentLabel,
    Dated,
    Extraction,
    Fact,
    HeldOn,
    HoldsPost,
    Issues,
    Measures,
    Qualifier,
    Ranks,
    Reference,
    Relates,
    Says,
    Span,
    TakesPart,
    Theme,
)
from graph.conversion import to_ox
from graph.errors import UnknownPeriodError, UnmappableFactError, UnreadableGraphError
from graph.identity import EntityKind, Identity, Minter, identify_by_name
from graph.mapping import fact_to_shortcuts, facts_to_graph
from graph.statements import (
    class_to_fact_type,
    date_to_literal,
    day_to_literal,
    decimal_to_literal,
    period_to_days,
    statement_form,
)
from graph.validation import validate_graph
from ontology.terms import (
    ASSERTED_TYPES,
    DCTERMS,
    ELI,
    OA,
    ORG,
    PROV,
    QUDT,
    RDF,
    RDFS,
    SDO,
    SKOS,
    SOSA,
    STATEMENT_CLASSES,
    TANPU,
    TIME,
    UNIT,
    XSD,
)
from tests.graph.conftest import (
    BUREAU_NAME,
    SUMMIT_NAME,
    TEXT,
    argument,
    entity,
    find,
    make_extraction,
    sample_facts,
)


def node(graph: Graph, node_class: URIRef, label: str) -> URIRef:
    """The one node of a class with a preferred label."""
    (found,) = [
        subject
        for subject in graph.subjects(SKOS.prefLabel, Literal(label, lang="zh"))
        if (subject, RDF.type, node_class) in graph
    ]
    assert isinstance(found, URIRef)
    return found


def objects(graph: Graph, subject: URIRef, predicate: URIRef) -> set[str]:
    return {str(value) for value in graph.objects(subject, predicate)}


@pytest.fixture
def graph(extraction: Extraction, minter: Minter) -> Graph:
    return facts_to_graph(extraction, minter)


def test_the_sample_conforms_to_the_shapes(graph: Graph) -> None:
    report = validate_graph(graph)
    assert report.conforms, report.to_text("en")


def test_the_sample_has_every_type_of_fact() -> None:
    assert {fact.type for fact in sample_facts()} == set(FACT_TYPES)


def test_the_same_extraction_gives_the_same_graph(extraction: Extraction, minter: Minter) -> None:
    one, other = facts_to_graph(extraction, minter), facts_to_graph(extraction, minter)
    assert isomorphic(one, other)
    assert set(one) == set(other)


def test_there_are_no_blank_nodes_and_every_term_is_valid(graph: Graph) -> None:
    for triple in graph:
        for term in triple:
            assert not isinstance(term, BNode)
            assert isinstance(to_ox(term), pyoxigraph.NamedNode | pyoxigraph.Literal)


def test_what_is_referred_to_under_the_base_is_described(graph: Graph, minter: Minter) -> None:
    described = set(graph.subjects())
    referred = {
        term
        for term in graph.objects()
        if isinstance(term, URIRef) and term.startswith(minter.base)
    }
    assert referred - described == {minter.graph("bei wan/2031#1")}


def test_every_node_has_all_types_of_its_class(graph: Graph) -> None:
    for node_class, asserted in ASSERTED_TYPES.items():
        for subject in graph.subjects(RDF.type, node_class):
            assert set(asserted) <= set(graph.objects(subject, RDF.type))


def test_document_has_its_provenance(graph: Graph, extraction: Extraction, minter: Minter) -> None:
    document = minter.document(extraction.document.id)
    activity = minter.extraction(extraction.document.id)
    expected = {
        (DCTERMS.identifier, Literal("bei wan/2031#1")),
        (DCTERMS.title, Literal("风起“北湾”")),
        (DCTERMS.issued, Literal("2031-05-08", datatype=XSD.date)),
        (DCTERMS.source, Literal("北湾晚报")),
        (SDO.url, Literal("https://news.example/a b?c=1&d=风", datatype=XSD.anyURI)),
        (TANPU.text, Literal(TEXT)),
        (TANPU.textHash, Literal(extraction.document.text_hash())),
        (TANPU.retrieved, Literal("2031-05-09T01:02:03Z", datatype=XSD.dateTime, normalize=False)),
        (TANPU.hasGraph, minter.graph("bei wan/2031#1")),
        (PROV.wasGeneratedBy, activity),
        (RDF.type, TANPU.Document),
        (RDF.type, SDO.Article),
        (RDF.type, PROV.Entity),
    }
    assert set(graph.predicate_objects(document)) == expected
    assert (activity, TANPU.pipelineVersion, Literal("tanpu 0.0.0-test")) in graph


def test_unknown_metadata_is_left_out(minter: Minter) -> None:
    extraction = make_extraction()
    bare = replace(
        extraction.document, title=None, published=None, source=None, url=None, retrieved=None
    )
    graph = facts_to_graph(replace(extraction, document=bare), minter)
    predicates = set(graph.predicates(minter.document(bare.id)))
    assert predicates.isdisjoint(
        {DCTERMS.title, DCTERMS.issued, DCTERMS.source, SDO.url, TANPU.retrieved}
    )


def test_entity_is_described_with_its_names(graph: Graph) -> None:
    bureau = node(graph, TANPU.Institution, BUREAU_NAME)
    assert objects(graph, bureau, RDFS.label) == {BUREAU_NAME}
    assert objects(graph, bureau, SKOS.altLabel) == {"市绿能局", "绿能局"}
    summit = node(graph, TANPU.Forum, SUMMIT_NAME)
    assert objects(graph, summit, SKOS.altLabel) == {"云梦峰会", "2031云梦零碳峰会"}


def test_words_that_only_point_back_are_no_names(graph: Graph) -> None:
    labels = set(map(str, graph.objects(None, SKOS.altLabel)))
    assert labels.isdisjoint({"峰会", "全市", "韦副市长"})
    wordings = set(map(str, graph.objects(None, TANPU.wording)))
    assert {"峰会", "全市", "韦副市长"} <= wordings


def test_preferred_label_has_one_typography_and_the_spelling_is_kept(minter: Minter) -> None:
    fact = Theme(
        event=argument("FORUM", "储能对话", '"储能"对话(北湾)'), text="风", evidence=Span(0, 1)
    )
    graph = facts_to_graph(make_extraction(facts=(fact,)), minter)
    forum = node(graph, TANPU.Forum, "“储能”对话（北湾）")
    assert objects(graph, forum, SKOS.altLabel) == {'"储能"对话(北湾)'}


def test_no_name_is_both_preferred_and_alternative(minter: Minter) -> None:
    fact = Alias(name=argument("FORUM", "储能对话"), alias="储能对话", evidence=Span(0, 1))
    graph = facts_to_graph(make_extraction(facts=(fact,)), minter)
    assert not set(graph.objects(None, SKOS.altLabel))


def test_mention_points_at_its_entity_and_its_text(graph: Graph, minter: Minter) -> None:
    span = find("市绿能局")
    mention = minter.mention("bei wan/2031#1", span)
    expected = {
        (RDF.type, TANPU.Mention),
        (RDF.type, OA.Annotation),
        (OA.hasBody, node(graph, TANPU.Institution, BUREAU_NAME)),
        (OA.hasTarget, minter.span("bei wan/2031#1", span)),
        (TANPU.entityLabel, Literal("ORG")),
        (TANPU.canonicalName, Literal(BUREAU_NAME)),
        (TANPU.confidence, Literal("0.9124", datatype=XSD.decimal)),
    }
    assert set(graph.predicate_objects(mention)) == expected
    selector = minter.selector("bei wan/2031#1", span)
    assert (selector, OA.start, Literal(span.start)) in graph
    assert (selector, OA.end, Literal(span.end)) in graph
    assert (selector, OA.exact, Literal("市绿能局")) in graph


def test_reference_is_a_coreferent_mention_of_the_thing_and_gives_it_no_name(
    graph: Graph, minter: Minter
) -> None:
    span = find("韦副市长")
    mention = minter.mention("bei wan/2031#1", span)
    person = node(graph, TANPU.Person, "韦一诺")
    assert set(graph.predicate_objects(mention)) == {
        (RDF.type, TANPU.CoreferentMention),
        (RDF.type, OA.Annotation),
        (OA.hasBody, person),
        (OA.hasTarget, minter.span("bei wan/2031#1", span)),
        (TANPU.entityLabel, Literal("PERSON")),
        (TANPU.canonicalName, Literal("韦一诺")),
        (TANPU.confidence, Literal("0.95", datatype=XSD.decimal)),
    }
    assert Literal("韦副市长", lang="zh") not in set(graph.objects(person, SKOS.altLabel))


def test_vague_date_is_a_mention_without_a_period(graph: Graph, minter: Minter) -> None:
    mention = minter.mention("bei wan/2031#1", find("近期"))
    assert set(graph.objects(mention, OA.bodyValue)) == {Literal("近期")}
    assert not set(graph.objects(mention, OA.hasBody))


@pytest.mark.parametrize(
    ("iso", "path", "first", "last"),
    [
        ("2022", "2022", "2022-01-01", "2022-12-31"),
        ("2022-03", "2022-03", "2022-03-01", "2022-03-31"),
        ("2024-02", "2024-02", "2024-02-01", "2024-02-29"),
        ("2022-03-05", "2022-03-05", "2022-03-05", "2022-03-05"),
        ("2016/2020", "2016--2020", "2016-01-01", "2020-12-31"),
        ("2020-01/2020-06", "2020-01--2020-06", "2020-01-01", "2020-06-30"),
        ("2019-10/2020-03", "2019-10--2020-03", "2019-10-01", "2020-03-31"),
        ("2022-03-05/2022-04-01", "2022-03-05--2022-04-01", "2022-03-05", "2022-04-01"),
        ("2022-03/2023", "2022-03--2023", "2022-03-01", "2023-12-31"),
    ],
)
def test_period_runs_from_its_first_to_its_last_day(
    minter: Minter, iso: str, path: str, first: str, last: str
) -> None:
    assert period_to_days(iso) == (first, last)
    graph = facts_to_graph(make_extraction(entities=(entity("5月6日至7日", "DATE", iso),)), minter)
    period = URIRef(f"{minter.base}id/period/{path}")
    assert set(graph.objects(None, OA.hasBody)) == {period}
    assert set(graph.objects(period, TANPU.isoInterval)) == {Literal(iso)}
    for predicate, day in ((TIME.hasBeginning, first), (TIME.hasEnd, last)):
        (instant,) = graph.objects(period, predicate)
        assert str(instant) == f"{minter.base}id/instant/{day}"
        assert set(graph.objects(instant, TIME.inXSDDate)) == {Literal(day, datatype=XSD.date)}


@pytest.mark.parametrize(
    "text",
    ["", "近期", "22", "2022-3", "2022-13", "2023-02-29", "2022/2021", "2022/", "/2022", "2022/2023/2024",
     "2022-03-05T00:00", " 2022", "２０２２", "P1Y", "2022--2023"],
)  # fmt: skip
def test_what_is_no_period_is_refused_with_its_repr(text: str) -> None:
    with pytest.raises(UnknownPeriodError) as refusal:
        period_to_days(text)
    assert repr(text) in str(refusal.value)


@pytest.mark.parametrize(
    ("date", "datatype"),
    [("2030", XSD.gYear), ("2030-03", XSD.gYearMonth), ("2030-03-05", XSD.date)],
)
def test_date_has_the_datatype_of_its_precision(date: str, datatype: URIRef) -> None:
    assert date_to_literal(date) == Literal(date, datatype=datatype, normalize=False)


@pytest.mark.parametrize("date", ["2030/2031", "2030-03-05/2030-03-06", "2030-3", "soon", ""])
def test_interval_is_no_date(date: str) -> None:
    with pytest.raises(UnknownPeriodError):
        date_to_literal(date)


@pytest.mark.parametrize("date", ["2030", "2030-03", "2030-02-30"])
def test_only_a_day_is_a_day(date: str) -> None:
    with pytest.raises(UnknownPeriodError):
        day_to_literal(date)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("12", "12"),
        ("12.50", "12.5"),
        ("1E+12", "1000000000000"),
        ("1.25E+4", "12500"),
        ("1E-8", "0.00000001"),
        ("100", "100"),
        ("0.0", "0"),
        ("-0", "0"),
        ("-3.10", "-3.1"),
        ("123456789012345678901234567890.12", "123456789012345678901234567890.12"),
    ],
)
def test_number_is_an_exact_plain_decimal(value: str, text: str) -> None:
    literal = decimal_to_literal(Decimal(value))
    assert (str(literal), literal.datatype) == (text, XSD.decimal)
    assert Decimal(str(literal)) == Decimal(value)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_finite_number_is_refused(value: str) -> None:
    with pytest.raises(UnmappableFactError, match="finite"):
        decimal_to_literal(Decimal(value))


def test_post_is_a_title_at_its_holder(graph: Graph) -> None:
    city = node(graph, TANPU.Place, "北湾市")
    title = node(graph, TANPU.Title, "副市长")
    post = node(graph, TANPU.Post, "北湾市副市长")
    wei = node(graph, TANPU.Person, "韦一诺")
    assert set(graph.predicate_objects(post)) == {
        (RDF.type, TANPU.Post),
        (RDF.type, ORG.Post),
        (ORG.postIn, city),
        (ORG.role, title),
        (SKOS.prefLabel, Literal("北湾市副市长", lang="zh")),
        (RDFS.label, Literal("北湾市副市长", lang="zh")),
    }
    assert (title, SKOS.inScheme, TANPU.TitleScheme) in graph
    assert (wei, ORG.holds, post) in graph
    (statement,) = graph.subjects(TANPU.post, post)
    assert set(graph.predicate_objects(statement)) >= {
        (RDF.type, TANPU.Membership),
        (RDF.type, TANPU.Statement),
        (RDF.type, ORG.Membership),
        (ORG.member, wei),
        (ORG.organization, city),
        (TANPU.status, TANPU.StatusCurrent),
    }


def test_former_post_is_no_longer_held(graph: Graph) -> None:
    he = node(graph, TANPU.Person, "贺临川")
    post = node(graph, TANPU.Post, BUREAU_NAME + "局长")
    assert set(graph.objects(he, TANPU.formerlyHeld)) == {post}
    assert not set(graph.objects(he, ORG.holds))


def test_observation_has_value_unit_period_and_qualifiers(graph: Graph) -> None:
    indicator = node(graph, TANPU.Indicator, "PM2.5年均浓度")
    (observation,) = graph.subjects(SOSA.observedProperty, indicator)
    assert set(graph.predicate_objects(observation)) == {
        (RDF.type, TANPU.Observation),
        (RDF.type, TANPU.Statement),
        (RDF.type, SOSA.Observation),
        (SOSA.hasFeatureOfInterest, node(graph, TANPU.Place, "北湾市")),
        (SOSA.observedProperty, indicator),
        (TANPU.value, Literal("12.5", datatype=XSD.decimal)),
        (TANPU.valueText, Literal("12.50微克/立方米")),
        (TANPU.unitText, Literal("微克/立方米")),
        (QUDT.hasUnit, UNIT["MicroGM-PER-M3"]),
        (TANPU.period, URIRef("http://graph.example/id/period/2030")),
        (TANPU.qualifier, TANPU.QualifierAnnualMean),
        *((TANPU.evidence, evidence) for evidence in graph.objects(observation, TANPU.evidence)),
    }
    assert len(set(graph.objects(observation, TANPU.evidence))) == 2
    assert (indicator, SKOS.inScheme, TANPU.IndicatorScheme) in graph


def test_unit_unknown_to_qudt_stays_as_text(graph: Graph) -> None:
    thing = node(graph, TANPU.CountedThing, "海风电站")
    (observation,) = graph.subjects(SOSA.hasFeatureOfInterest, thing)
    assert set(graph.objects(observation, TANPU.unitText)) == {Literal("座")}
    assert set(graph.objects(observation, TANPU.qualifier)) == {
        TANPU.QualifierOver,
        TANPU.QualifierCumulative,
    }


@pytest.mark.parametrize(
    ("event", "predicate", "expected"),
    [
        (SUMMIT_NAME, SDO.startDate, {"2031-05-06"}),
        (SUMMIT_NAME, SDO.endDate, {"2031-05-07"}),
        (SUMMIT_NAME, SDO.location, {"北湾国际会展中心"}),
        (SUMMIT_NAME, SDO.organizer, {BUREAU_NAME, "青禾电力"}),
        (SUMMIT_NAME, SDO.attendee, {"韦一诺"}),
        (SUMMIT_NAME, TANPU.theme, {"风从海上来"}),
        ("储能对话", SDO.superEvent, {SUMMIT_NAME}),
        ("储能对话", SDO.attendee, {"韦一诺", "贺临川"}),
    ],
)
def test_event_has_its_shortcuts(
    graph: Graph, event: str, predicate: URIRef, expected: set[str]
) -> None:
    values = list(graph.objects(node(graph, TANPU.Forum, event), predicate))
    assert {str(graph.value(v, SKOS.prefLabel, default=v)) for v in values} == expected


def test_regulation_has_its_shortcuts(graph: Graph) -> None:
    regulation = node(graph, TANPU.Regulation, "北湾市海风利用办法")
    bureau = node(graph, TANPU.Institution, BUREAU_NAME)
    assert set(graph.objects(regulation, ELI.passed_by)) == {bureau}
    assert list(graph.objects(regulation, ELI.date_document)) == [
        Literal("2030-03", datatype=XSD.gYearMonth, normalize=False)
    ]
    assert objects(graph, regulation, SKOS.altLabel) == {"《办法》"}


def test_evidence_says_where_how_surely_and_by_which_words(
    graph: Graph, extraction: Extraction, minter: Minter
) -> None:
    fact = next(f for f in extraction.facts if isinstance(f, HoldsPost))
    (statement,) = graph.subjects(TANPU.post, node(graph, TANPU.Post, "北湾市副市长"))
    (evidence,) = graph.objects(statement, TANPU.evidence)
    document = minter.document(extraction.document.id)
    assert str(evidence).startswith(f"{document}#evidence=")
    found = set(graph.predicate_objects(evidence))
    assert found >= {
        (OA.hasBody, statement),
        (OA.hasTarget, minter.span(extraction.document.id, fact.evidence)),
        (TANPU.statedIn, document),
        (TANPU.confidence, Literal("1", datatype=XSD.decimal)),
    }
    mentions = {
        minter.mention(extraction.document.id, find(w)) for w in ("韦一诺", "副市长", "北湾市")
    }
    assert set(graph.objects(evidence, TANPU.usesMention)) == mentions
    roles = {
        str(graph.value(a, TANPU.roleName)): graph.value(a, TANPU.filledBy)
        for a in graph.objects(evidence, TANPU.argument)
    }
    assert roles == {
        "person": node(graph, TANPU.Person, "韦一诺"),
        "post": node(graph, TANPU.Title, "副市长"),
        "org": node(graph, TANPU.Place, "北湾市"),
    }


def test_statement_said_twice_is_one_node_with_two_pieces_of_evidence(
    graph: Graph, minter: Minter
) -> None:
    wei = node(graph, TANPU.Person, "韦一诺")
    dialogue = node(graph, TANPU.Forum, "储能对话")
    (statement,) = set(graph.subjects(TANPU.participant, wei)) & set(
        graph.subjects(TANPU.event, dialogue)
    )
    assert len(set(graph.objects(statement, TANPU.evidence))) == 2


def test_statement_is_the_same_node_in_every_document(minter: Minter) -> None:
    fact = Theme(event=argument("FORUM", "储能对话"), text="风", evidence=Span(0, 4))
    one, other = (
        set(
            facts_to_graph(make_extraction(document=d, facts=(fact,)), minter).subjects(
                RDF.type, TANPU.Statement
            )
        )
        for d in ("a", "b")
    )
    assert one == other


@pytest.mark.parametrize(
    ("name", "code", "above"),
    [
        ("盐田区", "440308", ["440300", "440000"]),
        ("杭州市", "330100", ["330000"]),
        ("云南省", "530000", []),
        ("杭州", None, []),
        ("鼓楼区", None, []),
        ("北湾市", None, []),
    ],
)
def test_place_has_its_code_only_if_its_full_name_is_unambiguous(
    minter: Minter, name: str, code: str | None, above: list[str]
) -> None:
    fact = Theme(event=argument("FORUM", "储能对话"), text="风", evidence=Span(0, 4))
    membership = HoldsPost(
        person=argument("PERSON", "韦一诺"),
        post=argument("POST", "副市长"),
        org=argument("PLACE", "北湾市", name),
        evidence=Span(0, 4),
    )
    graph = facts_to_graph(make_extraction(facts=(fact, membership)), minter)
    place = node(graph, TANPU.Place, name)
    codes = [str(found) for found in graph.objects(place, TANPU.divisionCode)]
    assert codes == ([] if code is None else [code])
    containers = graph.transitive_objects(place, SDO.containedInPlace)
    assert [str(graph.value(c, TANPU.divisionCode)) for c in containers if c != place] == above


@dataclass(frozen=True, slots=True, kw_only=True)
class Rains(Fact):
    type: ClassVar[str] = "rains"


def test_unknown_type_of_fact_is_refused(minter: Minter) -> None:
    with pytest.raises(UnmappableFactError, match="Rains"):
        facts_to_graph(make_extraction(facts=(Rains(evidence=Span(0, 1)),)), minter)


def test_unknown_type_of_fact_has_no_shortcuts() -> None:
    with pytest.raises(UnmappableFactError, match="Rains"):
        fact_to_shortcuts(Rains(evidence=Span(0, 1)), {})


def test_every_type_of_fact_has_a_form_a_class_and_shortcuts() -> None:
    assert set(STATEMENT_CLASSES) == set(FACT_TYPES)
    for name, fact_type in FACT_TYPES.items():
        assert statement_form(fact_type).kind
        assert class_to_fact_type(str(STATEMENT_CLASSES[name])) is fact_type
        assert fact_to_shortcuts.dispatch(fact_type) is not fact_to_shortcuts.dispatch(object)


def test_class_that_is_none_of_statements_is_refused() -> None:
    with pytest.raises(UnreadableGraphError, match="Forum"):
        class_to_fact_type(str(TANPU.Forum))


_FIGURE = Measures(
    subject=argument("PLACE", "北湾市"),
    indicator="装机",
    value=Decimal(1),
    value_text="1",
    evidence=Span(7, 9),
)
_DAYS = HeldOn(
    event=argument("FORUM", "储能对话"),
    start_date="2031-05-06",
    end_date="2031-05-06",
    evidence=Span(7, 9),
)


@pytest.mark.parametrize(
    ("fact", "part"),
    [
        (replace(_FIGURE, period="近期"), "measures.period"),
        (replace(_FIGURE, period="2031/2030"), "measures.period"),
        (replace(_FIGURE, value=Decimal("NaN")), "measures.value"),
        (replace(_FIGURE, indicator="“”"), "at least one character"),
        (replace(_DAYS, start_date="2031-05"), "held_on.start_date"),
        (replace(_DAYS, end_date="2031-02-30"), "held_on.end_date"),
        (replace(_DAYS, event=argument("FORUM", "储能对话", " ")), "at least one character"),
        (
            Issues(
                org=argument("ORG", "青禾电力"),
                regulation=argument("REGULATION", "北湾市海风利用办法"),
                date="2030/2031",
                evidence=Span(7, 9),
            ),
            "issues.date",
        ),
    ],
)
def test_fact_that_cannot_be_said_is_refused_with_its_place(
    minter: Minter, fact: Fact, part: str
) -> None:
    with pytest.raises(UnmappableFactError) as refusal:
        facts_to_graph(make_extraction(facts=(fact,)), minter)
    assert "document 'bei wan/2031#1', offset 7" in str(refusal.value)
    assert part in str(refusal.value)


def test_word_of_no_concept_is_refused(minter: Minter) -> None:
    word: Qualifier = "nearly"  # type: ignore[assignment]
    with pytest.raises(UnmappableFactError, match="'nearly'"):
        facts_to_graph(make_extraction(facts=(replace(_FIGURE, qualifier=(word,)),)), minter)


def test_span_outside_the_text_is_refused(minter: Minter) -> None:
    fact = replace(_DAYS, evidence=Span(0, len(TEXT) + 1))
    with pytest.raises(UnmappableFactError, match=f"within {len(TEXT)} code points"):
        facts_to_graph(make_extraction(facts=(fact,)), minter)


def test_two_entities_at_one_span_are_refused(minter: Minter) -> None:
    entities = (entity("北湾市", "PLACE"), entity("北湾市", "ORG"))
    with pytest.raises(UnmappableFactError, match="one entity at a span"):
        facts_to_graph(make_extraction(entities=entities), minter)


def test_reference_at_the_span_of_an_entity_is_refused(minter: Minter) -> None:
    named = entity("北湾市", "PLACE")
    reference = Reference(span=named.span, label="PLACE", text="北湾市", name="北湾市")
    with pytest.raises(UnmappableFactError, match="one mention at a span"):
        facts_to_graph(make_extraction(entities=(named,), references=(reference,)), minter)


def test_entity_whose_text_stands_elsewhere_is_refused(minter: Minter) -> None:
    moved = replace(entity("北湾市", "PLACE"), span=Span(0, 3))
    with pytest.raises(UnmappableFactError, match="expected the text at the span, got '北湾市'"):
        facts_to_graph(make_extraction(entities=(moved,)), minter)


@pytest.mark.parametrize("published", ["2031", "2031-05", "8 May", ""])
def test_publication_date_that_is_no_day_is_refused(minter: Minter, published: str) -> None:
    extraction = make_extraction()
    document = replace(extraction.document, published=published)
    with pytest.raises(UnmappableFactError, match="published"):
        facts_to_graph(replace(extraction, document=document), minter)


def test_a_resolver_decides_what_is_one_node(minter: Minter) -> None:
    persons = (entity("韦一诺", "PERSON"), entity("贺临川", "PERSON"))

    def identify(kind: EntityKind, name: str, *, document: str | None) -> Identity:
        if kind == "person":
            return Identity("one", "韦一诺")
        return identify_by_name(kind, name, document=document)

    merging = replace(minter, identify=identify)
    graph = facts_to_graph(make_extraction(entities=persons), merging)
    bodies = set(graph.objects(None, OA.hasBody))
    assert len({str(body).rsplit("-", 1)[-1] for body in bodies}) == 1


def test_taking_part_twice_in_other_roles_is_two_statements(minter: Minter) -> None:
    one = TakesPart(
        person=argument("PERSON", "韦一诺"),
        event=argument("FORUM", "储能对话"),
        evidence=Span(0, 1),
    )
    facts = (one, replace(one, role="keynotes"), replace(one, mode="video"))
    graph = facts_to_graph(make_extraction(facts=facts), minter)
    assert len(set(graph.subjects(RDF.type, TANPU.Participation))) == 3


# --- what was said -----------------------------------------------------------------------

_WORDS = "储能对话还将继续"


def says(**changes: Any) -> Says:
    fields: dict[str, Any] = {
        "speaker": argument("PERSON", "韦副市长", "韦一诺"),
        "words": _WORDS,
        "words_span": find(_WORDS),
        "verb": "表示",
        "manner": "indirect",
        "evidence": find("韦副市长近期表示，储能对话还将继续。"),
    }
    return Says(**{**fields, **changes})


def test_a_quotation_has_speaker_words_verb_and_manner(minter: Minter) -> None:
    graph = facts_to_graph(make_extraction(facts=(says(),)), minter)
    (quotation,) = graph.subjects(RDF.type, TANPU.Quotation)
    (evidence,) = graph.objects(quotation, TANPU.evidence)
    assert set(graph.predicate_objects(quotation)) == {
        (RDF.type, TANPU.Quotation),
        (RDF.type, TANPU.Statement),
        (RDF.type, SDO.Quotation),
        (TANPU.speaker, node(graph, TANPU.Person, "韦一诺")),
        (TANPU.words, Literal(_WORDS)),
        (TANPU.reportingVerb, Literal("表示")),
        (TANPU.manner, TANPU.MannerIndirect),
        (TANPU.evidence, evidence),
    }


def test_the_place_of_the_words_belongs_to_the_evidence(minter: Minter) -> None:
    graph = facts_to_graph(make_extraction(facts=(says(),)), minter)
    (evidence,) = graph.subjects(RDF.type, TANPU.Evidence)
    assert list(graph.objects(evidence, TANPU.wordsSpan)) == [
        minter.span("bei wan/2031#1", find(_WORDS))
    ]


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"confidence": 0.5, "evidence": Span(0, 200)}, True),
        ({"speaker": argument("PERSON", "韦一诺")}, True),
        ({"words": "储能", "words_span": find("储能", nth=2)}, False),
        ({"verb": "说"}, False),
        ({"manner": "direct"}, False),
        ({"event": argument("FORUM", "储能对话")}, False),
        ({"speaker": argument("PERSON", "贺临川")}, False),
    ],
)
def test_a_quotation_is_its_speaker_words_verb_manner_and_event(
    minter: Minter, changes: dict[str, Any], same: bool
) -> None:
    extraction = make_extraction(facts=(says(), says(**changes)))
    quotations = set(facts_to_graph(extraction, minter).subjects(RDF.type, TANPU.Quotation))
    assert (len(quotations) == 1) == same


def test_words_that_are_not_those_of_the_text_do_not_conform(minter: Minter) -> None:
    graph = facts_to_graph(make_extraction(facts=(says(words="储能对话不会继续"),)), minter)
    report = validate_graph(graph)
    assert not report.conforms
    assert "Expected the words to be the text at the words span" in report.to_text("en")


# --- regulations and ranks ----------------------------------------------------------------

_RULE, _LAW = argument("REGULATION", "北湾市海风利用办法"), "云梦省海风法"


def relates(**changes: Any) -> Relates:
    fields: dict[str, Any] = {
        "regulation": _RULE,
        "relation": "based_on",
        "other": argument("REGULATION", "海风法", _LAW, nth=None),
        "articles": ("10", "9.2"),
        "articles_text": "第九条第二款、第十条",
        "evidence": find("北湾市绿色能源局"),
    }
    return Relates(**{**fields, **changes})


def test_a_relation_has_both_regulations_and_each_article(minter: Minter) -> None:
    graph = facts_to_graph(make_extraction(facts=(relates(),)), minter)
    (relation,) = graph.subjects(RDF.type, TANPU.LegalRelation)
    (evidence,) = graph.objects(relation, TANPU.evidence)
    assert set(graph.predicate_objects(relation)) == {
        (RDF.type, TANPU.LegalRelation),
        (RDF.type, TANPU.Statement),
        (TANPU.regulation, node(graph, TANPU.Regulation, "北湾市海风利用办法")),
        (TANPU.relation, TANPU.RelationBasedOn),
        (TANPU.relatedRegulation, node(graph, TANPU.Regulation, _LAW)),
        (TANPU.article, Literal("10")),
        (TANPU.article, Literal("9.2")),
        (TANPU.articleText, Literal("第九条第二款、第十条")),
        (TANPU.evidence, evidence),
    }


@pytest.mark.parametrize(
    ("relation", "link"),
    [
        ("amends", ELI.amends),
        ("repeals", ELI.repeals),
        ("based_on", ELI.based_on),
        ("implements", ELI.ensures_implementation_of),
        ("cites", ELI.cites),
    ],
)
def test_a_relation_is_a_link_of_eli(minter: Minter, relation: str, link: URIRef) -> None:
    graph = facts_to_graph(make_extraction(facts=(relates(relation=relation),)), minter)
    one, other = (node(graph, TANPU.Regulation, n) for n in ("北湾市海风利用办法", _LAW))
    assert (one, link, other) in graph


def test_what_the_article_itself_cites_links_no_regulation(minter: Minter) -> None:
    fact = relates(regulation=None, relation="cites")
    graph = facts_to_graph(make_extraction(facts=(fact,)), minter)
    (relation,) = graph.subjects(RDF.type, TANPU.LegalRelation)
    assert graph.value(relation, TANPU.regulation) is None
    assert list(graph.subject_objects(ELI.cites)) == []
    assert validate_graph(graph).conforms


@pytest.mark.parametrize(
    "changes", [{"relation": "repeals"}, {"relation": "cites", "articles": ()}]
)
def test_a_relation_without_a_regulation_does_not_conform(
    minter: Minter, changes: dict[str, Any]
) -> None:
    fact = relates(regulation=None, **changes)
    assert not validate_graph(facts_to_graph(make_extraction(facts=(fact,)), minter)).conforms


def test_a_regulation_does_not_relate_to_itself(minter: Minter) -> None:
    graph = facts_to_graph(make_extraction(facts=(relates(other=_RULE),)), minter)
    assert not validate_graph(graph).conforms


@pytest.mark.parametrize(
    ("step", "day", "link", "value"),
    [
        ("adopted", "2030-03-01", ELI.date_document, Literal("2030-03-01", datatype=XSD.date)),
        ("in_force", "2030-04", ELI.first_date_entry_in_force, Literal("2030-04", datatype=XSD.gYearMonth)),
        ("expires", "2035", ELI.date_no_longer_in_force, Literal("2035", datatype=XSD.gYear)),
    ],
)  # fmt: skip
def test_a_step_dates_the_regulation(
    minter: Minter, step: str, day: str, link: URIRef, value: Literal
) -> None:
    fact = Dated(regulation=_RULE, step=step, date=day, evidence=Span(0, 5))  # type: ignore[arg-type]
    graph = facts_to_graph(make_extraction(facts=(fact,)), minter)
    (legal_step,) = graph.subjects(RDF.type, TANPU.LegalStep)
    assert graph.value(legal_step, TANPU.stepDate) == value
    assert graph.value(node(graph, TANPU.Regulation, "北湾市海风利用办法"), link) == value


def test_a_rank_is_no_observation_and_has_no_value(minter: Minter) -> None:
    fact = Ranks(
        subject=argument("PLACE", "北湾市"),
        indicator="林地面积",
        rank=3,
        rank_kind="within",
        rank_text="全国前三",
        scope="全国",
        period="2030",
        evidence=Span(0, 5),
    )
    graph = facts_to_graph(make_extraction(facts=(fact,)), minter)
    (ranking,) = graph.subjects(RDF.type, TANPU.Ranking)
    (evidence,) = graph.objects(ranking, TANPU.evidence)
    assert set(graph.predicate_objects(ranking)) == {
        (RDF.type, TANPU.Ranking),
        (RDF.type, TANPU.Statement),
        (TANPU.rankedThing, node(graph, TANPU.Place, "北湾市")),
        (TANPU.rankedBy, node(graph, TANPU.Indicator, "林地面积")),
        (TANPU.rank, Literal("3", datatype=XSD.integer)),
        (TANPU.rankKind, TANPU.RankWithin),
        (TANPU.rankText, Literal("全国前三")),
        (TANPU.rankScope, Literal("全国")),
        (TANPU.period, minter.period("2030")),
        (TANPU.evidence, evidence),
    }
    assert (minter.period("2030"), RDF.type, TANPU.Period) in graph


@pytest.mark.parametrize(
    ("label", "name", "alias", "number"),
    [
        ("REGULATION", "北湾市海风利用办法", "北政办发[2030]第7号", "北政办发〔2030〕7号"),
        ("REGULATION", "北湾市海风利用办法", "办法", None),
        ("ORG", "北湾市绿色能源局", "北政办发〔2030〕7号", None),
    ],
)
def test_a_document_number_identifies_its_regulation(
    minter: Minter, label: ArgumentLabel, name: str, alias: str, number: str | None
) -> None:
    fact = Alias(name=argument(label, name), alias=alias, evidence=Span(0, 5))
    graph = facts_to_graph(make_extraction(facts=(fact,)), minter)
    assert list(graph.objects(None, ELI.id_local)) == ([] if number is None else [Literal(number)])
