from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.ablation import (
    NEEDED,
    Variant,
    errors_table,
    make_pipeline,
    make_variants,
    read_gold_set,
    table_head,
    table_row,
)
from extract.document import SourceDocument
from extract.pipeline import COMPONENTS, extract_document, load_pipeline

SOURCE = SourceDocument(
    id="a", text="2024年5月8日，临江市市长林远出席会议。", published="2024-05-09"
)


def labels(variant: Variant) -> list[str]:
    return [entity.label for entity in extract_document(SOURCE, make_pipeline(variant)).entities]


def row(f1: float, gold: int = 0, tp: int = 0, predicted: int = 0) -> dict[str, Any]:
    return {"f1": f1, "gold": gold, "tp": tp, "predicted": predicted}


def report(f1: float) -> dict[str, Any]:
    return {
        "entities_strict": {"micro": row(f1), "ORG": row(0.5, gold=10, tp=8, predicted=9)},
        "facts": {"micro": row(f1 / 2), "alias": row(0.5, gold=9, tp=4, predicted=4)},
    }


def test_each_component_is_left_out_once_but_those_that_nothing_works_without() -> None:
    alone = [v.without[0] for v in make_variants() if len(v.without) == 1 and v.weigh]
    never = {*NEEDED, "tanpu_names", "tanpu_confidence"}
    assert alone == [name for _, name in COMPONENTS if name not in never]


def test_variants_have_names_of_their_own_and_the_whole_comes_first() -> None:
    variants = make_variants()
    assert len({variant.name for variant in variants}) == len(variants)
    assert variants[0] == Variant(name=variants[0].name)


def test_a_pipeline_without_a_component_leaves_the_shared_one_whole() -> None:
    nlp = make_pipeline(Variant(name="a", without=("tanpu_posts",), weigh=False))
    names = [name for _, name in COMPONENTS]
    assert nlp.pipe_names == [name for name in names if name != "tanpu_posts"]
    assert nlp.config["components"]["tanpu_entities"]["weigh"] is False
    assert load_pipeline().pipe_names == names
    assert load_pipeline().config["components"]["tanpu_entities"]["weigh"] is True


def test_the_large_model_alone_finds_names() -> None:
    assert labels(Variant(name="a", large_alone=True)) == ["DATE", "PLACE", "POST", "PERSON"]


def test_what_only_rules_find_is_gone_without_them() -> None:
    without = Variant(name="a", without=("tanpu_names", "tanpu_dates"), weigh=False)
    assert labels(without) == ["PLACE", "POST", "PERSON"]


@pytest.mark.parametrize("name", ["tanpu_entities", "tanpu_references", "tanpu_other"])
def test_what_cannot_be_left_out_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"got '{name}'"):
        make_pipeline(Variant(name="a", without=(name,)))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="expected a folder of annotated articles"):
        read_gold_set("a", tmp_path / "gone")


def test_documents_of_a_gold_folder_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("id: a\npublished: 2024-05-09\ntext: 甲市。\n", "utf-8")
    (document,) = read_gold_set("a", tmp_path).documents
    assert (document.id, document.text, document.published) == ("a", "甲市。", "2024-05-09")


def test_a_row_of_the_table_has_entities_and_facts_of_each_set() -> None:
    head = table_head(["dev", "unseen"]).splitlines()
    line = table_row("whole", [report(0.9), report(0.8)])
    assert head[0] == "| pipeline | dev: entities | facts | unseen: entities | facts |"
    assert line == "| whole | 0.900 | 0.450 | 0.800 | 0.400 |"
    assert {head[0].count("|"), head[1].count("|"), line.count("|")} == {6}


def test_errors_are_counted_by_kind_the_commonest_first() -> None:
    assert errors_table(report(0.9)).splitlines()[2:] == [
        "| alias | 5 | 0 | 9 |",
        "| ORG | 2 | 1 | 10 |",
    ]
