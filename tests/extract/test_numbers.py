"""Written numbers: their exact value, and what is no number."""

from decimal import Decimal

import pytest

from extract.numbers import find_numbers, number_to_decimal


@pytest.mark.parametrize(
    ("wording", "value"),
    [
        ("8765.43亿", "876543000000"), ("12.3万", "123000"), ("千亿", "100000000000"),
        ("3000", "3000"), ("１２３", "123"), ("１，２３４．５", "1234.5"), ("1,234.5", "1234.5"),
        ("三分之一", "0.3333"), ("1/4", "0.25"), ("六分之一", "0.1667"), ("四成", "40"),
        ("三成五", "35"), ("七成半", "75"), ("一半", "50"), ("百万", "1000000"), ("两", "2"),
        ("-5.2", "-5.2"), ("负3", "-3"), ("百分之五", "5"), ("百分之五点三", "5.3"),
        ("千分之二", "2"), ("一百零八", "108"), ("三千五百万", "35000000"), ("两万亿", "2000000000000"),
        ("1.2万亿", "1200000000000"), ("十二", "12"), ("二百五十", "250"), ("三點五", "3.5"),
        ("5.6億", "560000000"), ("9.0", "9"), ("0.250", "0.25"), ("翻一番", "1"), ("翻两番", "3"),
    ],
)  # fmt: skip
def test_a_written_number_has_its_exact_value(wording, value):
    assert number_to_decimal(wording) == Decimal(value)
    assert str(number_to_decimal(wording)) == value


@pytest.mark.parametrize(
    "wording", ["", "数十", "几百", "十几", "若干", "PM2.5", "完成", "12个", "甲"]
)
def test_a_vague_or_foreign_wording_has_no_value(wording):
    assert number_to_decimal(wording) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1000多亿元", [("1000多亿", True)]),
        ("30余座", [("30余", True)]),
        ("千余人", [("千余", True)]),
        ("近30座", [("30", False)]),
        ("指数101.2", [("101.2", False)]),
        ("按“3+12”的模式", []),
        ("CO2和PM10", []),
    ],
)
def test_a_number_is_found_with_its_remainder_word(text, found):
    assert [(n.text, n.rounded_up) for n in find_numbers(text)] == found
