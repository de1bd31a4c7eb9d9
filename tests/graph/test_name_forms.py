from __future__ import annotations

import pytest

from graph.name_forms import (
    fold,
    has_han,
    name_to_forms,
    name_to_units,
    query_to_toned,
    toned_to_plain,
    units_to_grams,
)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("深圳市", "深圳市"),
        ("  北灣 （市）", "北湾市"),
        ("ＣＯ２减排", "co2减排"),
        ("“十四五”規劃", "十四五规划"),
        ("《云梦·办法》", "云梦办法"),
        ("Straße 1", "strasse1"),
        ("！？…", ""),
        ("", ""),
    ],
)
def test_names_are_folded(name: str, folded: str) -> None:
    assert fold(name) == folded


@pytest.mark.parametrize(
    ("name", "toned", "plain", "initials"),
    [
        ("深圳市", "shēnzhènshì", "shenzhenshi", "szs"),
        ("重庆", "chóngqìng", "chongqing", "cq"),
        ("吕梁", "lǚliáng", "luliang", "ll"),
        ("2031云梦C40峰会", "2031yúnmèngc40fēnghuì", "2031yunmengc40fenghui", "2031ymc40fh"),
        ("安徽", "ānhuī", "anhui", "ah"),
        ("鄂尔多斯", "èěrduōsī", "eerduosi", "eeds"),
        ("BP", "bp", "bp", "bp"),
    ],
)
def test_names_have_pinyin_and_initials(name: str, toned: str, plain: str, initials: str) -> None:
    forms = name_to_forms(name)
    assert (forms.toned, forms.plain, forms.initials) == (toned, plain, initials)


@pytest.mark.parametrize(
    ("query", "toned"),
    [
        ("shēnzhèn", "shēnzhèn"),
        ("Shēn Zhèn", "shēnzhèn"),
        ("shen1 zhen4", "shēnzhèn"),
        ("shen1zhen4", "shēnzhèn"),
        ("lv3 liang2", "lǚliáng"),
        ("lü3", "lǚ"),
        ("shenzhen", None),
        ("c40", None),
        ("", None),
    ],
)
def test_tones_of_a_query_are_read_as_marks_or_digits(query: str, toned: str | None) -> None:
    assert query_to_toned(query) == toned


@pytest.mark.parametrize(
    ("toned", "plain"), [("lǜsè", "luse"), ("lvse", "luse"), ("èěr", "eer"), ("", "")]
)
def test_tones_are_taken_off(toned: str, plain: str) -> None:
    assert toned_to_plain(toned) == plain


@pytest.mark.parametrize(
    ("folded", "units", "grams"),
    [
        ("北湾市", ["北", "湾", "市"], ["北", "湾", "市", "北湾", "湾市"]),
        ("2031云c40", ["2031", "云", "c40"], ["2031", "云", "c40", "2031云", "云c40"]),
        ("市市市", ["市", "市", "市"], ["市", "市市"]),
        ("", [], []),
    ],
)
def test_grams_are_units_and_neighbours(folded: str, units: list[str], grams: list[str]) -> None:
    assert name_to_units(folded) == units
    assert units_to_grams(units) == grams


def test_chinese_characters_beyond_the_basic_plane_count() -> None:
    assert has_han("𠮷")
    assert not has_han("co2")
