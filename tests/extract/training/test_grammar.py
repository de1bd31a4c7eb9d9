"""The grammar of generated sentences."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from extract.training.grammar import (
    Generator,
    GrammarError,
    load_grammar,
    main,
    parse_grammar,
    unused_symbols,
)


def generate(text: str, *, seed: int = 1, **builtin: list[str]) -> str:
    return Generator(parse_grammar({"g.txt": text}, builtin), seed=seed).sentence().marked()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[sentence]\n天晴了", "天晴了"),
        ("# note\n\n[sentence]\n{PLACE.a}开会\n[PLACE.a]\n甲市", "⟦PLACE:甲市⟧开会"),
        (
            "[sentence]\n{ORG.a}开会\n[ORG.a]\n{PLACE.a}水务局\n[PLACE.a]\n甲市",
            "⟦ORG:⟦PLACE:甲市⟧水务局⟧开会",
        ),
        ("[sentence]\n{topic}好\n[topic]\n储能", "储能好"),
        ("[sentence]\n<甲|甲>\\n乙", "甲\n乙"),
        ("[sentence]\n<{topic|topic}|{topic}>热\n[topic]\n储能", "储能热"),
        ("[sentence]\n0* 乙\n1* 甲", "甲"),
    ],
)
def test_expands_symbols_and_marks_labels(text: str, expected: str) -> None:
    assert generate(text) == expected


def test_a_binding_repeats_its_expansion_with_its_spans() -> None:
    text = "[sentence]\n{PLACE.a@x}与{PLACE.a@x}\n[PLACE.a]\n" + "\n".join("甲乙丙丁戊己庚辛")
    for seed in range(20):
        first, second = generate(text, seed=seed).split("与")
        assert first == second


def test_an_optional_symbol_is_sometimes_left_out() -> None:
    text = "[sentence]\n甲{b?}\n[b]\n乙"
    assert {generate(text, seed=seed) for seed in range(30)} == {"甲", "甲乙"}


def test_builtin_lists_are_symbols() -> None:
    assert generate("[sentence]\n{city}好", city=["庚市"]) == "庚市好"


def test_the_same_seed_gives_the_same_sentences() -> None:
    sections = load_grammar()
    one, other = Generator(sections, seed=9), Generator(sections, seed=9)
    assert [one.sentence() for _ in range(5)] == [other.sentence() for _ in range(5)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("甲", r"g\.txt:1: expected \[SYMBOL\]"),
        ("[sentence]\n{a}", r"g\.txt:2: undefined symbol 'a'"),
        ("[sentence]\n{a", r"g\.txt:2: a brace or angle bracket has no partner"),
        ("[sentence]\n{1}", r"g\.txt:2: expected \{SYMBOL\}"),
    ],
)
def test_a_malformed_line_is_named(text: str, message: str) -> None:
    with pytest.raises(GrammarError, match=message):
        parse_grammar({"g.txt": text}, {})


def test_endless_recursion_is_refused() -> None:
    with pytest.raises(GrammarError, match="levels deep"):
        generate("[sentence]\n{sentence}")


def test_every_symbol_of_the_grammar_is_reached_but_mixes_for_sampling() -> None:
    sections = load_grammar()
    assert {s for s in unused_symbols(sections) if not s[0].isupper()} <= {
        "province", "province.short", "city", "city.short", "county", "county.short",
    }  # fmt: skip


def test_spans_of_generated_sentences_nest_and_cover_text() -> None:
    generator = Generator(load_grammar(), seed=2)
    for _ in range(300):
        sentence = generator.sentence()
        for span, _ in sentence.spans:
            assert span.of(sentence.text).strip()
            for other, _ in sentence.spans:
                crossing = span.start < other.start < span.end < other.end
                assert not crossing, sentence.marked()


def test_the_command_prints_marked_samples() -> None:
    result = CliRunner().invoke(main, ["--sample", "3", "--symbol", "ORG.ministry"])
    assert result.exit_code == 0
    assert result.output.count("⟦ORG:") >= 3
