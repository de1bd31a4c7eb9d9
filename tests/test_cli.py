"""The command: verbs, formats, settings, exit statuses."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import tomllib
import urllib.request
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from rdflib import Graph
from rdflib.compare import isomorphic

import cli
from extract.document import SourceDocument
from extract.facts import Alias, Argument, Entity, Extraction, Span
from graph.store import open_store

pytestmark = pytest.mark.usefixtures("simple_pipeline")

BASE = "http://127.0.0.1:8000/"
FIRST = "甲市公布年度计划。"
SECOND = "本报讯　甲市与乙市签约，甲市出资。"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in an empty folder, with a store of its own."""
    monkeypatch.chdir(tmp_path)
    for name in ("TANPU_STORE", "TANPU_BASE"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*arguments: str, status: int = 0, stdin: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(cli.main, arguments, input=stdin)
        assert result.exit_code == status, result.output
        assert isinstance(result.exception, SystemExit | None)
        return result

    return invoke


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A folder with two articles, never read before."""
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text(FIRST, encoding="utf-8")
    (folder / "b.md").write_text(
        f"---\ntitle: 签约\npublished: 2023-05-06\n---\n{SECOND}", encoding="utf-8"
    )
    for name in ("a.txt", "b.md"):
        os.utime(folder / name, (0, 0))
    return folder


@pytest.fixture
def stored(run: Run, news: Path) -> Run:
    """The command, after both articles have been stored in var/store."""
    run("ingest", "news")
    return run


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


# --- the command itself ------------------------------------------------------------------


def test_version(run: Run) -> None:
    assert run("--version").stdout == f"tanpu {cli.VERSION}\n"


def test_help_imports_nothing_heavy(root: Path) -> None:
    code = (
        "import sys, cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "heavy = {'spacy', 'rdflib', 'pyoxigraph', 'flask', 'numpy', 'trafilatura', 'onnxruntime'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True, capture_output=True)


def test_command_without_a_verb_shows_the_help(run: Run) -> None:
    result = run(status=2)
    assert result.stdout == ""
    assert "Commands:" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "tanpu: No such command 'nothing' (see 'tanpu --help')\n"),
        (["extract"], "tanpu: Missing argument 'PATH...' (see 'tanpu extract --help')\n"),
        (
            ["ingest", "--if-stale", "-"],
            "tanpu: expected files with --if-stale, got '-' (see 'tanpu ingest --help')\n",
        ),
        (
            ["extract", "--published", "2023-02-30", "-"],
            "tanpu: Invalid value for '--published': expected a date like 2024-03-01, 2024/3/1 "
            "or 2024年3月1日, got '2023-02-30' (see 'tanpu extract --help')\n",
        ),
        (
            ["extract", "--max-characters", "0", "-"],
            "tanpu: Invalid value for '--max-characters': 0 is not in the range x>=1 "
            "(see 'tanpu extract --help')\n",
        ),
        (
            ["facts", "--min-confidence", "1.5"],
            "tanpu: Invalid value for '--min-confidence': 1.5 is not in the range 0<=x<=1 "
            "(see 'tanpu facts --help')\n",
        ),
        (
            ["query", "gone.rq"],
            "tanpu: Invalid value for 'FILE': File 'gone.rq' does not exist "
            "(see 'tanpu query --help')\n",
        ),
        (
            ["serve", "--port", "70000"],
            "tanpu: Invalid value for '--port': 70000 is not in the range 0<=x<=65535 "
            "(see 'tanpu serve --help')\n",
        ),
    ],
)
def test_wrong_usage_is_said_in_one_line(run: Run, arguments: list[str], message: str) -> None:
    result = run(*arguments, status=2)
    assert (result.stdout, result.stderr) == ("", message)


@pytest.mark.parametrize(
    "arguments",
    [["facts"], ["entities"], ["validate"], ["dump"], ["stats"], ["remove", "a"], ["serve"]],
)
def test_verb_without_a_store_fails_and_makes_none(
    run: Run, tmp_path: Path, arguments: list[str]
) -> None:
    result = run(*arguments, status=1)
    assert result.stdout == ""
    assert result.stderr.startswith("tanpu: ")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "var").exists()


def test_unknown_option_is_wrong_usage(run: Run) -> None:
    result = run("stats", "--deep", status=2)
    assert result.stderr.startswith("tanpu: No such option")
    assert result.stderr.count("\n") == 1


def test_store_and_base_come_from_the_environment(
    run: Run, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANPU_STORE", "elsewhere")
    monkeypatch.setenv("TANPU_BASE", "http://example.org/kg/")
    run("ingest", "news")
    monkeypatch.delenv("TANPU_BASE")
    assert "<http://example.org/kg/graph/a> ." in run("dump").stdout
    assert not (tmp_path / "var").exists()


def test_other_base_than_the_store_has_is_refused(stored: Run) -> None:
    result = stored("--base", "http://example.org/", "stats", status=1)
    assert result.stdout == ""
    assert "http://example.org/" in result.stderr
    assert BASE in result.stderr


def test_reader_that_has_had_enough_ends_the_command_quietly(root: Path, tmp_path: Path) -> None:
    with open_store(tmp_path / "s", mode="write") as store:
        store.publish()
    code = (
        "import sys, cli\n"
        "import graph.readback\n"
        "graph.readback.read_extractions = lambda *a, **k: ({'x': 'y' * 9999} for _ in range(999))\n"
        f"cli.main(['--store', {str(tmp_path / 's')!r}, 'facts'])\n"
    )
    done = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -c "$CODE" | head -c 1; echo ${{PIPESTATUS[0]}}'],
        cwd=root,
        env={**os.environ, "CODE": code},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("{1\n", "")


# --- extract -----------------------------------------------------------------------------


def test_extract_prints_one_line_a_document_and_stores_nothing(
    run: Run, news: Path, tmp_path: Path
) -> None:
    result = run("extract", "news")
    assert [(row["id"], row["text"], row.get("title")) for row in lines(result)] == [
        ("a", FIRST, None),
        ("b", SECOND, "签约"),
    ]
    assert result.stderr == ""
    assert not (tmp_path / "var").exists()


def test_extract_reads_standard_input_in_any_encoding(run: Run) -> None:
    result = run(
        "extract", "--published", "2023/5/6", "--source", "乙报", "-", stdin=FIRST.encode("gb18030")
    )
    (row,) = lines(result)
    assert (row["id"], row["text"], row["published"], row["source"]) == (
        "stdin",
        FIRST,
        "2023-05-06",
        "乙报",
    )


def test_output_of_extract_can_be_read_again(run: Run, news: Path) -> None:
    first = run("extract", "news").stdout
    assert run("extract", "-", stdin=first).stdout == first


def test_extract_goes_on_after_a_refusal(run: Run, news: Path) -> None:
    (news / "a.txt").write_bytes(b"\x00")
    result = run("extract", "news", status=1)
    assert [row["id"] for row in lines(result)] == ["b"]
    assert result.stderr == "tanpu: news/a.txt: byte 0: expected text, got a NUL byte\n"


def test_extract_writes_a_file(run: Run, news: Path, tmp_path: Path) -> None:
    result = run("extract", "--output", "out.jsonl", "news")
    assert result.stdout == ""
    written = (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["id"] for line in written.splitlines()] == ["a", "b"]


def test_limits_are_options(run: Run, news: Path) -> None:
    result = run("extract", "--max-characters", "10", "news", status=1)
    assert [row["id"] for row in lines(result)] == ["a"]
    assert result.stderr == (
        f"tanpu: news/b.md: expected at most 10 characters, got {len(SECOND)} or more\n"
    )


# --- ingest ------------------------------------------------------------------------------


def test_ingest_reports_each_document(run: Run, news: Path) -> None:
    first = run("ingest", "news")
    assert first.stdout == ""
    assert [line.split(" triples")[0].rsplit(",", 1)[0] for line in first.stderr.splitlines()] == [
        "tanpu: stored: news/a.txt: 1 entities, 1 facts",
        "tanpu: stored: news/b.md: 2 entities, 1 facts",
        "tanpu: 2 stored, 0 replaced, 0 unchanged",
    ]
    again = run("ingest", "news")
    assert again.stderr.splitlines()[-1] == "tanpu: 0 stored, 0 replaced, 2 unchanged, 0 refused"


def test_ingest_reports_in_json(run: Run, news: Path) -> None:
    (news / "c.txt").write_text(" ")
    result = run("ingest", "--report", "json", "news", status=1)
    rows = lines(result)
    triples = rows[0].pop("triples")
    assert isinstance(triples, int)
    assert rows[0] == {
        "origin": "news/a.txt",
        "document": "a",
        "status": "stored",
        "graph": f"{BASE}graph/a",
        "entities": 1,
        "facts": 1,
    }
    assert rows[2] == {
        "origin": "news/c.txt",
        "status": "refused",
        "error": "news/c.txt: expected text to read, got 1 characters of white space",
    }
    assert result.stderr == "tanpu: 2 stored, 0 replaced, 0 unchanged, 1 refused\n"


def test_ingest_replaces_what_has_changed(stored: Run, news: Path) -> None:
    (news / "a.txt").write_text("甲市取消年度计划。", encoding="utf-8")
    result = stored("ingest", "news")
    assert result.stderr.splitlines()[-1] == "tanpu: 0 stored, 1 replaced, 1 unchanged, 0 refused"
    (row,) = lines(stored("facts", "--document", "a"))
    assert row["text"] == "甲市取消年度计划。"


def test_if_stale_does_nothing_until_something_changes(run: Run, news: Path) -> None:
    fresh = "tanpu: var/store is up to date\n"
    assert run("ingest", "--if-stale", "news").stderr != fresh
    assert run("ingest", "--if-stale", "news").stderr == fresh
    os.utime(news / "a.txt", (9, 9))
    assert run("ingest", "--if-stale", "news").stderr == fresh
    assert run("ingest", "--if-stale", "--source", "乙报", "news").stderr != fresh
    (news / "a.txt").write_text("甲市取消年度计划。", encoding="utf-8")
    assert run("ingest", "--if-stale", "news").stderr != fresh
    (news / "a.txt").rename(news / "c.txt")
    assert run("ingest", "--if-stale", "news").stderr != fresh
    assert run("ingest", "--if-stale", "news").stderr == fresh
    run("remove", "b")
    assert run("ingest", "--if-stale", "news").stderr != fresh
    shutil.rmtree("var/store/snapshots")
    Path("var/store/CURRENT").unlink()
    assert run("ingest", "--if-stale", "news").stderr != fresh


def test_if_stale_loads_no_pipeline_when_nothing_changed(
    run: Run, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("ingest", "--if-stale", "news")

    def fail(model: str) -> None:
        raise AssertionError("the pipeline was loaded")

    monkeypatch.setattr("extract.pipeline.load_pipeline", fail)
    run("ingest", "--if-stale", "news")
    with pytest.raises(AssertionError, match="the pipeline was loaded"):
        CliRunner().invoke(cli.main, ["ingest", "news"], catch_exceptions=False)


def test_ingest_waits_for_its_turn_while_another_writes(
    run: Run, news: Path, tmp_path: Path
) -> None:
    other = open_store(tmp_path / "var" / "store", mode="write")
    threading.Timer(0.3, other.close).start()
    run("ingest", "news")


def test_if_stale_comes_back_while_an_input_is_refused(run: Run, news: Path) -> None:
    (news / "c.txt").write_text(" ")
    for _ in range(2):
        result = run("ingest", "--if-stale", "news", status=1)
        assert "c.txt: expected text to read" in result.stderr


# --- what the store holds ----------------------------------------------------------------


def test_facts_are_what_extract_printed(stored: Run) -> None:
    assert lines(stored("facts")) == lines(stored("extract", "news"))
    assert [row["id"] for row in lines(stored("facts", "--document", "b"))] == ["b"]


def test_facts_as_a_table(stored: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(stored("facts", "--format", "csv").stdout)))
    assert [(r["document"], r["type"], r["alias"], r["evidence"]) for r in rows] == [
        ("a", "alias", "甲", "甲市"),
        ("b", "alias", "甲", "甲市"),
    ]


def test_entities(stored: Run) -> None:
    rows = [row for row in lines(stored("entities")) if "甲市" in str(row["names"])]
    assert len(rows) == 1
    assert rows[0]["class"] == "PLACE"
    table = list(csv.reader(io.StringIO(stored("entities", "--format", "csv").stdout)))
    columns = ["iri", "class", "name", "other_names", "mentions", "documents", "confidence"]
    assert table[0] == columns
    assert [row[1:3] + row[4:] for row in table if row[0] == rows[0]["iri"]] == [
        ["PLACE", "甲市", "3", "2", "1.0"]
    ]


@pytest.fixture
def unequal(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command over one text: 甲市 with 0.9 and 0.3, 乙市 with 0.4, a fact with 0.6."""

    def extract(source: SourceDocument, nlp: object) -> Extraction:
        found = ((0, 2, "甲市", 0.9), (2, 4, "乙市", 0.4), (4, 6, "甲市", 0.3))
        named = tuple(
            Entity(span=Span(start, end), label="PLACE", text=name, name=name, confidence=sure)
            for start, end, name, sure in found
        )
        place = Argument(label="PLACE", text="甲市", name="甲市", span=Span(0, 2))
        alias = Alias(evidence=Span(0, 6), name=place, alias="甲", confidence=0.6)
        return Extraction(document=source, entities=named, facts=(alias,), pipeline="unequal-1")

    monkeypatch.setattr("extract.pipeline.extract_document", extract)
    Path("c.txt").write_text("甲市乙市甲市", encoding="utf-8")
    run("ingest", "c.txt")
    return run


@pytest.mark.parametrize("verb", [("facts",), ("extract", "c.txt")])
@pytest.mark.parametrize(
    ("least", "entities", "facts"),
    [
        ("0", [0.9, 0.4, 0.3], [0.6]),
        ("0.4", [0.9, 0.4], [0.6]),
        ("0.6", [0.9], [0.6]),
        ("0.61", [0.9], []),
        ("1", [], []),
    ],
)
def test_min_confidence_leaves_out_entities_and_facts(
    unequal: Run, verb: tuple[str, ...], least: str, entities: list[float], facts: list[float]
) -> None:
    row = json.loads(unequal(*verb, "--min-confidence", least).stdout)
    assert [found["confidence"] for found in row["entities"]] == entities
    assert [found["confidence"] for found in row["facts"]] == facts


@pytest.mark.parametrize(
    ("least", "named"),
    [("0", {"甲市": 0.9, "乙市": 0.4}), ("0.5", {"甲市": 0.9}), ("0.91", {})],
)
def test_min_confidence_of_entities_is_that_of_their_best_mention(
    unequal: Run, least: str, named: dict[str, float]
) -> None:
    rows: list[Any] = lines(unequal("entities", "--min-confidence", least))
    assert {row["names"][0]: row["confidence"] for row in rows} == named


def test_min_confidence_narrows_the_table_of_facts(unequal: Run) -> None:
    assert unequal("facts", "--format", "csv", "--min-confidence", "0.6").stdout.count("\n") == 2
    assert unequal("facts", "--format", "csv", "--min-confidence", "0.7").stdout.count("\n") == 1


def test_validate(stored: Run) -> None:
    result = stored("validate")
    assert (result.stdout, result.stderr) == ("", "tanpu: 2 of 2 graphs conform\n")
    assert stored("validate", "--document", "b").stderr == "tanpu: 1 of 1 graphs conform\n"


def test_validate_prints_what_does_not_conform(stored: Run) -> None:
    graph = Graph().parse(
        data="<http://127.0.0.1:8000/id/document/x> a <https://w3id.org/tanpu/ontology#Document> .",
        format="turtle",
    )
    with open_store(Path("var/store"), mode="write") as store:
        store.replace_graph(f"{BASE}graph/x", graph)
        store.publish()
    result = stored("validate", "--language", "en", status=1)
    assert result.stderr == "tanpu: 2 of 3 graphs conform\n"
    assert result.stdout.startswith(f"{BASE}graph/x\n")


def test_dump_is_the_same_in_both_forms(stored: Run, tmp_path: Path) -> None:
    quads = set(ox.parse(stored("dump").stdout_bytes, format=ox.RdfFormat.N_QUADS))
    assert stored("dump", "--format", "trig", "--output", "all.trig").stdout == ""
    trig = set(ox.parse(path=str(tmp_path / "all.trig"), format=ox.RdfFormat.TRIG))
    assert trig == quads
    assert {quad.graph_name.value for quad in quads} == {f"{BASE}graph/a", f"{BASE}graph/b"}


def test_stats(stored: Run) -> None:
    counts = json.loads(stored("stats", "--format", "json").stdout)
    assert (counts["documents"], counts["Document"], counts["Mention"]) == (2, 2, 3)
    table = dict(line.split() for line in stored("stats").stdout.splitlines())
    assert table == {name: str(count) for name, count in counts.items()}


def test_remove(stored: Run) -> None:
    result = stored("remove", "a", "nobody", status=1)
    assert (result.stdout, result.stderr) == (
        "",
        "tanpu: removed: a\ntanpu: expected the id of a document in the store, got 'nobody'\n",
    )
    assert [row["id"] for row in lines(stored("facts"))] == ["b"]


# --- query -------------------------------------------------------------------------------

IDS = (
    "SELECT ?id ?title WHERE { ?d <http://purl.org/dc/terms/identifier> ?id "
    "OPTIONAL { ?d <http://purl.org/dc/terms/title> ?title } } ORDER BY ?id"
)
ASK = "ASK { ?s ?p ?o }"
CONSTRUCT = (
    "CONSTRUCT { ?d <http://purl.org/dc/terms/title> ?t } "
    "WHERE { ?d <http://purl.org/dc/terms/title> ?t }"
)
DOCUMENT_B = f"{BASE}id/document/b"


@pytest.mark.parametrize(
    ("query", "form", "answer"),
    [
        (IDS, None, "id  title\n--  -----\na\nb   签约\n"),
        (IDS, "table", "id  title\n--  -----\na\nb   签约\n"),
        (IDS, "csv", "id,title\r\na,\r\nb,签约\r\n"),
        (IDS, "tsv", '?id\t?title\n"a"\t\n"b"\t"签约"\n'),
        (ASK, None, "true\n"),
        ("ASK { ?s ?s ?s }", "table", "false\n"),
        (ASK, "json", '{"head":{},"boolean":true}'),
        (CONSTRUCT, "ntriples", f'<{DOCUMENT_B}> <http://purl.org/dc/terms/title> "签约" .\n'),
    ],
)
def test_query_answers_in_the_format_asked_for(
    stored: Run, query: str, form: str | None, answer: str
) -> None:
    options = ["--format", form] if form else []
    assert stored("query", *options, "-", stdin=query).stdout_bytes.decode() == answer


def test_query_answers_in_json_xml_turtle_and_jsonld(stored: Run) -> None:
    answer = json.loads(stored("query", "--format", "json", "-", stdin=IDS).stdout)
    assert answer["results"]["bindings"][1]["title"] == {"type": "literal", "value": "签约"}
    tree = ElementTree.fromstring(stored("query", "--format", "xml", "-", stdin=IDS).stdout)
    assert [e.text for e in tree.iter("{http://www.w3.org/2005/sparql-results#}literal")] == [
        "a",
        "b",
        "签约",
    ]
    graphs = [
        Graph().parse(data=stored("query", "--format", form, "-", stdin=CONSTRUCT).stdout, format=f)
        for form, f in (("turtle", "turtle"), ("ntriples", "nt"), ("jsonld", "json-ld"))
    ]
    assert [len(graph) for graph in graphs] == [1, 1, 1]
    assert all(isomorphic(graphs[0], graph) for graph in graphs)


def test_query_is_read_from_a_file_with_a_byte_order_mark(stored: Run, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_bytes(b"\xef\xbb\xbf" + ASK.encode())
    assert stored("query", "q.rq").stdout == "true\n"


# --- serve -------------------------------------------------------------------------------


def test_serve_prints_its_address_and_answers(stored: Run, root: Path, tmp_path: Path) -> None:
    path = os.pathsep.join([str(root), *filter(None, [os.environ.get("PYTHONPATH")])])
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve", "--port", "0"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}healthz") as response:
            assert response.status == 200
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    # Each line is a record; on a busy machine the server may tell that requests wait, too.
    records = [json.loads(line) for line in errors.splitlines()]
    (record,) = [record for record in records if record["logger"] == "tanpu.access"]
    assert (record["route"], record["status"]) == ("/healthz", 200)


def test_serve_takes_options_before_the_environment_before_the_file(
    stored: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "s.toml").write_text('host = "::1"\nport = 1\npage_size = 3\n', encoding="utf-8")
    monkeypatch.setenv("TANPU_PORT", "2")
    monkeypatch.setenv("TANPU_PAGE_SIZE", "4")
    options = ["serve", "--config", "s.toml", "--check-config", "--port", "0"]
    shown = tomllib.loads(stored("--store", "elsewhere", *options).stdout)
    assert (shown["host"], shown["port"], shown["page_size"]) == ("::1", 0, 4)
    assert shown["store"] == "elsewhere"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("page_size = 0", "tanpu: s.toml: page_size: expected a positive whole number, got 0\n"),
        ("page_size 0", "tanpu: s.toml: expected TOML, got: "),
        ("pages = 1", "tanpu: s.toml: expected keys among "),
    ],
)
def test_serve_refuses_a_bad_configuration_in_one_line(
    stored: Run, tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    for more in ([], ["--check-config"]):
        result = stored("serve", "--port", "0", "--config", "s.toml", *more, status=1)
        assert result.stderr.startswith(message)
        assert result.stderr.count("\n") == 1
