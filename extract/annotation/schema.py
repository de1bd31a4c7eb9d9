"""What a fact of each type is made of, read from its dataclass.

Nothing here knows a type by its name: a type that joins ``FACT_TYPES`` can be exported and
imported as soon as its fields are of the kinds below.

=======================  ===========  ======================================================
field                    kind         in standoff
=======================  ===========  ======================================================
``Argument``             role         an arc to a span, or names in the note
``Span``                 span         an arc to a span
``Literal``              choice       an attribute with a value
``tuple[Literal, ...]``  choices      an attribute for each value
``str``                  text         the note
``tuple[str, ...]``      texts        the note, the key once for each
``int``, ``Decimal``     number       the note
=======================  ===========  ======================================================

>>> [(field.name, field.kind) for field in fact_form("held_on").fields]
[('event', 'role'), ('start_date', 'text'), ('end_date', 'text')]
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from extract.facts import FACT_TYPES, Argument, Fact, Span, span_columns

FieldKind = Literal["role", "span", "choice", "choices", "text", "texts", "number"]

_SIMPLE_KINDS: dict[Any, FieldKind] = {
    Argument: "role",
    Span: "span",
    str: "text",
    Decimal: "number",
    float: "number",
    int: "number",
}


@dataclass(frozen=True, slots=True)
class FactField:
    """One role, span or value of a type of fact.

    The name of a span is the stem of its keys: that of ``words_span`` is ``words``.
    ``options`` are the words of a closed set, else empty. ``default`` is what a fact has that
    does not say otherwise, None where that is nothing.
    """

    name: str
    kind: FieldKind
    required: bool
    options: tuple[str, ...] = ()
    default: str | None = None


@dataclass(frozen=True, slots=True)
class FactForm:
    """A type of fact and its fields in declared order."""

    type: str
    fields: tuple[FactField, ...]

    def of_kind(self, *kinds: FieldKind) -> tuple[FactField, ...]:
        """The fields of these kinds, in declared order."""
        return tuple(field for field in self.fields if field.kind in kinds)

    def keys(self) -> tuple[str, ...]:
        """The keys of the JSON form; a span has two."""
        return tuple(key for field in self.fields for key in field_keys(field))


def field_keys(field: FactField) -> tuple[str, ...]:
    """The keys of a field in the JSON form.

    >>> field_keys(FactField("words", "span", required=True))
    ('words_start', 'words_end')
    """
    if field.kind == "span":
        return span_columns(field.name)
    return (field.name,)


@cache
def fact_form(name: str) -> FactForm:
    """The form of a type of ``FACT_TYPES``.

    Raises:
        KeyError: there is no such type.
        TypeError: a field is of no kind that standoff can hold.
    """
    return FactForm(name, class_to_fields(FACT_TYPES[name]))


def class_to_fields(cls: type[Fact]) -> tuple[FactField, ...]:
    """The fields of a class of facts, without those that all facts have.

    Raises:
        TypeError: a field is of no kind that standoff can hold.
    """
    hints = get_type_hints(cls)
    common = {field.name for field in fields(Fact)}
    found: list[FactField] = []
    for field in fields(cls):
        if field.name in common:
            continue
        hint, optional = _without_none(hints[field.name])
        kind, options = _kind(f"{cls.__name__}.{field.name}", hint)
        default = field.default if isinstance(field.default, str) else None
        required = field.default is MISSING and not optional
        name = field.name.removesuffix("_span") if kind == "span" else field.name
        found.append(FactField(name, kind, required, options, default))
    return tuple(found)


def _without_none(hint: Any) -> tuple[Any, bool]:
    """``X`` and True for ``X | None``, else the hint itself and False."""
    if get_origin(hint) in (Union, UnionType):
        others = [arg for arg in get_args(hint) if arg is not NoneType]
        if len(others) == 1:
            return others[0], True
    return hint, False


def _kind(where: str, hint: Any) -> tuple[FieldKind, tuple[str, ...]]:
    if hint in _SIMPLE_KINDS:
        return _SIMPLE_KINDS[hint], ()
    if _is_choice(hint):
        return "choice", get_args(hint)
    members = get_args(hint)
    if get_origin(hint) is tuple and len(members) == 2 and members[1] is Ellipsis:
        if members[0] is str:
            return "texts", ()
        if _is_choice(members[0]):
            return "choices", get_args(members[0])
    raise TypeError(f"{where}: expected a field of a kind in {__name__}, got {hint!r}")


def _is_choice(hint: Any) -> bool:
    return get_origin(hint) is Literal and all(isinstance(word, str) for word in get_args(hint))
