"""What holds for the extraction of any text: offsets, order, values, no memory, no crash."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from extract.document import SourceDocument
from extract.facts import (
    ENTITY_LABELS,
    FACT_TYPES,
    Argument,
    Extraction,
    Fact,
    HeldOn,
    Issues,
    Measures,
    Says,
)
from extract.pipeline import extract_document, load_pipeline
from extract.reading import text_to_reading

PUBLISHED = "2024-05-09"
ARTICLE = """海岛聚首话零碳 第五届舟山绿色海岛大会开幕

　　本报舟山5月8日讯（浪花晚报记者 沈墨言 通讯员 柳 岚）第五届舟山绿色海岛大会（以下简称“海岛大会”）5月8日至10日在舟山群岛会议中心举行，主题为“向海而绿”。海岛大会由生态环境部指导，浙江省人民政府主办，舟山市人民政府、清河大学承办，青禾能源科技股份有限公司（下称“青禾能源”）协办。

　　浙江省委常委、副省长陆知远出席开幕式并致辞，舟山市市长卢清源主持。中国工程院院士、清河大学校长苏望舒，瑞典驻华大使埃里克·林德伯格以视频方式作主旨演讲。随后的圆桌对话由原舟山市副市长魏长亭主持，参加讨论的有星海大学教授梁素秋、青禾能源董事长兼总经理韩予安。

　　大会期间举办海上风电分论坛、蓝碳交易分论坛两场平行论坛。9日上午的海上风电分论坛由星海大学主办。

　　2024年3月5日，舟山市人大常委会第十二次会议表决通过《舟山市海岛保护条例》（以下简称《条例》），自6月1日起施行，《舟山市海岛管理办法》同时废止。舟山市人民政府随后印发《舟山市蓝碳发展规划（2024—2030年）》（舟政发〔2024〕8号）。

　　2023年，舟山市海上风电装机达到85.6万千瓦，同比增长12.3%；建成零碳码头9座。“十四五”期间，全市累计修复岸线40公里，总量居全省第二位。到2025年，全市非化石能源消费占比将达到28%以上。

　　陆知远表示，海岛要先行一步。“蓝碳会说话。”苏望舒说。

　　图为大会现场。 柳岚 摄
"""
ODD_TEXTS = [
    # Rows that a careless pattern would take for ever to refuse.
    "1" * 60 + "甲论坛开幕。",
    "常务副" * 40 + "林远出席。",
    "重大项目战略合作" * 20 + "甲发布会",
    "清洁能源总" + "直流工程于口总" * 25,
    "万亿两点数专员" * 25,
    "余座总体上" * 25 + "河南省委员成功",
    "",
    " ",
    "\n\r\n　",
    "。",
    "，。！？；：",
    "《》",
    "《",
    "（以下简称“”）",
    "“”为主题",
    "主办单位：",
    "由主办",
    "原",
    "的",
    "论坛",
    "市长",
    "记者",
    "摄",
    "5月",
    "13月45日",
    "0",
    "100%",
    "分别为、和",
    "·",
    "🌱🌏🌱",
    "👩‍👩‍👧",
    "hello world, no Chinese here. 100% of it.",
    "これは日本語です。",
    "한국어 문장입니다.",
    "لا يوجد نص صيني",
    "\u200b\ufeff\u00ad",
    "\x00\x01",
    "绍" * 3000,
    "，" * 1000,
    "绍兴市市长沈墨言" * 300,
    "《" * 200 + "条例" + "》" * 200,
    "（" * 200 + "绍兴" + "）" * 200,
    "“" * 200 + "论坛" + "”" * 200,
    "一二三四五六七八九十" * 100,
    "2024年" * 300,
    "第" + "十" * 100 + "届论坛",
    "甲、" * 500,
    "论坛由" * 200,
    "\n".join("绍兴市" for _ in range(300)),
    "a\r\nb\rc\nd",
    "𠮷𠮷市市长𠮷某",
]

Read = Callable[..., Extraction]


@pytest.fixture(scope="session")
def read(nlp: Any) -> Read:
    def extract(text: str, published: str | None = PUBLISHED) -> Extraction:
        return extract_document(SourceDocument(id="a", text=text, published=published), nlp)

    return extract


def joined(name: str) -> str:
    """A name without the line breaks that the layout put into it."""
    return re.sub(r"[\r\n]+[\s　]*", "", name)


def check(extraction: Extraction, text: str) -> None:
    """Everything that an extraction of ``text`` has to keep to."""
    entities, facts = extraction.entities, extraction.facts
    assert extraction.document.text == text
    for entity in entities:
        assert entity.text == text[entity.span.start : entity.span.end]
        assert entity.text
        assert entity.text == entity.text.strip()
        assert entity.label in ENTITY_LABELS
        assert entity.name
        assert "\n" not in entity.name
        assert 0 < entity.confidence <= 1
    assert all(a.span.end <= b.span.start for a, b in pairwise(entities))
    for fact in facts:
        check_fact(fact, text)
    assert json.loads(json.dumps(extraction.to_json()))["text"] == text


def check_fact(fact: Fact, text: str) -> None:
    assert FACT_TYPES[fact.type] is type(fact)
    assert 0 <= fact.evidence.start < fact.evidence.end <= len(text)
    assert fact.evidence.of(text).strip() == fact.evidence.of(text)
    assert 0 < fact.confidence <= 1
    for argument in fact.arguments().values():
        assert argument.name
        assert len(set(argument.names())) == len(argument.names())
        if argument.span is not None:
            assert joined(argument.span.of(text)) == joined(argument.text)
    if isinstance(fact, HeldOn):
        assert date.fromisoformat(fact.start_date) <= date.fromisoformat(fact.end_date)
    if isinstance(fact, Issues) and fact.date is not None:
        assert re.fullmatch(r"\d{4}(-\d{2}){0,2}", fact.date)
    if isinstance(fact, Says):
        assert fact.words
        assert fact.words == fact.words.strip()
        assert fact.words == fact.words_span.of(text)
        assert fact.evidence.start <= fact.words_span.start
        assert fact.words_span.end <= fact.evidence.end
        assert fact.speaker.label in ("PERSON", "ORG", "PLACE")
        assert fact.verb
    if isinstance(fact, Measures):
        assert fact.value.is_finite()
        assert fact.indicator
        assert fact.value_text
        assert len(set(fact.qualifier)) == len(fact.qualifier)


def outline(extraction: Extraction) -> list[tuple[object, ...]]:
    """Facts by canonical names and values, without offsets and wordings, in one script."""
    rows = []
    for fact in extraction.facts:
        row: list[object] = [fact.type]
        for f in fields(fact):
            value = getattr(fact, f.name)
            if f.name in ("evidence", "confidence", "value_text", "words_span"):
                continue
            # in the script of the text
            if f.name in ("indicator", "unit", "words", "verb") and value:
                value = text_to_reading(value, traditional=True)
            row.append(value.name if isinstance(value, Argument) else value)
        rows.append(tuple(row))
    return rows


# --- offsets and values ------------------------------------------------------------------


def test_an_article_keeps_to_the_contract(read: Read) -> None:
    extraction = read(ARTICLE)
    check(extraction, ARTICLE)
    assert {f.type for f in extraction.facts} == set(FACT_TYPES)
    assert {e.label for e in extraction.entities} == set(ENTITY_LABELS)


@pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
def test_odd_texts_are_read_without_an_error(read: Read, text: str) -> None:
    check(read(text), text)
    check(read(text, None), text)


def known(reason: str) -> pytest.MarkDecorator:
    """A case that the extraction still gets wrong: once it passes, the mark has to go."""
    return pytest.mark.xfail(strict=True, reason=reason)


@pytest.mark.parametrize(
    "text",
    [
        "共" + "1" * 500 + "棵。",
        "共" + "９" * 40 + "亿棵。",
        "比上年翻了99999999番。",
        "J\x0c\u3000本报舟山5月8日讯（浪花晚报记者 沈墨言）",
    ],
)
def test_endless_numbers_and_page_breaks_are_read_without_an_error(read: Read, text: str) -> None:
    check(read(text), text)


@pytest.mark.parametrize("text", ["", "。！？", "🌱🌏", "hello, world 2024", "\n\n　　\r\n"])
def test_texts_that_say_nothing_give_nothing(read: Read, text: str) -> None:
    extraction = read(text)
    assert (extraction.entities, extraction.facts) == ((), ())


SCRAPS = re.findall(r"[^，。；、\n]+|[，。；、\n]", ARTICLE)
MIXED = st.lists(
    st.one_of(
        st.sampled_from(SCRAPS), st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=4)
    ),
    min_size=1,
    max_size=14,
).map("".join)


@given(text=MIXED, published=st.sampled_from([None, PUBLISHED, "2000-02-29", "2023-12-31"]))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_scraps_of_an_article_in_any_order_keep_to_the_contract(
    read: Read, text: str, published: str | None
) -> None:
    check(read(text, published), text)


def test_a_line_longer_than_the_model_takes_keeps_to_the_contract(read: Read) -> None:
    text = ARTICLE.replace("\n", "").replace("。", "，") * 3
    check(read(text), text)


# --- script, width, layout ---------------------------------------------------------------


def test_wordings_of_a_traditional_text_are_those_of_the_text(read: Read) -> None:
    text = OpenCC("s2t").convert(ARTICLE)
    check(read(text), text)


def test_traditional_script_says_the_same(read: Read) -> None:
    text = OpenCC("s2t").convert(ARTICLE)
    assert len(text) == len(ARTICLE)
    extraction = read(text)
    plain = read(ARTICLE)
    assert [(e.span, e.label) for e in extraction.entities] == [
        (e.span, e.label) for e in plain.entities
    ]
    assert [r for r in outline(extraction) if r[0] not in ("theme", "alias")] == [
        r for r in outline(plain) if r[0] not in ("theme", "alias")
    ]


def test_half_width_punctuation_says_the_same(read: Read) -> None:
    text = ARTICLE.translate(str.maketrans("，：；（）", ",:;()"))
    extraction = read(text)
    check(extraction, text)
    plain = outline(read(ARTICLE))
    assert [r for r in outline(extraction) if r[0] != "issues"] == [
        r for r in plain if r[0] != "issues"
    ]


def test_full_width_figures_say_the_same(read: Read) -> None:
    text = ARTICLE.translate(str.maketrans("0123456789%", "０１２３４５６７８９％"))
    extraction = read(text)
    check(extraction, text)
    assert len(extraction.facts) == len(read(ARTICLE).facts)


@pytest.mark.parametrize("newline", ["\r\n", "\n\n", "\n \n"])
def test_line_ends_say_the_same(read: Read, newline: str) -> None:
    text = ARTICLE.replace("\n", newline)
    extraction = read(text)
    check(extraction, text)
    assert outline(extraction) == outline(read(ARTICLE))


LINE = "　　昨日，来自各地的代表走访了海塘、渔港和湿地，听取了项目情况，随后"
BROKEN = [
    # words before the break, words after it, the facts of the whole
    ("绍兴市市长沈", "墨言到会。", "holds_post"),
    ("绍", "兴市市长沈墨言到会。", "holds_post"),
    ("绍兴市市", "长沈墨言到会。", "holds_post"),
    ("绍兴市生态环", "境局局长沈墨言到会。", "holds_post"),
    ("绍兴市人民政府印发《绍兴市绿", "电办法》。", "issues"),
    ("绍兴市人民政府印", "发《绍兴市绿电办法》。", "issues"),
    ("第二届镜湖绿", "色论坛5月8日在绍兴举行。", "held_on"),
    ("第二届镜湖绿色论", "坛5月8日在绍兴举行。", "held_on"),
    ("第二届镜湖绿色论坛5月", "8日在绍兴举行。", "held_on"),
    ("第二届镜湖绿色论坛5月8日在绍", "兴举行。", "held_at"),
    ("第二届镜湖绿色论坛由清河", "大学主办。", "organizes"),
    ("第二届镜湖绿色论坛由清河大学主", "办。", "organizes"),
    ("第二届镜湖绿色论坛（以下简", "称“镜湖论坛”）开幕。", "alias"),
    ("绍兴市建成绿色学校11", "8所。", "measures"),
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("before", "after", "kind"), BROKEN)
def test_a_line_broken_inside_a_word_says_the_same(
    read: Read, before: str, after: str, kind: str, newline: str
) -> None:
    text = LINE + before + newline + after
    broken, whole = read(text), read(LINE + before + after)
    check(broken, text)
    expected = [row for row in outline(whole) if row[0] == kind]
    assert expected
    assert [row for row in outline(broken) if row[0] == kind] == expected


@known("layout: a broken line without a comma is taken for a paragraph of its own")
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("width", [37, 40, 44])
def test_lines_broken_inside_sentences_say_the_same(read: Read, newline: str, width: int) -> None:
    paragraphs = ARTICLE.splitlines()
    text = "\n".join(
        newline.join(p[i : i + width] for i in range(0, len(p), width)) for p in paragraphs
    )
    extraction = read(text)
    check(extraction, text)
    assert outline(extraction) == outline(read(ARTICLE))


@pytest.mark.parametrize("lead", ["\n\n", "\ufeff", "　　", "\r\n \r\n"])
def test_what_stands_before_the_text_moves_offsets_only(read: Read, lead: str) -> None:
    moved, plain = read(lead + ARTICLE), read(ARTICLE)
    check(moved, lead + ARTICLE)
    assert outline(moved) == outline(plain)
    shift = len(lead)
    assert [(e.span.start - shift, e.text, e.label) for e in moved.entities] == [
        (e.span.start, e.text, e.label) for e in plain.entities
    ]


# --- no memory ---------------------------------------------------------------------------

OTHERS = [
    "嘉兴市市长何知远到会。市发改委负责落实。",
    "第二届镜湖能源年会5月20日在嘉兴举行。年会由嘉兴市人民政府主办。",
    "論壇在紹興開幕，紹興市副市長盧清源出席並致辭，強調綠色轉型。",
    "市发改委负责落实。论坛由清河大学主办。海岛大会开幕。",
]


def test_the_same_text_twice_gives_the_same(read: Read) -> None:
    assert read(ARTICLE) == read(ARTICLE)
    assert read(ARTICLE).to_json() == read(ARTICLE).to_json()


def test_order_of_documents_does_not_matter(nlp: Any) -> None:
    documents = [
        SourceDocument(id=str(i), text=text, published=PUBLISHED, source="浪花晚报")
        for i, text in enumerate([ARTICLE, *OTHERS])
    ]
    forward = [extract_document(d, nlp) for d in documents]
    backward = [extract_document(d, nlp) for d in reversed(documents)]
    assert forward == backward[::-1]


def test_a_document_is_read_alike_by_a_new_pipeline(read: Read) -> None:
    text = OTHERS[-1]
    read(ARTICLE)
    source = SourceDocument(id="a", text=text, published=PUBLISHED)
    assert extract_document(source, load_pipeline()) == read(text)


def test_names_of_one_document_do_not_leak_into_the_next(read: Read) -> None:
    read(ARTICLE)
    extraction = read("市发改委负责落实。海岛大会开幕。")
    assert [e.name for e in extraction.entities if e.label == "ORG"] == ["市发改委"]
    assert extraction.facts == ()


def test_id_and_title_do_not_change_what_the_text_says(nlp: Any) -> None:
    one = SourceDocument(id="a", text=ARTICLE, published=PUBLISHED)
    other = SourceDocument(id="b", text=ARTICLE, published=PUBLISHED, url="https://example.org/b")
    first, second = extract_document(one, nlp), extract_document(other, nlp)
    assert (first.entities, first.facts) == (second.entities, second.facts)


def test_numbers_are_exact(read: Read) -> None:
    values = {f.value for f in read(ARTICLE).facts if isinstance(f, Measures)}
    assert {Decimal("12.3"), Decimal(856000), Decimal(9), Decimal(40), Decimal(28)} == values
