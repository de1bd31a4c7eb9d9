"""Which event a passage is about, and what 论坛, 本届大会 or 会上 point back to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from extract.discourse import Discourse
from extract.facts import Argument
from extract.words import Words

EVENT = "第五届越州碳中和论坛"


@pytest.fixture(scope="session")
def discourse(nlp: Any) -> Callable[[str], Discourse]:
    def build(text: str) -> Discourse:
        doc = nlp(text)
        return Discourse(Words.from_doc(doc), doc._.references)

    return build


def name(argument: Argument | None) -> str | None:
    return argument.name if argument else None


def test_forums_come_in_text_order(discourse: Callable[[str], Discourse]) -> None:
    found = discourse(f"{EVENT}开幕。同期举办零碳建筑发展研讨会。{EVENT}由清河大学主办。")
    assert [f.name for f in found.forums] == [EVENT, "零碳建筑发展研讨会", EVENT]


def test_parts_know_their_whole_and_the_sentence_that_says_so(
    discourse: Callable[[str], Discourse],
) -> None:
    text = f"{EVENT}昨日开幕。同期举办的零碳建筑发展研讨会由清河大学承办。"
    found = discourse(text)
    whole, sentence = found.parts["零碳建筑发展研讨会"]
    assert whole == EVENT
    assert sentence.of(text).startswith("同期举办")


def test_two_main_events_follow_each_other(discourse: Callable[[str], Discourse]) -> None:
    text = f"{EVENT}5月8日在绍兴开幕。\n\n　　第二届镜湖能源年会5月20日在嘉兴举行。年会由清河大学主办。"
    found = discourse(text)
    assert found.parts == {}
    assert name(found.main_before(len(text))) == "第二届镜湖能源年会"
    assert name(found.main_before(10)) == EVENT
    assert name(found.main_before(0)) is None
    assert name(found.main_after(0)) == EVENT


def test_a_sentence_without_a_name_speaks_of_the_main_event(
    discourse: Callable[[str], Discourse],
) -> None:
    text = f"{EVENT}昨日开幕。论坛由清河大学主办。"
    found = discourse(text)
    last = found.words.layout.sentences[-1]
    assert name(found.event_at(last, last.start + 2)) == EVENT


def test_without_any_event_there_is_none(discourse: Callable[[str], Discourse]) -> None:
    found = discourse("绍兴市水利局组织植树。")
    (sentence,) = found.words.layout.sentences
    assert found.forums == ()
    assert found.parts == {}
    assert found.event_at(sentence, 5) is None
    assert found.focus_before(sentence) is None


def test_within_takes_the_events_of_a_span(discourse: Callable[[str], Discourse]) -> None:
    found = discourse(f"{EVENT}开幕。第二届镜湖能源年会闭幕。")
    first, second = found.words.layout.sentences
    assert [f.name for f in found.within(first)] == [EVENT]
    assert [f.name for f in found.within(second)] == ["第二届镜湖能源年会"]
