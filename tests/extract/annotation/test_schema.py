"""Forms of facts, read from their dataclasses."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import pytest

from extract.annotation.schema import class_to_fields, fact_form, field_keys
from extract.facts import FACT_TYPES, Argument, Fact, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighs(Fact):
    """A type that the project does not have."""

    type = "weighs"
    who: Argument
    where: Argument | None = None
    when: str | None
    part_span: Span
    share: Decimal | None = None
    manner: Literal["roughly", "exactly"] = "exactly"
    marks: tuple[Literal["a", "b"], ...] = ()
    others: tuple[str, ...] = ()
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken(Fact):
    """A type with a field that standoff cannot hold."""

    type = "broken"
    table: dict[str, str]


def test_any_class_of_facts_has_a_form() -> None:
    found = [
        (field.name, field.kind, field.required, field.options, field.default)
        for field in class_to_fields(Weighs)
    ]
    assert found == [
        ("who", "role", True, (), None),
        ("where", "role", False, (), None),
        ("when", "text", False, (), None),
        ("part", "span", True, (), None),
        ("share", "number", False, (), None),
        ("manner", "choice", False, ("roughly", "exactly"), "exactly"),
        ("marks", "choices", False, ("a", "b"), None),
        ("others", "texts", False, (), None),
        ("unit", "text", True, (), None),
    ]


@pytest.mark.parametrize("name", FACT_TYPES)
def test_every_type_of_fact_can_be_annotated(name: str) -> None:
    assert fact_form(name).of_kind("role")


def test_span_has_two_keys() -> None:
    fields = {field.name: field for field in class_to_fields(Weighs)}
    assert field_keys(fields["part"]) == ("part_start", "part_end")
    assert field_keys(fields["unit"]) == ("unit",)


def test_field_of_an_unknown_kind_is_refused_by_its_name() -> None:
    with pytest.raises(TypeError, match=r"Broken\.table: expected a field of a kind"):
        class_to_fields(Broken)
