"""The ``tanpu`` command: reads documents, keeps the store, asks it, serves it.

Exit status: 0 all went well, 1 something was refused or failed, 2 wrong usage. Results go
to standard output, in UTF-8; messages go to standard error, one line each.

The parts of the project are imported where a verb needs them: ``tanpu --help`` loads none,
and only ``extract`` and ``ingest`` load the pipeline. This module is the only one that
imports ``server``, since somebody has to start it.
"""

from __future__ import annotations

import io
import logging
import os
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

import click
from click.core import ParameterSource

from extract.annotation.commands import annotate
from extract.console import extracting_options, json_line, reading_options, say
from extract.errors import ExtractionError
from graph.backup_commands import backup, restore
from graph.errors import GraphError
from graph.linking.commands import link
from graph.token_commands import token

if TYPE_CHECKING:
    import pyoxigraph as ox

    from extract.document import SourceDocument
    from extract.facts import Extraction
    from extract.readers import DocumentDefaults, InputRefusal, ReadLimits
    from extract.tagger import ModelName
    from graph.decisions.file import DecisionFile
    from graph.identity import Minter
    from graph.ingest import IngestOutcome
    from graph.store import DumpFormat, Store
    from web.config import LogFormat

VERSION = "0.1.0"
DEFAULT_STORE = "var/store"
# After so many changed documents, arranging the database for reading pays.
BULK_LOAD = 500
MAX_MESSAGE = 300

logger = logging.getLogger(__name__)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Settings:
    """What every verb gets from the command's own options."""

    store: Path
    base: str | None
    decisions: Path | None = None


class OneLineErrors(click.Group):
    """A command that says in one line what went wrong, without a traceback."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run as click does, and end with the status that the error asks for."""
        try:
            status = super().main(
                args,
                prog_name="tanpu",
                complete_var=complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read the output has had enough; what is left goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except click.UsageError as error:
            verb = error.ctx.command_path if error.ctx else "tanpu"
            _fail(f"{error.format_message().rstrip('.')} (see '{verb} --help')", status=2)
        except click.ClickException as error:
            _fail(error.format_message(), status=error.exit_code)
        except click.Abort:
            _fail("interrupted")
        except (ExtractionError, GraphError) as error:
            _fail(_shorten(str(error)))
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            _fail(f"{where}{error.strerror or error}")
        sys.exit(status if isinstance(status, int) else 0)


def _fail(message: str, *, status: int = 1) -> NoReturn:
    say(message)
    sys.exit(status)


def _shorten(message: str) -> str:
    """A message that fits a few lines: some parsers list every character they could take."""
    return message if len(message) <= MAX_MESSAGE else f"{message[:MAX_MESSAGE]}…"


@click.group(
    cls=OneLineErrors,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)
@click.version_option(VERSION, prog_name="tanpu", message="%(prog)s %(version)s")
@click.option(
    "--store",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="TANPU_STORE",
    default=DEFAULT_STORE,
    show_default=True,
    show_envvar=True,
    help="Folder of the store.",
)
@click.option(
    "--base",
    envvar="TANPU_BASE",
    show_envvar=True,
    metavar="IRI",
    help="Base of all IRIs.  [default: the store's own; http://127.0.0.1:8000/ for a new store]",
)
@click.option(
    "--decisions",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="TANPU_DECISIONS",
    show_envvar=True,
    help="File of people's decisions.  [default: beside the store]",
)
@click.option("-v", "--verbose", count=True, help="Log what is done; -vv in detail.")
@click.pass_context
def main(
    ctx: click.Context, store: Path, base: str | None, decisions: Path | None, verbose: int
) -> None:
    """Tanpu 碳谱: Chinese policy news as a knowledge graph."""
    _configure_logging(verbose)
    ctx.obj = Settings(store, base, decisions)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(2)


def _configure_logging(verbose: int) -> None:
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    logging.basicConfig(
        stream=sys.stderr, level=level, format="tanpu: %(levelname)s %(name)s: %(message)s"
    )
    # Refusals say what is wrong with a file; the parsers' own remarks only help in detail.
    for name in ("pypdf", "trafilatura", "htmldate", "justext", "charset_normalizer", "lxml"):
        logging.getLogger(name).setLevel(level if verbose > 1 else logging.CRITICAL)


def _write(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8"))


@contextmanager
def _csv_stream() -> Iterator[IO[str]]:
    """Standard output in UTF-8, with line ends as they are written."""
    stream = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        yield stream
    finally:
        stream.detach()


def _min_confidence(verb: Callable[..., None]) -> Callable[..., None]:
    """The option that leaves out what is not sure enough."""
    return click.option(
        "--min-confidence",
        type=click.FloatRange(0, 1),
        default=0.0,
        show_default=True,
        metavar="X",
        help="Leave out what is less sure than X, from 0 to 1.",
    )(verb)


# --- reading documents -------------------------------------------------------------------


def _read(
    paths: Sequence[str], *, limits: ReadLimits, defaults: DocumentDefaults
) -> Iterator[SourceDocument | InputRefusal]:
    from extract.readers import read_inputs

    stdin = sys.stdin.buffer
    return read_inputs(paths, limits=limits, defaults=defaults, stdin=stdin)


@main.command()
@reading_options
@extracting_options
@_min_confidence
@click.option(
    "--output",
    type=click.File("wb", lazy=True, atomic=True),
    default="-",
    help="File to write, in place of standard output.",
)
@click.pass_context
def extract(
    ctx: click.Context,
    paths: tuple[str, ...],
    published: str | None,
    source: str | None,
    max_characters: int,
    max_bytes: int,
    model: ModelName,
    processes: int,
    min_confidence: float,
    output: IO[bytes],
) -> None:
    """Print the entities and facts of documents as JSON Lines; store nothing.

    PATH is a file (.txt, .md, .html, .pdf, .docx, .jsonl), a folder, a pattern, or - for
    standard input.
    """
    from extract.filtering import keep_sure
    from extract.parallel import extract_documents
    from extract.readers import DocumentDefaults, ReadLimits

    inputs = _read(
        paths,
        limits=ReadLimits(max_bytes=max_bytes, max_characters=max_characters),
        defaults=DocumentDefaults(published=published, source=source),
    )
    refused = 0
    for found, answer in extract_documents(inputs, model=model, processes=processes):
        if isinstance(answer, ExtractionError):
            say(_refusal(found, answer))
            refused += 1
        else:
            row = keep_sure(answer.to_json(), least=min_confidence)
            output.write(json_line(row).encode("utf-8"))
    ctx.exit(1 if refused else 0)


def _refusal(found: SourceDocument | InputRefusal, error: ExtractionError) -> str:
    """The message of an input that was refused; what a reader raised names its place itself."""
    message = str(error)
    return message if message.startswith(found.origin) else f"{found.origin}: {message}"


# --- the store ---------------------------------------------------------------------------


def _open_for_reading(settings: Settings) -> Store:
    from graph.store import open_store

    return open_store(settings.store, mode="read", base=settings.base)


def _open_for_writing(settings: Settings) -> Store:
    from graph.store import COMMAND_WAIT_SECONDS, open_store

    return open_store(
        settings.store, mode="write", base=settings.base, wait_seconds=COMMAND_WAIT_SECONDS
    )


def _load_decisions(settings: Settings) -> DecisionFile:
    from graph.decisions.apply import decisions_beside, load_decisions

    return load_decisions(settings.decisions or decisions_beside(settings.store))


def _publish(store: Store, decisions: DecisionFile) -> None:
    """Let readers see what was written, with its links and the index of its names."""
    from datetime import UTC, datetime

    from graph.decisions.apply import refresh_links
    from graph.identity import Minter
    from graph.lookup import publish_with_index

    today = datetime.now(UTC).date().isoformat()
    refresh_links(store, Minter(store.base), decisions, today=today)
    publish_with_index(store)


@main.command()
@reading_options
@extracting_options
@click.option(
    "--report",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="A line a document: text on standard error, JSON on standard output.",
)
@click.option(
    "--if-stale", is_flag=True, help="Do nothing if the last ingestion was of these same inputs."
)
@click.pass_context
def ingest(
    ctx: click.Context,
    paths: tuple[str, ...],
    published: str | None,
    source: str | None,
    max_characters: int,
    max_bytes: int,
    model: ModelName,
    processes: int,
    report: str,
    if_stale: bool,
) -> None:
    """Store documents: read, extract, validate, and replace the graph of each.

    Safe to repeat. A document that is refused leaves the store as it was; the report of
    one that does not conform is kept in the folder `reports` of the store.
    """
    from extract.parallel import extract_documents
    from extract.readers import STDIN, DocumentDefaults, ReadLimits
    from graph import freshness
    from graph.store import DEFAULT_BASE

    settings: Settings = ctx.obj
    if if_stale and STDIN in paths:
        raise click.UsageError("expected files with --if-stale, got '-'.")
    options = {"published": published, "source": source, "model": model}
    found = _fingerprint(settings, paths, **options) if if_stale else None
    if found is not None and _is_fresh(settings, found):
        say(f"{settings.store} is up to date")
        return
    from graph.identity import Minter

    # Checked before a store is made with them.
    Minter(DEFAULT_BASE if settings.base is None else settings.base)
    decisions = _load_decisions(settings)
    with _open_for_writing(settings) as store:
        freshness.forget_fingerprint(settings.store)
        inputs = _read(
            paths,
            limits=ReadLimits(max_bytes=max_bytes, max_characters=max_characters),
            defaults=DocumentDefaults(published=published, source=source),
        )
        answers = extract_documents(inputs, model=model, processes=processes)
        rows = _ingest_all(answers, store, Minter(store.base), decisions)
        counts = _report(rows, as_json=report == "json")
        if counts["stored"] + counts["replaced"] >= BULK_LOAD:
            store.optimize()
        _publish(store, decisions)
        if found is not None and counts["refused"] == 0:
            freshness.record_fingerprint(settings.store, found)
    ctx.exit(1 if counts["refused"] else 0)


def _fingerprint(settings: Settings, paths: Sequence[str], **options: str | None) -> str | None:
    """The fingerprint of an ingestion, None where an input cannot be read."""
    from extract.readers import InputRefusal, list_files
    from graph import freshness

    files = list(list_files(paths))
    if any(isinstance(file, InputRefusal) for file in files):
        return None
    try:
        return freshness.fingerprint(map(str, files), settings={"base": settings.base, **options})
    except OSError:
        return None


def _is_fresh(settings: Settings, found: str) -> bool:
    from graph import freshness
    from graph.store import StoreNotFoundError

    if not freshness.is_fresh(settings.store, found):
        return False
    # The mark alone does not say that the store beside it is still there.
    try:
        _open_for_reading(settings).close()
    except StoreNotFoundError:
        return False
    return True


def _ingest_all(
    answers: Iterable[tuple[SourceDocument | InputRefusal, Extraction | ExtractionError]],
    store: Store,
    minter: Minter,
    decisions: DecisionFile,
) -> Iterator[Row]:
    """Ingest each extraction; a row says what became of each input."""
    from extract.readers import InputRefusal
    from graph.ingest import ingest_extraction
    from graph.store import StoreError

    for found, answer in answers:
        document = {} if isinstance(found, InputRefusal) else {"document": found.id}
        row: Row = {"origin": found.origin, **document, "status": "refused"}
        if isinstance(answer, ExtractionError):
            yield {**row, "error": _refusal(found, answer)}
            continue
        try:
            outcome = ingest_extraction(answer, store, minter, decisions=decisions)
        except StoreError:
            raise
        except (ExtractionError, GraphError) as error:
            yield {**row, "error": f"{found.origin}: {error}"}
        else:
            yield _outcome_to_row(outcome, found.origin, store)


def _outcome_to_row(outcome: IngestOutcome, origin: str, store: Store) -> Row:
    from graph.ingest import report_paths

    row: Row = {
        "origin": origin,
        "document": outcome.document,
        "status": outcome.status,
        "graph": outcome.graph,
        "entities": outcome.entities,
        "facts": outcome.facts,
        "triples": outcome.triples,
    }
    if outcome.status == "refused":
        count = sum(result.severity == "violation" for result in outcome.report.results)
        row["error"] = f"{origin}: expected a graph that conforms, got {count} violations"
        if store.path is not None:
            report = report_paths(store.path / "reports", outcome.document)[0]
            row["error"] += f", see {report}"
    return row


def _report(rows: Iterable[Row], *, as_json: bool) -> Counter[str]:
    """Print a line for each input and a sum at the end; count them by status.

    On a terminal a bar shows the progress, and what was refused is said at the end.
    """
    counts: Counter[str] = Counter()
    if sys.stderr.isatty():
        with click.progressbar(rows, label="tanpu", file=sys.stderr) as bar:
            done = list(bar)
        rows = [row for row in done if row["status"] == "refused" or as_json]
        counts.update(row["status"] for row in done if row not in rows)
    for row in rows:
        counts[row["status"]] += 1
        if as_json:
            _write(json_line(row))
        elif "error" in row:
            say(f"refused: {row['error']}")
        else:
            say(
                f"{row['status']}: {row['origin']}: {row['entities']} entities, "
                f"{row['facts']} facts, {row['triples']} triples"
            )
    say(", ".join(f"{counts[s]} {s}" for s in ("stored", "replaced", "unchanged", "refused")))
    return counts


@main.command()
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True
)
@click.option("--document", "documents", metavar="ID", multiple=True, help="Only this document.")
@_min_confidence
@click.pass_obj
def facts(settings: Settings, form: str, documents: tuple[str, ...], min_confidence: float) -> None:
    """Print what the store holds, as `extract` would: JSON Lines, or a table of facts."""
    from graph.readback import facts_to_csv, read_extractions

    with _open_for_reading(settings) as store:
        rows = read_extractions(
            store, base=store.base, documents=documents or None, least=min_confidence
        )
        if form == "csv":
            with _csv_stream() as stream:
                facts_to_csv(rows, stream)
        else:
            for row in rows:
                _write(json_line(row))


@main.command()
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True
)
@_min_confidence
@click.pass_obj
def entities(settings: Settings, form: str, min_confidence: float) -> None:
    """Print every entity with its names and mentions; it is as sure as its best mention."""
    import csv

    from graph.entities import read_entities

    with _open_for_reading(settings) as store:
        rows = read_entities(store, least=min_confidence)
        if form == "jsonl":
            for row in rows:
                _write(json_line(row))
            return
        with _csv_stream() as stream:
            writer = csv.writer(stream, lineterminator="\n")
            counted = ("mentions", "documents")
            writer.writerow(["iri", "class", "name", "other_names", *counted, "confidence"])
            for row in rows:
                name, *others = row["names"]
                mentions = row["mentions"]
                mentioned_in = {mention["document"] for mention in mentions}
                counts = [len(mentions), len(mentioned_in), row["confidence"]]
                writer.writerow([row["iri"], row["class"], name, "|".join(others), *counts])


@main.command()
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True
)
@_min_confidence
@click.pass_obj
def contradictions(settings: Settings, form: str, min_confidence: float) -> None:
    """Print statements that cannot all be true, with the sentences that say each."""
    from graph.contradictions import contradictions_to_csv, find_contradictions

    with _open_for_reading(settings) as store:
        found = find_contradictions(store, least=min_confidence)
        if form == "csv":
            with _csv_stream() as stream:
                contradictions_to_csv(found, stream)
            return
        for one in found:
            _write(json_line(one.to_json()))


TABLE_FORMATS = ("table", "json", "csv", "tsv", "xml")
GRAPH_FORMATS = ("turtle", "ntriples", "jsonld")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--format",
    "form",
    type=click.Choice([*TABLE_FORMATS, *GRAPH_FORMATS]),
    help="[default: table; turtle for CONSTRUCT and DESCRIBE]",
)
@click.pass_obj
def query(settings: Settings, file: str, form: str | None) -> None:
    """Answer the SPARQL query in FILE (- for standard input)."""
    import pyoxigraph as ox

    data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(
            f"{file}: byte {error.start}: expected a query in UTF-8, "
            f"got 0x{error.object[error.start]:02x}"
        ) from error
    with _open_for_reading(settings) as store:
        result = store.query(text)
        is_graph = isinstance(result, ox.QueryTriples)
        offered = GRAPH_FORMATS if is_graph else TABLE_FORMATS
        form = form or offered[0]
        if form not in offered:
            kind = "CONSTRUCT and DESCRIBE" if is_graph else "SELECT and ASK"
            raise click.UsageError(f"expected {', '.join(offered)} for {kind}, got {form!r}.")
        if isinstance(result, ox.QueryTriples):
            _write_triples(result, form)
        elif form == "table":
            _write(_result_to_table(result))
        else:
            _write_result(result, form)


def _write_triples(triples: ox.QueryTriples, form: str) -> None:
    import pyoxigraph as ox

    from ontology.terms import PREFIXES

    formats = {
        "turtle": ox.RdfFormat.TURTLE,
        "ntriples": ox.RdfFormat.N_TRIPLES,
        "jsonld": ox.RdfFormat.JSON_LD,
    }
    prefixes = {name: str(iri) for name, iri in PREFIXES.items()} if form != "ntriples" else None
    ox.serialize(triples, sys.stdout.buffer, format=formats[form], prefixes=prefixes)


def _write_result(result: ox.QuerySolutions | ox.QueryBoolean, form: str) -> None:
    import pyoxigraph as ox

    formats = {
        "json": ox.QueryResultsFormat.JSON,
        "xml": ox.QueryResultsFormat.XML,
        "csv": ox.QueryResultsFormat.CSV,
        "tsv": ox.QueryResultsFormat.TSV,
    }
    result.serialize(sys.stdout.buffer, format=formats[form])


def _result_to_table(result: ox.QuerySolutions | ox.QueryBoolean) -> str:
    """The answer for people: columns in line, IRIs and values without their types."""
    import pyoxigraph as ox

    if isinstance(result, ox.QueryBoolean):
        return "true\n" if result else "false\n"
    rows = [[variable.value for variable in result.variables]]
    for solution in result:
        rows.append(["" if term is None else _term_to_text(term) for term in solution])
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, ["-" * width for width in widths])
    lines = (
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        for row in rows
    )
    return "".join(line.rstrip() + "\n" for line in lines)


def _term_to_text(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    value = getattr(term, "value", None)
    return str(term) if value is None else " ".join(str(value).splitlines())


def _width(text: str) -> int:
    """Columns on a terminal: full-width characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@main.command()
@click.option("--document", "documents", metavar="ID", multiple=True, help="Only this document.")
@click.option(
    "--language",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="Language of the messages.",
)
@click.pass_context
def validate(ctx: click.Context, documents: tuple[str, ...], language: str) -> None:
    """Check the stored graphs against the SHACL shapes."""
    from graph.gate import known_elsewhere, provenance_graph
    from graph.identity import Minter
    from graph.validation import load_validator

    settings: Settings = ctx.obj
    validator = load_validator()
    failed = 0
    with _open_for_reading(settings) as store:
        minter = Minter(store.base)
        stored = [iri for iri in store.graphs() if iri != provenance_graph(store.base)]
        graphs = [str(minter.graph(document)) for document in documents] or stored
        for iri in graphs:
            graph = store.graph(iri)
            known = known_elsewhere(iri, graph, {iri: frozenset()}, store)
            report = validator.validate(graph, known=known)
            if report.results:
                _write(f"{iri}\n{report.to_text('en' if language == 'en' else 'zh')}\n")
            failed += not report.conforms
    say(f"{len(graphs) - failed} of {len(graphs)} graphs conform")
    ctx.exit(1 if failed else 0)


@main.command()
@click.option(
    "--format", "form", type=click.Choice(["nquads", "trig"]), default="nquads", show_default=True
)
@click.option(
    "--output",
    type=click.File("wb", lazy=True, atomic=True),
    default="-",
    help="File to write, in place of standard output.",
)
@click.option("--gzip", "compress", is_flag=True, help="Compress what is written.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="New folder for the dump, its description in VoID and SHA-256 checksums.",
)
@click.pass_context
def dump(
    ctx: click.Context, form: str, output: IO[bytes], compress: bool, folder: Path | None
) -> None:
    """Write all named graphs."""
    from graph.dump import write_dump, write_dump_folder

    chosen: DumpFormat = "trig" if form == "trig" else "nquads"
    if folder is not None and ctx.get_parameter_source("output") is ParameterSource.COMMANDLINE:
        raise click.UsageError("expected --output or --folder, got both.")
    with _open_for_reading(ctx.obj) as store:
        if folder is None:
            write_dump(store, output, chosen, compress=compress)
            return
        for file in write_dump_folder(store, folder, chosen, compress=compress):
            say(f"{file}: {file.stat().st_size} bytes")


@main.command()
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True
)
@click.pass_obj
def stats(settings: Settings, form: str) -> None:
    """Count the documents and the nodes of each class."""
    from graph.entities import count_classes

    with _open_for_reading(settings) as store:
        classes = count_classes(store)
        counts = {"documents": classes.get("Document", 0), **classes}
    if form == "json":
        _write(json_line(counts))
    else:
        width = max(map(len, counts))
        _write("".join(f"{name:{width}} {count:8}\n" for name, count in counts.items()))


@main.command()
@click.argument("documents", metavar="ID...", nargs=-1, required=True)
@click.pass_context
def remove(ctx: click.Context, documents: tuple[str, ...]) -> None:
    """Remove documents, by id, with all that only they say."""
    from graph import freshness
    from graph.identity import Minter
    from graph.resolution.apply import remove_documents

    settings: Settings = ctx.obj
    # A writer would make a store where there is none.
    _open_for_reading(settings).close()
    decisions = _load_decisions(settings)
    with _open_for_writing(settings) as store:
        freshness.forget_fingerprint(settings.store)
        removed = remove_documents(documents, store, Minter(store.base), decisions)
        for document in documents:
            if document in removed:
                say(f"removed: {document}")
            else:
                say(f"expected the id of a document in the store, got {document!r}")
        _publish(store, decisions)
    ctx.exit(0 if set(documents) == set(removed) else 1)


@main.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port; 0 takes a free one.  [default: 8000]",
)
@click.option(
    "--config",
    type=click.Path(dir_okay=False),
    help="Configuration file (TOML); options and the environment win.  [env var: TANPU_CONFIG]",
)
@click.option("--check-config", is_flag=True, help="Print the settings and serve nothing.")
@click.pass_context
def serve(
    ctx: click.Context, host: str | None, port: int | None, config: str | None, check_config: bool
) -> None:
    """Serve the store over HTTP until it is interrupted; prints the address."""
    import server
    from web.config import read_settings, settings_to_toml
    from web.errors import WebError
    from web.listeners import Listeners, choose_number
    from web.lookup import check_names
    from web.warming import begin_warming

    options = {
        "TANPU_HOST": host,
        "TANPU_PORT": port,
        "TANPU_CONFIG": config,
        "TANPU_STORE": _given(ctx, "store"),
        "TANPU_BASE": _given(ctx, "base"),
    }
    given = {name: value for name, value in options.items() if value is not None}
    try:
        settings = read_settings(given)
        if check_config:
            _write(settings_to_toml(settings))
            return
        _configure_service_logging(settings.log_format)
    except WebError as error:
        raise click.ClickException(str(error)) from error
    # Made before the application, which has threads.
    with closing(Listeners(choose_number(settings))) as listeners:
        try:
            app = server.create_app(given)
        except WebError as error:
            raise click.ClickException(str(error)) from error
        # Where no writer has left an index of names, it is begun before somebody searches.
        check_names(app)
        begin_warming(app)
        limits = server.limits_of(settings)
        server.serve(app, settings.host, settings.port, limits=limits, listeners=listeners)


def _configure_service_logging(log_format: LogFormat) -> None:
    """Log in that format, with a line for every request."""
    from web.logs import make_formatter
    from web.records import access_log

    for handler in logging.getLogger().handlers:
        # The command's own; whoever embeds it has handlers of other classes.
        if type(handler) is logging.StreamHandler:
            handler.setFormatter(make_formatter(log_format))
    access_log.setLevel(logging.INFO)


def _given(ctx: click.Context, name: str) -> str | None:
    """An option of ``tanpu`` itself if it stands on the command line."""
    top = ctx.find_root()
    on_line = top.get_parameter_source(name) is ParameterSource.COMMANDLINE
    return str(top.params[name]) if on_line else None


main.add_command(annotate)
main.add_command(backup)
main.add_command(link)
main.add_command(restore)
main.add_command(token)

if __name__ == "__main__":
    main()
