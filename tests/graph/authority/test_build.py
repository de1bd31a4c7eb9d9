"""The rules by which ids are given, on made-up places."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extract.gazetteer import Division
from graph.authority.build import (
    PopulatedPlace,
    Seat,
    link_countries,
    link_divisions,
    read_homepages,
    read_seats,
    read_universities,
)

PROVINCE = Division("990000", "云梦省", "云梦", "province", "")
CITY = Division("990100", "北湾市", "北湾", "prefecture", "990000")
COUNTY = Division("990121", "南湾县", "南湾", "county", "990100")
SEATS = {
    "990100": Seat("北湾市", 30.0, 110.0),
    "990121": Seat("南湾县", 31.0, 111.0),
}


def place(
    number: int,
    name: str,
    *names: str,
    region: str = "77",
    at: tuple[float, float] = (30.0, 110.0),
) -> PopulatedPlace:
    return PopulatedPlace(number, name, frozenset(names), region, *at)


CITY_PLACE = place(1, "Beiwan", "北湾市", "北湾")
NEAR_COUNTY = (31.01, 111.01)


def linked(*places: PopulatedPlace, seats: dict[str, Seat] = SEATS) -> dict[str, int]:
    links = link_divisions([PROVINCE, CITY, COUNTY], [CITY_PLACE, *places], seats)
    return {link.code: link.geonames_id for link in links}


@pytest.mark.parametrize(
    ("candidate", "found"),
    [
        (place(2, "Nanwan", "南湾", at=NEAR_COUNTY), True),
        (place(2, "Nánwān Xiàn", "南湾县", at=NEAR_COUNTY), True),
        # in another province
        (place(2, "Nanwan", "南湾", region="78", at=NEAR_COUNTY), False),
        # 11 km away
        (place(2, "Nanwan", "南湾", at=(31.1, 111.0)), False),
        # a town in it, under its name
        (place(2, "Shigang", "南湾县", at=NEAR_COUNTY), False),
        # no Chinese name
        (place(2, "Nanwan", at=NEAR_COUNTY), False),
    ],
)
def test_a_link_needs_name_province_and_position(candidate: PopulatedPlace, found: bool) -> None:
    assert linked(candidate) == {"990100": 1} | ({"990121": 2} if found else {})


def test_of_two_near_places_the_one_with_the_full_name_is_taken() -> None:
    short = place(2, "Nanwan", "南湾", at=NEAR_COUNTY)
    full = place(3, "Nanwan", "南湾县", at=NEAR_COUNTY)
    assert linked(short, full)["990121"] == 3


def test_two_places_that_agree_alike_are_both_left_out() -> None:
    places = [place(number, "Nanwan", "南湾", at=NEAR_COUNTY) for number in (2, 3)]
    assert "990121" not in linked(*places)


def test_a_division_whose_seat_is_unknown_or_of_another_name_is_not_linked() -> None:
    candidate = place(2, "Nanwan", "南湾", at=NEAR_COUNTY)
    renamed = SEATS | {"990121": Seat("西湾县", 31.0, 111.0)}
    assert "990121" not in linked(candidate, seats=renamed)
    assert "990121" not in linked(candidate, seats={"990100": SEATS["990100"]})


def test_a_city_comes_before_its_county_of_the_same_name() -> None:
    county = Division("990102", "北湾区", "北湾", "county", "990100")
    seats = {"990100": SEATS["990100"], "990102": Seat("北湾区", 30.0, 110.0)}
    links = link_divisions([PROVINCE, CITY, county], [CITY_PLACE], seats)
    assert [link.code for link in links] == ["990100"]


def test_countries_are_linked_by_code() -> None:
    countries = {"XA": {"geonameid": "7", "name": "Yunmeng"}}
    assert [(c.code, c.geonames_id) for c in link_countries(["XB", "XA"], countries)] == [("XA", 7)]


def school(code: str, location: str, name: str = "云梦大学") -> str:
    return f"U(1, '{name}', 'Y', '{code}', '教育部', '{location}', '本科', 'None')"


def test_a_school_needs_a_code_of_its_province() -> None:
    source = f"a = [{school('4144099999', '深圳市')}, {school('4111099999', '深圳市', '北湾大学')}]"
    (found,) = read_universities(source)
    assert (found.name, found.division_code) == ("云梦大学", "440300")


@pytest.mark.parametrize(
    "source",
    [
        "U(1, 2)",
        school("41440", "深圳市"),
        f"[{school('4144099999', '深圳市')}] * 1 + [{school('4144099999', '深圳市')}]",
    ],
)
def test_a_list_of_another_form_is_refused_with_the_line(source: str) -> None:
    with pytest.raises(ValueError, match="line 1: "):
        read_universities(source)


def test_only_homepages_of_known_institutions_are_taken() -> None:
    rows = [
        {"name": "云梦门户网", "url": "https://x.example"},
        {"name": "财政部", "url": "https://mof.example"},
        {"name": "国家铁路局", "url": "https://rail.example"},
    ]
    found = read_homepages(json.dumps(row, ensure_ascii=False) for row in rows)
    assert [(page.name, page.url) for page in found] == [("财政部", "https://mof.example/")]


def test_seats_of_towns_and_without_position_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "seats.csv"
    path.write_text(
        "adcode,name,longitude,latitude\n"
        "990100000000,北湾市,110.5,30.5\n"
        "990100001000,某镇,1,1\n"
        "990121000000,南湾县,,\n",
        encoding="utf-8",
    )
    assert read_seats(path) == {"990100": Seat("北湾市", 30.5, 110.5)}
