"""Worked questions: queries of ``queries/examples`` that people can run and change.

The first two lines of each file are the question in Chinese and in English, as comments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from web.store import query_text
from web.wording import Words

_FOLDER = "examples"

# What the questions are about, and the names of their files in the order of the page.
_QUESTIONS: Mapping[Words, Sequence[str]] = MappingProxyType(
    {
        Words("人物与职务", "People and posts"): ("current_posts", "changed_posts", "who_said"),
        Words("会议", "Forums"): (
            "who_spoke",
            "who_attends",
            "frequent_hosts",
            "editions",
            "programme",
        ),
        Words("法规", "Regulations"): ("who_issued", "who_cites", "issued_by_year"),
        Words("数据与出处", "Figures and sources"): (
            "figures",
            "targets",
            "common_indicators",
            "unsure_statements",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class WorkedQuestion:
    """A question in both languages, and the query that answers it."""

    name: str
    words: Words
    text: str


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """Questions about one sort of thing."""

    words: Words
    questions: Sequence[WorkedQuestion]


@cache
def read_gallery() -> tuple[QuestionGroup, ...]:
    """All worked questions, group by group."""
    return tuple(
        QuestionGroup(words, tuple(map(read_question, names)))
        for words, names in _QUESTIONS.items()
    )


def read_question(name: str) -> WorkedQuestion:
    """The question of a file of ``queries/examples``.

    Raises:
        FileNotFoundError: when there is none of that name.
        ValueError: when it does not begin with two lines of comment.

    >>> read_question("who_spoke").words.en
    'Who addressed which forum?'
    """
    text = query_text(f"{_FOLDER}/{name}")
    head = text.splitlines()[:2]
    if len(head) < 2 or not all(line.startswith("# ") for line in head):
        raise ValueError(f"{name}.rq: expected the question in two lines of comment, got {head!r}")
    zh, en = (line.removeprefix("# ") for line in head)
    return WorkedQuestion(name, Words(zh, en), text)
