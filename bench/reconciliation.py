"""A column of 1,000 institutions through the reconciliation service: how long, and how many right.

The store has some thousand institutions of today: departments of prefectures and counties, bodies
of the centre, universities. The column has a thousand of them, each written in one of ten ways in
turn, and asked in batches as OpenRefine does. Right is the one that was meant, as the first answer.
Abbreviations come from the lexicons that the service reads too, so that they measure how it uses
them; a list by hand, ``tests/graph/test_lookup.py``, says what they lack.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC
from rdflib import Graph, Literal, URIRef

from extract.gazetteer import Division, full_name, load_gazetteer
from extract.institutions import canonical_institution, load_institutions
from graph.authority import read_universities
from graph.identity import Minter
from graph.name_forms import name_to_forms
from graph.store import Store, open_store
from ontology.terms import RDF, SKOS, TANPU
from server import create_app

BASE = "http://127.0.0.1:8000/"
ASKED, SMOKE_ASKED = 1000, 30
PLACES, SMOKE_PLACES = 1000, 12
BATCH = 10
SEED = 29
DEPARTMENTS = (
    "人民政府", "发展和改革委员会", "生态环境局", "住房和城乡建设局", "统计局", "财政局",
    "农业农村局", "自然资源局", "市场监督管理局", "水利局",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """An institution: its official name, how else it is called, and the place of a local one.

    Of a local one ``aliases`` and ``department`` are what follows the place.
    """

    name: str
    aliases: tuple[str, ...]
    place: Division | None = None
    department: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """How many of a column were asked in a way of writing, and how many answers were right."""

    way: str
    asked: int
    right: int


@dataclass(frozen=True, slots=True)
class Result:
    """The rows, the number of institutions, and what the column took in seconds."""

    rows: tuple[Row, ...]
    institutions: int
    elapsed: float
    processor: float


# How a column may write an institution; None where it has no such name.
Way = Callable[[Named, random.Random], str | None]


def run(*, smoke: bool) -> Result:
    """Ask for a column and count; the smoke pass has a short one."""
    chance = random.Random(SEED)
    institutions = list(make_institutions(SMOKE_PLACES if smoke else PLACES))
    column = make_column(institutions, SMOKE_ASKED if smoke else ASKED, chance)
    with open_store(None, mode="write", base=BASE) as store:
        load(store, institutions)
        client = create_app({"TANPU_STORE": store}).test_client()
        client.get("/reconcile", query_string={"query": institutions[0].name})
        started, worked = time.perf_counter(), time.process_time()
        found: list[str | None] = []
        for start in range(0, len(column), BATCH):
            queries = {
                f"q{n}": {"query": text, "type": "Institution"}
                for n, (_, text, _) in enumerate(column[start : start + BATCH])
            }
            answer = client.post("/reconcile", data={"queries": json.dumps(queries)}).get_json()
            for key in queries:
                candidates = answer[key]["result"]
                found.append(candidates[0]["name"] if candidates else None)
        elapsed, processor = time.perf_counter() - started, time.process_time() - worked
    asked = Counter(way for way, _, _ in column)
    right = Counter(
        way for (way, _, meant), name in zip(column, found, strict=True) if name == meant
    )
    rows = tuple(Row(way, asked[way], right[way]) for way in WAYS if asked[way])
    return Result(rows, len(institutions), elapsed, processor)


def to_table(result: Result) -> str:
    """The result as Markdown."""
    asked = sum(row.asked for row in result.rows)
    right = sum(row.right for row in result.rows)
    lines = ["| written | asked | right |", "|---|--:|--:|"]
    lines += [f"| {row.way} | {row.asked} | {row.right} |" for row in result.rows]
    lines.append(f"| all | {asked} | {right} ({right / asked:.3f}) |")
    return "\n".join(lines) + (
        f"\n\n{asked} of {result.institutions:,} institutions in {result.elapsed:.1f} s, "
        f"{result.processor:.1f} s of processor time"
    )


def make_institutions(places: int) -> Iterator[Named]:
    """Local departments of so many places, bodies of the centre, universities; no name twice."""
    gazetteer = load_gazetteer().by_code
    divisions = sorted(
        (d for d in gazetteer.values() if d.level in ("prefecture", "county")),
        key=lambda division: (division.level != "prefecture", division.code),
    )
    names = Counter(division.name for division in divisions)
    lexicon = load_institutions()
    seen: set[str] = set()
    for division in [d for d in divisions if names[d.name] == 1][:places]:
        for department in DEPARTMENTS:
            name = canonical_institution(division.name + department) or ""
            known = lexicon.departments["local"].get(department, ())
            aliases = tuple(alias for found in known[:1] for alias in found.aliases)
            if name and name not in seen:
                seen.add(name)
                yield Named(name, aliases, division, department)
    for institution in sorted(set(lexicon.institutions.values()), key=lambda found: found.name):
        if institution.until is None and institution.name not in seen:
            seen.add(institution.name)
            yield Named(institution.name, institution.aliases)
    for name in sorted(read_universities()):
        if name not in seen:
            yield Named(name, ())


def make_column(
    institutions: Sequence[Named], size: int, chance: random.Random
) -> list[tuple[str, str, str]]:
    """The way, the writing and the name that is meant, of each cell."""
    ways = list(WAYS.items())
    cells: list[tuple[str, str, str]] = []
    for named in chance.sample(institutions, len(institutions)):
        if len(cells) == size:
            break
        label, write = ways[len(cells) % len(ways)]
        text = write(named, chance)
        if text is not None:
            cells.append((label, text, named.name))
    return cells


def load(store: Store, institutions: Sequence[Named]) -> None:
    """Put the institutions into a store, with no name but their own."""
    minter = Minter(BASE)
    graph = Graph(bind_namespaces="none")
    for named in institutions:
        node = minter.entity("org", named.name)
        graph.add((node, RDF.type, TANPU.Institution))
        graph.add((node, SKOS.prefLabel, Literal(named.name, lang="zh")))
    store.replace_graph(str(URIRef(f"{BASE}graph/made-up")), graph)
    store.publish()


def without_suffix(named: Named, _chance: random.Random) -> str | None:
    """石家庄市统计局 as 石家庄统计局."""
    place = named.place
    if place is None or place.short == place.name:
        return None
    return place.short + named.department


def with_places_above(named: Named, _chance: random.Random) -> str | None:
    """石家庄市统计局 as 河北省石家庄市统计局."""
    return None if named.place is None else full_name(named.place) + named.department


def abbreviated(named: Named, chance: random.Random) -> str | None:
    """石家庄市发展和改革委员会 as 石家庄市发改委."""
    if not named.aliases:
        return None
    alias = chance.choice(named.aliases)
    return alias if named.place is None else named.place.name + alias


def abbreviated_without_suffix(named: Named, chance: random.Random) -> str | None:
    """石家庄市发展和改革委员会 as 石家庄发改委."""
    if named.place is None or not named.aliases:
        return None
    return named.place.short + chance.choice(named.aliases)


def lacking_a_character(named: Named, chance: random.Random) -> str | None:
    """One character of the second half left out."""
    if len(named.name) < 6:
        return None
    position = chance.randrange(len(named.name) // 2, len(named.name))
    return named.name[:position] + named.name[position + 1 :]


def swapped_characters(named: Named, chance: random.Random) -> str | None:
    """Two neighbours of the second half in the wrong order."""
    if len(named.name) < 6:
        return None
    position = chance.randrange(len(named.name) // 2, len(named.name) - 1)
    swapped = named.name[position + 1] + named.name[position]
    return named.name[:position] + swapped + named.name[position + 2 :]


@cache
def _to_traditional() -> OpenCC:
    return OpenCC("s2t")


WAYS: Mapping[str, Way] = {
    "the official name": lambda named, _: named.name,
    "Traditional": lambda named, _: _to_traditional().convert(named.name),
    "pinyin without tones": lambda named, _: name_to_forms(named.name).plain,
    "pinyin with tones": lambda named, _: name_to_forms(named.name).toned,
    "the place without 市 or 县": without_suffix,
    "with all places above": with_places_above,
    "abbreviated": abbreviated,
    "abbreviated, without 市 or 县": abbreviated_without_suffix,
    "a character left out": lacking_a_character,
    "two characters swapped": swapped_characters,
}
