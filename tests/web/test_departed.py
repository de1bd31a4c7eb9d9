"""No address that was ever published answers 404, whatever became of the documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from graph.decisions.apply import apply_decisions
from graph.decisions.file import DecisionFile, with_decisions
from graph.identity import Minter
from graph.linking.linker import Answered, store_matches
from graph.linking.subjects import Subject
from graph.resolution.apply import remove_documents
from graph.resolution.decisions import Decision, Reference, Verdict
from graph.store import Store, open_store
from server import create_app
from tests.graph.linking.conftest import SOURCE, match
from tests.graph.resolution.articles import Article
from tests.graph.resolution.conftest import Lenient, load_articles
from tests.web.conftest import BASE

FULL, SHORT = "云栖青禾电力股份有限公司", "青禾电力"
CITY, FORUM = "遵义市水务局", "第三届海风利用论坛"
PERSON = "乔云岫"
TODAY = "2031-05-09"
ANSWERS = {"id": {300, 303, 308, 410}, "page": {200, 300, 308, 410}, "data": {200, 300, 308, 410}}


def first_article(org: str = SHORT) -> Article:
    return (
        Article("news/a", "2031-03-01")
        .post(PERSON, org, "董事长")
        .attends(PERSON, FORUM)
        .issued(org, "《海风利用办法》")
    )


ARTICLES = (
    first_article(),
    Article("b", "2031-03-02").post(PERSON, CITY, "局长").held(FORUM, "2031-05-06"),
    Article("c", "2031-03-03").names("PERSON", PERSON),
)
RENAMING = Article("d", "2031-03-04").called("ORG", FULL, SHORT)


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None, mode="write", base=BASE) as opened:
        load_articles(opened, ARTICLES)
        yield opened


@pytest.fixture
def client(store: Store) -> FlaskClient:
    return create_app({"TANPU_STORE": store, "TESTING": True}).test_client()


def published(store: Store) -> set[str]:
    """What has an address, without the base and ``id/``."""
    found = store.query("SELECT DISTINCT ?s WHERE { ?s ?p ?o }")
    iris = {row["s"].value for row in found}  # type: ignore[union-attr]
    return {i.removeprefix(f"{BASE}id/") for i in iris if "/id/" in i and "#" not in i}


def check_answers(client: FlaskClient, nodes: set[str]) -> dict[str, set[str]]:
    """Ask for everything in three ways; the nodes by the status of their pages."""
    by_status: dict[str, set[str]] = {}
    for node in sorted(nodes):
        for folder, allowed in ANSWERS.items():
            response = client.get(f"/{folder}/{node}")
            assert response.status_code in allowed, (folder, node, response.status_code)
            if folder == "page":
                by_status.setdefault(str(response.status_code), set()).add(node)
            if response.status_code == 308:
                ending = client.get(response.headers["Location"]).status_code
                assert ending in {200, 303}, (folder, node, ending)
    return by_status


def decided(verdict: Verdict) -> DecisionFile:
    left, right = (Reference("person", PERSON, document) for document in ("news/a", "b"))
    decision = Decision(left, right, verdict, who="林若禾", when="2031-06-07", why="简历")
    return with_decisions(DecisionFile(Path("decisions.jsonl")), [decision])


def test_merging_by_a_document_and_removing_it_leaves_no_address_without_an_answer(
    client: FlaskClient, store: Store
) -> None:
    seen = published(store)
    load_articles(store, [RENAMING])
    moved = check_answers(client, seen)["308"]
    assert {"membership", "post", "issuance", "org"} <= {node.partition("/")[0] for node in moved}
    seen |= published(store)
    remove_documents(["d"], store, Minter(BASE), validator=Lenient())
    assert moved <= check_answers(client, seen)["200"]


def test_deciding_and_undoing_leaves_no_address_without_an_answer(
    client: FlaskClient, store: Store
) -> None:
    nothing = DecisionFile(Path("decisions.jsonl"))
    apply_decisions(store, Minter(BASE), nothing, today=TODAY)
    seen = published(store)
    for verdict in ("same", "different"):
        apply_decisions(store, Minter(BASE), decided(verdict), today=TODAY)
        seen |= published(store)
        check_answers(client, seen)
    apply_decisions(store, Minter(BASE), nothing, today=TODAY)
    assert set(check_answers(client, seen)) >= {"200", "308"}


def test_a_newer_extraction_leaves_no_address_without_an_answer(
    client: FlaskClient, store: Store
) -> None:
    seen = published(store)
    newer = replace(first_article(FULL).done(), pipeline="newer")
    load_articles(store, [newer])
    load_articles(store, [Article("b", "2031-03-02").names("FORUM", FORUM)])
    assert check_answers(client, seen)["410"]


def test_removing_every_document_answers_410_everywhere(client: FlaskClient, store: Store) -> None:
    seen = published(store)
    documents = ["news/a", "b", "c"]
    remove_documents(documents, store, Minter(BASE), validator=Lenient())
    assert published(store) == set()
    assert check_answers(client, seen) == {"410": seen}


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [("text/html", "text/html"), ("application/json", "application/problem+json")],
)
def test_what_is_gone_names_its_documents(
    client: FlaskClient, store: Store, accept: str, media_type: str
) -> None:
    [node] = [n for n in published(store) if n.startswith("participation/")]
    load_articles(store, [Article("news/a", "2031-03-01").names("PERSON", PERSON)])
    response = client.get(f"/id/{node}", headers={"Accept": accept})
    assert response.status_code == 410
    assert response.mimetype == media_type
    assert response.headers["Cache-Control"] == "no-store"
    if accept == "text/html":
        assert 'href="/page/document/news%2Fa"' in response.text
        assert f"{BASE}id/{node}" in response.text
    else:
        assert response.get_json()["documents"] == ["news/a"]


def test_a_document_that_was_removed_says_when_and_leads_to_the_list(
    client: FlaskClient, store: Store
) -> None:
    remove_documents(["c"], store, Minter(BASE), validator=Lenient())
    departed = store.departure(f"{BASE}id/document/c")
    assert departed is not None
    assert departed.removed is not None
    assert datetime.now(UTC) - departed.removed < timedelta(minutes=5)
    moment = departed.removed.isoformat()
    for folder in ("id", "page", "data"):
        assert client.get(f"/{folder}/document/c").status_code == 410
    assert client.get("/graph/c").status_code == 410
    page = client.get("/page/document/c?lang=zh", headers={"Accept": "text/html"}).text
    assert "本文已移除，移除时间：" in page
    assert f'<time datetime="{moment}">' in page
    main = page.partition("<main")[2].partition("</main")[0]
    assert "/page/document/c" not in main
    assert 'href="/documents' in main
    problem = client.get("/id/document/c", headers={"Accept": "application/json"}).get_json()
    assert problem["removed"] == moment


def test_an_address_keeps_suffix_and_query_on_its_way_to_what_took_its_place(
    client: FlaskClient, store: Store
) -> None:
    [before] = [n for n in published(store) if n.startswith("issuance/")]
    load_articles(store, [RENAMING])
    [after] = [n for n in published(store) if n.startswith("issuance/")]
    response = client.get(f"/data/{before}.ttl?confidence=0.5")
    assert response.status_code == 308
    assert response.headers["Location"] == f"/data/{after}.ttl?confidence=0.5"


def link_with(store: Store, *targets: str) -> None:
    """Links of the only institution of the second article with things of another dataset."""
    iri = str(Minter(BASE).entity("org", CITY))
    found = tuple(match(iri.removeprefix(f"{BASE}id/"), target) for target in targets)
    answered = [Answered(Subject(iri, "ORG", (CITY,), {}), found, remembered=False)]
    store_matches(store, Minter(BASE), SOURCE, answered, decisions={}, moved={})


def test_links_and_linksets_have_addresses_that_stay(client: FlaskClient, store: Store) -> None:
    link_with(store, "7")
    seen = {n for n in published(store) if n.startswith(("link/", "linkset/"))}
    assert {node.partition("/")[0] for node in seen} == {"link", "linkset"}
    assert check_answers(client, seen) == {"200": seen}
    graph = Minter(BASE).link_graph(SOURCE.iri).removeprefix(BASE)
    response = client.get(f"/{graph}", headers={"Accept": "text/turtle"})
    assert response.status_code == 200
    assert "names.example/id/7" in response.text
    link_with(store)
    assert seen - published(store)
    assert check_answers(client, seen)["410"] == seen - published(store)


def test_what_never_was_is_404(client: FlaskClient) -> None:
    for path in ("/id/membership/0123456789", "/page/document/none", "/data/post/x-0123456789"):
        assert client.get(path).status_code == 404
