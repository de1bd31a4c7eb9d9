"""The graph answers the competency questions as the articles do.

``questions.yaml`` holds the questions and their answers, read off the articles by hand; each
has its query in ``{id}.rq``. ``docs/queries.md`` shows some of them and more.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml
from click.testing import CliRunner

import cli
from extract.document import SourceDocument
from graph.store import Store
from ontology.terms import LABEL_CLASSES, PREFIXES, STATEMENT_CLASSES, TANPU

HERE = Path(__file__).parent
PREFIX = "tanpu:"
Rows = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Question:
    """A question in both languages and the rows of its answer."""

    id: str
    over: str
    zh: str
    en: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def query(self) -> str:
        return (HERE / f"{self.id}.rq").read_text(encoding="utf-8")


def read_questions() -> list[Question]:
    """The questions; every scalar of the file is text, as it is written."""
    text = (HERE / "questions.yaml").read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = yaml.load(text, Loader=yaml.BaseLoader)
    return [
        Question(
            **{key: entry[key] for key in ("id", "over", "zh", "en")},
            columns=tuple(entry["columns"]),
            rows=tuple(tuple(row) for row in entry["rows"]),
        )
        for entry in entries
    ]


QUESTIONS = read_questions()


def answer(store: Store, query: str) -> tuple[tuple[str, ...], Rows]:
    """The columns and rows of a SELECT query as text; our terms with their prefix."""
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    columns = tuple(variable.value for variable in solutions.variables)
    return columns, [tuple(to_text(term) for term in solution) for solution in solutions]


def to_text(term: object) -> str:
    if term is None:
        return ""
    assert isinstance(term, ox.NamedNode | ox.Literal)
    return term.value.replace(str(TANPU), PREFIX) if isinstance(term, ox.NamedNode) else term.value


def arrange(rows: Rows, query: str) -> Rows:
    """The rows in an order that counts only where the query gives one."""
    return rows if "ORDER BY" in query else sorted(rows)


def over(corpus: str) -> list[Any]:
    return [pytest.param(q, id=q.id) for q in QUESTIONS if q.over == corpus]


# --- the answers -------------------------------------------------------------------------


@pytest.mark.parametrize("question", over("samples"))
def test_samples_answer(question: Question, sample_store: Store) -> None:
    columns, rows = answer(sample_store, question.query)
    assert columns == question.columns
    assert arrange(rows, question.query) == arrange([*question.rows], question.query)


@pytest.mark.parametrize("question", over("seed"))
def test_seed_answers(question: Question, seed_store: Store) -> None:
    columns, rows = answer(seed_store, question.query)
    assert columns == question.columns
    assert arrange(rows, question.query) == arrange([*question.rows], question.query)


# --- the questions -----------------------------------------------------------------------


def test_there_are_twenty_five_questions_over_the_samples_and_ten_over_the_seed() -> None:
    assert Counter(q.over for q in QUESTIONS) == {"samples": 25, "seed": 10}


def test_every_query_belongs_to_a_question() -> None:
    assert {path.stem for path in HERE.glob("*.rq")} == {q.id for q in QUESTIONS}
    assert len({q.id for q in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("question", [pytest.param(q, id=q.id) for q in QUESTIONS])
def test_query_begins_with_the_question_in_both_languages(question: Question) -> None:
    assert question.query.splitlines()[:2] == [f"# {question.zh}", f"# {question.en}"]


@pytest.mark.parametrize("question", [pytest.param(q, id=q.id) for q in QUESTIONS])
def test_query_names_no_minted_iri(question: Question) -> None:
    iris = re.findall(r"<([^>]*)>", re.sub(r"(?m)^PREFIX .*$", "", question.query))
    assert iris == []


def test_questions_over_the_samples_use_every_kind_of_statement_and_of_thing() -> None:
    queries = "\n".join(q.query for q in QUESTIONS if q.over == "samples")
    wanted = {*STATEMENT_CLASSES.values(), *LABEL_CLASSES.values()} - {TANPU.CountedThing}
    wanted |= {TANPU.Post, TANPU.Indicator}
    wanted |= {TANPU.Document, TANPU.Extraction, TANPU.Evidence}
    wanted |= {TANPU.Argument, TANPU.Mention, TANPU.TextSpan}
    used = {TANPU[name] for name in re.findall(r"\ba tanpu:(\w+)", queries)}
    assert wanted <= used


def quotations(corpus: str, column: str) -> list[dict[str, str]]:
    """The rows of answers that have ``column``, by column."""
    return [
        dict(zip(question.columns, row, strict=True))
        for question in QUESTIONS
        if question.over == corpus and column in question.columns
        for row in question.rows
    ]


def test_quoted_sentences_stand_in_the_samples_where_the_answers_say(
    sample_documents: list[SourceDocument],
) -> None:
    texts = {document.id: document.text for document in sample_documents}
    found = quotations("samples", "sentence")
    assert len(found) == 2
    for row in found:
        assert texts[row["document"]][int(row["start"]) : int(row["end"])] == row["sentence"]


def test_the_sentence_of_the_seed_stands_where_the_answer_says(
    seed_document: SourceDocument,
) -> None:
    (row,) = quotations("seed", "digest")
    sentence = seed_document.text[int(row["start"]) : int(row["end"])]
    assert hashlib.sha256(sentence.encode("utf-8")).hexdigest() == row["digest"]


# --- docs/queries.md ---------------------------------------------------------------------

PAGE = (HERE.parents[1] / "docs" / "queries.md").read_text(encoding="utf-8")
PREFIXES_OF_PAGE, *_ = re.findall(r"^```sparql\n((?:PREFIX .*\n)+)```$", PAGE, re.MULTILINE)
WORKED = re.findall(
    r"^### [^\n]+？ · ([^\n]+\?)\n\n```sparql\n(SELECT .*?)```\n\n((?:\|[^\n]*\n)+)",
    PAGE,
    re.MULTILINE | re.DOTALL,
)
COMMANDS = re.findall(r"^tanpu (.*)$", PAGE, re.MULTILINE)


def read_table(table: str) -> tuple[tuple[str, ...], Rows]:
    """Columns and rows of a Markdown table."""
    cells = [
        tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table.splitlines()
    ]
    return cells[0], cells[2:]


def test_every_question_of_the_page_has_a_query_and_a_table() -> None:
    assert len(WORKED) == PAGE.count("\n### ") > 10


def test_prefixes_of_the_page_are_the_projects() -> None:
    declared = dict(re.findall(r"PREFIX (\w+): <([^>]*)>", PREFIXES_OF_PAGE))
    assert declared == {prefix: str(PREFIXES[prefix]) for prefix in declared}


@pytest.mark.parametrize(
    ("query", "table"), [pytest.param(*shown, id=question) for question, *shown in WORKED]
)
def test_worked_question_has_the_answer_shown(query: str, table: str, sample_store: Store) -> None:
    expected_columns, expected_rows = read_table(table)
    columns, rows = answer(sample_store, PREFIXES_OF_PAGE + query)
    assert columns == expected_columns
    assert arrange(rows, query) == arrange(expected_rows, query)


@pytest.mark.parametrize("command", COMMANDS)
def test_command_of_the_page_answers_its_question(
    command: str, folder_of_the_page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder_of_the_page)
    result = CliRunner().invoke(cli.main, command.split())
    assert result.exit_code == 0, result.output
    (question,) = [q for q in QUESTIONS if command.endswith(f"/{q.id}.rq")]
    missing = [cell for row in question.rows for cell in row if cell not in result.stdout]
    assert missing == []
