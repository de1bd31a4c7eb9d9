"""The verbs ``tanpu annotate export``, ``import`` and ``check``.

Like the command itself, they import the parts of the project where they need them.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from extract.console import json_line, reading_options, say
from extract.errors import ComponentError, InputError

if TYPE_CHECKING:
    from extract.annotation.rows import AnnotatedDocument
    from extract.document import SourceDocument

_FOLDER = click.Path(path_type=Path, file_okay=False)
_EXISTING_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


@click.group()
def annotate() -> None:
    """Correct extractions in an annotation tool that reads brat's standoff format."""


@annotate.command("export")
@reading_options
@click.option("--output", metavar="DIR", type=_FOLDER, required=True, help="Folder to write.")
@click.pass_context
def export_documents(
    ctx: click.Context,
    paths: tuple[str, ...],
    published: str | None,
    source: str | None,
    max_characters: int,
    max_bytes: int,
    output: Path,
) -> None:
    """Write documents with their entities and facts as a folder that brat opens.

    PATH is as for `extract`. Lines of JSON Lines that have `entities` and `facts`, as
    `extract` writes them, are taken as they are; all other documents are extracted. Files
    that are there already are never written over.
    """
    from extract.annotation.folder import write_configuration, write_document
    from extract.annotation.rows import read_annotated
    from extract.document import SourceDocument
    from extract.readers import STDIN, DocumentDefaults, InputRefusal, ReadLimits

    write_configuration(output)
    extract: Callable[[SourceDocument], AnnotatedDocument] | None = None
    exported = refused = 0
    for found in read_annotated(
        paths,
        limits=ReadLimits(max_bytes=max_bytes, max_characters=max_characters),
        defaults=DocumentDefaults(published=published, source=source),
        stdin=io.BytesIO(sys.stdin.buffer.read() if STDIN in paths else b""),
    ):
        if isinstance(found, InputRefusal):
            say(str(found.error))
            refused += 1
            continue
        try:
            if isinstance(found, SourceDocument):
                extract = extract or _load_extractor()
                write_document(extract(found), output)
            else:
                write_document(found, output)
        except InputError as error:
            say(str(error))
            refused += 1
        else:
            exported += 1
    say(f"{exported} exported, {refused} refused")
    ctx.exit(1 if refused else 0)


def _load_extractor() -> Callable[[SourceDocument], AnnotatedDocument]:
    """A function that annotates documents by the pipeline, which is loaded once."""
    from extract.annotation.errors import UnreadableDocumentError
    from extract.annotation.rows import row_to_document
    from extract.pipeline import extract_document, load_pipeline

    nlp = load_pipeline()

    def extract(source: SourceDocument) -> AnnotatedDocument:
        try:
            extraction = extract_document(source, nlp)
        except ComponentError as error:
            raise UnreadableDocumentError(
                source.origin, expected="a text that the pipeline can read", got=str(error)
            ) from error
        return row_to_document(extraction.to_json(), extraction.document)

    return extract


@annotate.command("import")
@click.argument("folder", metavar="DIR", type=_EXISTING_FOLDER)
@click.option(
    "--output",
    type=click.File("wb", lazy=True, atomic=True),
    help="File of JSON Lines to write, in place of standard output.",
)
@click.option(
    "--gold", metavar="DIR", type=_FOLDER, help="Folder for gold files, in place of JSON Lines."
)
@click.pass_context
def import_documents(
    ctx: click.Context, folder: Path, output: IO[bytes] | None, gold: Path | None
) -> None:
    """Read a corrected folder: JSON Lines as `extract` writes them, or gold files.

    What a person has been over counts as true: every confidence is 1.
    """
    if output is not None and gold is not None:
        raise click.UsageError("expected one of --output and --gold, got both.")
    imported, refused = _read_all(folder, _gold_writer(gold) if gold else _line_writer(output))
    say(f"{imported} imported, {refused} refused")
    ctx.exit(1 if refused else 0)


def _line_writer(output: IO[bytes] | None) -> Callable[[AnnotatedDocument], None]:
    stream = sys.stdout.buffer if output is None else output

    def write(document: AnnotatedDocument) -> None:
        stream.write(json_line(document.to_json()).encode("utf-8"))

    return write


def _gold_writer(folder: Path) -> Callable[[AnnotatedDocument], None]:
    from extract.annotation.folder import id_to_stem, refuse_occupied
    from extract.annotation.gold import document_to_gold

    folder.mkdir(parents=True, exist_ok=True)

    def write(document: AnnotatedDocument) -> None:
        path = folder / f"{id_to_stem(document.source.id)}.yaml"
        content = document_to_gold(document)
        refuse_occupied(path, document.source.origin)
        path.write_bytes(content.encode("utf-8"))

    return write


@annotate.command("check")
@click.argument("folder", metavar="DIR", type=_EXISTING_FOLDER)
@click.pass_context
def check_documents(ctx: click.Context, folder: Path) -> None:
    """Say what is wrong in a corrected folder, and write nothing."""
    good, refused = _read_all(folder, lambda document: None)
    say(f"{good} of {good + refused} documents can be imported")
    ctx.exit(1 if refused else 0)


def _read_all(folder: Path, write: Callable[[AnnotatedDocument], None]) -> tuple[int, int]:
    """Give each good document of a folder to ``write``; count the good and the refused."""
    from extract.annotation.folder import read_folder
    from extract.readers import InputRefusal

    good = refused = 0
    for found in read_folder(folder):
        try:
            if isinstance(found, InputRefusal):
                raise found.error
            write(found)
        except InputError as error:
            say(str(error))
            refused += 1
        else:
            good += 1
    return good, refused
