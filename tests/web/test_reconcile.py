"""The Reconciliation API as a client meets it."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote, urlsplit

import jsonschema
import pytest
from flask.testing import FlaskClient

from extract.document import SourceDocument
from extract.facts import Entity, EntityLabel, Extraction, Span
from graph.identity import Minter
from graph.store import Store
from tests.web import reconciliation as schemas
from tests.web.conftest import BASE, HOSTILE_NAME, fill
from web.properties import PROPERTIES

PATHS = (
    "/reconcile",
    "/reconcile/suggest/entity?prefix=北",
    "/reconcile/suggest/type?prefix=",
    "/reconcile/suggest/property?prefix=",
    "/reconcile/properties?type=Place",
    "/reconcile/flyout/type?id=Place",
)


def valid(payload: Any, schema: schemas.Schema) -> Any:
    jsonschema.Draft202012Validator(schema).validate(payload)
    return payload


def identifier(kind: Any, name: str) -> str:
    return str(Minter(BASE).entity(kind, name)).removeprefix(BASE + "id/")


def post(client: FlaskClient, **queries: Any) -> Any:
    response = client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert response.status_code == 200, response.text
    return valid(response.get_json(), schemas.RESULT_BATCH)


def ask(client: FlaskClient, query: Any, **more: Any) -> list[Any]:
    result = post(client, q={"query": query, **more} if isinstance(query, str) else query)
    return list(result["q"]["result"])


def extend(client: FlaskClient, ids: list[str], *properties: Any) -> Any:
    given = [{"id": p} if isinstance(p, str) else p for p in properties]
    data = {"extend": json.dumps({"ids": ids, "properties": given})}
    response = client.post("/reconcile", data=data)
    assert response.status_code == 200, response.text
    return valid(response.get_json(), schemas.EXTENSION)


def add_entities(store: Store, document: str, *named: tuple[str, EntityLabel]) -> None:
    text = "".join(name for name, _ in named)
    entities = []
    for name, label in named:
        start = text.index(name)
        entities.append(
            Entity(span=Span(start, start + len(name)), label=label, text=name, name=name)
        )
    source = SourceDocument(id=document, text=text)
    fill(store, Extraction(document=source, entities=tuple(entities), facts=(), pipeline="test 1"))


# ------------------------------------------------------------------------------- manifest


def test_the_manifest_is_valid_and_its_addresses_answer(client: FlaskClient) -> None:
    manifest = valid(client.get("/reconcile").get_json(), schemas.MANIFEST)
    assert manifest["identifierSpace"] == BASE + "id/"
    encoded = quote(identifier("place", "北湾市"), safe="")
    for template in (manifest["view"]["url"], manifest["preview"]["url"]):
        parts = urlsplit(template.replace("{{id}}", encoded))
        response = client.get(f"{parts.path}?{parts.query}", headers={"Accept": "text/html"})
        assert response.status_code in (200, 303)
    for what, named in manifest["suggest"].items():
        assert client.get(f"{named['service_path']}?prefix=a").status_code == 200, what
    proposal = manifest["extend"]["propose_properties"]
    assert client.get(f"{proposal['service_path']}?type=Person").status_code == 200
    assert client.get(urlsplit(manifest["logo"]).path).status_code == 200


def test_an_identifier_is_the_iri_after_the_identifier_space(client: FlaskClient) -> None:
    manifest = client.get("/reconcile").get_json()
    (found,) = ask(client, "韦一诺", type="Person")
    assert manifest["identifierSpace"] + found["id"] == str(Minter(BASE).entity("person", "韦一诺"))


@pytest.mark.parametrize("path", PATHS)
def test_other_sites_may_read_every_endpoint(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"
    posted = "POST" in client.options(path).headers["Allow"]
    assert posted == (path == "/reconcile")
    for method in ("GET", "POST") if posted else ("GET",):
        asked = client.options(path, headers={"Access-Control-Request-Method": method})
        assert asked.status_code == 200
        assert method in asked.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("path", PATHS)
def test_a_callback_wraps_the_answer(client: FlaskClient, path: str) -> None:
    plain = client.get(path).get_json()
    response = client.get(path + ("&" if "?" in path else "?") + "callback=jQuery.cb_1")
    assert response.mimetype == "text/javascript"
    match = re.fullmatch(r"/\*\*/jQuery\.cb_1\((.*)\);", response.text, re.DOTALL)
    assert match is not None
    assert json.loads(match[1]) == plain


@pytest.mark.parametrize(
    "callback", ["alert(1)", "a;b", "<script>", "a b", "1a", "", "a.b.c.d.e", "甲"]
)
def test_a_callback_that_is_no_name_is_refused(client: FlaskClient, callback: str) -> None:
    response = client.get("/reconcile", query_string={"callback": callback})
    assert response.status_code == 400
    assert "callback" in response.get_json()["detail"]


# ---------------------------------------------------------------------------- candidates


@pytest.mark.parametrize(
    ("query", "name", "match"),
    [
        ("韦一诺", "韦一诺", True),
        ("韋一諾", "韦一诺", True),
        ("云梦峰会", "2031云梦零碳峰会", True),
        ("weiyinuo", "韦一诺", False),
        ("北湾市绿色能源局", "北湾市绿能局", False),
        ("《海风办法》", "北湾海风办法", True),
    ],
)
def test_names_in_all_forms_find_their_entity(
    client: FlaskClient, query: str, name: str, match: bool
) -> None:
    best = ask(client, query)[0]
    assert (best["name"], best["match"]) == (name, match)


def test_get_post_batch_and_single_give_the_same(client: FlaskClient) -> None:
    batch = {"a": {"query": "韦一诺"}, "b": "贺临川"}
    posted = post(client, **batch)
    got = client.get("/reconcile", query_string={"queries": json.dumps(batch)}).get_json()
    assert posted == got
    assert posted.keys() == {"a", "b"}
    for query in ("韦一诺", json.dumps({"query": "韦一诺"})):
        for response in (
            client.get("/reconcile", query_string={"query": query}),
            client.post("/reconcile", data={"query": query}),
        ):
            assert valid(response.get_json(), schemas.RESULT) == posted["a"]


def test_an_empty_batch_and_an_empty_query_have_empty_answers(client: FlaskClient) -> None:
    assert post(client) == {}
    assert ask(client, "") == []
    assert ask(client, "长" * 301) == []


def test_candidates_come_by_falling_score_within_the_limit(client: FlaskClient) -> None:
    scores = [c["score"] for c in ask(client, "北湾市绿色能源局")]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) > 2
    assert len(ask(client, "北湾市绿色能源局", limit=2)) == 2


@pytest.mark.parametrize(
    ("types", "strictness", "names"),
    [
        ("Person", None, ["韦一诺"]),
        (["Person", "Place"], "any", ["韦一诺"]),
        ({"id": "Person", "name": "人物"}, "any", ["韦一诺"]),
        ("https://w3id.org/tanpu/ontology#Person", None, ["韦一诺"]),
        ("Place", None, []),
        ("Planet", None, []),
        (["Person", "Place"], "all", []),
        ([], None, ["韦一诺"]),
        ("Planet", "should", ["韦一诺"]),
    ],
)
def test_types_restrict(
    client: FlaskClient, types: Any, strictness: str | None, names: list[str]
) -> None:
    more = {} if strictness is None else {"type_strict": strictness}
    assert [c["name"] for c in ask(client, "韦一诺", type=types, **more)] == names


def test_a_preferred_type_only_costs_the_others(client: FlaskClient) -> None:
    (plain,) = ask(client, "韦一诺")
    (other,) = ask(client, "韦一诺", type="Place", type_strict="should")
    assert plain["score"] - other["score"] == 10
    assert (plain["match"], other["match"]) == (True, False)


def test_namesakes_are_not_certain_until_a_type_tells_them_apart(
    client: FlaskClient, store: Store
) -> None:
    add_entities(store, "one", ("云梦泽", "PLACE"))
    add_entities(store, "two", ("云梦泽", "ORG"))
    both = ask(client, "云梦泽")
    assert [(c["score"], c["match"]) for c in both] == [(100, False), (100, False)]
    (place,) = ask(client, "云梦泽", type="Place")
    assert place["match"]


def test_properties_tell_namesakes_apart(client: FlaskClient, store: Store) -> None:
    add_entities(store, "one", ("杭州市西湖区", "PLACE"), ("西湖区", "PLACE"))
    add_entities(store, "two", ("西湖区", "ORG"))
    found = ask(client, "韦一诺", properties=[{"pid": "post", "v": "北湾市副市长"}])
    assert (found[0]["score"], found[0]["match"]) == (100, True)
    wrong = ask(client, "韦一诺", properties=[{"pid": "post", "v": "南湾市市长"}])
    assert (wrong[0]["score"], wrong[0]["match"]) == (75, False)
    features = {f["id"]: f["value"] for f in wrong[0]["features"]}
    assert (features["properties"], features["name"]) == (0, 100)


@pytest.mark.parametrize(
    "value",
    [
        "北湾市绿能局",
        "绿能局",
        ["别的单位", "北湾市绿能局"],
        {"id": identifier("org", "北湾市绿能局"), "name": "随便"},
        {"id": str(Minter(BASE).entity("org", "北湾市绿能局"))},
    ],
)
def test_properties_alone_find_what_has_them(client: FlaskClient, value: Any) -> None:
    found = ask(client, {"properties": [{"pid": "organizer", "v": value}], "type": "Forum"})
    assert [c["name"] for c in found] == ["2031云梦零碳峰会"]


def test_a_place_is_found_by_its_code_and_agrees_with_what_it_lies_in(
    client: FlaskClient, store: Store
) -> None:
    add_entities(store, "one", ("遵义市", "PLACE"), ("遵义市统计局", "ORG"))
    (found,) = ask(client, {"properties": [{"pid": "code", "v": "520300"}]})
    assert (found["name"], found["description"]) == ("遵义市", "贵州省遵义市 520300")
    for place, score in (("贵州省", 100), ("遵义市", 100), ("云南省", 75)):
        best = ask(client, "遵义市统计局", properties=[{"pid": "place", "v": place}])[0]
        assert (best["name"], best["score"]) == ("遵义市统计局", score)


def test_a_local_abbreviation_is_read_in_its_place(client: FlaskClient, store: Store) -> None:
    add_entities(store, "one", ("遵义市统计局", "ORG"), ("洛阳市统计局", "ORG"))
    best = ask(client, "市统计局", properties=[{"pid": "place", "v": "遵义市"}])[0]
    assert best["name"] == "遵义市统计局"


@pytest.mark.parametrize("prefix", ["", BASE + "id/"])
def test_an_identifier_as_a_query_is_answered(client: FlaskClient, prefix: str) -> None:
    best = ask(client, prefix + identifier("forum", "2031云梦零碳峰会"))[0]
    assert (best["name"], best["score"], best["match"]) == ("2031云梦零碳峰会", 100, True)


def test_a_description_says_what_else_the_match_is_called(client: FlaskClient) -> None:
    assert "又称 云梦峰会" in ask(client, "云梦峰会")[0]["description"]
    assert "又称" not in ask(client, "韦一诺")[0].get("description", "")


@pytest.mark.parametrize(
    ("queries", "part"),
    [
        ("{", "expected JSON"),
        ("[" * 100_000, "expected JSON"),
        ("[]", "expected an object, got []"),
        ('{"q": 1}', "query 'q': expected an object, got 1"),
        ('{"q": {}}', "expected 'query' or 'properties'"),
        ('{"q": {"query": 5}}', "expected a string, got 5"),
        ('{"q": {"query": "a", "limit": 0}}', "whole number from 1, got 0"),
        ('{"q": {"query": "a", "limit": "3"}}', "whole number from 1, got '3'"),
        ('{"q": {"query": "a", "type": 3}}', "a type or a list of types, got 3"),
        ('{"q": {"query": "a", "type_strict": "maybe"}}', "got 'maybe'"),
        ('{"q": {"query": "a", "properties": {}}}', "expected a list of properties"),
        ('{"q": {"query": "a", "properties": [{"pid": "code"}]}}', "'pid' and 'v'"),
        ('{"q": {"query": "a", "properties": [{"pid": "x", "v": 1}]}}', "got 'x'"),
    ],
)
def test_a_malformed_batch_is_refused_with_the_reason(
    client: FlaskClient, queries: str, part: str
) -> None:
    response = client.post("/reconcile", data={"queries": queries})
    assert response.status_code == 400
    assert part in response.get_json()["detail"]


def test_a_batch_that_is_too_large_is_refused(client: FlaskClient) -> None:
    size = client.get("/reconcile").get_json()["batchSize"]
    fits = {str(number): "云" for number in range(size)}
    assert len(post(client, **fits)) == size
    data = {"queries": json.dumps(fits | {"more": "云"})}
    assert client.post("/reconcile", data=data).status_code == 413


def test_a_post_without_a_query_is_refused(client: FlaskClient) -> None:
    assert client.post("/reconcile").status_code == 400
    assert client.put("/reconcile").status_code == 405


# ------------------------------------------------------------------------------- suggest


def suggest(client: FlaskClient, what: str, **arguments: Any) -> list[Any]:
    response = client.get(f"/reconcile/suggest/{what}", query_string=arguments)
    payload = valid(response.get_json(), schemas.suggestions(entities=what == "entity"))
    return list(payload["result"])


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        ("韦", "韦一诺"),
        ("韦一诺", "韦一诺"),
        ("weiyi", "韦一诺"),
        ("北湾市绿", "北湾市绿能局"),
        (identifier("person", "贺临川"), "贺临川"),
    ],
)
def test_entities_are_suggested(client: FlaskClient, prefix: str, name: str) -> None:
    first = suggest(client, "entity", prefix=prefix)[0]
    assert first["name"] == name
    assert first["notable"][0]["id"] in ("Person", "Institution")


def test_a_cursor_skips_suggestions(client: FlaskClient) -> None:
    every = suggest(client, "entity", prefix="北湾")
    assert len(every) > 2
    assert suggest(client, "entity", prefix="北湾", cursor=1) == every[1:]


@pytest.mark.parametrize(
    ("what", "prefix", "first"),
    [
        ("type", "机构", "Institution"),
        ("type", "per", "Person"),
        ("property", "行政区划", "code"),
        ("property", "post", "post"),
        ("property", "geo", "geonames"),
    ],
)
def test_types_and_properties_are_suggested(
    client: FlaskClient, what: str, prefix: str, first: str
) -> None:
    assert suggest(client, what, prefix=prefix)[0]["id"] == first


@pytest.mark.parametrize("what", ["entity", "type", "property"])
@pytest.mark.parametrize(
    ("arguments", "status"),
    [({}, 400), ({"prefix": "a", "cursor": "-1"}, 400), ({"prefix": "a", "cursor": "1001"}, 400),
     ({"prefix": ["a", "b"]}, 400), ({"prefix": ""}, 200), ({"prefix": "长" * 400}, 200)],
)  # fmt: skip
def test_suggest_arguments_have_exact_statuses(
    client: FlaskClient, what: str, arguments: dict[str, Any], status: int
) -> None:
    response = client.get(f"/reconcile/suggest/{what}", query_string=arguments)
    assert response.status_code == status


# -------------------------------------------------------------------------------- extend


def test_extension_gives_values_of_every_kind(client: FlaskClient) -> None:
    forum, city = identifier("forum", "2031云梦零碳峰会"), identifier("place", "北湾市")
    rows = extend(client, [forum, city], "start", "organizer", "theme", "figure", "holder")["rows"]
    bureau = {"id": identifier("org", "北湾市绿能局"), "name": "北湾市绿能局"}
    assert rows[forum]["start"] == [{"date": "2031-05-06T00:00:00"}]
    assert rows[forum]["organizer"] == [bureau]
    assert rows[forum]["theme"] == [{"str": "风从海上来"}]
    assert rows[forum]["figure"] == []
    assert rows[city]["figure"] == [{"str": "北湾市，2030年，海风装机：超过1.25万座"}]
    assert rows[city]["holder"] == [{"id": identifier("person", "韦一诺"), "name": "韦一诺"}]


@pytest.mark.parametrize(
    ("settings", "cells"),
    [
        ({"content": "value"}, [{"int": 12500}]),
        ({"content": "value", "indicator": "海风裝機", "period": "2030"}, [{"int": 12500}]),
        ({"indicator": "别的指标"}, []),
        ({"period": "2029"}, []),
        ({"limit": 1, "content": "value"}, [{"int": 12500}]),
        ({"limit": "0", "content": "value"}, [{"int": 12500}]),
    ],
)
def test_settings_choose_figures(client: FlaskClient, settings: Any, cells: list[Any]) -> None:
    city = identifier("place", "北湾市")
    rows = extend(client, [city], {"id": "figure", "settings": settings})["rows"]
    assert rows[city]["figure"] == cells


def test_authority_tables_give_codes_and_links(client: FlaskClient, store: Store) -> None:
    add_entities(store, "one", ("义乌市", "PLACE"), ("生态环境部", "ORG"), ("武汉大学", "ORG"))
    place, ministry = identifier("place", "义乌市"), identifier("org", "生态环境部")
    school = identifier("org", "武汉大学")
    rows = extend(
        client,
        [place, ministry, school],
        "code",
        "geonames",
        "homepage",
        "former",
        "school",
        "within",
    )["rows"]
    assert rows[place]["code"] == [{"str": "330782"}]
    assert rows[place]["geonames"] == [{"str": "https://sws.geonames.org/1814870/"}]
    assert rows[place]["within"] == [{"id": identifier("place", "金华市"), "name": "金华市"}]
    assert rows[ministry]["homepage"] == [{"str": "https://www.mee.gov.cn/"}]
    assert rows[ministry]["former"][0] == {"str": "环境保护部"}
    assert re.fullmatch(r"\d{10}", rows[school]["school"][0]["str"])


def test_every_property_can_be_asked_of_every_class(client: FlaskClient) -> None:
    ids = [
        identifier("person", "韦一诺"),
        identifier("org", "北湾市绿能局"),
        identifier("forum", "2031云梦零碳峰会"),
        identifier("regulation", "北湾海风办法"),
        identifier("place", "北湾市"),
    ]
    answer = extend(client, ids, *PROPERTIES)
    assert [meta["id"] for meta in answer["meta"]] == list(PROPERTIES)
    filled = {p for row in answer["rows"].values() for p, cells in row.items() if cells}
    assert {"name", "alias", "event", "regulation", "post", "issued", "venue", "attends"} <= filled
    assert all(row.keys() == set(PROPERTIES) for row in answer["rows"].values())


def test_an_unknown_identifier_has_an_empty_row(client: FlaskClient) -> None:
    assert extend(client, ["org/nothing"], "name")["rows"] == {"org/nothing": {"name": []}}


def test_entities_among_the_values_have_their_type_in_the_metadata(client: FlaskClient) -> None:
    (meta,) = extend(client, [], "organizer")["meta"]
    assert meta["type"]["id"] == "Institution"


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("[]", "expected an object"),
        ('{"ids": "a", "properties": []}', "expected a list of ids"),
        ('{"ids": [1], "properties": []}', "expected a list of ids"),
        ('{"ids": [], "properties": ["name"]}', "expected a list of properties"),
        ('{"ids": [], "properties": [{"id": "x"}]}', "got 'x'"),
        ('{"ids": [], "properties": [{"id": "name", "settings": {"limit": -1}}]}', "settings"),
    ],
)
def test_a_malformed_extension_is_refused(client: FlaskClient, query: str, part: str) -> None:
    response = client.get("/reconcile", query_string={"extend": query})
    assert response.status_code == 400
    assert part in response.get_json()["detail"]


def test_too_many_identifiers_are_refused(client: FlaskClient) -> None:
    query = {"ids": ["a"] * 1001, "properties": []}
    assert client.post("/reconcile", data={"extend": json.dumps(query)}).status_code == 413


def test_properties_are_proposed_for_a_type(client: FlaskClient) -> None:
    def propose(**arguments: Any) -> Any:
        response = client.get("/reconcile/properties", query_string=arguments)
        return valid(response.get_json(), schemas.PROPOSAL)

    place = propose(type="Place")
    ids = {p["id"] for p in place["properties"]}
    assert "geonames" in ids
    assert "post" not in ids
    assert len(propose(type="Place", limit=2)["properties"]) == 2
    assert propose(type="Planet")["properties"] == []
    assert client.get("/reconcile/properties").status_code == 400
    assert client.get("/reconcile/properties?type=Place&limit=0").status_code == 400


# -------------------------------------------------------------------- preview and flyout


def test_a_preview_may_stand_in_a_frame_and_says_what_is_known(client: FlaskClient) -> None:
    response = client.get("/reconcile/preview", query_string={"id": identifier("person", "韦一诺")})
    assert response.mimetype == "text/html"
    assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    for part in ("韦一诺", "副市长", "2031云梦零碳峰会"):
        assert part in response.text


def test_names_show_harmlessly_in_previews_and_flyouts(client: FlaskClient) -> None:
    hostile = identifier("person", HOSTILE_NAME)
    shown = client.get("/reconcile/preview", query_string={"id": hostile}).text
    flyout = client.get("/reconcile/flyout/entity", query_string={"id": hostile}).get_json()
    for html in (shown, valid(flyout, schemas.FLYOUT)["html"]):
        assert "<script" not in html
        assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("what", "known"),
    [("entity", identifier("place", "北湾市")), ("type", "Place"), ("property", "code")],
)
def test_flyouts_answer_for_what_there_is(client: FlaskClient, what: str, known: str) -> None:
    payload = client.get(f"/reconcile/flyout/{what}", query_string={"id": known}).get_json()
    assert valid(payload, schemas.FLYOUT)["id"] == known
    assert client.get(f"/reconcile/flyout/{what}?id=nothing").status_code == 404
    assert client.get(f"/reconcile/flyout/{what}").status_code == 400


@pytest.mark.parametrize(("query", "status"), [("", 400), ("?id=org/nothing", 404)])
def test_a_preview_of_nothing_has_its_status(client: FlaskClient, query: str, status: int) -> None:
    assert client.get(f"/reconcile/preview{query}").status_code == status


# ------------------------------------------------------------------------------ the loop


def test_a_column_is_reconciled_extended_and_joined(client: FlaskClient, store: Store) -> None:
    """Names of somebody else's table to identifiers, to codes, to what the graph says."""
    add_entities(store, "one", ("遵义市统计局", "ORG"), ("遵义市", "PLACE"))
    column = ["遵義市統計局", "北湾绿能局", "贵州省遵义市"]
    batch = {str(number): {"query": name} for number, name in enumerate(column)}
    answers = post(client, **batch)
    ids = [answers[str(number)]["result"][0]["id"] for number in range(len(column))]
    rows = extend(client, ids, "code", "regulation")["rows"]
    assert [rows[i]["code"] for i in ids] == [[{"str": "520300"}], [], [{"str": "520300"}]]
    (rule,) = rows[ids[1]]["regulation"]
    values = " ".join(f"<{BASE}id/{i}>" for i in ids)
    query = (
        "PREFIX eli: <http://data.europa.eu/eli/ontology#>"
        f" SELECT ?rule WHERE {{ VALUES ?body {{ {values} }} ?rule eli:passed_by ?body }}"
    )
    response = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/csv"})
    assert response.text.split() == ["rule", f"{BASE}id/{rule['id']}"]


def test_the_index_follows_the_store(client: FlaskClient, store: Store) -> None:
    assert ask(client, "新来人", type="Person") == []
    add_entities(store, "new", ("新来人", "PERSON"))
    assert ask(client, "新来人", type="Person")[0]["match"]


def test_search_finds_other_forms_of_names(client: FlaskClient) -> None:
    def search(query: str) -> list[tuple[str, str]]:
        response = client.get(
            "/search", query_string={"q": query}, headers={"Accept": "application/json"}
        )
        return [(hit["name"], hit["match"]) for hit in response.get_json()["results"]]

    assert search("weiyinuo") == [("韦一诺", "form")]
    assert search("wyn") == [("韦一诺", "form")]
    assert ("2031云梦零碳峰会", "form") in search("雲夢峰會")
    assert search("韦一诺")[0] == ("韦一诺", "exact")
    assert search("没有这个名字") == []
