"""What /openapi.json promises holds for whatever fits it, and for what does not.

Each described operation gets requests that its description allows, and such as it does not:
none is answered with a 500, and each answer has a status, a type and a body that are described.
What no description says is tried in ``test_fuzzing.py``. More tries than a run of all tests has
time for: ``FUZZ_SCHEMA_EXAMPLES=200``, each operation.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from extract.worker import LocalExtractor
from graph.store import open_store
from graph.tokens import TOKEN_FILE
from server import create_app
from tests.conftest import extract_simply
from tests.web.conftest import BASE, FORUM_ID, fill, forum_extraction, hostile_extraction
from tests.web.writers import NEW_GRAPH, OLD_GRAPH, bearer, keep_tokens, new_triples, serialized
from web.extraction import EXTENSION
from web.formats import CONSTRUCTED_FORMATS
from web.ingestion import close_ingestion
from web.openapi import describe_service

EXAMPLES = "FUZZ_SCHEMA_EXAMPLES"
TRIES = settings(
    max_examples=int(os.environ.get(EXAMPLES, "4")),
    deadline=None,
    database=None,
    derandomize=EXAMPLES not in os.environ,
    suppress_health_check=list(HealthCheck),
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# What is described is what programs get, not pages; schemathesis decompresses nothing.
PLAIN = {
    "Accept": "application/json, application/problem+json, "
    "application/sparql-results+json;q=0.9, text/turtle;q=0.8, */*;q=0.1",
    "Accept-Encoding": "identity",
}
OPERATIONS = [
    f"{method.upper()} {path}"
    for path, item in describe_service("/")["paths"].items()
    for method in item
]

texts = st.text(max_size=40).map(str.encode)
queries = (
    "ASK {}", "SELECT * { ?s ?p ?o } LIMIT 3", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3", "SELECT (1/0 AS ?n) {}",
    f"SELECT ?s {{ GRAPH <{OLD_GRAPH}> {{ ?s a ?c }} }}", "DESCRIBE <urn:x>", "SELECT * { SERVICE <urn:s> {} }",
)  # fmt: skip
updates = (
    f"INSERT DATA {{ GRAPH <{NEW_GRAPH}> {{ <urn:a> <urn:b> 1 }} }}", f"DROP GRAPH <{OLD_GRAPH}>", "CLEAR ALL",
    "INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }", "LOAD <urn:x>", "INSERT DATA { <urn:a> <urn:b> 1 }", "DELETE WHERE",
)  # fmt: skip
lines = (
    '{"id": "a", "text": "甲市很大。"}\n',
    '{"id": "a"}\n{"text": ""}\n{',
    "",
    "[]\n",
    "\ufeff{}",
)


def sampled(*known: str) -> st.SearchStrategy[bytes]:
    return st.one_of(st.sampled_from([text.encode() for text in known]), texts)


# Their bodies are texts of languages that no schema describes.
openapi.media_type("application/sparql-query", sampled(*queries))
openapi.media_type("application/sparql-update", sampled(*updates))
openapi.media_type("application/x-ndjson", sampled(*lines), aliases=("application/jsonl",))
openapi.media_type("application/pdf", st.one_of(st.just(b"%PDF-1.4\n"), st.binary(max_size=40)))
for one in CONSTRUCTED_FORMATS:
    graph = serialized(new_triples(), one.ox_format)
    openapi.media_type(
        one.media_types[0], st.one_of(st.sampled_from([graph, graph[:200], b"<"]), texts)
    )


@pytest.fixture(scope="module")
def described(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[BaseSchema, dict[str, str]]]:
    """The description that a service gives of itself, and the header of a token for it."""
    tokens = tmp_path_factory.mktemp("fuzzing") / TOKEN_FILE
    with (
        open_store(None, mode="write", base=BASE) as store,
        pytest.MonkeyPatch.context() as patch,
    ):
        fill(store, forum_extraction(), hostile_extraction())
        patch.setattr("extract.pipeline.load_pipeline", lambda model="accurate": None)
        patch.setattr("extract.pipeline.extract_document", extract_simply)
        app = create_app(
            {
                "TANPU_STORE": store,
                "TANPU_CLIENT_SECONDS": 10**6,
                "TANPU_INGEST_HOURLY": 10**9,
                "TANPU_INGEST_JOBS": 10**9,
                "PROPAGATE_EXCEPTIONS": True,
            }
        )
        app.extensions[EXTENSION] = LocalExtractor()
        keep_tokens(app, tokens)
        yield openapi.from_wsgi("/openapi.json", app), bearer(tokens, "fuzz", "admin")
        close_ingestion(app)


@pytest.mark.parametrize("label", OPERATIONS)
def test_a_described_operation_answers_as_it_is_described(
    described: tuple[BaseSchema, dict[str, str]], label: str
) -> None:
    schema, token = described
    method, _, path = label.partition(" ")
    operation = schema[path][method]
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    known = st.sampled_from([FORUM_ID, "韦一诺-0123456789"])

    @TRIES
    @given(
        case=st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes)),
        name=st.none() | known,
        allowed=st.booleans(),
    )
    def send(case: Case, name: str | None, allowed: bool) -> None:
        if name is not None and "name" in case.path_parameters:
            case.path_parameters["name"] = name
        headers = {**PLAIN, **(token if allowed else {})}
        case.call_and_validate(headers=headers, checks=CHECKS)

    send()
