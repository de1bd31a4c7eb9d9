"""When a post was held, as a sentence words it."""

from __future__ import annotations

import pytest

from extract.facts import Span
from extract.tenures import TenureWording, read_tenure

PUBLISHED = "2031-05-08"


def read(sentence: str, post: str, published: str | None = PUBLISHED) -> TenureWording:
    start = sentence.index(post)
    return read_tenure(sentence, post=Span(start, start + len(post)), published=published)


@pytest.mark.parametrize(
    ("sentence", "post", "expected"),
    [
        ("韦一诺自2026年起任北湾市市长。", "市长", ("2026", None, None, "held")),
        ("2026年5月起，韦一诺担任北湾市市长。", "市长", ("2026-05", None, None, "held")),
        ("贺临川2022年至2026年任北湾市副市长。", "副市长", ("2022", "2026", None, "held")),
        ("贺临川2022年至2026年任北湾市副市长、市长。", "、市长", ("2022", "2026", None, "held")),
        ("2028年3月，时任北湾市市长的贺临川到会。", "市长", (None, None, "2028-03", "then")),
        ("2031年3月29日，北湾市人大常委会会议在南城闭幕，决定任命柳青为北湾市绿能局局长。", "局长", ("2031-03-29", None, None, "appointed")),
        ("会议决定任命柳青为北湾市绿能局局长。", "局长", (None, None, None, "appointed")),
        ("2031年4月2日，会议决定免去贺临川的绿能局局长职务。", "局长", (None, "2031-04-02", None, "removed")),
        ("免去其副局长职务。", "副局长", (None, None, None, "removed")),
        ("柳青今年1月转任绿能局副局长。", "副局长", ("2031-01", None, None, "appointed")),
        ("贺临川曾任北湾市市长（2022—2026年），现已退休。", "市长", ("2022", "2026", None, "held")),
        ("贺临川任绿能局局长至2027年。", "局长", (None, "2027", None, "held")),
        ("贺临川担任绿能局局长，2027年卸任。", "局长", (None, "2027", None, "held")),
        ("北湾市市长韦一诺出席。", "市长", (None, None, None, None)),
        # 主任, 责任 and 任务 hold no verb; a date in another sentence dates nothing.
        ("2030年的任务很重。绿能局局长柳青说。", "局长", (None, None, None, None)),
        ("2030年主任柳青会见北湾市市长韦一诺。", "市长", (None, None, None, None)),
        # The verb is that of another post.
        ("2026年任主任的柳青会见北湾市市长韦一诺。", "市长", (None, None, None, None)),
    ],
)  # fmt: skip
def test_reads_begin_end_and_time_within_a_post(
    sentence: str, post: str, expected: tuple[str | None, ...]
) -> None:
    found = read(sentence, post)
    assert (found.begin, found.end, found.at, found.act) == expected


def test_an_article_without_a_day_is_dated_by_the_day_that_its_sentence_names() -> None:
    sentence = "2031年5月6日，北湾市市长韦一诺出席。"
    assert read(sentence, "市长", None).at == "2031-05-06"
    assert read(sentence, "市长").at is None
