from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef

from extract.gazetteer import lookup_place, parent
from graph.identity import EntityKind, Minter
from graph.lookup import (
    FUZZY_LIMIT,
    CurrentIndex,
    LookupIndex,
    build_index,
    index_path,
    open_index,
    publish_with_index,
    update_index,
)
from graph.lookup_files import IndexUnbuildableError
from graph.store import Store, open_store
from ontology.terms import OA, ORG, RDF, SDO, SKOS, TANPU, XSD

BASE = "http://graph.example/"
MINTER = Minter(BASE)
CLASS_OF_KIND = {
    "person": TANPU.Person,
    "org": TANPU.Institution,
    "forum": TANPU.Forum,
    "regulation": TANPU.Regulation,
    "place": TANPU.Place,
    "indicator": TANPU.Indicator,
}

CITIES = (
    "石家庄市",
    "青岛市",
    "宁波市",
    "洛阳市",
    "珠海市",
    "遵义市",
    "克拉玛依市",
    "延边朝鲜族自治州",
)
DEPARTMENTS = ("发展和改革委员会", "生态环境局", "住房和城乡建设局", "统计局", "财政局")
CENTRAL = (
    "国家发展和改革委员会", "生态环境部", "工业和信息化部", "国务院国有资产监督管理委员会",
    "国家市场监督管理总局", "农业农村部", "自然资源部", "中国人民银行", "国家能源局", "国家统计局",
    "交通运输部", "水利部", "住房和城乡建设部", "财政部", "国家林业和草原局",
)  # fmt: skip
PLACES = (
    *CITIES,
    "山西省",
    "陕西省",
    "内蒙古自治区",
    "新疆维吾尔自治区",
    "长三角",
    "美国",
    "义乌市",
    "吕梁市",
    "重庆市",
)
PEOPLE = ("韦一诺", "贺临川", "单于飞", "司徒晓岚", "林屿", "林宇")
FORUMS = ("2031云梦零碳峰会", "2032云梦零碳峰会", "第三届北湾储能大会", "第四届北湾储能大会")
RULES = ("北湾市海风利用办法", "北湾市节能管理条例")
COMPANIES = ("青禾电力有限公司", "北湾青禾储能科技有限公司", "云梦绿能集团有限公司")


def names_to_graph(
    kind: EntityKind, names: Sequence[str], aliases: Sequence[str] = (), mentions: int = 0
) -> Graph:
    """A graph that names one thing, with what the mapping says of a division."""
    graph = Graph(bind_namespaces="none")
    node = MINTER.entity(kind, names[0])
    graph.add((node, RDF.type, CLASS_OF_KIND[kind]))
    graph.add((node, SKOS.prefLabel, Literal(names[0], lang="zh")))
    for name in (*names[1:], *aliases):
        graph.add((node, SKOS.altLabel, Literal(name, lang="zh")))
    division = lookup_place(names[0]) if kind == "place" else None
    if division is not None:
        graph.add((node, TANPU.divisionCode, Literal(division.code)))
        above = parent(division)
        if above is not None:
            graph.add((node, SDO.containedInPlace, MINTER.entity("place", above.name)))
    for number in range(mentions):
        mention = URIRef(f"{node}/mention-{number}")
        graph.add((mention, RDF.type, TANPU.Mention))
        graph.add((mention, OA.hasBody, node))
    return graph


def add(store: Store, kind: EntityKind, *names: str, mentions: int = 0) -> str:
    """Put a thing into the store; its IRI."""
    node = str(MINTER.entity(kind, names[0]))
    store.replace_graph(f"{node}/graph", names_to_graph(kind, names, mentions=mentions))
    return node


@pytest.fixture(scope="module")
def large_store() -> Iterator[Store]:
    with open_store(None, mode="write", base=BASE) as store:
        for city in CITIES:
            for department in DEPARTMENTS:
                add(store, "org", city + department)
            add(store, "org", city + "人民政府")
        for name in (*CENTRAL, *COMPANIES):
            add(store, "org", name)
        for name in PLACES:
            add(store, "place", name)
        for name in PEOPLE:
            add(store, "person", name)
        for name in FORUMS:
            add(store, "forum", name)
        for name in RULES:
            add(store, "regulation", name)
        add(store, "indicator", "海风装机")
        store.publish()
        yield store


@pytest.fixture(scope="module")
def index(large_store: Store) -> LookupIndex:
    return CurrentIndex().ensure(large_store)


# Institutions and places as a table of somebody else may have them, and what they are.
QUERIES = [
    ("国家发展改革委", "国家发展和改革委员会"),
    ("国家发改委", "国家发展和改革委员会"),
    ("中华人民共和国国家发展和改革委员会", "国家发展和改革委员会"),
    ("國家發展和改革委員會", "国家发展和改革委员会"),
    ("国家发展与改革委员会", "国家发展和改革委员会"),
    ("工信部", "工业和信息化部"),
    ("工業和信息化部", "工业和信息化部"),
    ("国务院国资委", "国务院国有资产监督管理委员会"),
    ("市场监管总局", "国家市场监督管理总局"),
    ("环境保护部", "生态环境部"),
    ("环保部", "生态环境部"),
    ("国家环境保护总局", "生态环境部"),
    ("shengtaihuanjingbu", "生态环境部"),
    ("shēngtài huánjìng bù", "生态环境部"),
    ("sheng1 tai4 huan2 jing4 bu4", "生态环境部"),
    ("生态环境部 ", "生态环境部"),
    ("农业部", "农业农村部"),
    ("农业农村部门", "农业农村部"),
    ("国土资源部", "自然资源部"),
    ("央行", "中国人民银行"),
    ("人民银行", "中国人民银行"),
    ("能源局", "国家能源局"),
    ("住建部", "住房和城乡建设部"),
    ("交通部", "交通运输部"),
    ("国家林草局", "国家林业和草原局"),
    ("石家庄市发改委", "石家庄市发展和改革委员会"),
    ("石家庄发改委", "石家庄市发展和改革委员会"),
    ("河北省石家庄市发展改革委", "石家庄市发展和改革委员会"),
    ("青島市生態環境局", "青岛市生态环境局"),
    ("青岛市环境局", "青岛市生态环境局"),
    ("青岛市生态环境局（机关）", "青岛市生态环境局"),
    ("宁波市住建局", "宁波市住房和城乡建设局"),
    ("宁波住建局", "宁波市住房和城乡建设局"),
    ("ＮＢＳＺＪＪ", "宁波市住房和城乡建设局"),
    ("洛阳市政府", "洛阳市人民政府"),
    ("洛阳市人民政府", "洛阳市人民政府"),
    ("珠海市统计局", "珠海市统计局"),
    ("珠海统计局", "珠海市统计局"),
    ("zhuhaishitongjiju", "珠海市统计局"),
    ("遵义市财政局", "遵义市财政局"),
    ("遵义市财政部门", "遵义市财政局"),
    ("克拉玛依市发展改革委", "克拉玛依市发展和改革委员会"),
    ("延边州生态环境局", "延边朝鲜族自治州生态环境局"),
    ("延边州统计局", "延边朝鲜族自治州统计局"),
    ("青禾电力", "青禾电力有限公司"),
    ("青禾电力公司", "青禾电力有限公司"),
    ("北湾青禾储能", "北湾青禾储能科技有限公司"),
    ("云梦绿能集团", "云梦绿能集团有限公司"),
    ("石家庄", "石家庄市"),
    ("河北省石家庄市", "石家庄市"),
    ("shan1 xi1", "山西省"),
    ("shǎnxī", "陕西省"),
    ("内蒙古", "内蒙古自治区"),
    ("內蒙古", "内蒙古自治区"),
    ("新疆", "新疆维吾尔自治区"),
    ("新疆自治区", "新疆维吾尔自治区"),
    ("长江三角洲", "长三角"),
    ("美利坚合众国", "美国"),
    ("浙江省金华市义乌市", "义乌市"),
    ("lvliang", "吕梁市"),
    ("chongqing", "重庆市"),
    ("延边", "延边朝鲜族自治州"),
]


def test_the_top_answer_is_right_for_a_list_of_institutions_and_places(index: LookupIndex) -> None:
    wrong = []
    for query, name in QUERIES:
        found = index.search(query, classes={"Institution", "Place"})
        if not found or found[0].entity.name != name:
            wrong.append((query, name, [(c.entity.name, c.score, c.reason) for c in found[:3]]))
    assert len(QUERIES) >= 60
    assert 1 - len(wrong) / len(QUERIES) >= 0.95, wrong


@pytest.mark.parametrize(
    ("query", "name", "score", "reason"),
    [
        ("生态环境部", "生态环境部", 100, "name"),
        ("生態環境部", "生态环境部", 100, "name"),
        ("《生态环境部》", "生态环境部", 100, "name"),
        ("环境保护部", "生态环境部", 90, "former name"),
        ("韦一诺", "韦一诺", 100, "name"),
        ("weiyinuo", "韦一诺", 92, "pinyin"),
        ("wéi yīnuò", "韦一诺", 96, "pinyin"),
        ("wěi yīnuò", "韦一诺", 60, "pinyin"),
        ("wyn", "韦一诺", 78, "initials"),
        ("韦以诺", "韦一诺", 85, "homophone"),
        ("海风装机", "海风装机", 100, "name"),
    ],
)
def test_scores_say_how_the_name_was_met(
    index: LookupIndex, query: str, name: str, score: float, reason: str
) -> None:
    best = index.search(query)[0]
    assert (best.entity.name, best.score, best.reason) == (name, score, reason)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("韦一若", "韦一诺"),
        ("云梦零碳峰会2031", "2031云梦零碳峰会"),
        ("北湾海风办法", "北湾市海风利用办法"),
    ],
)
def test_what_only_resembles_is_never_certain(index: LookupIndex, query: str, name: str) -> None:
    best = index.search(query)[0]
    assert (best.entity.name, best.reason) == (name, "similar")
    assert best.score <= FUZZY_LIMIT


@pytest.mark.parametrize(
    ("query", "right", "wrong"),
    [
        ("2032年云梦零碳峰会", "2032云梦零碳峰会", "2031云梦零碳峰会"),
        ("第四届北湾新型储能大会", "第四届北湾储能大会", "第三届北湾储能大会"),
        ("宁波市发展与改革局", "宁波市发展和改革委员会", "洛阳市发展和改革委员会"),
    ],
)
def test_another_year_edition_or_place_counts_against_a_name(
    index: LookupIndex, query: str, right: str, wrong: str
) -> None:
    scores = {c.entity.name: c.score for c in index.search(query, limit=50)}
    assert scores[right] - scores.get(wrong, 0) > 20


def test_a_name_in_context_means_the_institution_of_the_place(index: LookupIndex) -> None:
    in_city = index.search("市发展改革委", place=lookup_place("洛阳"))
    assert in_city[0].entity.name == "洛阳市发展和改革委员会"
    assert in_city[0].reason == "official name"


@pytest.mark.parametrize("query", ["", " ", "？！", "鼋鼍", "qqqqzzzz", "\x00", '" OR "'])
def test_what_is_in_no_name_finds_nothing(index: LookupIndex, query: str) -> None:
    assert index.search(query) == []


def test_classes_narrow_and_the_limit_holds(index: LookupIndex) -> None:
    assert {c.entity.class_name for c in index.search("北湾", classes={"Regulation"})} == {
        "Regulation"
    }
    assert len(index.search("青岛市环境局", limit=3)) == 3
    assert index.search("韦一诺", classes={"Place"}) == []


def test_an_iri_is_its_own_answer(index: LookupIndex) -> None:
    iri = str(MINTER.entity("place", "青岛市"))
    assert [(c.entity.name, c.score) for c in index.search(iri)] == [("青岛市", 100.0)]
    assert index.search(iri, classes={"Person"}) == []
    assert index.search(BASE + "id/place/nowhere") == []


def test_descriptions_tell_namesakes_apart(index: LookupIndex) -> None:
    place = index.entity(str(MINTER.entity("place", "青岛市")))
    assert place is not None
    assert (place.description, place.place) == ("山东省青岛市 370200", "370200")


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        ("青禾", "青禾电力有限公司"),
        ("weiyi", "韦一诺"),
        ("wei1", "韦一诺"),
        ("qhdl", "青禾电力有限公司"),
        ("長三", "长三角"),
    ],
)
def test_suggestions_begin_with_what_is_typed(index: LookupIndex, prefix: str, name: str) -> None:
    assert name in [c.entity.name for c in index.suggest(prefix)[:3]]


def test_what_is_called_so_comes_before_what_only_begins_so(index: LookupIndex) -> None:
    names = [c.entity.name for c in index.suggest("qingdaoshi")]
    assert names[0] == "青岛市"
    assert any(name.startswith("青岛市") for name in names[1:])


def test_suggestions_fall_back_on_what_resembles(index: LookupIndex) -> None:
    assert index.suggest("峰会云梦零碳")[0].reason == "similar"


def test_of_equal_names_the_one_that_is_mentioned_more_comes_first() -> None:
    with open_store(None, mode="write", base=BASE) as store:
        add(store, "org", "甲研究院", "研究总院")
        often = add(store, "org", "乙研究院", "研究总院", mentions=3)
        found = CurrentIndex().ensure(store).search("研究总院")
    assert [c.score for c in found] == [98, 98]
    assert (found[0].entity.iri, found[0].entity.mentions) == (often, 3)


@pytest.mark.parametrize("alias", ["市绿能局", "该局", "本局"])
def test_names_that_only_point_are_worth_less(alias: str) -> None:
    with open_store(None, mode="write", base=BASE) as store:
        add(store, "org", "北湾市绿色能源局", alias)
        (found,) = CurrentIndex().ensure(store).search(alias)
    assert (found.score, found.reason) == (80, "name in context")


def test_posts_stand_in_the_description_of_a_person() -> None:
    with open_store(None, mode="write", base=BASE) as store:
        graph = names_to_graph("person", ["韦一诺"])
        person, post = MINTER.entity("person", "韦一诺"), URIRef(BASE + "id/post/1")
        graph.add((person, ORG.holds, post))
        graph.add((post, RDF.type, TANPU.Post))
        graph.add((post, SKOS.prefLabel, Literal("北湾市副市长", lang="zh")))
        store.replace_graph(BASE + "graph/1", graph)
        (found,) = CurrentIndex().ensure(store).search("韦一诺")
    assert found.entity.description == "北湾市副市长"


# ---------------------------------------------------------------------- in step with the store


def test_the_writer_leaves_an_index_that_only_its_own_state_opens(tmp_path: Path) -> None:
    with open_store(tmp_path, mode="write", base=BASE) as store:
        add(store, "person", "韦一诺")
        store.publish()
        assert open_index(store) is None
        update_index(store)
        with open_store(tmp_path, mode="read") as reader:
            found = open_index(reader)
            assert found is not None
            assert found.version == reader.version == 1
            add(store, "person", "贺临川")
            store.publish()
            reader.refresh()
            assert open_index(reader) is None
            update_index(store)
            newer = open_index(reader)
            assert newer is not None
            assert [c.entity.name for c in newer.search("贺临川")] == ["贺临川"]
            assert found.search("贺临川") == []


def test_a_second_update_of_the_same_state_makes_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path, mode="write", base=BASE) as store:
        add(store, "person", "韦一诺")
        store.publish()
        first = update_index(store).path.stat().st_ino
        assert update_index(store).path.stat().st_ino == first


def test_only_the_newest_two_indexes_are_kept(tmp_path: Path) -> None:
    with open_store(tmp_path, mode="write", base=BASE) as store:
        for number in range(4):
            add(store, "person", f"测试{number}")
            store.publish()
            update_index(store)
    assert sorted(file.name for file in (tmp_path / "lookup").iterdir()) == ["3.sqlite", "4.sqlite"]


@pytest.mark.parametrize("damage", ["base", "version", "format", "no file of SQLite"])
def test_an_index_of_something_else_is_passed_over(tmp_path: Path, damage: str) -> None:
    with open_store(tmp_path, mode="write", base=BASE) as store:
        add(store, "person", "韦一诺")
        store.publish()
        path = update_index(store).path
        if damage == "no file of SQLite":
            path.write_bytes(b"half a file" * 100)
        else:
            with closing(sqlite3.connect(path)) as connection, connection:
                connection.execute("UPDATE meta SET value = 'other' WHERE key = ?", (damage,))
        assert open_index(store) is None
        assert update_index(store).search("韦一诺")[0].score == 100


def test_a_killed_build_leaves_nothing_that_is_opened(tmp_path: Path) -> None:
    with open_store(tmp_path, mode="write", base=BASE) as store:
        add(store, "person", "韦一诺")
        store.publish()
        path = index_path(store)
        assert path is not None
        path.parent.mkdir()
        path.with_name("1.sqlite.123.unfinished").write_bytes(b"half")
        assert open_index(store) is None


def test_an_index_made_from_the_one_before_equals_one_made_anew(tmp_path: Path) -> None:
    with open_store(None, mode="write", base=BASE) as store:
        add(store, "org", "北湾市绿色能源局", "绿能局")
        build_index(store, tmp_path / "1.sqlite")
        add(store, "person", "单于飞")
        built = [
            build_index(store, tmp_path / "2.sqlite", previous=tmp_path / "1.sqlite"),
            build_index(store, tmp_path / "3.sqlite"),
        ]
    dumps = []
    for index in built:
        with closing(sqlite3.connect(index.path)) as connection:
            dumps.append(connection.execute("SELECT * FROM name ORDER BY id").fetchall())
    assert dumps[0] == dumps[1]
    assert len(dumps[0]) >= 3


def test_a_store_in_memory_has_no_file_to_update() -> None:
    with open_store(None, mode="write", base=BASE) as store:
        assert index_path(store) is None
        assert open_index(store) is None
        with pytest.raises(IndexUnbuildableError, match="expected a store on disk"):
            update_index(store)


def test_the_current_index_follows_the_store() -> None:
    current = CurrentIndex()
    with open_store(None, mode="write", base=BASE) as store:
        assert current.find(store) is None
        assert current.ensure(store).count() == 0
        add(store, "person", "韦一诺")
        store.publish()
        assert current.find(store) is None
        assert current.ensure(store).count() == 1
        assert current.find(store) is current.ensure(store)


def test_a_reader_makes_its_own_index_outside_the_store(tmp_path: Path) -> None:
    with open_store(tmp_path, mode="write", base=BASE) as store:
        add(store, "person", "韦一诺")
        store.publish()
    with open_store(tmp_path, mode="read") as reader:
        found = CurrentIndex().ensure(reader)
        assert found.search("wyn")[0].entity.name == "韦一诺"
    assert not (tmp_path / "lookup").exists()


def test_threads_ask_at_the_same_time(index: LookupIndex) -> None:
    answers: list[str] = []

    def ask() -> None:
        answers.extend(index.search("青岛市环境局")[0].entity.name for _ in range(5))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["青岛市生态环境局"] * 20


# ------------------------------------------------------------------------ parts of names


@pytest.fixture(scope="module")
def parts() -> Iterator[LookupIndex]:
    with open_store(None, mode="write", base=BASE) as store:
        for name in ("大北湾", "北湾市", "北湾", "南湾", "北湾大学城", "ＣＯ２（气）"):
            add(store, "forum", name, mentions=1)
        add(store, "regulation", "北湾城", "北湾")
        yield CurrentIndex().ensure(store)


def test_exact_comes_before_prefix_before_substring_and_preferred_before_other(
    parts: LookupIndex,
) -> None:
    found = parts.find_parts("北湾")
    assert [(one.name, one.matched, one.match) for one in found] == [
        ("北湾", "北湾", "exact"),
        ("北湾城", "北湾", "exact"),
        ("北湾市", "北湾市", "prefix"),
        ("北湾大学城", "北湾大学城", "prefix"),
        ("大北湾", "大北湾", "substring"),
    ]
    assert parts.find_parts("北湾", start=1, stop=3) == found[1:3]
    assert parts.find_parts("北湾", class_name="Regulation") == found[1:2]
    assert parts.count_parts("北湾") == {"Forum": (4, 4), "Regulation": (1, 1)}
    iris = [one.iri for one in found]
    assert parts.have_part([*iris, str(MINTER.entity("forum", "南湾"))], "北湾") == set(iris)


@pytest.mark.parametrize(
    ("part", "names"),
    [("co2", ["ＣＯ２（气）"]), ("(气)", ["ＣＯ２（气）"]), ("湾%", []), ("\x00", []), (" ", [])],
)
def test_parts_are_compared_folded_and_literally(
    parts: LookupIndex, part: str, names: list[str]
) -> None:
    assert [one.name for one in parts.find_parts(part)] == names


def test_a_class_is_listed_by_name(parts: LookupIndex) -> None:
    listed = [one.name for one in parts.list_class("Forum")]
    assert listed == sorted(listed)
    assert parts.count_class("Forum") == (6, 6)
    assert [one.name for one in parts.list_class("Forum", start=1, stop=3)] == listed[1:3]
    assert parts.count_class("Person") == (0, 0)


def test_the_most_mentioned_of_a_class() -> None:
    with open_store(None, mode="write", base=BASE) as store:
        for name, mentions in (("东风一号", 2), ("东风二号", 7), ("东风三号", 1)):
            graph = names_to_graph("forum", [name], mentions=mentions)
            store.replace_graph(f"{BASE}graph/{name}", graph)
        index = CurrentIndex().ensure(store)
    found = index.most_mentioned("Forum")
    assert found is not None
    assert (found.name, found.mentions) == ("东风二号", 7)
    assert index.most_mentioned("Person") is None


def sure(name: str, kind: EntityKind, confidence: str) -> Graph:
    """A thing with a mention of a confidence."""
    graph = names_to_graph(kind, [name], mentions=1)
    (mention,) = graph.subjects(RDF.type, TANPU.Mention)
    value = Literal(confidence, datatype=XSD.decimal)
    return graph.add((mention, TANPU.confidence, value))


def test_what_is_less_sure_can_be_left_out() -> None:
    with open_store(None, mode="write", base=BASE) as store:
        for name, confidence in (("东风一号", "0.9"), ("东风二号", "0.5")):
            store.replace_graph(f"{BASE}graph/{name}", sure(name, "forum", confidence))
        index = CurrentIndex().ensure(store)
    assert [one.name for one in index.find_parts("东风", least=0.6)] == ["东风一号"]
    assert index.count_parts("东风", least=0.6) == {"Forum": (1, 2)}
    assert index.count_class("Forum", least=0.6) == (1, 2)
    assert [one.name for one in index.list_class("Forum", least=0.6)] == ["东风一号"]
    assert index.confidence(str(MINTER.entity("forum", "东风二号"))) == 0.5


# ------------------------------------------------------------------- made from the one before


def rows_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """What an index says, without the numbers of its rows and of its state."""
    queries = {
        "entity": "SELECT iri, class, name, description, place, mentions, confidence FROM entity",
        "label": "SELECT iri, position, text, folded FROM label JOIN entity ON id = entity",
        "name": "SELECT iri, text, status, name.folded, toned, plain, initials, ROW_NUMBER()"
        " OVER (PARTITION BY iri ORDER BY name.id) FROM name JOIN entity ON entity.id = entity",
        "tally": "SELECT * FROM tally",
        "frequency": "SELECT term, doc FROM frequency",
    }
    with closing(sqlite3.connect(path)) as connection:
        return {
            name: sorted(connection.execute(query).fetchall()) for name, query in queries.items()
        }


def renamed_post(name: str) -> Graph:
    graph, post = Graph(), URIRef(BASE + "id/post/1")
    graph.add((post, RDF.type, TANPU.Post))
    return graph.add((post, SKOS.prefLabel, Literal(name, lang="zh")))


def holding_post() -> Graph:
    graph = names_to_graph("person", ["韦一诺"])
    return graph.add((MINTER.entity("person", "韦一诺"), ORG.holds, URIRef(BASE + "id/post/1")))


def in_role(number: int, confidence: str) -> Graph:
    """A statement about an indicator, which no mention names."""
    graph = names_to_graph("indicator", [f"第{number}号强度"])
    evidence, argument = (URIRef(f"{BASE}id/{part}/{number}") for part in ("evidence", "argument"))
    graph.add((argument, TANPU.filledBy, MINTER.entity("indicator", f"第{number}号强度")))
    graph.add((evidence, TANPU.argument, argument))
    return graph.add((evidence, TANPU.confidence, Literal(confidence, datatype=XSD.decimal)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"a": names_to_graph("person", ["韦一诺"], mentions=2)}),
        ({"a": names_to_graph("person", ["韦一诺"], mentions=2)}, {"a": Graph()}),
        (
            {"a": names_to_graph("org", ["北湾市绿色能源局"], ["绿能局"], mentions=2)},
            {"a": names_to_graph("org", ["北湾市绿色能源局"], ["北湾绿能"], mentions=3)},
        ),
        (
            {
                "a": names_to_graph("forum", ["云梦峰会"]),
                "b": names_to_graph("forum", ["储能对话"]),
            },
            {"b": Graph(), "c": names_to_graph("forum", ["氢能之夜"])},
        ),
        ({"a": holding_post(), "b": renamed_post("北湾市副市长")}, {"b": renamed_post("市长")}),
        ({"a": holding_post(), "b": renamed_post("北湾市副市长")}, {"b": Graph()}),
        ({"a": holding_post()}, {"b": renamed_post("北湾市副市长")}),
        ({"a": names_to_graph("place", ["宁波市"])}, {"a": names_to_graph("place", ["青岛市"])}),
        ({"a": in_role(1, "0.5"), "b": in_role(2, "0.5")}, {"a": in_role(1, "0.75")}),
        ({"a": sure("韦一诺", "person", "0.5")}, {"a": sure("韦一诺", "person", "0.25")}),
        (
            {"a": names_to_graph("forum", ["云梦峰会"])},
            {"a": names_to_graph("regulation", ["云梦峰会"])},
        ),
    ],
)
def test_an_index_kept_in_step_equals_one_made_anew(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    before: Mapping[str, Graph],
    after: Mapping[str, Graph],
) -> None:
    caplog.set_level(logging.INFO, "graph.lookup_files")
    with open_store(tmp_path / "store", mode="write", base=BASE) as store:
        store.replace_graphs({f"{BASE}graph/{name}": graph for name, graph in before.items()})
        add(store, "org", "青禾电力有限公司")
        publish_with_index(store)
        store.replace_graphs({f"{BASE}graph/{name}": graph for name, graph in after.items()})
        publish_with_index(store)
        assert "revised" in caplog.text
        kept = open_index(store)
        assert kept is not None
        anew = build_index(store, tmp_path / "anew.sqlite")
    assert rows_of(kept.path) == rows_of(anew.path)


def test_what_is_not_known_to_have_changed_is_read_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "graph.lookup_files")
    with open_store(tmp_path, mode="write", base=BASE) as store:
        add(store, "person", "韦一诺")
        publish_with_index(store)
        add(store, "person", "贺临川")
    with open_store(tmp_path, mode="write", base=BASE) as store:
        assert store.changed_nodes is None
        assert publish_with_index(store) == 2
        found = open_index(store)
    assert found is not None
    assert found.count() == 2
    assert "revised" not in caplog.text


def test_nothing_is_made_where_nothing_is_to_be_published(tmp_path: Path) -> None:
    with open_store(tmp_path, mode="write", base=BASE) as store:
        add(store, "person", "韦一诺")
        assert [publish_with_index(store) for _ in range(2)] == [1, 1]
    assert [file.name for file in (tmp_path / "lookup").iterdir()] == ["1.sqlite"]


def test_a_state_is_published_even_if_its_index_cannot_be_written(tmp_path: Path) -> None:
    with open_store(tmp_path, mode="write", base=BASE) as store:
        (tmp_path / "lookup").write_text("in the way")
        add(store, "person", "韦一诺")
        with pytest.raises(IndexUnbuildableError, match="lookup"):
            publish_with_index(store)
        assert store.version == 1


def test_the_index_before_answers_while_that_of_a_new_state_is_made(tmp_path: Path) -> None:
    current = CurrentIndex()
    with open_store(tmp_path, mode="write", base=BASE) as store:
        add(store, "person", "韦一诺")
        publish_with_index(store)
        add(store, "person", "贺临川")
        store.publish()
        # As between the two renamings of a writer, and after one that was killed there.
        following = tmp_path / "lookup" / "following.sqlite"
        following.touch()
        assert current.is_ready(store)
        assert [current.nearest(store).version for _ in range(2)] == [1, 1]
        os.utime(following, (0, 0))
        assert current.nearest(store).version == 1
        assert current.ensure(store).version == 2
        assert current.nearest(store).count() == 2


@pytest.mark.parametrize("is_published_again", [False, True])
def test_an_index_can_be_asked_after_its_file_has_been_removed(
    tmp_path: Path, is_published_again: bool
) -> None:
    current = CurrentIndex()
    with open_store(tmp_path, mode="write", base=BASE) as store:
        add(store, "person", "韦一诺")
        publish_with_index(store)
        held = current.nearest(store)
        if is_published_again:
            add(store, "person", "贺临川")
            store.publish()
        for file in (tmp_path / "lookup").iterdir():
            file.unlink()
        # This thread has it open, another one comes too late for it and gets one that can be read.
        assert held.search("wyn")[0].entity.name == "韦一诺"
        found: list[str] = []

        def ask() -> None:
            found.append(current.nearest(store).search("wyn")[0].entity.name)

        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        assert found == ["韦一诺"]


def test_an_index_is_made_at_once_where_there_was_none(tmp_path: Path) -> None:
    current = CurrentIndex()
    with open_store(tmp_path, mode="write", base=BASE) as store:
        add(store, "person", "韦一诺")
        store.publish()
        assert not current.is_ready(store)
        assert current.nearest(store).count() == 1
        assert current.is_ready(store)
