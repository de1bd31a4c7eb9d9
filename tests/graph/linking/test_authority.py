"""The links that the project's own tables give."""

from __future__ import annotations

import pytest

from graph.linking.authority import GEONAMES, find_authority_matches
from graph.linking.subjects import Subject

IRI = "http://graph.example/id/place/x-0123456789"


@pytest.mark.parametrize(
    ("names", "hints", "found"),
    [
        (
            ("深圳市", "深圳"),
            {"code": "440300"},
            [("https://sws.geonames.org/1795565/", "closeMatch")],
        ),
        (("法国",), {}, [("https://sws.geonames.org/3017382/", "exactMatch")]),
        (("广东省",), {"code": "440000"}, []),
        (("云梦市",), {}, []),
        (("太湖",), {}, []),
    ],
)
def test_places_are_linked_by_code(
    names: tuple[str, ...], hints: dict[str, str], found: list[tuple[str, str]]
) -> None:
    (answered,) = find_authority_matches([Subject(IRI, "PLACE", names, hints)], today="2031-05-06")
    assert [(m.target, m.judgement.kind) for m in answered.matches] == found
    assert all(m.target.startswith(GEONAMES.space) for m in answered.matches)
    assert all(m.judgement.status == "accepted" for m in answered.matches)
    assert all(m.score is None and m.target_name for m in answered.matches)


def test_what_is_no_place_is_passed_over() -> None:
    assert list(find_authority_matches([Subject(IRI, "ORG", ("法国",), {})], today="x")) == []
