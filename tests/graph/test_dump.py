"""Dumps: what is in them, that they are the same each time, and that their checksums are right."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, VOID

import cli
from graph.dump import CHECKSUMS, DESCRIPTION, DumpExistsError, write_dump_folder
from graph.store import open_store
from ontology.terms import TANPU

BASE = "http://graph.example/"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with open_store(tmp_path / "store", mode="write", base=BASE) as store:
        for name in ("a", "b"):
            iri = URIRef(f"{BASE}id/document/{name}")
            graph = Graph()
            graph.add((iri, RDF.type, TANPU.Document))
            graph.add((iri, TANPU.text, Literal("甲市很大。")))
            store.replace_graph(f"{BASE}graph/{name}", graph)
        store.publish()
    return tmp_path / "store"


@pytest.mark.parametrize(
    ("form", "compress", "name", "ox_format"),
    [
        ("nquads", True, "tanpu.nq.gz", ox.RdfFormat.N_QUADS),
        ("trig", False, "tanpu.trig", ox.RdfFormat.TRIG),
    ],
)
def test_a_folder_has_the_quads_their_description_and_checksums(
    path: Path, tmp_path: Path, form: str, compress: bool, name: str, ox_format: ox.RdfFormat
) -> None:
    options = ["--gzip"] if compress else []
    verb = ["--store", str(path), "dump", "--format", form]
    done = CliRunner().invoke(cli.main, [*verb, *options, "--folder", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    data = (tmp_path / "out" / name).read_bytes()
    quads = set(ox.parse(gzip.decompress(data) if compress else data, ox_format))
    with open_store(path, mode="read") as store:
        assert quads == {q for q in store.database if q.graph_name != ox.DefaultGraph()}
    lines = (tmp_path / "out" / CHECKSUMS).read_text().splitlines()
    sums = {file: digest for digest, file in (line.split("  ") for line in lines)}
    assert sums == {
        n: hashlib.sha256((tmp_path / "out" / n).read_bytes()).hexdigest()
        for n in (name, DESCRIPTION)
    }
    description = Graph().parse(
        tmp_path / "out" / DESCRIPTION, format="turtle", publicID=f"{BASE}dumps/"
    )
    dataset = URIRef(f"{BASE}.well-known/void#dataset")
    counts = {p: description.value(dataset, p) for p in (VOID.triples, VOID.documents)}
    assert counts == {VOID.triples: Literal(4), VOID.documents: Literal(2)}
    assert str(description.value(dataset, VOID.dataDump)).endswith(f"/{name}")


def test_the_same_store_gives_the_same_bytes(path: Path, tmp_path: Path) -> None:
    with open_store(path, mode="read") as store:
        for name in ("one", "two"):
            write_dump_folder(store, tmp_path / name, "nquads", compress=True)
    one, two = ((tmp_path / n / CHECKSUMS).read_bytes() for n in ("one", "two"))
    assert one == two


def test_a_dump_takes_the_place_of_nothing(path: Path, tmp_path: Path) -> None:
    with open_store(path, mode="read") as store, pytest.raises(DumpExistsError):
        write_dump_folder(store, tmp_path, "nquads", compress=True)


def test_a_single_file_may_be_compressed_too(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.nq.gz"
    done = CliRunner().invoke(
        cli.main, ["--store", str(path), "dump", "--gzip", "--output", str(file)]
    )
    assert done.exit_code == 0, done.output
    assert len(set(ox.parse(gzip.decompress(file.read_bytes()), ox.RdfFormat.N_QUADS))) == 4


def test_two_targets_are_one_too_many(path: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        cli.main,
        ["--store", str(path), "dump", "--output", "a", "--folder", str(tmp_path / "out")],
    )
    assert done.exit_code == 2


def test_backup_and_restore_are_verbs(path: Path, tmp_path: Path) -> None:
    store = ["--store", str(path)]
    made = CliRunner().invoke(cli.main, [*store, "backup", str(tmp_path / "b")])
    assert made.exit_code == 0, made.output
    with open_store(path, mode="write") as writer:
        writer.remove_graph(f"{BASE}graph/a")
        writer.publish()
    done = CliRunner().invoke(cli.main, [*store, "restore", str(tmp_path / "b")])
    assert done.exit_code == 0, done.output
    with open_store(path, mode="read") as reader:
        assert reader.graphs() == [f"{BASE}graph/a", f"{BASE}graph/b"]
    other = ["--store", str(path), "--base", "http://elsewhere.example/"]
    assert CliRunner().invoke(cli.main, [*other, "restore", str(tmp_path / "b")]).exit_code == 1
