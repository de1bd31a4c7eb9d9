"""Authority tables: what other data calls the places and institutions of the lexicons.

Names, codes, parents and former names stand in the lexicons of ``extract`` and are not
repeated here; the tables of this folder add identifiers from elsewhere, each with the reason
to trust it. ``README.md`` beside this file has source and licence of each.

>>> read_division_links()["440300"].iri
'https://sws.geonames.org/1795565/'
>>> [body.name for body in predecessors("生态环境部")]
['环境保护部', '国家环境保护总局']
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TypeVar

from extract.gazetteer import Country, Division, full_name, load_gazetteer, lookup_other, parent
from extract.institutions import Institution, aliases_of, load_institutions
from graph.errors import GraphError

_GEONAMES = "https://sws.geonames.org/{}/"

Row = TypeVar("Row")


class AuthorityTableError(GraphError):
    """A table of this folder is not as it was written."""


@dataclass(frozen=True, slots=True)
class DivisionLink:
    """A populated place of GeoNames that bears the name of a division.

    It is the town at the division's seat and not the division itself, so no more than a
    close match. ``agrees_on`` says by which name, ``kilometres`` how far it lies from the
    seat of the division's government.
    """

    code: str
    geonames_id: int
    geonames_name: str
    agrees_on: str
    kilometres: float

    @property
    def iri(self) -> str:
        """The GeoNames IRI."""
        return _GEONAMES.format(self.geonames_id)


@dataclass(frozen=True, slots=True)
class CountryLink:
    """The GeoNames feature of a state or territory; ``code`` is ISO 3166-1."""

    code: str
    geonames_id: int
    geonames_name: str

    @property
    def iri(self) -> str:
        """The GeoNames IRI."""
        return _GEONAMES.format(self.geonames_id)


@dataclass(frozen=True, slots=True)
class University:
    """A university or college; ``code`` has the ten digits of the Ministry of Education.

    ``division_code`` is the GB/T 2260 code of the city, ``level`` 本科 or 专科.
    """

    code: str
    name: str
    authority: str
    division_code: str
    level: str


@dataclass(frozen=True, slots=True)
class Homepage:
    """The homepage of an institution, by the institution's official name."""

    name: str
    url: str


@cache
def read_division_links() -> Mapping[str, DivisionLink]:
    """GeoNames links by six-digit division code."""
    return _read_table(
        "division_geonames.csv",
        lambda row: DivisionLink(
            row["code"],
            int(row["geonames_id"]),
            row["geonames_name"],
            row["agrees_on"],
            float(row["kilometres"]),
        ),
        key=lambda link: link.code,
    )


@cache
def read_country_links() -> Mapping[str, CountryLink]:
    """GeoNames links by ISO 3166-1 code."""
    return _read_table(
        "country_geonames.csv",
        lambda row: CountryLink(row["code"], int(row["geonames_id"]), row["geonames_name"]),
        key=lambda link: link.code,
    )


@cache
def read_universities() -> Mapping[str, University]:
    """Universities and colleges by name."""
    return _read_table(
        "universities.csv",
        lambda row: University(
            row["code"], row["name"], row["authority"], row["division_code"], row["level"]
        ),
        key=lambda school: school.name,
    )


@cache
def read_homepages() -> Mapping[str, str]:
    """The homepage of each institution that has one here, by official name."""
    homepages = _read_table(
        "homepages.csv", lambda row: Homepage(row["name"], row["url"]), key=lambda page: page.name
    )
    return MappingProxyType({name: page.url for name, page in homepages.items()})


def place_iri(name: str, code: str | None) -> str | None:
    """The GeoNames IRI of a place, by its GB/T 2260 code or its name as a country.

    >>> place_iri("日本", None), place_iri("云梦", None)
    ('https://sws.geonames.org/1861060/', None)
    """
    if code is not None:
        link = read_division_links().get(code)
        return None if link is None else link.iri
    country = lookup_other(name)
    if not isinstance(country, Country) or country.code not in read_country_links():
        return None
    return read_country_links()[country.code].iri


def predecessors(name: str) -> tuple[Institution, ...]:
    """The bodies that an institution came out of, the latest first.

    Dates are in ``since`` and ``until``; a body that went over into several stands with the
    one that the lexicon names.

    >>> predecessors("云梦研究院")
    ()
    """
    found: list[Institution] = []
    wanted = [name]
    while wanted:
        direct = _predecessors_by_successor().get(wanted.pop(0), ())
        new = [body for body in direct if body not in found]
        found.extend(new)
        wanted.extend(body.name for body in new)
    return tuple(sorted(found, key=lambda body: (-(body.until or 0), body.name)))


@cache
def _predecessors_by_successor() -> Mapping[str, tuple[Institution, ...]]:
    found: dict[str, list[Institution]] = {}
    for body in dict.fromkeys(load_institutions().institutions.values()):
        if body.successor is not None:
            found.setdefault(body.successor, []).append(body)
    return MappingProxyType({name: tuple(bodies) for name, bodies in found.items()})


def division_names(division: Division) -> tuple[str, ...]:
    """Other names of a division: short ones, and those that say what it lies in.

    >>> division_names(load_gazetteer().by_code["320302"])
    ('鼓楼', '徐州市鼓楼区', '江苏省徐州市鼓楼区')
    """
    above = parent(division)
    names = [division.short]
    if division.name.endswith("自治州"):
        names.append(division.short + "州")
    if above is not None:
        names.append(above.name + division.name)
    names.append(full_name(division))
    return tuple(name for name in dict.fromkeys(names) if name != division.name)


def other_place_names(name: str) -> tuple[str, ...]:
    """Other names of a region, country, river or sea, without ``name`` itself.

    >>> "中华人民共和国" in other_place_names("中国")
    True
    """
    place = lookup_other(name)
    if place is None:
        return ()
    return tuple(other for other in _names_of_others()[place.name] if other != name)


@cache
def _names_of_others() -> Mapping[str, tuple[str, ...]]:
    names: dict[str, list[str]] = {}
    for name, place in load_gazetteer().others.items():
        names.setdefault(place.name, []).append(name)
    return MappingProxyType({name: tuple(found) for name, found in names.items()})


def institution_names(name: str) -> tuple[str, ...]:
    """Other names of an institution in force: abbreviations, and the local pattern.

    >>> "深圳市发改委" in institution_names("深圳市发展和改革委员会")
    True
    """
    return aliases_of(name)


def former_names(name: str) -> tuple[str, ...]:
    """The names of an institution's predecessors and their abbreviations.

    >>> former_names("生态环境部")[:2]
    ('环境保护部', '环保部')
    """
    names = [name for body in predecessors(name) for name in (body.name, *body.aliases)]
    return tuple(dict.fromkeys(names))


def _read_table(
    filename: str, row_to_record: Callable[[dict[str, str]], Row], *, key: Callable[[Row], str]
) -> Mapping[str, Row]:
    records: dict[str, Row] = {}
    for number, row in _read_rows(filename):
        try:
            record = row_to_record(row)
        except (KeyError, ValueError, TypeError) as error:
            raise AuthorityTableError(
                f"{filename}, row {number}: expected the columns of the table, got {row!r}: {error}"
            ) from error
        if key(record) in records:
            raise AuthorityTableError(f"{filename}, row {number}: {key(record)!r} stands twice")
        records[key(record)] = record
    return MappingProxyType(records)


def _read_rows(filename: str) -> Iterator[tuple[int, dict[str, str]]]:
    text = files(__name__).joinpath(filename).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    yield from enumerate(csv.DictReader(lines, strict=True), start=1)
