"""The lookup index against rapidfuzz over all names in memory.

A hundred thousand made-up entities: departments of real places, companies, people, events and
regulations. The peer compares a query with every name, which finds no pinyin, no initials and
no abbreviation; it is asked what it can answer. The rows give the 95th percentile, not the
median: an index is judged by its slow answers. Before the queries come the time to make the
index and, as a peer, to make it again from the one before.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import quantiles

from rapidfuzz import fuzz, process
from rdflib import Graph, Literal, URIRef

from bench.measure import Row, seconds
from extract.gazetteer import Division, load_gazetteer
from extract.institutions import load_institutions
from extract.lexicons import read_lines
from graph.lookup import LookupIndex, build_index
from graph.name_forms import name_to_forms
from graph.store import Store, open_store
from ontology.terms import RDF, SKOS, TANPU

BASE = "http://127.0.0.1:8000/"
ENTITIES = 100_000
BATCH = 2_000
GIVEN = (
    "安邦晨承德东帆方芳刚光海航浩恒宏华欢辉佳嘉建健杰景静凯康兰乐磊丽林琳敏明宁鹏平倩"
    "青秋荣瑞诗书思涛婷薇伟文贤晓欣雅阳怡颖永宇雨远云泽振志"
)
WORDS = (
    "安泰|北辰|晨曦|东方|丰源|海纳|恒通|华光|金桥|蓝天|绿能|明德|青禾|瑞丰|"
    "盛世|天工|万和|新宇|远景|中晟"
)
BRANCHES = "新能源|环保科技|电力设备|碳资产管理|光伏材料|储能技术|智慧能源|生态建设"
EVENTS = "碳达峰碳中和论坛|绿色发展大会|新型储能峰会|节能宣传周启动仪式|气候投融资研讨会"
RULES = "节约能源条例|碳排放权交易管理办法|绿色建筑促进条例|可再生能源发展规划|生态环境保护条例"

Task = Callable[[str], object]


def run(*, smoke: bool) -> list[Row]:
    """Make the index and ask it; the smoke pass has few entities and few queries."""
    names = list(islice(make_names(), 400 if smoke else ENTITIES))
    asked = 5 if smoke else 200
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(None, mode="write", base=BASE)
        load(store, names)
        file = Path(folder) / "1.sqlite"
        first = seconds(lambda: build_index(store, file))
        again = Path(folder) / "2.sqlite"
        second = seconds(lambda: build_index(store, again, previous=file))
        rows = [Row(case="make the index", ours=first, peer="from the one before", theirs=second)]
        index = build_index(store, file, previous=again)
        rows += compare_queries(index, names, asked)
        store.close()
    return rows


def make_names() -> Iterator[tuple[URIRef, str]]:
    """Classes and names without end, the same at every call, no name twice."""
    chance = random.Random(7)
    divisions = sorted(load_gazetteer().by_code.values(), key=lambda division: division.code)
    departments = sorted(load_institutions().departments["local"])
    surnames = read_lines("surnames.txt")[:300]
    seen: set[str] = set()
    makers: Sequence[tuple[int, URIRef, Callable[[Division], str]]] = (
        (3, TANPU.Institution, lambda place: place.name + chance.choice(departments)),
        (2, TANPU.Institution, lambda place: company(place, chance)),
        (3, TANPU.Person, lambda place: person(surnames, chance)),
        (1, TANPU.Forum, lambda place: forum(place, chance)),
        (1, TANPU.Regulation, lambda place: place.name + pick(RULES, chance)),
    )  # fmt: skip
    weights = [weight for weight, _, _ in makers]
    while True:
        ((_, node_class, make),) = chance.choices(makers, weights)
        name = make(chance.choice(divisions))
        if name not in seen:
            seen.add(name)
            yield node_class, name


def pick(words: str, chance: random.Random) -> str:
    """One of several words."""
    return chance.choice(words.split("|"))


def company(place: Division, chance: random.Random) -> str:
    """The name of a company."""
    return f"{place.short}{pick(WORDS, chance)}{pick(BRANCHES, chance)}有限公司"


def forum(place: Division, chance: random.Random) -> str:
    """The name of an event of some year."""
    return f"{chance.randrange(2015, 2030)}{place.short}{pick(EVENTS, chance)}"


def person(surnames: Sequence[str], chance: random.Random) -> str:
    """The name of a person, of two or three characters."""
    given = "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2, 2))))
    return chance.choice(surnames) + given


def load(store: Store, names: Sequence[tuple[URIRef, str]]) -> None:
    """One document for each batch of entities."""
    for start in range(0, len(names), BATCH):
        graph = Graph(bind_namespaces="none")
        for number, (node_class, name) in enumerate(names[start : start + BATCH], start=start):
            node = URIRef(f"{BASE}id/{number}")
            graph.add((node, RDF.type, node_class))
            graph.add((node, SKOS.prefLabel, Literal(name, lang="zh")))
        store.replace_graph(f"{BASE}graph/{start}", graph)
    store.publish()


def compare_queries(
    index: LookupIndex, names: Sequence[tuple[URIRef, str]], asked: int
) -> list[Row]:
    """The slow answers to each kind of query, ours and the peer's where it has any."""
    chance = random.Random(11)
    texts = [name for _, name in chance.sample(names, asked)]
    everything = [name for _, name in names]
    cases = {
        "official name": texts,
        "one character wrong": [damage(text, chance) for text in texts],
        "pinyin": [name_to_forms(text).plain for text in texts],
        "initials": [name_to_forms(text).initials for text in texts],
        "in no name": [text[::-1] for text in texts],
    }
    peers = {"official name", "one character wrong", "in no name"}
    rows = []
    for case, queries in cases.items():
        ours = slow(index.search, queries)
        theirs = float("nan")
        if case in peers:
            few = queries[: max(2, asked // 10)]
            theirs = slow(lambda text: process.extract(text, everything, scorer=fuzz.ratio), few)
        rows.append(Row(case=f"{case}, p95", ours=ours, peer="rapidfuzz over all", theirs=theirs))
    ours = slow(index.suggest, [text[:2] for text in texts])
    rows.append(Row(case="two characters typed, p95", ours=ours, peer="none", theirs=float("nan")))
    return rows


def damage(text: str, chance: random.Random) -> str:
    """A name with one of its characters changed."""
    position = chance.randrange(len(text))
    return f"{text[:position]}某{text[position + 1 :]}"


def slow(task: Task, queries: Sequence[str]) -> float:
    """The 95th percentile of the seconds that the queries take, each asked once."""
    task(queries[0])
    times = [seconds(lambda query=query: task(query)) for query in queries]  # type: ignore[misc]
    return quantiles(times, n=20)[-1]
