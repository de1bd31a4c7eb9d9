"""Identity is a function of the documents and decisions, whatever happened before."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from graph.identity import Minter, digest, name_to_key
from graph.queryfiles import select
from graph.resolution.apply import remove_documents, resolve_store, uncertain_pairs
from graph.resolution.decisions import Decision, Reference, Verdict
from graph.store import Store, open_store
from graph.validation import load_validator
from tests.graph.resolution.articles import Article
from tests.graph.resolution.conftest import Lenient, load_articles, partition


def make_articles() -> list[Article]:
    """Twelve articles with homonyms, renamings, careers, editions and short names."""
    return [
        Article("a", "2028-03-01")
        .post("乔云岫", "烟台市统计局", "局长")
        .names("ORG", "环境保护部"),
        Article("b", "2031-03-01")
        .post("乔云岫", "遵义市水务局", "局长")
        .post("乔云岫", "烟台市统计局", "局长", "former"),
        Article("c", "2031-04-01").post("乔云岫", "云梦大学海洋学院", "教授"),
        Article("d", "2031-05-01").names("PERSON", "乔云岫").names("PLACE", "遵义市", "鼓楼区"),
        Article("e", "2031-05-06")
        .called("FORUM", "第三届云栖国际海风利用论坛", "云栖论坛")
        .held("第三届云栖国际海风利用论坛", "2031-05-05")
        .attends("林若禾", "第三届云栖国际海风利用论坛"),
        Article("f", "2031-06-01").names("FORUM", "云栖论坛", "2031云栖国际海风利用论坛"),
        Article("g", "2033-06-01").names("FORUM", "云栖论坛").names("PLACE", "徐州市", "鼓楼区"),
        Article("h").called("ORG", "云栖青禾电力股份有限公司", "青禾电力").names("ORG", "市发改委"),
        Article("i", "2029-01-02").names("ORG", "青禾电力", "生态环境部", "市发改委"),
        Article("j", "2030-01-02").issued("烟台市人民政府", "海风利用管理办法"),
        Article("k", "2030-01-03").issued("厦门市人民政府", "海风利用管理办法"),
        Article("l", "2030-01-04")
        .names("REGULATION", "海风利用管理办法")
        .names("PLACE", "厦门市", "国际会展中心"),
    ]


def dump(store: Store) -> bytes:
    """All named graphs, in an order that only their content decides: equal dumps, equal graphs."""
    stream = io.BytesIO()
    store.dump(stream, "nquads")
    return stream.getvalue()


def load_dump(articles: Sequence[Article], decisions: Decided | None = None) -> bytes:
    with open_store(None, mode="write") as store:
        load_articles(store, articles, decisions)
        return dump(store)


@dataclass(frozen=True)
class Decided:
    """Decisions held in memory; None as a document stands for every one."""

    decisions: tuple[Decision, ...] = ()

    def between(self, left: Reference, right: Reference) -> Decision | None:
        for decision in self.decisions:
            for one, other in ((left, right), (right, left)):
                if _covers(decision.left, one) and _covers(decision.right, other):
                    return decision
        return None

    def naming(self, reference: Reference) -> list[Decision]:
        return [
            d for d in self.decisions if _covers(d.left, reference) or _covers(d.right, reference)
        ]


def _covers(side: Reference, reference: Reference) -> bool:
    same = (side.kind, name_to_key(side.name)) == (reference.kind, name_to_key(reference.name))
    return same and side.document in (None, reference.document)


def decide(left: Reference, verdict: Verdict, right: Reference) -> Decided:
    return Decided((Decision(left, right, verdict, "审校员", "2031-06-01", "读过原文"),))


def person(document: str | None, name: str = "乔云岫") -> Reference:
    return Reference("person", name, document)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_ingestion_does_not_matter(seed: int) -> None:
    articles = make_articles()
    shuffled = make_articles()
    random.Random(seed).shuffle(shuffled)
    assert [a.id for a in shuffled] != [a.id for a in articles]
    assert load_dump(shuffled) == load_dump(articles)


def test_ingesting_again_changes_nothing(store: Store) -> None:
    load_articles(store, make_articles())
    before = dump(store)
    outcomes = load_articles(store, make_articles())
    assert {outcome.status for outcome in outcomes} == {"unchanged"}
    assert {outcome.affected for outcome in outcomes} == {()}
    assert dump(store) == before


def test_resolving_the_store_anew_changes_nothing(store: Store, minter: Minter) -> None:
    load_articles(store, make_articles())
    report = resolve_store(store, minter, validator=Lenient())
    assert (report.documents, report.changed) == (12, ())


def test_graphs_with_identifications_conform(store: Store, minter: Minter) -> None:
    load_articles(store, make_articles())
    for iri in store.graphs():
        assert load_validator().validate(store.graph(iri)).to_text("en") == "The graph conforms.\n"


def test_a_store_from_before_resolution_is_brought_in_line(minter: Minter) -> None:
    from graph.mapping import facts_to_graph

    with open_store(None, mode="write") as old:
        for article in make_articles():
            old.replace_graph(str(minter.graph(article.id)), facts_to_graph(article.done(), minter))
        report = resolve_store(old, minter, validator=Lenient())
        assert len(report.changed) == 12
        assert dump(old) == load_dump(make_articles())


@pytest.mark.parametrize("removed", [("a",), ("b", "e"), ("h",), ("j", "nowhere")])
def test_removing_a_document_leaves_what_the_others_say(
    store: Store, minter: Minter, removed: tuple[str, ...]
) -> None:
    load_articles(store, make_articles())
    found = remove_documents(removed, store, minter, validator=Lenient())
    assert found == tuple(id for id in removed if id != "nowhere")
    assert dump(store) == load_dump([a for a in make_articles() if a.id not in removed])


def test_a_document_that_says_something_else_now_is_resolved_anew(store: Store) -> None:
    load_articles(store, make_articles())
    changed = Article("b", "2031-03-01").post("乔云岫", "遵义市水务局", "局长")
    load_articles(store, [changed])
    others = [a for a in make_articles() if a.id != "b"]
    assert dump(store) == load_dump([*others, changed])
    assert frozenset({"a:乔云岫"}) in partition(store, "PERSON")


def test_a_new_document_touches_only_those_that_it_concerns(store: Store) -> None:
    load_articles(store, make_articles()[:2])
    [joined] = load_articles(store, make_articles()[2:3])
    assert joined.affected == ("a", "b")  # the professor takes their bare IRI from them
    [other] = load_articles(store, [Article("z", "2031-01-01").names("ORG", "青禾电力")])
    assert other.affected == ()


DECISIONS: list[tuple[str, Decided, set[frozenset[str]]]] = [
    (
        "same joins two that nothing connects",
        decide(person("a"), "same", person("c")),
        {frozenset({"a:乔云岫", "b:乔云岫", "c:乔云岫", "d:乔云岫"})},
    ),
    (
        "same joins two names",
        decide(person("e", "林若禾"), "same", person(None)),
        {frozenset({"e:林若禾"}) | {f"{d}:乔云岫" for d in "abcd"}},
    ),
    (
        "different parts what a post connects",
        decide(person("a"), "different", person("b")),
        {frozenset({"a:乔云岫"}), frozenset({"b:乔云岫", "d:乔云岫"}), frozenset({"c:乔云岫"})},
    ),
]


@pytest.mark.parametrize(
    ("decisions", "expected"), [case[1:] for case in DECISIONS], ids=[case[0] for case in DECISIONS]
)
def test_a_decision_wins(
    store: Store, minter: Minter, decisions: Decided, expected: set[frozenset[str]]
) -> None:
    load_articles(store, make_articles())
    resolve_store(store, minter, decisions, Lenient())
    found = {cluster for cluster in partition(store, "PERSON") if cluster != {"e:林若禾"}}
    assert expected <= found
    assert dump(store) == load_dump(make_articles(), decisions)
    rows = select(store, "class_counts")
    assert next(rows, None) is not None


@pytest.mark.parametrize(
    "decisions", [case[1] for case in DECISIONS], ids=[case[0] for case in DECISIONS]
)
def test_undoing_a_decision_restores_the_former_state(
    store: Store, minter: Minter, decisions: Decided
) -> None:
    load_articles(store, make_articles())
    before = dump(store)
    report = resolve_store(store, minter, decisions, Lenient())
    assert report.changed
    assert dump(store) != before
    resolve_store(store, minter, validator=Lenient())
    assert dump(store) == before


def test_uncertain_pairs_are_listed_until_somebody_decides(store: Store, minter: Minter) -> None:
    load_articles(
        store,
        [
            Article("a", "2028-03-01").post("乔云岫", "烟台市统计局", "局长"),
            Article("b", "2031-03-01").post("乔云岫", "遵义市水务局", "局长"),
        ],
    )
    [pair] = uncertain_pairs(store, minter)
    assert {pair.left, pair.right} == {person("a"), person("b")}
    assert 0.35 <= pair.score < 0.65
    assert not pair.same
    assert all(pair.reasons)
    unsure = decide(person("a"), "unsure", person("b"))
    resolve_store(store, minter, unsure, Lenient())
    assert list(uncertain_pairs(store, minter, unsure)) == []


def entities_by_digest(store: Store, ending: str) -> set[str]:
    text = """
        PREFIX tanpu: <https://w3id.org/tanpu/ontology#>
        SELECT ?digest ?entity WHERE { ?r tanpu:formerDigest ?digest ; tanpu:identifies ?entity }
    """
    from rdflib import Literal

    solutions = store.query(text, bindings={"digest": Literal(ending)})
    return {solution["entity"].value for solution in solutions}  # type: ignore[union-attr]


def test_every_iri_that_was_ever_minted_leads_to_what_became_of_it(minter: Minter) -> None:
    """Whatever the order was, no entity of an earlier state is lost."""
    for seed in range(3):
        articles = make_articles()
        random.Random(seed).shuffle(articles)
        seen: set[str] = set()
        with open_store(None, mode="write") as store:
            for article in articles:
                load_articles(store, [article])
                seen |= {row["entity"] for row in select(store, "entity_names")}
            now = {row["entity"] for row in select(store, "entity_names")}
            lost = [iri for iri in seen - now if not entities_by_digest(store, iri[-10:])]
            assert lost == []
            assert seen - now


def test_the_bare_iri_of_namesakes_leads_to_each_of_them(store: Store, minter: Minter) -> None:
    load_articles(store, make_articles()[:3])
    ending = digest("person", "乔云岫")
    assert str(minter.entity("person", "乔云岫"))[-10:] == ending
    found = entities_by_digest(store, ending)
    assert len(found) == 2
    assert not any(iri.endswith(ending) for iri in found)


def test_one_entity_keeps_the_bare_iri_of_its_name(store: Store, minter: Minter) -> None:
    load_articles(store, make_articles()[:2])
    names = {row["entity"] for row in select(store, "entity_names")}
    assert str(minter.entity("person", "乔云岫")) in names


def test_a_renamed_institution_has_its_present_name_first(store: Store) -> None:
    load_articles(store, make_articles())
    from graph.entities import read_entities

    [row] = [row for row in read_entities(store) if "环境保护部" in row["names"]]
    assert row["names"] == ["生态环境部", "环境保护部"]


def test_an_edition_belongs_to_its_series(store: Store) -> None:
    load_articles(store, make_articles())
    text = """
        PREFIX tanpu: <https://w3id.org/tanpu/ontology#>
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        SELECT DISTINCT ?edition ?series WHERE {
          ?forum tanpu:inSeries/skos:prefLabel ?series ; skos:prefLabel ?edition }
    """
    rows = {(r["edition"].value, r["series"].value) for r in store.query(text)}  # type: ignore[union-attr]
    assert rows == {("第三届云栖国际海风利用论坛", "云栖国际海风利用论坛")}
