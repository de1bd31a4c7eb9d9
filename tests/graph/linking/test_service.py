"""What services say is read, or refused with the place that is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from graph.linking.errors import InvalidAnswerError, InvalidManifestError, ServiceAddressError
from graph.linking.service import (
    MAX_BATCH_SIZE,
    MAX_TEXT,
    Candidate,
    ServiceType,
    check_address,
    read_answers,
    read_candidates,
    read_manifest,
    target_iri,
)
from tests.graph.linking.conftest import MANIFEST, SPACE, candidate

URL = "https://names.example/reconcile"


def manifest_of(**changes: Any) -> bytes:
    return json.dumps({**MANIFEST, **changes}).encode()


# --- addresses ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [URL, "http://127.0.0.1:8000/reconcile", "http://[::1]:9/r", "http://a.example/r?table=1"],
)
def test_addresses_of_any_host_are_taken_as_they_are(url: str) -> None:
    assert check_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "names.example/reconcile",
        "ftp://names.example/",
        "file:///etc/passwd",
        "http://",
        "http://a.example:port/",
        "http://a.example/a b",
        "http://a.example/#x",
        "http://user:secret@a.example/",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ServiceAddressError, match="expected the http or https address"):
        check_address(url)


# --- manifests ---------------------------------------------------------------------------


def test_manifest_is_read() -> None:
    data = manifest_of(
        defaultTypes=[{"id": "Org", "name": "Organisation"}, "Place"],
        view={"url": "https://names.example/page/{{id}}"},
        batchSize=7,
    )
    manifest = read_manifest(data, url=URL)
    assert manifest.url == URL
    assert manifest.name == "Names"
    assert manifest.versions == ("0.1", "0.2")
    assert manifest.identifier_space == SPACE
    assert manifest.default_types == (
        ServiceType("Org", "Organisation"),
        ServiceType("Place", "Place"),
    )
    assert manifest.view == "https://names.example/page/{{id}}"
    assert manifest.batch_size == 7


def test_manifest_without_versions_is_one_of_version_0_1() -> None:
    bare = {key: value for key, value in MANIFEST.items() if key != "versions"}
    assert read_manifest(json.dumps(bare).encode(), url=URL).versions == ("0.1",)


def test_batches_have_an_upper_limit_whatever_the_service_says() -> None:
    assert read_manifest(manifest_of(batchSize=10**9), url=URL).batch_size == MAX_BATCH_SIZE


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "expected JSON"),
        (b"<html>", "expected JSON"),
        (b"\xff\xfe", "expected JSON"),
        (b"[" * 100_000, "expected JSON"),
        (b'{"versions": NaN}', "expected JSON"),
        (b"[]", "expected an object, got []"),
        (manifest_of(versions="0.2"), "expected 'versions' to be a list of strings"),
        (manifest_of(versions=["0.3"]), "expected a version among ('0.1', '0.2'), got ['0.3']"),
        (manifest_of(identifierSpace=None), "expected 'identifierSpace' to be an http or https"),
        (manifest_of(identifierSpace="names"), "expected 'identifierSpace'"),
        (manifest_of(identifierSpace="javascript:1"), "expected 'identifierSpace'"),
        (manifest_of(batchSize=0), "expected 'batchSize' to be a whole number from 1, got 0"),
        (manifest_of(batchSize=True), "expected 'batchSize'"),
        (manifest_of(defaultTypes=[{}]), "expected types to have an 'id'"),
        (manifest_of(defaultTypes={}), "expected 'defaultTypes' to be a list"),
        (manifest_of(view={"url": "https://names.example/"}), "expected 'view' to have an address"),
        (manifest_of(name=3), "expected 'name' to be a string, got 3"),
    ],
)
def test_other_manifests_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(InvalidManifestError) as refused:
        read_manifest(data, url=URL)
    assert str(refused.value).startswith(f"{URL}: manifest: ")
    assert message in str(refused.value)
    assert len(str(refused.value)) < 500


# --- answers -----------------------------------------------------------------------------


def read(value: Any, keys: tuple[str, ...] = ("q0",)) -> Any:
    return read_answers(json.dumps(value).encode(), keys=keys, where="batch 1")


def test_candidates_are_read_best_first_and_equal_ones_by_identifier() -> None:
    rows = [
        candidate("b", "乙", 50),
        candidate("c", "丙", 50),
        candidate("a", "甲", 99.5, match=True, type=[{"id": "T", "name": "t"}, "U"]),
    ]
    assert read({"q0": {"result": rows}, "more": 1}) == {
        "q0": (
            Candidate("a", "甲", 99.5, True, ("T", "U")),
            Candidate("b", "乙", 50.0, False, ()),
            Candidate("c", "丙", 50.0, False, ()),
        )
    }


def test_version_0_1_may_leave_out_match_and_type() -> None:
    (found,) = read_candidates([{"id": "1", "name": "甲", "score": 3}], where="here")
    assert found == Candidate("1", "甲", 3.0, False, ())


def test_names_lose_control_characters_and_what_is_too_long() -> None:
    (found,) = read_candidates([candidate("1", "\x1b[2J甲\n\ud800乙", 3)], where="here")
    assert found.name == "[2J甲 乙"
    (long,) = read_candidates([candidate("1", "甲" * 9999, 3)], where="here")
    assert long.name == "甲" * MAX_TEXT


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "batch 1: expected an object, got []"),
        ({}, "expected an answer to the query 'q0'"),
        ({"status": "error", "message": "no"}, "expected an answer to the query 'q0'"),
        ({"q0": []}, "query 'q0': expected a list 'result'"),
        ({"q0": {"result": {}}}, "query 'q0': expected a list 'result'"),
        ({"q0": {"result": [1]}}, "query 'q0': candidate 1: expected an object, got 1"),
        ({"q0": {"result": [candidate("", "甲", 1)]}}, "expected 'id' to be a string of 1 to"),
        ({"q0": {"result": [candidate("x" * 2001, "甲", 1)]}}, "expected 'id'"),
        ({"q0": {"result": [{**candidate("1", "甲", 1), "id": 1}]}}, "expected 'id'"),
        ({"q0": {"result": [{**candidate("1", "甲", 1), "name": None}]}}, "expected 'name'"),
        ({"q0": {"result": [{**candidate("1", "甲", 1), "score": "9"}]}}, "expected 'score'"),
        ({"q0": {"result": [{**candidate("1", "甲", 1), "score": True}]}}, "expected 'score'"),
        ({"q0": {"result": [{**candidate("1", "甲", 1), "score": 1e300}]}}, "expected 'score'"),
        ({"q0": {"result": [{**candidate("1", "甲", 1), "match": 1}]}}, "expected 'match'"),
        ({"q0": {"result": [{**candidate("1", "甲", 1), "type": "T"}]}}, "expected 'type'"),
        (
            {"q0": {"result": [candidate("1", "甲", 1, type=[{"name": 1}])]}},
            "types to have an 'id'",
        ),
        ({"q0": {"result": [candidate("1", "甲", 1)] * 1001}}, "at most 1000 candidates"),
    ],
)
def test_other_answers_are_refused_by_query_and_candidate(value: Any, message: str) -> None:
    with pytest.raises(InvalidAnswerError) as refused:
        read(value)
    assert str(refused.value).startswith("batch 1: ")
    assert message in str(refused.value)
    assert len(str(refused.value)) < 500


# --- identifiers -------------------------------------------------------------------------

VIEW = {"url": "https://names.example/page/{{id}}"}


@pytest.mark.parametrize(
    ("changes", "identifier", "iri"),
    [
        ({}, "17", f"{SPACE}17"),
        ({}, "org/a-1", f"{SPACE}org/a-1"),
        ({}, "北 湾<", f"{SPACE}%E5%8C%97%20%E6%B9%BE%3C"),
        ({"view": VIEW}, "17", f"{SPACE}17"),
        ({}, "https://other.example/17", "https://other.example/17"),
        ({"identifierSpace": "http://a.example/ids"}, "17", "http://a.example/ids/17"),
        (
            {"identifierSpace": "http://a.example/ids", "view": VIEW},
            "17",
            "https://names.example/page/17",
        ),
        ({"identifierSpace": "http://a.example/?id="}, "1&2", "http://a.example/?id=1&2"),
    ],
)
def test_identifiers_become_iris(changes: dict[str, Any], identifier: str, iri: str) -> None:
    assert target_iri(read_manifest(manifest_of(**changes), url=URL), identifier) == iri


def test_a_template_takes_the_place_of_the_identifier_space() -> None:
    manifest = read_manifest(
        manifest_of(identifierSpace="none"),
        url=URL,
        identifier_template="https://t.example/{{id}}/it",
    )
    assert target_iri(manifest, "1/2") == "https://t.example/1/2/it"
    with pytest.raises(InvalidManifestError, match="in the template"):
        read_manifest(manifest_of(), url=URL, identifier_template="https://t.example/")


@pytest.mark.parametrize("identifier", ["http://a b", "https://", "x" * 2000 + "北" * 100])
def test_identifiers_that_make_no_iri_are_refused(identifier: str) -> None:
    with pytest.raises(InvalidAnswerError, match="expected an identifier that makes an http"):
        target_iri(read_manifest(manifest_of(), url=URL), identifier)
