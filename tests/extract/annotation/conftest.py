"""Documents with annotations, made by hand and by hypothesis."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st

from extract.annotation.rows import AnnotatedDocument, Row, row_to_document
from extract.annotation.schema import FactField, fact_form, field_keys
from extract.annotation.standoff import LINE_BREAKS
from extract.document import SourceDocument
from extract.facts import ENTITY_LABELS, FACT_TYPES

TEXT = "甲市新闻\r\n甲市副市长林远🌱在首届海湾绿电\n论坛上致辞，说“要快”。全市建成示范点12个。"


def at(part: str, text: str = TEXT) -> dict[str, int]:
    """Start and end of the first occurrence of a part."""
    start = text.index(part)
    return {"start": start, "end": start + len(part)}


def entity(label: str, part: str, **more: Any) -> Row:
    return {**at(part), "label": label, "text": part, "name": part, "confidence": 1.0, **more}


def example_row() -> Row:
    """A row with a line break in a name, an implied subject, a note and several qualifiers."""
    evidence = {**at(TEXT[6 : TEXT.index("全市")]), "confidence": 1.0}
    figure = {**at("全市建成示范点12个。"), "confidence": 1.0}
    forum = ["首届海湾绿电论坛", "首届海湾绿电\n论坛", "论坛"]
    return {
        "id": "jia-1",
        "text": TEXT,
        "title": "甲市新闻",
        "published": "2024-05-09",
        "entities": [
            entity("PLACE", "甲市"),
            entity("POST", "副市长"),
            entity("PERSON", "林远"),
            entity("FORUM", "首届海湾绿电\n论坛", name="首届海湾绿电论坛"),
        ],
        "facts": [
            {
                "type": "holds_post",
                "person": "林远",
                "post": "副市长",
                "org": ["甲市", "甲市人民政府"],
                "status": "former",
                **evidence,
            },
            {
                "type": "takes_part",
                "person": "林远",
                "event": forum,
                "role": "addresses",
                "mode": "video",
                **evidence,
            },
            {
                "type": "measures",
                "subject": ["乙省", "全省"],
                "indicator": "示范点",
                "value": 12,
                "value_text": "12个",
                "unit": "个",
                "qualifier": ["over", "cumulative"],
                **figure,
            },
        ],
    }


def row_to_source(row: Row) -> SourceDocument:
    known = {key: row[key] for key in ("id", "text", "title", "published") if key in row}
    return SourceDocument(**known, origin="rows.jsonl:1")


def read_row(row: Row) -> AnnotatedDocument:
    return row_to_document(row, row_to_source(row))


@pytest.fixture
def example() -> AnnotatedDocument:
    return read_row(example_row())


# --- for hypothesis ----------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "甲",
        "乙",
        "论坛",
        "🌱",
        "é",
        "\n",
        "\r\n",
        "\t",
        " ",
        "\u3000",
        "\u2028",
        "\x85",
        "\\",
        "|",
        '"',
        "“",
        "'",
        "《",
        "=",
        ":",
        "#",
        "- ",
        "a",
    ]
)
TEXTS = (
    st.lists(PIECES, min_size=1, max_size=25)
    .map("".join)
    .filter(lambda text: any(not c.isspace() for c in text))
)
STRINGS = st.one_of(
    TEXTS, st.just(""), st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
)


@st.composite
def spans(draw: st.DrawFn, text: str) -> dict[str, int]:
    """A span that neither begins nor ends with a line break."""
    inner = [at for at, character in enumerate(text) if character not in LINE_BREAKS]
    start, last = sorted((draw(st.sampled_from(inner)), draw(st.sampled_from(inner))))
    return {"start": start, "end": last + 1}


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """Rows of the exchange format with spans that nest and cross, and facts of every type."""
    text = draw(TEXTS)
    entities = []
    for _ in range(draw(st.integers(0, 4))):
        span = draw(spans(text))
        covered = text[span["start"] : span["end"]]
        name = draw(st.one_of(st.just(covered), STRINGS))
        label = draw(st.sampled_from(ENTITY_LABELS))
        entities.append({**span, "label": label, "text": covered, "name": name, "confidence": 1.0})
    names = [name for found in entities for name in (found["text"], found["name"])]
    facts = [draw(fact_rows(text, names)) for _ in range(draw(st.integers(0, 4)))]
    return {
        "id": draw(st.sampled_from(["a", "b c", "某报/1"])),
        "text": text,
        "title": draw(STRINGS.filter(bool)),
        "published": "2024-05-09",
        "entities": sorted(entities, key=lambda row: (row["start"], row["end"])),
        "facts": sorted(facts, key=lambda row: (row["start"], row["end"], row["type"])),
    }


@st.composite
def fact_rows(draw: st.DrawFn, text: str, names: list[str]) -> Row:
    form = fact_form(draw(st.sampled_from(sorted(FACT_TYPES))))
    row: Row = {"type": form.type}
    for field in form.fields:
        if not field.required and field.default is None and draw(st.booleans()):
            continue
        if field.kind == "span":
            span = draw(spans(text))
            row.update(zip(field_keys(field), (span["start"], span["end"]), strict=True))
        else:
            row[field.name] = draw(values(field, names))
    return {**row, **draw(spans(text)), "confidence": 1.0}


def values(field: FactField, names: list[str]) -> st.SearchStrategy[Any]:
    match field.kind:
        case "role":
            known = st.sampled_from(names) if names else STRINGS
            return several(st.one_of(known, STRINGS))
        case "texts":
            return several(STRINGS)
        case "choice":
            return st.sampled_from(field.options)
        case "choices":
            return several(st.sampled_from(field.options))
        case "number":
            whole = st.integers(-(10**15), 10**15)
            return st.one_of(whole, st.floats(-1e9, 1e9).filter(lambda value: value % 1 != 0))
        case _:
            return STRINGS


def several(members: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """One string, or a list of two or more without repeats, as rows have them."""
    found = st.lists(members, min_size=1, max_size=3, unique=True)
    return found.map(lambda strings: strings[0] if len(strings) == 1 else strings)
