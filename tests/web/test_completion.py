"""What the editor of queries is offered."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from ontology.terms import PREFIXES, TANPU


def read(client: FlaskClient, language: str) -> dict[str, Any]:
    response = client.get("/sparql/vocabulary", query_string={"lang": language})
    assert (response.status_code, response.mimetype) == (200, "application/json")
    found: dict[str, Any] = response.get_json()
    return found


def test_our_prefixes_are_offered(client: FlaskClient) -> None:
    expected = {name: str(namespace) for name, namespace in PREFIXES.items()}
    assert read(client, "en")["prefixes"] == expected


def test_what_the_graph_uses_is_offered_with_its_words_and_count(client: FlaskClient) -> None:
    for language, word in (("zh", "会议活动"), ("en", "Forum")):
        offers = {offer["iri"]: offer for offer in read(client, language)["classes"]}
        asked = client.get(
            "/sparql", query_string={"query": f"SELECT ?s {{ ?s a <{TANPU.Forum}> }}"}
        ).get_json()
        count = len(asked["results"]["bindings"])
        assert offers[str(TANPU.Forum)] == {
            "iri": str(TANPU.Forum),
            "count": count,
            "label": word,
        }
        assert str(TANPU.Extraction) in offers


def test_what_is_used_most_comes_first(client: FlaskClient) -> None:
    counts = [int(offer["count"]) for offer in read(client, "zh")["properties"]]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1] > 0
