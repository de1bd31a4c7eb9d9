"""A dump for others to load: the quads, a description of them in VoID, and checksums.

The same store gives the same bytes, so that a checksum tells whether anything changed.

>>> dump_name("nquads", compress=True)
'tanpu.nq.gz'

Source: "Describing Linked Datasets with the VoID Vocabulary" (W3C Interest Group Note), sections
3.3 (``dataDump``) and 4 (statistics).
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import IO, cast

import pyoxigraph as ox
from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, VOID

from graph.errors import GraphError
from graph.store import DumpFormat, Store
from ontology.terms import ONTOLOGY_IRI, TANPU

DESCRIPTION = "void.ttl"
CHECKSUMS = "SHA256SUMS"
_SUFFIXES: Mapping[DumpFormat, str] = MappingProxyType({"nquads": "nq", "trig": "trig"})
_FORMATS: Mapping[DumpFormat, URIRef] = MappingProxyType(
    {
        "nquads": URIRef("http://www.w3.org/ns/formats/N-Quads"),
        "trig": URIRef("http://www.w3.org/ns/formats/TriG"),
    }
)


class DumpExistsError(GraphError):
    """There is something already where a dump is to be written."""


def dump_name(form: DumpFormat, *, compress: bool) -> str:
    """What the file of the quads is called."""
    return f"tanpu.{_SUFFIXES[form]}{'.gz' if compress else ''}"


def write_dump(store: Store, stream: IO[bytes], form: DumpFormat, *, compress: bool) -> None:
    """Write all named graphs, compressed where that is asked for."""
    if not compress:
        store.dump(stream, form)
        return
    # Without a name and a time, which would make every dump another one.
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as packed,
        io.BufferedWriter(cast(io.RawIOBase, packed), 1 << 16) as buffered,
    ):
        store.dump(buffered, form)


def write_dump_folder(
    store: Store, folder: Path, form: DumpFormat, *, compress: bool
) -> tuple[Path, ...]:
    """Write the quads, their description and the checksums of both into a new folder.

    Args:
        store: The store.
        folder: It appears when it is whole.
        form: ``nquads`` or ``trig``.
        compress: Whether the quads are compressed with gzip.

    Returns:
        The files.

    Raises:
        DumpExistsError: There is something at the folder's place.
        OSError: A file cannot be written.
    """
    if folder.exists():
        raise DumpExistsError(f"expected nothing at {str(folder)!r}, got something there")
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    unfinished.mkdir(parents=True, exist_ok=True)
    name = dump_name(form, compress=compress)
    with _open_synced(unfinished / name) as stream:
        write_dump(store, stream, form, compress=compress)
    described = describe_store(store, dump=name, form=form).serialize(format="turtle")
    with _open_synced(unfinished / DESCRIPTION) as stream:
        stream.write(described.encode("utf-8"))
    sums = "".join(f"{_checksum(unfinished / n)}  {n}\n" for n in sorted((name, DESCRIPTION)))
    with _open_synced(unfinished / CHECKSUMS) as stream:
        stream.write(sums.encode("ascii"))
    unfinished.rename(folder)
    return tuple(folder / n for n in (name, DESCRIPTION, CHECKSUMS))


def describe_store(store: Store, *, dump: str, form: DumpFormat) -> Graph:
    """What a dump of the store holds, counted by class and by property.

    ``dump`` is the name of its file, which lies beside the description.
    """
    triples = 0
    subjects: set[str] = set()
    objects: set[str] = set()
    classes: Counter[str] = Counter()
    properties: Counter[str] = Counter()
    is_a = ox.NamedNode(str(RDF.type))
    for quad in store.database.quads_for_pattern(None, None, None, ox.DefaultGraph()):
        triples += 1
        subjects.add(str(quad.subject))
        objects.add(str(quad.object))
        properties[quad.predicate.value] += 1
        if quad.predicate == is_a and isinstance(quad.object, ox.NamedNode):
            classes[quad.object.value] += 1
    graph = Graph(bind_namespaces="none")
    graph.bind("void", VOID)
    graph.bind("dcterms", DCTERMS)
    dataset = URIRef(f"{store.base}.well-known/void#dataset")
    facts = (
        (RDF.type, VOID.Dataset),
        (DCTERMS.title, Literal("碳谱", lang="zh")),
        (DCTERMS.title, Literal("Tanpu", lang="en")),
        (VOID.vocabulary, ONTOLOGY_IRI),
        (VOID.uriSpace, Literal(store.base)),
        (VOID.dataDump, URIRef(dump)),
        (VOID.feature, _FORMATS[form]),
        (VOID.triples, Literal(triples)),
        (VOID.documents, Literal(classes[str(TANPU.Document)])),
        (VOID.distinctSubjects, Literal(len(subjects))),
        (VOID.distinctObjects, Literal(len(objects))),
        (VOID.classes, Literal(len(classes))),
        (VOID.properties, Literal(len(properties))),
    )
    for predicate, value in facts:
        graph.add((dataset, predicate, value))
    for number, (iri, count) in enumerate(sorted(classes.items())):
        part = BNode(f"class{number}")
        graph.add((dataset, VOID.classPartition, part))
        graph.add((part, VOID["class"], URIRef(iri)))
        graph.add((part, VOID.entities, Literal(count)))
    for number, (iri, count) in enumerate(sorted(properties.items())):
        part = BNode(f"property{number}")
        graph.add((dataset, VOID.propertyPartition, part))
        graph.add((part, VOID.property, URIRef(iri)))
        graph.add((part, VOID.triples, Literal(count)))
    return graph


@contextmanager
def _open_synced(path: Path) -> Iterator[IO[bytes]]:
    with path.open("wb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


def _checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
