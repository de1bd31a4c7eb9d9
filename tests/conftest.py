"""What tests of more than one folder share."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from extract.document import SourceDocument
from extract.facts import Alias, Argument, Entity, Extraction, Span

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The top folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def shared_path() -> Callable[[str], Path]:
    """Find a file or folder of ``../shared``, which a clone alone does not have."""

    def find(relative: str) -> Path:
        path = ROOT.parent / "shared" / relative
        if not path.exists():
            pytest.skip(f"needs {path}, which is not part of the repository")
        return path

    return find


@pytest.fixture(scope="session")
def nlp() -> Any:
    """The pipeline, loaded once for all tests."""
    from extract.pipeline import load_pipeline

    return load_pipeline()


@pytest.fixture
def simple_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a pipeline that finds 甲市 and nothing else in the place of the real one."""
    monkeypatch.setattr("extract.pipeline.load_pipeline", lambda model="accurate": None)
    monkeypatch.setattr("extract.pipeline.extract_document", extract_simply)


def extract_simply(source: SourceDocument, nlp: object) -> Extraction:
    """Every 甲市 of a text as a place; its first one as an alias of 甲."""
    text = source.text
    spans = [Span(found.start(), found.end()) for found in re.finditer("甲市", text)]
    named = tuple(Entity(span=s, label="PLACE", text="甲市", name="甲市") for s in spans)
    place = Argument(label="PLACE", text="甲市", name="甲市", span=spans[0] if spans else None)
    facts = (Alias(evidence=spans[0], name=place, alias="甲"),) if spans else ()
    return Extraction(document=source, entities=named, facts=facts, pipeline="simple-1")


@pytest.fixture(scope="session")
def make_pdf() -> Callable[..., bytes]:
    """Make the bytes of a PDF: one string a page, its lines one below the other."""
    return build_pdf


@pytest.fixture(scope="session")
def make_docx() -> Callable[..., bytes]:
    """Make the bytes of a Word file: a string is a paragraph, a list a row of a table."""
    return build_docx


def build_pdf(*pages: str, title: str = "", password: str | None = None) -> bytes:
    """A PDF whose font maps every code unit of UTF-16 to itself, as Word's PDFs do."""
    from pypdf import PdfReader, PdfWriter

    mapping = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        b"1 beginbfrange <0020> <FFFF> <0020> endbfrange\nendcmap end end"
    )
    objects = {
        3: b"<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/Identity-H"
        b"/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>",
        4: b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Song/DW 1000"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
        5: _stream(mapping),
    }
    kids = []
    for number, page in enumerate(pages):
        key = 10 + 2 * number
        kids.append(b"%d 0 R" % key)
        lines = b" ".join(
            b"<%s> Tj 0 -20 Td" % line.encode("utf-16-be").hex().encode()
            for line in page.splitlines()
        )
        objects[key] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R"
            b"/Resources<</Font<</F 3 0 R>>>>>>" % (key + 1)
        )
        objects[key + 1] = _stream(b"BT /F 12 Tf 50 750 Td %s ET" % lines)
    objects[2] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    objects[1] = b"<</Type/Catalog/Pages 2 0 R>>"
    data = b"%PDF-1.4\n"
    offsets = {}
    for key in sorted(objects):
        offsets[key] = len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (key, objects[key])
    start = len(data)
    data += b"xref\n0 1\n0000000000 65535 f \n"
    for key, offset in offsets.items():
        data += b"%d 1\n%010d 00000 n \n" % (key, offset)
    data += b"trailer <</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (max(objects) + 1, start)
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    if title:
        writer.add_metadata({"/Title": title})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    return b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)


def build_docx(*blocks: str | list[str], title: str = "") -> bytes:
    """A Word file of paragraphs and one-row tables."""
    import docx

    document = docx.Document()
    document.core_properties.title = title
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
        else:
            cells = document.add_table(rows=1, cols=len(block)).rows[0].cells
            for cell, text in zip(cells, block, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
