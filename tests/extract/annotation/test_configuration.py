"""The files that configure brat."""

from __future__ import annotations

import pytest

from extract.annotation.configuration import annotation_configuration, visual_configuration
from extract.annotation.mapping import document_to_annotations
from extract.annotation.rows import AnnotatedDocument
from extract.annotation.standoff import Attribute, Event, TextBound
from extract.facts import ENTITY_LABELS, FACT_TYPES


def sections(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("["):
            name = line.strip("[]")
            found[name] = []
        elif line:
            found[name].append(line)
    return found


def test_configuration_has_the_sections_that_brat_asks_for() -> None:
    assert list(sections(annotation_configuration())) == [
        "entities",
        "relations",
        "events",
        "attributes",
    ]


def test_types_are_those_of_the_facts_module() -> None:
    found = sections(annotation_configuration())
    assert found["entities"] == [*ENTITY_LABELS, "WORDING"]
    assert [line.split("\t")[0] for line in found["events"]] == list(FACT_TYPES)


@pytest.mark.parametrize(
    ("section", "line"),
    [
        ("events", "part_of\tevent?:<ENTITY>, whole?:<ENTITY>"),
        ("attributes", "holds_post_status\tArg:holds_post, Value:current|former"),
        ("attributes", "measures_qualifier_annual_mean\tArg:measures"),
    ],
)
def test_roles_and_closed_sets_are_declared(section: str, line: str) -> None:
    assert line in sections(annotation_configuration())[section]


def test_all_that_is_exported_is_declared(example: AnnotatedDocument) -> None:
    found = sections(annotation_configuration())
    declared = {
        name: {line.split("\t")[0] for line in found[name]}
        for name in ("entities", "events", "attributes")
    }
    for annotation in document_to_annotations(example):
        if isinstance(annotation, TextBound):
            assert annotation.type in declared["entities"] | declared["events"]
        elif isinstance(annotation, Event):
            assert annotation.type in declared["events"]
        elif isinstance(annotation, Attribute):
            assert annotation.type in declared["attributes"]


def test_every_label_has_a_look_of_its_own() -> None:
    found = sections(visual_configuration())
    assert [line.split(" | ")[0] for line in found["labels"]] == [*ENTITY_LABELS, "WORDING"]
    colours = [line.split("\t")[1] for line in found["drawing"][2:]]
    assert len(set(colours)) == len(ENTITY_LABELS)
