"""The pages of things of each class: summary, statements by role, hierarchy, hostile text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import URIRef

from extract.document import SourceDocument
from extract.facts import (
    Argument,
    Extraction,
    Fact,
    HeldAt,
    HoldsPost,
    Issues,
    Measures,
    Organizes,
    PartOf,
    Span,
    TakesPart,
)
from graph.store import Store
from graph.tallies import PARTED, WHOLE
from ontology.terms import TANPU
from tests.web.conftest import BASE, HOSTILE_NAME, LONG_NAME, fill, span_of
from tests.web.test_entities import text_of
from web.lookup import nearest_index
from web.roles import ROLE_OF_KEY, ROLES
from web.statements import count_groups, count_statements
from web.store import StoreAccess

PathOf = Callable[..., str]
EMOJI_NAME = "🌏碳👩‍🔬研究所"


def report(identifier: str, text: str, *facts: Fact, title: str | None = None) -> Extraction:
    """An extraction of a text without entities."""
    document = SourceDocument(id=identifier, text=text, title=title)
    return Extraction(document=document, entities=(), facts=facts, pipeline="test 1")


@pytest.mark.parametrize(
    ("kind", "name", "summary"),
    [
        ("person", "韦一诺", "现任北湾市 副市长"),
        ("person", "贺临川", "曾任北湾市绿能局 主任"),
        ("forum", "2031云梦零碳峰会", "主办北湾市绿能局"),
        ("regulation", "北湾海风办法", "发布机关北湾市绿能局2030年3月"),
        ("indicator", "海风装机", "涉及对象1 个"),
    ],
)
def test_a_page_begins_with_what_one_needs_to_know(
    client: FlaskClient, path_of: PathOf, kind: str, name: str, summary: str
) -> None:
    html = client.get(path_of("page", kind, name)).text
    first = html[html.index('<section class="summary"') :].partition("</section>")[0]
    assert summary in text_of(first)
    assert html.index('class="summary"') < html.index("<h2 id=")


@pytest.mark.parametrize(
    ("kind", "name", "headings"),
    [
        ("person", "韦一诺", ["任职经历 1", "参加的会议 1", "致辞 1", "言论 1", "提及的文章 1"]),
        ("org", "北湾市绿能局", ["任职人员 1", "曾任 1", "举办的会议 1", "主办 1",
                              "发布的法规政策 1", "职位 1", "提及的文章 1"]),
        ("forum", "2031云梦零碳峰会", ["议程", "办会单位 1", "主办 1", "嘉宾 1", "致辞 1",
                                   "会上言论 1", "提及的文章 1"]),
        ("regulation", "北湾海风办法", ["涉及的其他法规 1", "制定依据 1", "别名 1", "提及的文章 1"]),
        ("regulation", "云岭节能法", ["涉及它的法规 2", "据此制定 1", "被援引 1"]),
        ("place", "北湾市", ["任职人员 1", "现任 1", "数据 1", "排名 1", "职位 1"]),
        ("indicator", "海风装机", ["数据 1", "排名 1"]),
    ],
)  # fmt: skip
def test_statements_are_grouped_by_role_with_counts(
    client: FlaskClient, path_of: PathOf, kind: str, name: str, headings: list[str]
) -> None:
    html = client.get(path_of("page", kind, name)).text
    found = [text_of(h).strip() for h in re.findall(r"<h[23][^>]*>(.*?)</h[23]>", html, re.DOTALL)]
    assert found == headings


def test_every_line_has_its_sentence_folded_away(client: FlaskClient, path_of: PathOf) -> None:
    html = client.get(path_of("page", "org", "北湾市绿能局")).text
    assert html.count('<details class="sources">') == html.count("<blockquote") == 3
    folded = html[html.index('<details class="sources">') :].partition("</details>")[0]
    seen = text_of(folded)
    for part in ("1 处出处", "2031年5月7日", "把握", "云梦峰会举行", "云梦新报", "置信度"):
        assert part in seen


def test_the_tree_of_a_programme_ends_where_events_contain_each_other(
    client: FlaskClient, path_of: PathOf, store: Store
) -> None:
    names = ("甲云会", "乙云会", "丙云会")
    text = "".join(names)
    events = [
        Argument(label="FORUM", text=name, name=name, span=Span(i * 3, i * 3 + 3))
        for i, name in enumerate(names)
    ]
    facts = tuple(
        PartOf(event=events[part], whole=events[whole], evidence=Span(0, len(text)))
        for part, whole in ((1, 0), (2, 1), (0, 2))
    )
    fill(store, report("circle", text, *facts))
    html = client.get(path_of("page", "forum", "甲云会")).text
    tree = html[html.index('<ul class="tree">') :].partition("</section>")[0]
    leads = re.findall(r'<span class="lead-part">(.*?)</span>', tree)
    assert [text_of(lead) for lead in leads] == ["乙云会", "丙云会"]
    assert tree.count("<ul>") == 1


def test_figures_that_contradict_each_other_are_marked(
    client: FlaskClient, path_of: PathOf, store: Store
) -> None:
    text = "北湾市风电"
    place = Argument(label="PLACE", text="北湾市", name="北湾市", span=Span(0, 3))
    facts = tuple(
        Measures(
            subject=place,
            indicator="风电",
            value=Decimal(value),
            value_text=f"{value}座",
            unit="座",
            period=period,
            evidence=Span(0, 5),
        )
        for value, period in ((5, "2030"), (7, "2030"), (9, "2031"))
    )
    fill(store, report("clash", text, *facts))
    html = client.get(path_of("page", "indicator", "风电")).text
    assert html.count('<tr class="contradicted">') == html.count("与他处矛盾</strong>") == 2
    place_page = client.get(path_of("page", "place", "北湾市")).text
    assert place_page.count('<tr class="contradicted">') == 2
    (chart,) = re.findall(r"data-chart-data>(.*?)</script>", html)
    assert json.loads(chart)["years"] == [2030, 2031]


def test_a_bar_whose_value_is_contradicted_says_so(
    client: FlaskClient, path_of: PathOf, store: Store
) -> None:
    text = "南屿市北屿市潮电"
    facts = tuple(
        Measures(
            subject=Argument(label="PLACE", text=name, name=name, span=Span(start, start + 3)),
            indicator="潮电",
            value=Decimal(value),
            value_text=f"{value}座",
            unit="座",
            period="2030",
            evidence=Span(0, len(text)),
        )
        for name, start, value in (("南屿市", 0, 5), ("南屿市", 0, 7), ("北屿市", 3, 4))
    )
    fill(store, report("tides", text, *facts))
    html = client.get(path_of("page", "indicator", "潮电")).text
    bars = re.findall(r'<span class="bar-name">(.*?)</span><svg', html)
    said = {
        name: "与他处矛盾" in text_of(bar)
        for bar in bars
        for name in ("南屿市", "北屿市")
        if name in bar
    }
    assert said == {"南屿市": True, "北屿市": False}


def test_what_an_older_article_calls_current_is_not_held_now_after_a_newer_one_says_it_is_past(
    client: FlaskClient, path_of: PathOf, store: Store
) -> None:
    for status, published, text in (
        ("current", "2030-01-05", "北湾市副市长柳闻溪"),
        ("former", "2033-02-06", "北湾市原副市长柳闻溪"),
    ):
        fact = HoldsPost(
            person=Argument(label="PERSON", text="柳闻溪", name="柳闻溪"),
            post=Argument(label="POST", text="副市长", name="副市长"),
            org=Argument(label="PLACE", text="北湾市", name="北湾市"),
            status=status,  # type: ignore[arg-type]
            evidence=Span(0, len(text)),
        )
        document = SourceDocument(id=f"career-{status}", text=text, published=published)
        fill(store, Extraction(document=document, entities=(), facts=(fact,), pipeline="test 1"))
    html = client.get(path_of("page", "person", "柳闻溪")).text
    summary = text_of(html[html.index('<section class="summary"') :].partition("</section>")[0])
    assert "曾任北湾市 副市长" in summary
    assert "现任" not in summary
    career = html[html.index('<ol class="timeline">') :].partition("</ol>")[0]
    assert career.count("<li ") == career.count('class="c-post is-past"') == 1
    assert career.count('<details class="sources">') == 2
    for words in ("曾任", "报道于", "2030年1月5日", "不晚于此日离任", "2033年2月6日", "已卸任"):
        assert words in text_of(career)
    assert "任职经历 1" in text_of(html)


def test_a_place_lists_its_divisions_institutions_and_the_forums_within_it(
    client: FlaskClient, path_of: PathOf, store: Store
) -> None:
    text = "烟台市海风会由烟台市统计局主办，山东省水利厅支持"
    event = Argument(label="FORUM", text="海风会", name="2031海风会", span=Span(3, 6))
    offices = [
        Argument(label="ORG", text=name, name=name, span=span_of(name, text))
        for name in ("烟台市统计局", "山东省水利厅")
    ]
    place = Argument(label="PLACE", text="烟台市", name="烟台市", span=Span(0, 3))
    said = Span(0, len(text))
    facts = (
        HeldAt(event=event, place=place, evidence=said),
        *(Organizes(org=office, event=event, role="hosts", evidence=said) for office in offices),
    )
    fill(store, report("yantai", text, *facts))
    found = {}
    for name in ("山东省", "烟台市"):
        html = client.get(path_of("page", "place", name)).text
        parts = re.findall(r'<h2 id="members-\d+">(.*?)</h2>(.*?)</section>', html, re.DOTALL)
        found[name] = {text_of(head).strip(): text_of(body).split() for head, body in parts}
    assert found == {
        "山东省": {
            "下辖地区 1": ["烟台市"],
            "在其境内举行的会议 1": ["2031海风会"],
            "本地机构 2": ["山东省人民政府", "山东省水利厅"],
        },
        "烟台市": {"本地机构 2": ["烟台市人民政府", "烟台市统计局"]},
    }


def test_groups_have_their_own_pages_with_the_count(
    make_app: Callable[..., Flask], store: Store, path_of: PathOf
) -> None:
    text = "云岭局发规" + "。" * 5
    office = Argument(label="ORG", text="云岭局", name="云岭局", span=Span(0, 3))
    facts = tuple(
        Issues(
            org=office,
            regulation=Argument(label="REGULATION", text="规", name=f"云岭规定{n}号"),
            evidence=Span(0, 5),
        )
        for n in range(5)
    )
    fill(store, report("many", text, *facts))
    client = make_app(TANPU_PAGE_SIZE=2).test_client()
    path = path_of("page", "org", "云岭局")
    html = client.get(path).text
    assert "全部 5 条" in html
    assert html.count('<details class="sources">') == 2
    seen = set[str]()
    for number, shown in ((1, 2), (2, 2), (3, 1)):
        page = client.get(f"{path}?kind=issuance&role=issuer&page={number}").text
        found = set(re.findall(r"云岭规定\d号", page))
        assert len(found) == shown
        seen |= found
    assert len(seen) == 5
    assert client.get(f"{path}?kind=issuance&role=issuer&page=4").status_code == 404


@pytest.mark.parametrize("folder", ["page", "timeline", "neighbourhood", "cite"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", [HOSTILE_NAME, LONG_NAME, EMOJI_NAME, "\u202e名\u2066倒"])
def test_hostile_names_show_harmlessly_on_every_view(
    client: FlaskClient, path_of: PathOf, store: Store, folder: str, lang: str, name: str
) -> None:
    event = "“><img src=x onerror=alert(1)>{{ 7*7 }}"
    text = f"{name}在{event}"
    facts = (
        TakesPart(
            person=Argument(label="PERSON", text=name, name=name, span=Span(0, len(name))),
            event=Argument(label="FORUM", text=event, name=event),
            evidence=Span(0, len(text)),
        ),
    )
    fill(store, report("hostile", text, *facts, title="</title><script>alert(2)</script>"))
    response = client.get(
        path_of(folder, "person", name) + f"?lang={lang}", headers={"Accept": "text/html"}
    )
    assert response.status_code == 200
    for harm in ("<script>alert", "<img", "{{ 7", "javascript:"):
        assert harm not in response.text.replace("{{ 7*7 }}", "")
    assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}">' in response.text
    for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', response.text):
        assert json.loads(block)["@type"] == "Person"


def test_the_thing_is_described_for_search_engines(client: FlaskClient, path_of: PathOf) -> None:
    html = client.get(path_of("page", "org", "北湾市绿能局")).text
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert json.loads(block) == {
        "@context": "https://schema.org",
        "@type": "Organization",
        "@id": "http://graph.example" + path_of("id", "org", "北湾市绿能局"),
        "name": "北湾市绿能局",
        "alternateName": ["绿能局"],
    }


def test_less_sure_statements_are_left_out_of_summary_groups_and_counts(
    client: FlaskClient, path_of: PathOf
) -> None:
    path = path_of("page", "person", "韦一诺")
    assert "任职经历" in client.get(path).text
    html = client.get(path + "?confidence=0.8").text
    assert "任职经历" not in html
    assert "现任" not in html
    assert "已隐去 1 条陈述" in text_of(html)


def test_the_roles_whose_groups_are_counted_beforehand_are_those_with_groups() -> None:
    assert set(PARTED) == {(role.prop, role.by) for role in ROLES if role.groups}
    assert set(WHOLE) == {(role.prop, role.by) for role in ROLES if not role.groups}


def test_counts_of_groups_come_from_the_index_where_it_has_them(app: Flask, store: Store) -> None:
    iri = URIRef(f"{BASE}id/org/crowded-0123456789")
    for number in range(1001):
        statement = ox.NamedNode(f"{BASE}id/organizing/{number:010}")
        part = TANPU.RoleGuides if number < 3 else TANPU.RoleHosts
        for prop, value in ((TANPU.organizer, iri), (TANPU.organizingRole, part)):
            store.database.add(ox.Quad(statement, ox.NamedNode(prop), ox.NamedNode(value)))
    role = ROLE_OF_KEY["organizing", "organizer"]
    expected = {TANPU.RoleGuides: 3, TANPU.RoleHosts: 998}
    with app.test_request_context():
        access = StoreAccess(store)
        assert count_groups(access, iri, role) == expected
        nearest_index()
        store.database.update("CLEAR DEFAULT")
        assert count_groups(access, iri, role) == expected
        assert count_groups(access, iri, role, least=0.5) == {}
        assert count_statements(access, iri, role) == 1001
        assert count_statements(access, iri, role, least=0.5) == 0
