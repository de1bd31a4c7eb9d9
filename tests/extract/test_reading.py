"""The reading: one script and width, offset by offset."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.reading import is_han, is_traditional, text_to_reading

# Half- and full-width, both scripts, digits, quotes, breaks, emoji and a surrogate-free rest.
CHARS = st.one_of(
    st.sampled_from(list("绍兴市論壇臺裡５ａＺ（）(),.:;!?％%。，“”\"'《》 　\r\n\t0129aZ🌱")),
    st.characters(codec="utf-8"),
)


@given(st.text(CHARS, max_size=80), st.sampled_from([None, True, False]))
def test_reading_is_as_long_as_the_text(text: str, traditional: bool | None) -> None:
    assert len(text_to_reading(text, traditional=traditional)) == len(text)


@given(st.text(CHARS, max_size=60))
@settings(max_examples=60)
def test_line_breaks_stay_where_they_are(text: str) -> None:
    reading = text_to_reading(text)
    assert [c in "\r\n" for c in reading] == [c in "\r\n" for c in text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("会议由镜湖学院主办,主题未定.", "会议由镜湖学院主办，主题未定."),
        ("主办单位:镜湖学院;协办", "主办单位：镜湖学院；协办"),
        ("镜湖学院(越州)", "镜湖学院（越州）"),
        ("增长３５％", "增长35%"),
        ("ＣＯ２排放", "CO2排放"),
        ("真好!好吗?", "真好！好吗？"),
    ],
)
def test_width_is_made_one(text: str, expected: str) -> None:
    assert text_to_reading(text) == expected


@pytest.mark.parametrize("text", ["1,234.5", "12:30", "a, b: c", "3,456", ""])
def test_punctuation_inside_numbers_and_latin_stays(text: str) -> None:
    assert text_to_reading(text) == text


def test_traditional_text_is_read_in_simplified_characters() -> None:
    text = "紹興市副市長盧清源出席論壇開幕式並致辭，強調綠色轉型。"
    assert is_traditional(text)
    assert text_to_reading(text) == "绍兴市副市长卢清源出席论坛开幕式并致辞，强调绿色转型。"


def test_a_quoted_traditional_title_does_not_make_a_text_traditional() -> None:
    text = "展柜里的《綠色論壇》旧刊" + "，绍兴市的志愿者正在整理这一批资料" * 5
    assert not is_traditional(text)
    assert "綠色論壇" in text_to_reading(text)


def test_script_can_be_told() -> None:
    assert text_to_reading("論壇", traditional=True) == "论坛"
    assert text_to_reading("論壇", traditional=False) == "論壇"


@pytest.mark.parametrize(
    ("char", "expected"),
    [
        ("碳", True),
        ("壇", True),
        ("㐀", True),
        ("a", False),
        ("，", False),
        ("あ", False),
        ("1", False),
    ],
)
def test_han_characters_are_told_from_others(char: str, expected: bool) -> None:
    assert is_han(char) is expected
