"""What the graph no longer speaks of is remembered, with what took its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rdflib import URIRef

from extract.facts import Extraction, Span
from graph.identity import Minter
from graph.resolution.apply import remove_documents
from graph.store import Store, open_store
from graph.tombstones import (
    TOMBSTONE_FILE,
    Departure,
    Tombstone,
    TombstoneError,
    Tombstones,
    find_removals,
    read_anchors,
)
from tests.graph.resolution.articles import Article
from tests.graph.resolution.conftest import Lenient, load_articles

FULL, SHORT = "云栖青禾电力股份有限公司", "青禾电力"


def appointed(org: str, *, person: str = "乔云岫") -> Article:
    return Article("a", "2031-03-01").post(person, org, "董事长")


def renaming() -> Article:
    return Article("b", "2031-03-02").called("ORG", FULL, SHORT)


def one_sentence(article: Article) -> Extraction:
    """The article with all of its text as evidence for every fact."""
    read = article.done()
    everything = Span(0, len(read.document.text))
    return replace(read, facts=tuple(replace(f, evidence=everything) for f in read.facts))


def members(store: Store, node: str) -> list[str]:
    """Who holds the post of a membership."""
    found = store.query(
        "SELECT ?s ?member WHERE { ?s <http://www.w3.org/ns/org#member> ?member }",
        bindings={"s": URIRef(f"{store.base}id/{node}")},
    )
    return [row["member"].value for row in found]  # type: ignore[union-attr]


def nodes(store: Store) -> set[str]:
    """The IRIs of everything that has an address, without the base."""
    found = store.query("SELECT DISTINCT ?s WHERE { ?s ?p ?o }")
    iris = {row["s"].value for row in found}  # type: ignore[union-attr]
    return {i.removeprefix(f"{store.base}id/") for i in iris if "/id/" in i and "#" not in i}


def departure(store: Store, node: str) -> Departure | None:
    found = store.departure(f"{store.base}id/{node}")
    if found is None:
        return None
    cut = tuple(s.removeprefix(f"{store.base}id/") for s in found.successors)
    return Departure(found.documents, cut)


@pytest.fixture
def store() -> Store:
    return open_store(None, mode="write")


@pytest.mark.parametrize("kind", ["membership", "post", "org"])
def test_what_is_named_for_a_merged_thing_leads_to_what_took_its_place(
    store: Store, kind: str
) -> None:
    load_articles(store, [appointed(SHORT)])
    [before] = [node for node in nodes(store) if node.startswith(f"{kind}/")]
    load_articles(store, [renaming()])
    [after] = [node for node in nodes(store) if node.startswith(f"{kind}/")]
    assert before != after
    assert departure(store, before) == Departure(("a",), (after,))


def test_after_two_changes_the_first_address_leads_to_the_last(store: Store) -> None:
    load_articles(store, [appointed(SHORT)])
    [first] = [node for node in nodes(store) if node.startswith("membership/")]
    load_articles(store, [renaming()])
    [second] = [node for node in nodes(store) if node.startswith("membership/")]
    corrected = Article("b", "2031-03-02").called("ORG", "云栖大青禾电力股份有限公司", SHORT)
    load_articles(store, [corrected])
    [third] = [node for node in nodes(store) if node.startswith("membership/")]
    assert len({first, second, third}) == 3
    assert departure(store, first) == departure(store, second) == Departure(("a",), (third,))


def test_what_comes_back_is_itself_again(store: Store) -> None:
    load_articles(store, [appointed(SHORT)])
    before = nodes(store)
    load_articles(store, [renaming()])
    remove_documents(["b"], store, Minter(store.base), validator=Lenient())
    assert nodes(store) == before


def test_a_statement_that_is_no_longer_made_names_its_documents_and_no_other_statement(
    store: Store,
) -> None:
    load_articles(store, [Article("a").post("乔云岫", FULL, "董事长").post("韦一诺", FULL, "监事")])
    before = {node for node in nodes(store) if node.startswith("membership/")}
    load_articles(store, [Article("a").post("乔云岫", FULL, "董事长").names("PERSON", "韦一诺")])
    [gone] = before - nodes(store)
    assert departure(store, gone) == Departure(("a",), ())


def test_two_statements_of_one_sentence_are_not_taken_for_each_other(store: Store) -> None:
    load_articles(store, [one_sentence(appointed(SHORT).post("韦一诺", SHORT, "董事长"))])
    before = sorted(node for node in nodes(store) if node.startswith("membership/"))
    told = [members(store, node) for node in before]
    load_articles(store, [renaming()])
    after = sorted(node for node in nodes(store) if node.startswith("membership/"))
    found = [departure(store, node) for node in before]
    led_to = [f.successors for f in found if f is not None]
    assert sorted(led_to) == [(node,) for node in after]
    assert [members(store, one) for (one,) in led_to] == told


def test_an_entity_whose_name_is_read_otherwise_leads_to_what_stands_there_now(
    store: Store,
) -> None:
    text = Article("a").names("ORG", "北湾海风局")
    load_articles(store, [text])
    [before] = [node for node in nodes(store) if node.startswith("org/")]
    read = text.done()
    renamed = replace(read.entities[0], name="北湾市海风局")
    load_articles(store, [replace(read, entities=(renamed,))])
    [after] = [node for node in nodes(store) if node.startswith("org/")]
    assert departure(store, before) == Departure(("a",), (after,))


def test_all_that_a_removed_document_alone_spoke_of_is_remembered(store: Store) -> None:
    load_articles(store, [appointed(FULL), Article("b").names("ORG", FULL)])
    before = nodes(store)
    remove_documents(["a"], store, Minter(store.base), validator=Lenient())
    gone = before - nodes(store)
    assert {node.partition("/")[0] for node in gone} >= {"document", "membership", "person", "post"}
    assert {departure(store, node) for node in gone} == {Departure(("a",), ())}
    [told_elsewhere] = [node for node in nodes(store) if node.startswith("org/")]
    assert told_elsewhere in before
    assert departure(store, told_elsewhere) is None


def test_what_was_never_there_has_no_departure(store: Store) -> None:
    load_articles(store, [appointed(FULL)])
    assert departure(store, "membership/0123456789") is None


def test_a_month_that_is_read_otherwise_leads_to_no_other_month(store: Store) -> None:
    read = Article("a").names("DATE", "2031-05").done()
    load_articles(store, [read])
    assert "period/2031-05" in nodes(store)
    load_articles(store, [replace(read, entities=(replace(read.entities[0], name="2031-06"),))])
    assert "period/2031-06" in nodes(store)
    assert departure(store, "period/2031-05") == Departure(("a",), ())


def test_readers_of_a_store_on_disk_see_what_its_writer_remembered(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with open_store(path, mode="write") as writer:
        load_articles(writer, [appointed(SHORT)])
        writer.publish()
        [before] = [node for node in nodes(writer) if node.startswith("membership/")]
        with open_store(path, mode="read") as early:
            assert departure(early, before) is None
            load_articles(writer, [renaming()])
            writer.publish()
            early.refresh()
            found = departure(early, before)
            assert found is not None
            assert len(found.successors) == 1


def test_anchors_do_not_depend_on_the_names_of_things(store: Store) -> None:
    keys = []
    for org in (SHORT, "第一海风"):
        with open_store(None, mode="write") as one:
            load_articles(one, [appointed(org)])
            quads = one.database.quads_for_pattern(None, None, None, None)
            anchors = read_anchors(frozenset(q.triple for q in quads), one.base)
            keys.append({a for a in anchors if not a.startswith("identification=")})
    assert keys[0] == keys[1]
    assert any(key.startswith("statement=") for key in keys[0])


def test_tombstones_are_kept_once_and_told_in_order(tmp_path: Path) -> None:
    kept = Tombstones(tmp_path / TOMBSTONE_FILE)
    first, second = Tombstone("id/org/x", "a", ""), Tombstone("id/org/x", "b", "mention=0,2")
    assert kept.of("id/org/x") == []
    assert not (tmp_path / TOMBSTONE_FILE).exists()
    kept.add([second])
    kept.add([first, second])
    assert kept.of("id/org/x") == kept.all() == [first, second]
    kept.close()
    assert Tombstones(tmp_path / TOMBSTONE_FILE).all() == [first, second]


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / TOMBSTONE_FILE
    path.write_text("nonsense " * 200, encoding="utf-8")
    with pytest.raises(TombstoneError, match=TOMBSTONE_FILE):
        Tombstones(path).of("id/org/x")


def test_when_a_document_was_removed_is_kept_to_the_second_the_latest_moment_stays(
    tmp_path: Path,
) -> None:
    path = tmp_path / "tombstones.sqlite3"
    tombstones = Tombstones(path)
    assert tombstones.removals() == {}
    tombstones.add([Tombstone("id/document/a", "a", "")])
    assert tombstones.removals() == {}, "a copy of tombstones removes nothing"
    early, late = datetime(2031, 5, 9, 8, 7, 6, tzinfo=UTC), datetime(2031, 5, 10, tzinfo=UTC)
    for moment in (early, late, early):
        tombstones.note_removals({"id/document/a": moment, "id/document/b": early})
    tombstones.close()
    again = Tombstones(path)
    assert again.removals() == {"id/document/a": late, "id/document/b": early}
    again.close()


def test_of_what_was_lost_the_documents_were_removed() -> None:
    lost = [Tombstone("id/document/a", "a", ""), Tombstone("id/person/x-0123456789", "a", "")]
    moment = datetime(2031, 5, 9, tzinfo=UTC)
    assert find_removals(lost, moment) == {"id/document/a": moment}
