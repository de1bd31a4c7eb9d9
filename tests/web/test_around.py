"""The neighbours of a thing and what happened with it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from extract.facts import Argument, Extraction, Fact, Issues, Organizes, Span
from graph.store import Store
from tests.web.conftest import fill
from tests.web.test_entities import text_of
from tests.web.test_things import report

PathOf = Callable[..., str]
HTML = {"Accept": "text/html"}


def test_the_neighbours_of_a_forum_stand_in_groups_by_relation(
    client: FlaskClient, path_of: PathOf
) -> None:
    found = client.get(path_of("neighbourhood", "forum", "2031云梦零碳峰会")).get_json()
    assert found["node"]["name"] == "2031云梦零碳峰会"
    groups = {g["words"]: ([n["name"] for n in g["nodes"]], g["total"]) for g in found["relations"]}
    assert groups == {
        "会址": (["北湾会展中心"], 1),
        "下设会议": (["储能对话"], 1),
        "主办": (["北湾市绿能局"], 1),
        "致辞": (["韦一诺"], 1),
        "会上言论": (["韦一诺"], 1),
    }


def test_neighbours_lead_to_their_pages_and_neighbourhoods(
    client: FlaskClient, path_of: PathOf
) -> None:
    found = client.get(path_of("neighbourhood", "person", "贺临川")).get_json()
    nodes = {n["name"]: n for g in found["relations"] for n in g["nodes"]}
    assert set(nodes) == {"北湾市绿能局", "储能对话"}
    bureau = nodes["北湾市绿能局"]
    assert bureau["href"] == path_of("page", "org", "北湾市绿能局")
    assert bureau["around"] == path_of("neighbourhood", "org", "北湾市绿能局")
    assert bureau["color"] == "org"
    assert client.get(bureau["around"]).status_code == 200


def many_facts() -> Extraction:
    text = "云岭局"
    office = Argument(label="ORG", text=text, name=text, span=Span(0, 3))
    facts: list[Fact] = [
        Issues(
            org=office,
            regulation=Argument(label="REGULATION", text="规", name=f"云岭规定{n}号"),
            date=f"20{10 + n % 20}",
            evidence=Span(0, 3),
        )
        for n in range(70)
    ]
    facts += [
        Organizes(
            org=office,
            event=Argument(label="FORUM", text="会", name=f"云岭小会{n}"),
            role="hosts",
            evidence=Span(0, 3),
        )
        for n in range(5)
    ]
    return report("many", text, *facts)


def test_at_most_sixty_neighbours_are_given_and_every_relation_has_its_share(
    client: FlaskClient, path_of: PathOf, store: Store
) -> None:
    fill(store, many_facts())
    found = client.get(path_of("neighbourhood", "org", "云岭局")).get_json()
    assert {g["words"]: (len(g["nodes"]), g["total"]) for g in found["relations"]} == {
        "主办": (5, 5),
        "发布的法规政策": (55, 70),
    }


def test_the_page_lists_without_script_what_the_script_draws(
    client: FlaskClient, path_of: PathOf, store: Store
) -> None:
    fill(store, many_facts())
    path = path_of("neighbourhood", "org", "云岭局")
    html = client.get(path, headers=HTML).text
    names = [n["name"] for g in client.get(path).get_json()["relations"] for n in g["nodes"]]
    assert names
    for name in names:
        assert f"{name}</bdi></a>" in html
    everything = path_of("page", "org", "云岭局") + "?kind=issuance&amp;role=issuer"
    assert f'href="{everything}"' in html
    assert client.get(everything.replace("&amp;", "&")).status_code == 200


def test_a_timeline_has_the_latest_first_a_page_at_a_time(
    make_app: Callable[..., Flask], path_of: PathOf, store: Store
) -> None:
    fill(store, many_facts())
    client = make_app(TANPU_PAGE_SIZE=40).test_client()
    path = path_of("timeline", "org", "云岭局")
    first, second = (client.get(path + query).text for query in ("", "?page=2"))
    dates = [re.findall(r'<time class="when" datetime="(\d+)"', page) for page in (first, second)]
    assert [len(found) for found in dates] == [40, 30]
    both = dates[0] + dates[1]
    assert both == sorted(both, reverse=True)
    assert "?page=2" in first
    assert 'rel="next"' not in second
    assert client.get(path + "?page=3").status_code == 404


def test_a_timeline_says_what_happened_and_which_sentence_says_so(
    client: FlaskClient, path_of: PathOf
) -> None:
    html = client.get(path_of("timeline", "org", "北湾市绿能局")).text
    seen = text_of(html)
    assert seen.index("2031年5月6日") < seen.index("2030年3月")
    assert "北湾市绿能局主办2031云梦零碳峰会" in seen
    assert html.count("<blockquote") == 2


def test_a_thing_without_dates_has_an_empty_timeline(client: FlaskClient, path_of: PathOf) -> None:
    response = client.get(path_of("timeline", "indicator", "海风装机"))
    assert response.status_code == 200
    assert "没有已知日期的事件" in response.text


@pytest.mark.parametrize("folder", ["timeline", "neighbourhood"])
@pytest.mark.parametrize(
    ("tail", "status"),
    [
        ("person/nobody-0123456789", 404),
        ("person/nobody", 400),
        ("planet/x-0123456789", 404),
        ("post/x-0123456789", 404),
        ("document/news%2F2031-05", 404),
    ],
)
def test_only_things_have_these_views(
    client: FlaskClient, folder: str, tail: str, status: int
) -> None:
    assert client.get(f"/{folder}/{tail}").status_code == status


@pytest.mark.parametrize("folder", ["timeline", "neighbourhood", "cite"])
def test_an_old_name_leads_to_the_right_one(
    client: FlaskClient, path_of: PathOf, folder: str
) -> None:
    right = path_of(folder, "person", "韦一诺")
    response = client.get(f"/{folder}/person/old-{right[-10:]}?lang=en")
    assert response.status_code == 308
    assert response.headers["Location"] == right + "?lang=en"


@pytest.mark.parametrize("folder", ["timeline", "neighbourhood"])
def test_what_is_less_sure_is_left_out(client: FlaskClient, path_of: PathOf, folder: str) -> None:
    path = path_of(folder, "person", "韦一诺")
    assert "北湾市<" not in client.get(path + "?confidence=0.8", headers=HTML).text
    assert client.get(path + "?confidence=2").status_code == 400
