from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic

from graph.identity import Minter
from graph.store import Store
from ontology.terms import OA, ORG, RDF, TANPU
from tests.web.conftest import BASE, HOSTILE_NAME, LONG_NAME, TEXT

PathOf = Callable[..., str]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def text_of(html: str) -> str:
    """What a reader sees: no tags, single spaces."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html)))


@pytest.mark.parametrize(
    ("accept", "folder"),
    [
        (BROWSER, "page"),
        ("text/html", "page"),
        ("*/*", "data"),
        ("text/turtle", "data"),
        ("application/ld+json", "data"),
        ("text/html;q=0.5, text/turtle", "data"),
    ],
)
def test_an_id_leads_to_page_or_data_by_accept(
    client: FlaskClient, path_of: PathOf, accept: str, folder: str
) -> None:
    response = client.get(path_of("id", "person", "韦一诺"), headers={"Accept": accept})
    assert response.status_code == 303
    assert response.headers["Location"] == path_of(folder, "person", "韦一诺")
    assert response.vary.as_set() == {"accept"}


def test_an_id_in_no_format_at_hand_is_406(client: FlaskClient, path_of: PathOf) -> None:
    path = path_of("id", "person", "韦一诺")
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("folder", ["id", "page", "data"])
@pytest.mark.parametrize("words", ["", "wrong-", "wei-yi-nuo-jiu-", "韦-"])
def test_the_digest_alone_finds_the_right_name(
    client: FlaskClient, path_of: PathOf, folder: str, words: str
) -> None:
    right = path_of(folder, "person", "韦一诺")
    digest = right[-10:]
    response = client.get(f"/{folder}/person/{words}{digest}?kind=membership")
    assert response.status_code == 308
    assert response.headers["Location"] == right + "?kind=membership"


def test_a_wrong_name_keeps_the_suffix(client: FlaskClient, path_of: PathOf) -> None:
    right = path_of("data", "person", "韦一诺")
    response = client.get(f"/data/person/old-{right[-10:]}.nt")
    assert response.headers["Location"] == right + ".nt"


@pytest.mark.parametrize("folder", ["id", "page", "data"])
@pytest.mark.parametrize(
    ("tail", "status"),
    [
        ("person/wei-0123456789", 404),
        ("person/0123456789", 404),
        ("person/wei", 400),
        ("person/wei-012345678", 400),
        ("person/wei-0123456789a", 400),
        ("person/wei-01234ABCDE", 400),
        ("person/wei/x-0123456789", 400),
        ("person/%00", 400),
        ("person/%FF%FE", 400),
        ("person/%3Cscript%3E", 400),
        ("person/..", 400),
        ("person/", 404),
        ("person", 404),
        ("", 404),
        ("planet/x-0123456789", 404),
        ("Person/x-0123456789", 404),
        ("membership/0123456789", 404),
        ("membership/x-0123456789", 400),
        ("period/2029", 404),
        ("period/2029--2030", 404),
        ("period/spring", 400),
        ("period/2029/2030", 400),
        ("period/2029--", 400),
        ("instant/2029-01-01", 404),
        ("instant/2029", 400),
        ("document/unknown", 404),
        ("document/%FF", 400),
        ("document/a%20b%22%3E", 404),
    ],
)
def test_unknown_and_malformed_names_have_exact_statuses(
    client: FlaskClient, folder: str, tail: str, status: int
) -> None:
    response = client.get(f"/{folder}/{tail}")
    assert response.status_code == status
    assert response.content_type == "application/problem+json"


def test_a_digest_of_another_class_is_not_found(client: FlaskClient, path_of: PathOf) -> None:
    digest = path_of("id", "person", "韦一诺")[-10:]
    assert client.get(f"/id/org/x-{digest}").status_code == 404


@pytest.mark.parametrize(
    ("suffix", "accept", "content_type", "name"),
    [
        (".ttl", "text/html", "text/turtle; charset=utf-8", "turtle"),
        (".nt", "image/png", "application/n-triples", "nt"),
        (".jsonld", "*/*", "application/ld+json", "json-ld"),
        (".rdf", "*/*", "application/rdf+xml", "xml"),
        ("", "*/*", "text/turtle; charset=utf-8", "turtle"),
        ("", "application/n-triples", "application/n-triples", "nt"),
        ("", "application/ld+json", "application/ld+json", "json-ld"),
        ("", "application/rdf+xml, */*;q=0.1", "application/rdf+xml", "xml"),
    ],
)
def test_data_in_every_format_is_the_same_graph(
    client: FlaskClient, path_of: PathOf, suffix: str, accept: str, content_type: str, name: str
) -> None:
    path = path_of("data", "person", "韦一诺")
    response = client.get(path + suffix, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.content_type == content_type
    assert ("accept" in response.vary.as_set()) is (suffix == "")
    expected = Graph().parse(data=client.get(path + ".ttl").data, format="turtle")
    assert isomorphic(Graph().parse(data=response.data, format=name), expected)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("zh", "韦一诺任北湾市副市长 · 碳谱"),
        ("en", "韦一诺 holds the post 副市长 at 北湾市 · Tanpu"),
    ],
)
def test_the_title_of_a_statement_reads_it_out(
    client: FlaskClient, path_of: PathOf, language: str, title: str
) -> None:
    person = client.get(path_of("page", "person", "韦一诺")).text
    pages = {
        client.get(path, query_string={"lang": language}).text
        for path in re.findall(r'href="(/page/membership/[0-9a-f]{10})"', person)
    }
    assert f"<title>{title}</title>" in "".join(pages)


@pytest.mark.parametrize("suffix", [".trig", ".csv", ".html"])
def test_an_unknown_suffix_is_no_name(client: FlaskClient, path_of: PathOf, suffix: str) -> None:
    assert client.get(path_of("data", "person", "韦一诺") + suffix).status_code == 400


def test_data_in_no_format_at_hand_is_406(client: FlaskClient, path_of: PathOf) -> None:
    path = path_of("data", "person", "韦一诺")
    assert client.get(path, headers={"Accept": "text/html"}).status_code == 406


def test_the_concise_description_has_statements_evidence_and_sentence(
    client: FlaskClient, path_of: PathOf, store: Store
) -> None:
    entity = URIRef(BASE + path_of("id", "person", "韦一诺")[1:])
    graph = Graph().parse(data=client.get(path_of("data", "person", "韦一诺")).data)
    whole = Graph()
    for name in store.graphs():
        whole += store.graph(name)
    assert set(graph.triples((entity, None, None))) == set(whole.triples((entity, None, None)))
    statements = set(graph.subjects(RDF.type, TANPU.Statement))
    assert len(statements) == 3
    for statement in statements:
        for evidence in graph.objects(statement, TANPU.evidence):
            span = graph.value(evidence, OA.hasTarget)
            selector = graph.value(span, OA.hasSelector)
            start, end = (int(str(graph.value(selector, p))) for p in (OA.start, OA.end))
            assert str(graph.value(selector, OA.exact)) == TEXT[start:end]
    assert not list(graph.subject_objects(TANPU.filledBy))


@pytest.mark.parametrize(
    ("kind", "name", "readings"),
    [
        ("person", "韦一诺", ["韦一诺任北湾市 副市长", "韦一诺以视频方式在2031云梦零碳峰会致辞",
                            "韦一诺在2031云梦零碳峰会说：“海风不会停”"]),
        ("person", "贺临川", ["贺临川曾任北湾市绿能局 主任", "贺临川出席储能对话"]),
        ("org", "北湾市绿能局", ["北湾市绿能局主办2031云梦零碳峰会",
                              "北湾市绿能局于2030年3月发布《北湾海风办法》"]),
        ("forum", "2031云梦零碳峰会", ["储能对话属于2031云梦零碳峰会",
                                   "2031云梦零碳峰会于2031年5月6日举行",
                                   "2031云梦零碳峰会在北湾会展中心举行",
                                   "2031云梦零碳峰会的主题是“风从海上来”"]),
        ("regulation", "北湾海风办法", ["北湾海风办法又称“海风办法”",
                                "《北湾海风办法》的制定依据是《云岭节能法》第十条",
                                "《北湾海风办法》于2030年4月1日起施行"]),
        ("regulation", "云岭节能法", ["援引《云岭节能法》第三条"]),
        ("place", "北湾市", ["北湾市，2030年，海风装机：超过1.25万座"]),
        ("indicator", "海风装机", ["北湾市，2030年，海风装机：超过1.25万座",
                             "北湾市，2030年，海风装机居全国前 3"]),
        ("title", "副市长", ["韦一诺任北湾市 副市长"]),
    ],
)  # fmt: skip
def test_a_page_reads_out_every_kind_of_statement(
    client: FlaskClient, path_of: PathOf, kind: str, name: str, readings: list[str]
) -> None:
    response = client.get(path_of("page", kind, name))
    assert response.status_code == 200
    seen = text_of(response.text)
    for reading in readings:
        assert reading in seen


@pytest.mark.parametrize(
    ("kind", "name", "readings"),
    [
        ("person", "韦一诺", ["韦一诺 holds the post 副市长 at 北湾市",
                            "韦一诺 addressed 2031云梦零碳峰会 by video",
                            "韦一诺 said at 2031云梦零碳峰会: “海风不会停”"]),
        ("person", "贺临川", ["贺临川 held the post 主任 at 北湾市绿能局", "贺临川 attended 储能对话"]),
        ("org", "北湾市绿能局", ["北湾市绿能局 hosted 2031云梦零碳峰会",
                              "北湾市绿能局 issued 北湾海风办法, Mar 2030"]),
        ("forum", "2031云梦零碳峰会", ["储能对话 was part of 2031云梦零碳峰会",
                                   "2031云梦零碳峰会 was held on May 6, 2031",
                                   "2031云梦零碳峰会 was held at 北湾会展中心",
                                   "2031云梦零碳峰会 had the theme “风从海上来”"]),
        ("regulation", "北湾海风办法", ["北湾海风办法 is also called “海风办法”",
                                "北湾海风办法 is based on 云岭节能法 第十条",
                                "北湾海风办法 came into force, Apr 1, 2030"]),
        ("regulation", "云岭节能法", ["A regulation cites 云岭节能法 第三条"]),
        ("place", "北湾市", ["北湾市, 2030, 海风装机: over 1.25万座"]),
        ("indicator", "海风装机", ["北湾市, 2030, 海风装机: among the first 3 (全国)"]),
    ],
)  # fmt: skip
def test_an_english_page_reads_every_kind_of_statement_in_english(
    client: FlaskClient, path_of: PathOf, kind: str, name: str, readings: list[str]
) -> None:
    seen = text_of(client.get(path_of("page", kind, name) + "?lang=en").text)
    for reading in readings:
        assert reading in seen


def test_under_a_statement_stand_sentence_article_offset_and_confidence(
    client: FlaskClient, path_of: PathOf
) -> None:
    html = client.get(path_of("page", "person", "韦一诺")).text
    sentence = TEXT.split("\n")[1]
    start = TEXT.index(sentence)
    seen = text_of(html)
    assert seen.count(sentence) == 2
    assert f"第 {start}–{start + len(sentence)} 字" in seen
    assert "云梦峰会举行" in seen
    assert "云梦新报" in seen
    assert '<time class="meta" datetime="2031-05-07">' in html
    assert 'href="https://news.example/1"' in html
    assert f'href="/page/document/news%2F2031-05#char={start},{start + len(sentence)}"' in html
    assert "75%" in seen


def test_the_words_that_fill_the_roles_are_marked(client: FlaskClient, path_of: PathOf) -> None:
    html = client.get(path_of("page", "person", "贺临川") + "?kind=participation").text
    quote = html[html.index("<blockquote") : html.index("</blockquote>")]
    marks = re.findall(r'<mark class="(c-\w+)">.*?</mark>', quote)
    assert marks == ["c-forum", "c-person"] or marks == ["c-person", "c-forum"]


@pytest.mark.parametrize(
    "segment",
    ["person", "org", "forum", "regulation", "place", "post", "title", "indicator", "period",
     "instant", "membership", "participation", "organizing", "subevent", "scheduling", "siting",
     "theming", "issuance", "observation", "naming", "quotation",
     "relation", "step", "ranking"],
)  # fmt: skip
def test_every_class_has_a_page_and_data(client: FlaskClient, store: Store, segment: str) -> None:
    root = f"{BASE}id/{segment}/"
    subjects = {str(s) for name in store.graphs() for s in store.graph(name).subjects()}
    found = sorted(s for s in subjects if s.startswith(root))
    assert found
    for iri in found:
        tail = iri.removeprefix(BASE + "id/")
        assert client.get(f"/page/{tail}").status_code == 200
        assert client.get(f"/data/{tail}").status_code == 200


def test_properties_stand_in_the_order_of_a_sentence(client: FlaskClient, store: Store) -> None:
    subjects = (str(s) for name in store.graphs() for s in store.graph(name).subjects())
    iri = next(s for s in subjects if s.startswith(f"{BASE}id/observation/"))
    html = client.get("/page/" + iri.removeprefix(BASE + "id/")).text
    named = re.findall(r"<dt[^>]*>(.*?)</dt>", html)
    known = ["对象", "指标", "时期", "数值", "原文数值", "单位", "限定"]
    assert [name for name in named if name in known] == known


def test_a_page_without_more_of_a_kind_offers_none(
    make_app: Callable[..., Flask], path_of: PathOf
) -> None:
    client = make_app(TANPU_PAGE_SIZE=1).test_client()
    html = client.get(path_of("page", "forum", "2031云梦零碳峰会")).text
    assert html.count("<blockquote") == 7
    assert "page=2" not in html


def test_pages_of_one_kind(make_app: Callable[..., Flask], path_of: PathOf) -> None:
    client = make_app(TANPU_PAGE_SIZE=1).test_client()
    path = path_of("page", "forum", "“><img src=x onerror=alert(1)>")
    first = client.get(path).text
    assert first.count("<blockquote") == 1
    assert "全部 2 条" in first
    all_of_them = "?kind=participation&amp;role=event&amp;group=RoleAttends"
    assert f'href="{all_of_them}"' in first
    one = client.get(path + all_of_them.replace("&amp;", "&")).text
    assert one.count("<blockquote") == 1
    assert f"{all_of_them}&amp;page=2" in one
    second = client.get(path + "?kind=participation&page=2").text
    assert second.count("<blockquote") == 1
    assert "第 2 页，共 2 页" in text_of(second)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?kind=participation", 200),
        ("?kind=participation&page=1", 200),
        ("?kind=participation&page=2", 404),
        ("?kind=observation", 404),
        ("?kind=planet", 400),
        ("?kind=person", 400),
        ("?kind=participation&role=participant", 200),
        ("?kind=participation&role=participant&group=RoleAddresses", 200),
        ("?kind=participation&role=participant&group=RoleAttends", 404),
        ("?kind=participation&role=participant&page=2", 404),
        ("?kind=participation&role=event", 404),
        ("?kind=participation&role=issuer", 400),
        ("?kind=participation&role=participant&group=RoleHosts", 400),
        ("?kind=participation&group=RoleHosts", 400),
        ("?role=participant", 400),
        ("?page=2", 404),
        ("?page=0", 400),
        ("?page=-1", 400),
        ("?page=one", 400),
        ("?page=1&page=2", 400),
        ("?page=99999999999999999999", 400),
    ],
)
def test_page_parameters_have_exact_statuses(
    client: FlaskClient, path_of: PathOf, query: str, status: int
) -> None:
    assert client.get(path_of("page", "person", "韦一诺") + query).status_code == status


@pytest.mark.parametrize("name", [HOSTILE_NAME, LONG_NAME])
def test_hostile_names_show_harmlessly(client: FlaskClient, path_of: PathOf, name: str) -> None:
    html = client.get(path_of("page", "person", name)).text
    assert "<script>" not in html
    assert "<img" not in html
    assert "<b>报</b>" not in html
    assert "javascript:" not in html
    assert "<bdi>" in html


def test_pages_name_their_data(client: FlaskClient, path_of: PathOf) -> None:
    html = client.get(path_of("page", "person", "韦一诺")).text
    for suffix in ("ttl", "nt", "jsonld", "rdf"):
        href = path_of("data", "person", "韦一诺") + "." + suffix
        assert f'href="{href}"' in html
        assert client.get(href).status_code == 200


@pytest.mark.parametrize(
    ("query", "shown", "line"),
    [
        ("", True, None),
        ("?confidence=0", True, None),
        ("?confidence=0.75", True, None),
        ("?confidence=0.8", False, "已隐去 1 条陈述，置信度低于 80%。"),
        ("?confidence=0.8&kind=membership", False, "已隐去 1 条陈述，置信度低于 80%。"),
        ("?confidence=.9&kind=participation", False, None),
    ],
)
def test_a_page_leaves_out_what_is_less_sure_and_says_so(
    client: FlaskClient, path_of: PathOf, query: str, shown: bool, line: str | None
) -> None:
    response = client.get(path_of("page", "person", "韦一诺") + query)
    assert response.status_code == 200
    seen = text_of(response.text)
    assert ("韦一诺任北湾市 副市长" in seen) is shown
    assert ("现任" in seen) is shown
    assert ("已隐去" in seen) is (line is not None)
    if line is not None:
        assert line in seen
        kept = "?kind=membership" if "kind" in query else "?"
        assert f'<a href="{kept}">显示全部' in response.text


def test_links_from_other_things_are_as_sure_as_the_statements_behind_them(
    client: FlaskClient, path_of: PathOf, minter: Minter
) -> None:
    post = minter.post(
        minter.entity("title", "副市长"), minter.entity("place", "北湾市"), label="北湾市副市长"
    )
    page = f"/page/{post.removeprefix(BASE + 'id/')}"
    assert '<h2 id="incoming">' in client.get(page).text
    assert '<h2 id="incoming">' not in client.get(page + "?confidence=0.8").text


def test_the_page_of_an_unsure_statement_still_reads_it_out(
    client: FlaskClient, store: Store
) -> None:
    (statement,) = (
        s for name in store.graphs() for s in store.graph(name).subjects(RDF.type, TANPU.Membership)
        if (s, TANPU.status, TANPU.StatusCurrent) in store.graph(name)
    )  # fmt: skip
    page = f"/page/{str(statement).removeprefix(BASE + 'id/')}?confidence=0.8"
    html = client.get(page).text
    assert "韦一诺任北湾市 副市长</h1>" in re.sub(r"</?(?:a|bdi)\b[^>]*>", "", html)
    assert "已隐去 1 条陈述" in text_of(html)
    assert "<blockquote" not in html


@pytest.mark.parametrize(
    ("confidence", "words"),
    [("0.75", "把握较大"), ("1", "把握很大")],
)
def test_every_statement_says_in_words_how_sure_it_is(
    client: FlaskClient, path_of: PathOf, confidence: str, words: str
) -> None:
    seen = text_of(
        client.get(path_of("page", "person", "韦一诺") + f"?confidence={confidence}").text
    )
    assert words in seen


def test_the_filter_is_a_plain_form_that_keeps_the_kind_and_shows_what_is_chosen(
    client: FlaskClient, path_of: PathOf
) -> None:
    html = client.get(path_of("page", "person", "韦一诺") + "?kind=membership&confidence=0.65").text
    form = html[html.index('<form class="fields"') :].partition("</form>")[0]
    assert '<input type="hidden" name="kind" value="membership">' in form
    assert 'for="confidence">' in form
    assert re.findall(r'<option value="([^"]+)"( selected)?>', form) == [
        ("0", ""), ("0.5", ""), ("0.65", " selected"), ("0.7", ""), ("0.9", ""),
    ]  # fmt: skip


def test_data_leaves_out_the_same_statements_and_the_page_leads_to_it(
    client: FlaskClient, path_of: PathOf
) -> None:
    path = path_of("data", "person", "韦一诺")
    whole = Graph().parse(data=client.get(path + ".ttl").data)
    sure = Graph().parse(data=client.get(path + ".ttl?confidence=0.8").data)
    statements = [set(g.subjects(RDF.type, TANPU.Statement)) for g in (whole, sure)]
    (membership,) = whole.subjects(RDF.type, TANPU.Membership)
    assert statements[0] - statements[1] == {membership}
    assert not list(sure.subject_objects(ORG.holds))
    assert (membership, None, None) not in sure
    page = client.get(path_of("page", "person", "韦一诺") + "?confidence=0.8").text
    assert f'href="{path}.ttl?confidence=0.8"' in page


def test_pages_of_one_kind_keep_the_filter(make_app: Callable[..., Flask], path_of: PathOf) -> None:
    client = make_app(TANPU_PAGE_SIZE=1).test_client()
    path = path_of("page", "forum", "“><img src=x onerror=alert(1)>")
    wanted = "?confidence=0.9&amp;kind=participation&amp;role=event&amp;group=RoleAttends"
    assert wanted in client.get(path + "?confidence=0.9").text


@pytest.mark.parametrize("folder", ["page", "data"])
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("confidence=1", 200),
        ("confidence=1.0", 200),
        ("confidence=0.0001", 200),
        ("confidence=0.12345", 400),
        ("confidence=1.1", 400),
        ("confidence=-0.1", 400),
        ("confidence=", 400),
        ("confidence=80%25", 400),
        ("confidence=nan", 400),
        ("confidence=1e-1", 400),
        ("confidence=٠", 400),
        ("confidence=0.5&confidence=0.7", 400),
    ],
)
def test_a_confidence_is_a_number_from_0_to_1(
    client: FlaskClient, path_of: PathOf, folder: str, query: str, status: int
) -> None:
    response = client.get(path_of(folder, "person", "韦一诺") + "?" + query)
    assert response.status_code == status
    if status == 400:
        assert response.get_json()["detail"].startswith("confidence: expected ")
