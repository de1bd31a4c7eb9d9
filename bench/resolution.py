"""What it costs to store one more document, by how many there are: mapping and resolution.

The documents are made up by number: a few national figures and bodies that most documents
name, many local ones, a name that officials of some thirty cities share, yearly forums and
regulations. The shapes are left out: they take the same time at any size and would hide what
grows.

A store of each size is filled in bulk: many documents are resolved at once, and their graphs go
past the transactions. What is measured is ``ingest_extraction``, of the same further documents
for all sizes by turns, so that other load on the machine falls on all alike.
"""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import Literal

import pyoxigraph as ox
from rdflib import Graph

from extract.document import SourceDocument
from extract.facts import (
    Argument,
    Entity,
    Extraction,
    Fact,
    HeldOn,
    HoldsPost,
    Issues,
    Span,
    TakesPart,
)
from extract.gazetteer import load_gazetteer
from graph.conversion import graph_to_triples
from graph.identity import Minter
from graph.ingest import ingest_extraction
from graph.resolution.apply import change_documents
from graph.resolution.decisions import no_decisions
from graph.store import Store, open_store
from graph.validation import ValidationReport, Validator

Named = Literal["PERSON", "POST", "ORG", "FORUM", "REGULATION", "PLACE"]

SIZES = (100, 1000, 5000)
SMOKE_SIZES = (5, 20)
PROBES, SMOKE_PROBES = 25, 3
# Numbers of the further documents, which are in no store.
FURTHER = 1_000_000
SHARED = 10  # one city in so many has an official of one and the same name
BATCH = 250
FIRST_YEAR, YEARS = 2019, 8
SURNAMES = "乔林韦贺纪许沈程卫陶"
GIVEN = "云岫若禾一诺临川知远砚秋启明观澜怀远星野明霞长庚"
DEPARTMENTS = ("生态环境局", "发展和改革委员会", "能源局", "统计局", "工业和信息化局", "水务局")
TOPICS = ("海风利用", "碳汇交易", "绿色建筑", "氢能应用", "节能降碳", "气候适应")


@dataclass(frozen=True, slots=True)
class Row:
    """One more document at a size: processor seconds, how many others it changes, the fold.

    The fold is the median, over the further documents, of the time of each over the time that
    the same one takes at the first size.
    """

    documents: int
    seconds: float
    affected: float
    fold: float


@dataclass(frozen=True, slots=True)
class Probe:
    """What one further document took, in processor seconds, and how many others it changed."""

    seconds: float
    affected: int


class Accepting(Validator):
    """A validator that lets everything pass."""

    def __init__(self) -> None:
        super().__init__(shapes=Graph(), ontology=Graph())

    def validate(self, graph: Graph, *, known: Graph | None = None) -> ValidationReport:
        """Nothing is checked."""
        return ValidationReport(conforms=True, results=())


def run(*, smoke: bool) -> list[Row]:
    """Store the same further documents at each size; the fold is over the first size."""
    sizes, probes = (SMOKE_SIZES, SMOKE_PROBES) if smoke else (SIZES, PROBES)
    with tempfile.TemporaryDirectory() as folder:
        paths = fill(Path(folder), sizes)
        with ExitStack() as stack:
            stores = [stack.enter_context(open_store(path, mode="write")) for path in paths]
            # What is computed once for a name is there before the first of them is timed.
            scratch = stack.enter_context(open_store(None, mode="write"))
            turns = [
                [probe(store, FURTHER + number) for store in (scratch, *stores)][1:]
                for number in range(probes)
            ]
    return [
        Row(
            documents=size,
            seconds=median(turn[n].seconds for turn in turns),
            affected=sum(turn[n].affected for turn in turns) / len(turns),
            fold=median(turn[n].seconds / turn[0].seconds for turn in turns),
        )
        for n, size in enumerate(sizes)
    ]


def fill(folder: Path, sizes: Sequence[int]) -> list[Path]:
    """Make a store of each size; a larger one is a copy of the smaller one that goes on."""
    paths: list[Path] = []
    for size in sizes:
        path = folder / str(size)
        stored = 0
        if paths:
            shutil.copytree(paths[-1], path)
            stored = int(paths[-1].name)
        with open_store(path, mode="write") as store:
            load(store, range(stored, size))
            store.optimize()
        paths.append(path)
    return paths


def to_table(rows: list[Row]) -> str:
    """The rows as Markdown."""
    lines = [
        "| documents | one more, ms of processor time | others changed by it | times the first |",
        "|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {row.documents:,} | {row.seconds * 1000:.0f} | {row.affected:.1f} | {row.fold:.2f} |"
        for row in rows
    ]
    return "\n".join(lines)


def load(store: Store, numbers: range) -> None:
    """Store documents in batches, each resolved as a whole."""
    minter = Minter(store.base)
    for start in range(numbers.start, numbers.stop, BATCH):
        batch = (make_document(n) for n in range(start, min(start + BATCH, numbers.stop)))
        changes: dict[str, Extraction | None] = {x.document.id: x for x in batch}
        graphs = change_documents(changes, store, minter, no_decisions())
        named = {str(minter.graph(document)): graph for document, graph in graphs.items()}
        new = {str(minter.graph(document)) for document in changes}
        store.database.bulk_extend(_quads({name: named[name] for name in new}.items()))
        store.replace_graphs({name: graph for name, graph in named.items() if name not in new})


def _quads(graphs: Iterable[tuple[str, Graph]]) -> Iterator[ox.Quad]:
    """The quads of named graphs, each also in the default graph."""
    for name, graph in graphs:
        for triple in graph_to_triples(graph):
            yield ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(name))
            yield ox.Quad(triple.subject, triple.predicate, triple.object)


def probe(store: Store, number: int) -> Probe:
    """Store one further document."""
    extraction = make_document(number)
    minter, validator = Minter(store.base), Accepting()
    start = time.process_time()
    outcome = ingest_extraction(extraction, store, minter, validator)
    return Probe(time.process_time() - start, len(outcome.affected))


def make_document(number: int) -> Extraction:
    """The document of a number: the same for the same number."""
    writer = _Writer(number)
    writer.write_all()
    return Extraction(
        document=SourceDocument(
            id=f"made-{number}",
            text=writer.text,
            published=f"{writer.year}-{writer.month:02}-15",
        ),
        entities=tuple(writer.entities),
        facts=tuple(writer.facts),
        pipeline="made up",
    )


class _Writer:
    """One made-up document."""

    def __init__(self, number: int) -> None:
        self._random = random.Random(number)
        self.text = ""
        self.entities: list[Entity] = []
        self.facts: list[Fact] = []
        self.year = FIRST_YEAR + self._random.randrange(YEARS)
        self.month = self._random.randint(1, 12)

    def write_all(self) -> None:
        """Write every sentence."""
        city = self._random.choice(_cities())
        forum = f"第{self.year - 2010}届{city}{self._random.choice(TOPICS)}论坛"
        self._post("钟知秋", "生态环境部", "部长")
        for person, department in self._officials(city):
            self._post(person, f"{city}{department}", "局长")
            self._attends(person, forum)
        if _cities().index(city) % SHARED == 0:
            self._post("方明远", f"{city}统计局", "局长")
        self._name("PERSON", "钟知秋")
        self._name("ORG", "国家发展和改革委员会")
        self._name("ORG", "国务院")
        self._name("PLACE", "长江")
        self._held(forum)
        self._issues(f"{city}人民政府", f"{city}{self._random.choice(TOPICS)}管理办法")

    def _officials(self, city: str) -> Iterator[tuple[str, str]]:
        local = random.Random(city)
        staff = [
            (
                local.choice(SURNAMES) + "".join(local.sample(GIVEN, 2)),
                department,
            )
            for department in DEPARTMENTS
        ]
        yield from self._random.sample(staff, 2)

    def _post(self, person: str, org: str, title: str) -> None:
        start = len(self.text)
        holder, post = self._name("ORG", org), self._name("POST", title)
        named = self._name("PERSON", person)
        self.facts.append(HoldsPost(person=named, post=post, org=holder, evidence=self._end(start)))

    def _attends(self, person: str, forum: str) -> None:
        start = len(self.text)
        named, event = self._name("PERSON", person), self._name("FORUM", forum)
        self.facts.append(TakesPart(person=named, event=event, evidence=self._end(start)))

    def _held(self, forum: str) -> None:
        start = len(self.text)
        day = f"{self.year}-{self.month:02}-14"
        event = self._name("FORUM", forum)
        self.facts.append(
            HeldOn(event=event, start_date=day, end_date=day, evidence=self._end(start))
        )

    def _issues(self, org: str, regulation: str) -> None:
        start = len(self.text)
        issuer, text = self._name("ORG", org), self._name("REGULATION", regulation)
        self.facts.append(Issues(org=issuer, regulation=text, evidence=self._end(start)))

    def _name(self, label: Named, name: str) -> Argument:
        span = Span(len(self.text), len(self.text) + len(name))
        self.text += name
        self.entities.append(Entity(span=span, label=label, text=name, name=name))
        return Argument(label=label, text=name, name=name, span=span)

    def _end(self, start: int) -> Span:
        self.text += "。"
        return Span(start, len(self.text))


@cache
def _cities() -> tuple[str, ...]:
    return tuple(
        sorted(
            division.name
            for division in load_gazetteer().by_code.values()
            if division.level == "prefecture" and division.name.endswith("市")
        )
    )
