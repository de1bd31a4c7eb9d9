r"""What brat has to know about a folder of annotations: ``annotation.conf``, ``visual.conf``.

Source: https://brat.nlplab.org/configuration.html. The types of entities and facts, their
roles and their closed sets come from ``extract.facts``; every role may be left without an
arc, since what fills it may stand in the note alone, and spans may overlap.

>>> "held_at\tevent?:<ENTITY>, place?:<ENTITY>" in annotation_configuration()
True
"""

from __future__ import annotations

from collections.abc import Iterator

from extract.annotation.mapping import WORDING, attribute_name
from extract.annotation.schema import FactForm, fact_form
from extract.facts import ENTITY_LABELS, FACT_TYPES, EntityLabel

ANNOTATION_FILE = "annotation.conf"
VISUAL_FILE = "visual.conf"

# Label, short label and colour of the background.
_LOOKS: dict[EntityLabel, tuple[str, str, str]] = {
    "PERSON": ("人物 PERSON", "人", "#ffccaa"),
    "POST": ("职务 POST", "职", "#ffe8a3"),
    "ORG": ("机构 ORG", "机", "#8fb2ff"),
    "FORUM": ("会议 FORUM", "会", "#d3b5ff"),
    "REGULATION": ("法规 REGULATION", "法", "#9fe6b8"),
    "PLACE": ("地点 PLACE", "地", "#a8e0ff"),
    "DATE": ("时间 DATE", "时", "#dcdcdc"),
}


def annotation_configuration() -> str:
    """The types, roles and attributes that annotations may have."""
    forms = [fact_form(name) for name in FACT_TYPES]
    sections = {
        "entities": [*ENTITY_LABELS, WORDING],
        "relations": ["<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"],
        "events": [_event_line(form) for form in forms],
        "attributes": [line for form in forms for line in _attribute_lines(form)],
    }
    return _sections_to_text(sections)


def visual_configuration() -> str:
    """Labels and colours; facts are pale, as they cover whole sentences."""
    labels = [f"{label} | {long} | {short}" for label, (long, short, _) in _LOOKS.items()]
    colours = [f"{label}\tbgColor:{colour}" for label, (_, _, colour) in _LOOKS.items()]
    sections = {
        "labels": [*labels, f"{WORDING} | 措辞 {WORDING} | 词"],
        "drawing": [
            "SPAN_DEFAULT\tfgColor:black, bgColor:#f4f4f4, borderColor:darken",
            "ARC_DEFAULT\tcolor:black, arrowHead:triangle-5",
            *colours,
        ],
    }
    return _sections_to_text(sections)


def _sections_to_text(sections: dict[str, list[str]]) -> str:
    return "\n".join(
        f"[{name}]\n" + "".join(f"{line}\n" for line in lines) for name, lines in sections.items()
    )


def _event_line(form: FactForm) -> str:
    roles = [f"{field.name}?:<ENTITY>" for field in form.of_kind("role", "span")]
    return f"{form.type}\t{', '.join(roles)}"


def _attribute_lines(form: FactForm) -> Iterator[str]:
    for field in form.of_kind("choice"):
        words = "|".join(field.options)
        yield f"{attribute_name(form, field)}\tArg:{form.type}, Value:{words}"
    for field in form.of_kind("choices"):
        for word in field.options:
            yield f"{attribute_name(form, field, word)}\tArg:{form.type}"
