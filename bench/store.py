"""The store on disk, merged layout, against rdflib and oxrdflib in memory.

The documents are made up by number: each names a forum, its place and persons who take
part, and says again some of what earlier ones say. The peers hold the distinct triples in
one graph, which is the easier task: they keep no named graphs and write nothing to disk.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from rdflib import Graph, Literal, URIRef
from rdflib.plugins.sparql import prepareQuery

from bench.measure import Row, Task, compare, seconds
from graph.store import Store, open_store
from ontology.terms import PREFIXES, RDF, SDO, SKOS, TANPU

BASE = "http://127.0.0.1:8000/"
PEOPLE_A_DOCUMENT = 25
NAMESPACES = {prefix: str(namespace) for prefix, namespace in PREFIXES.items()}

POINT = "SELECT ?property ?value WHERE { id:person-1 ?property ?value }"
LABEL = 'SELECT ?thing WHERE { ?thing skos:prefLabel "测试人员一"@zh }'
HOPS = """
SELECT DISTINCT ?other WHERE {
  ?first tanpu:participant id:person-1 ; tanpu:event ?event .
  ?event schema:location ?place .
  ?near schema:location ?place .
  ?second tanpu:event ?near ; tanpu:participant ?other .
}
"""
COUNT = "SELECT ?class (COUNT(?thing) AS ?n) WHERE { ?thing a ?class } GROUP BY ?class"
QUERIES = {"point": POINT, "label": LABEL, "3 hops": HOPS, "class counts": COUNT}


def run(*, smoke: bool) -> list[Row]:
    """Load and query; the smoke pass has few documents and one round."""
    documents = list(make_documents(3 if smoke else 200))
    rounds = 1 if smoke else 15
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "store", mode="write", base=BASE)
        peers = {"rdflib": Graph(), "oxrdflib": Graph(store="Oxigraph")}
        load = seconds(lambda: load_store(store, documents))
        rows = [
            Row(case="load", ours=load, peer=name, theirs=seconds(loader(peer, documents)))
            for name, peer in peers.items()
        ]
        rows += compare_replacing(store, documents, rounds=rounds)
        for case, text in QUERIES.items():
            tasks = {name: asker(peer, text) for name, peer in peers.items()}
            rows += compare(case, partial(ask, store, text), tasks, rounds=rounds)
        store.close()
    return rows


def make_documents(count: int) -> Iterator[tuple[str, Graph]]:
    """Named graphs of about 180 triples; the same at every call."""
    chance = random.Random(5)
    for number in range(count):
        graph = Graph(bind_namespaces="none")
        forum, place = thing("forum", number), thing("place", number % 40)
        graph.add((forum, RDF.type, TANPU.Forum))
        graph.add((forum, SDO.location, place))
        graph.add((place, RDF.type, TANPU.Place))
        graph.add((place, SKOS.prefLabel, Literal(f"测试地点{number % 40}", lang="zh")))
        for position in range(PEOPLE_A_DOCUMENT):
            who = 1 if position == 0 and number % 20 == 0 else chance.randrange(2, count * 10)
            person, part = thing("person", who), thing("part", number * 1000 + position)
            label = "测试人员一" if who == 1 else f"测试人员{who}"
            graph.add((person, RDF.type, TANPU.Person))
            graph.add((person, SKOS.prefLabel, Literal(label, lang="zh")))
            graph.add((part, RDF.type, TANPU.Participation))
            graph.add((part, RDF.type, TANPU.Statement))
            graph.add((part, TANPU.participant, person))
            graph.add((part, TANPU.event, forum))
            graph.add((forum, SDO.attendee, person))
        yield f"{BASE}graph/{number}", graph


def thing(kind: str, number: int) -> URIRef:
    """The IRI of a made-up thing."""
    return URIRef(f"{BASE}id/{kind}-{number}")


def load_store(store: Store, documents: list[tuple[str, Graph]]) -> None:
    """Document by document, each in a transaction of its own, then one publication."""
    for iri, graph in documents:
        store.replace_graph(iri, graph)
    store.optimize()
    store.publish()


def loader(peer: Graph, documents: list[tuple[str, Graph]]) -> Task:
    """The same documents into one graph of a peer."""

    def load() -> None:
        for _, graph in documents:
            peer.addN((s, p, o, peer) for s, p, o in graph)

    return load


def compare_replacing(
    store: Store, documents: list[tuple[str, Graph]], *, rounds: int
) -> list[Row]:
    """Replacing a document that has changed in one triple, against one that has not."""
    iri, graph = documents[0]
    title = URIRef("http://purl.org/dc/terms/title")
    state = {"number": 0}

    def replace_changed() -> bool:
        state["number"] += 1
        changed = Graph(bind_namespaces="none") + graph
        store.replace_graph(iri, changed.add((URIRef(iri), title, Literal(state["number"]))))
        return True

    def replace_unchanged() -> bool:
        store.replace_graph(*documents[1])
        return True

    unchanged = {"ours, nothing changed": replace_unchanged}
    return compare("replace one document", replace_changed, unchanged, rounds=rounds)


def ask(store: Store, text: str) -> frozenset[tuple[str | None, ...]]:
    """The rows of a query, as lexical forms."""
    return frozenset(
        tuple(None if value is None else value.value for value in solution)
        for solution in store.query(text, prefixes={**NAMESPACES, "id": f"{BASE}id/"})  # type: ignore[union-attr]
    )


def asker(peer: Graph, text: str) -> Callable[[], frozenset[tuple[str | None, ...]]]:
    """The same of a peer; rdflib's queries are prepared, oxrdflib passes text on."""
    namespaces = {**NAMESPACES, "id": f"{BASE}id/"}
    native = type(peer.store).__name__ == "OxigraphStore"
    query = text if native else prepareQuery(text, initNs=namespaces)

    def answer() -> frozenset[tuple[str | None, ...]]:
        result = peer.query(query, initNs=namespaces) if native else peer.query(query)
        return frozenset(tuple(None if v is None else str(v) for v in row) for row in result)  # type: ignore[union-attr]

    return answer
