"""Words of the LAC model as tokens that cover the text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extract.tokenizer import SPACE_TAG

TEXTS = st.text(
    st.one_of(
        st.sampled_from(
            list("绍兴市长出席论坛，。；、“”（）2024年5月8日\n\r\n 　\tPM2.5％🌱\u200b\ufeff")
        ),
        st.characters(codec="utf-8"),
    ),
    max_size=60,
)


@given(text=TEXTS)
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_tokens_join_to_the_text(nlp: Any, text: str) -> None:
    doc = nlp.make_doc(text)
    assert "".join(token.text for token in doc) == text
    assert doc.text == text
    assert all(doc.text[t.idx : t.idx + len(t)] == t.text for t in doc)


def tagged(nlp: Any, text: str) -> list[tuple[str, str]]:
    return [(token.text, token.tag_) for token in nlp.make_doc(text)]


def test_names_get_the_tags_of_names(nlp: Any) -> None:
    found = tagged(nlp, "浙江省副省长沈墨言5月8日到绍兴调研。")
    assert ("浙江省", "LOC") in found
    assert ("沈墨言", "PER") in found
    assert ("5月8日", "TIME") in found
    assert ("绍兴", "LOC") in found


@pytest.mark.parametrize("space", [" ", "　", "\n", "\r\n", "\t"])
def test_white_space_between_sentences_is_a_token_of_its_own(nlp: Any, space: str) -> None:
    text = f"绍兴开会。{space}嘉兴闭会。"
    spaces = [word for word, tag in tagged(nlp, text) if tag == SPACE_TAG]
    assert spaces == [space]


def test_a_word_broken_over_two_lines_is_one_word(nlp: Any) -> None:
    head = "浙江省生态环境厅负责人介绍了海塘绿化、潮间带修复和渔港改造，随后来到绍"
    found = tagged(nlp, f"{head}\n兴调研。")
    assert ("绍\n兴", "LOC") in found


def test_traditional_text_is_tagged_like_simplified_text(nlp: Any) -> None:
    traditional = tagged(nlp, "浙江省副省長沈墨言到紹興調研，強調綠色轉型與生態環境保護。")
    simplified = tagged(nlp, "浙江省副省长沈墨言到绍兴调研，强调绿色转型与生态环境保护。")
    assert [tag for _, tag in traditional] == [tag for _, tag in simplified]
    assert ("紹興", "LOC") in traditional


def test_a_sentence_longer_than_the_model_takes_is_covered(nlp: Any) -> None:
    text = "绍兴、嘉兴、湖州和宁波的代表" * 120
    doc = nlp.make_doc(text)
    assert doc.text == text
    assert sum(t.text == "绍兴" and t.tag_ == "LOC" for t in doc) > 100


def test_a_text_is_tokenized_alike_whatever_came_before(nlp: Any) -> None:
    text = "绍兴市市长卢清源出席论坛。"
    before = tagged(nlp, text)
    nlp.make_doc("完全不同的一段话，长度也不同。")
    assert tagged(nlp, text) == before


@pytest.mark.parametrize("text", ["", " ", "\n\n", "。。。", "🌱🌱", "hello world", "a" * 2000])
def test_odd_texts_are_tokenized(nlp: Any, text: str) -> None:
    assert nlp.make_doc(text).text == text


def test_nothing_is_kept_on_disk(nlp: Any, tmp_path: Any) -> None:
    tokenizer = nlp.tokenizer
    tokenizer.to_disk(tmp_path / "tokenizer")
    assert list(tmp_path.iterdir()) == []
    assert tokenizer.from_disk(tmp_path) is tokenizer
    assert tokenizer.to_bytes() == b""
    assert tokenizer.from_bytes(b"") is tokenizer
