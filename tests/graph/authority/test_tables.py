"""The tables are sound, and say of well-known things what everybody can check."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files

import pytest

from extract.gazetteer import load_gazetteer
from extract.institutions import institution_place, load_institutions
from graph import authority
from graph.authority import (
    AuthorityTableError,
    division_names,
    former_names,
    institution_names,
    other_place_names,
    place_iri,
    predecessors,
    read_country_links,
    read_division_links,
    read_homepages,
    read_universities,
)

TABLES = ("division_geonames.csv", "country_geonames.csv", "universities.csv", "homepages.csv")


@pytest.mark.parametrize("table", TABLES)
def test_the_first_line_gives_date_and_source(table: str) -> None:
    first = files(authority).joinpath(table).read_text(encoding="utf-8").splitlines()[0]
    assert re.match(r"# \d{4}-\d{2}-\d{2}: .+ made by build\.py from \S", first)


@pytest.mark.parametrize("table", TABLES)
def test_the_readme_gives_a_licence_for_every_table(table: str) -> None:
    text = files(authority).joinpath("README.md").read_text(encoding="utf-8")
    (row,) = [line for line in text.splitlines() if line.startswith(f"| `{table}` |")]
    assert row.rstrip(" |").rsplit("|", 1)[1].strip()


def test_every_linked_division_is_in_the_lexicon_and_no_id_stands_twice() -> None:
    links = read_division_links()
    assert links.keys() <= load_gazetteer().by_code.keys()
    assert [
        i for i, n in Counter(link.geonames_id for link in links.values()).items() if n > 1
    ] == []
    assert len(links) > 1000


def test_links_lie_near_the_seat() -> None:
    levels = load_gazetteer().by_code
    far = [
        link
        for link in read_division_links().values()
        if link.kilometres > (5 if levels[link.code].level == "county" else 10)
    ]
    assert far == []


@pytest.mark.parametrize(
    ("code", "geonames"),
    [("440300", 1795565), ("110000", 1816670), ("330782", 1814870), ("441900", 1812545)],
)
def test_cities_have_their_ids(code: str, geonames: int) -> None:
    assert read_division_links()[code].geonames_id == geonames


@pytest.mark.parametrize("code", ["110105", "350102"])
def test_districts_that_only_share_a_name_have_no_id(code: str) -> None:
    """GeoNames has a subdistrict under the one name, the city under the other."""
    assert code not in read_division_links()


@pytest.mark.parametrize(
    ("name", "code", "iri"),
    [
        ("深圳市", "440300", "https://sws.geonames.org/1795565/"),
        ("巴西", None, "https://sws.geonames.org/3469034/"),
        ("鼓楼区", "350102", None),
        ("长三角", None, None),
        ("亚洲", None, None),
        ("云梦泽畔", None, None),
    ],
)
def test_a_place_is_linked_by_code_or_as_a_country(
    name: str, code: str | None, iri: str | None
) -> None:
    assert place_iri(name, code) == iri


def test_every_country_of_the_table_is_in_the_lexicon() -> None:
    codes = {getattr(place, "code", None) for place in load_gazetteer().others.values()}
    assert read_country_links().keys() <= codes


def test_the_code_of_a_university_names_the_province_of_its_city() -> None:
    schools = read_universities().values()
    assert len(schools) > 2500
    assert [s for s in schools if s.code[2:4] != s.division_code[:2]] == []
    assert {s.level for s in schools} == {"本科", "专科"}
    assert {s.division_code for s in schools} <= load_gazetteer().by_code.keys()


def test_homepages_belong_to_known_institutions() -> None:
    known = load_institutions().institutions
    unknown = [n for n in read_homepages() if n not in known and institution_place(n) is None]
    assert unknown == []
    assert all(re.fullmatch(r"https://[\w.-]+\.gov\.cn/", url) for url in read_homepages().values())


@pytest.mark.parametrize(
    ("name", "former"),
    [
        ("生态环境部", [("环境保护部", 2018), ("国家环境保护总局", 2008)]),
        ("云梦海风办公室", []),
        ("财政部", []),
    ],
)
def test_predecessors_come_with_their_last_year(name: str, former: list[tuple[str, int]]) -> None:
    assert [(body.name, body.until) for body in predecessors(name)] == former


def test_former_names_have_their_abbreviations_and_not_the_present_name() -> None:
    names = former_names("生态环境部")
    assert {"环境保护部", "环保部"} <= set(names)
    assert "生态环境部" not in names


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("440300", ("深圳", "广东省深圳市")),
        ("110000", ("北京",)),
        ("222400", ("延边", "延边州", "吉林省延边朝鲜族自治州")),
        ("320302", ("鼓楼", "徐州市鼓楼区", "江苏省徐州市鼓楼区")),
    ],
)
def test_names_of_divisions(code: str, names: tuple[str, ...]) -> None:
    assert division_names(load_gazetteer().by_code[code]) == names


def test_names_of_regions_and_countries_leave_out_the_name_itself() -> None:
    assert "长江三角洲" in other_place_names("长三角")
    assert "长三角" not in other_place_names("长三角")
    assert other_place_names("云梦泽畔") == ()


def test_local_departments_follow_the_pattern() -> None:
    names = institution_names("深圳市发展和改革委员会")
    assert {"深圳市发改委", "深圳市发展改革委"} <= set(names)


def test_a_damaged_table_is_refused_with_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(1, {"code": "1", "geonames_id": "many", "geonames_name": "x"})]
    monkeypatch.setattr(authority, "_read_rows", lambda filename: iter(rows))
    with pytest.raises(AuthorityTableError, match=r"country_geonames\.csv, row 1: .*'many'"):
        read_country_links.__wrapped__()


def test_a_key_that_stands_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"name": "甲局", "url": "https://a.gov.cn/"}
    monkeypatch.setattr(authority, "_read_rows", lambda filename: iter([(1, row), (2, row)]))
    with pytest.raises(AuthorityTableError, match="row 2: '甲局' stands twice"):
        read_homepages.__wrapped__()
