"""Files of the pages: addresses with digests, and pages without scripts."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from flask import Flask

from web import assets


@pytest.fixture
def site(tmp_path: Path) -> Flask:
    """An application with a style sheet and nothing built."""
    (tmp_path / "static" / "css").mkdir(parents=True)
    (tmp_path / "static" / "css" / "a.css").write_text("a { color: red }", encoding="utf-8")
    return Flask("site", root_path=str(tmp_path))


def test_an_address_changes_with_the_file(site: Flask, tmp_path: Path) -> None:
    with site.test_request_context():
        first = assets.asset("css/a.css")
        assert re.fullmatch(r"/static/css/a\.css\?v=[0-9a-f]{10}", first)
        assert assets.asset("css/a.css") == first
        (tmp_path / "static" / "css" / "a.css").write_text("a { color: blue }", encoding="utf-8")
        assert assets.asset("css/a.css") != first


def test_a_file_that_is_not_there_is_an_error(site: Flask) -> None:
    with site.test_request_context(), pytest.raises(FileNotFoundError):
        assets.asset("css/b.css")


def test_without_a_build_there_is_no_script_and_one_line_says_so(
    site: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assets.init_app(site)
    (record,) = caplog.records
    assert "make install" in record.getMessage()
    with site.test_request_context():
        assert assets.script("site.js") is None


def test_with_a_build_scripts_have_addresses(
    site: Flask, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "static" / "build").mkdir()
    (tmp_path / "static" / "build" / "site.js").write_text("0", encoding="utf-8")
    assets.init_app(site)
    assert caplog.records == []
    with site.test_request_context():
        address = assets.script("site.js")
    assert address is not None
    assert address.startswith("/static/build/site.js?v=")


@pytest.mark.parametrize(
    ("path", "cached"),
    [
        ("/static/css/a.css?v=0123456789", True),
        ("/static/css/a.css", False),
        ("/static/build/parts/chunk-AB12.js", True),
        ("/static/nothing.css?v=0123456789", False),
    ],
)
def test_what_its_address_pins_is_kept_for_good(
    site: Flask, tmp_path: Path, path: str, cached: bool
) -> None:
    parts = tmp_path / "static" / "build" / "parts"
    parts.mkdir(parents=True)
    (parts / "chunk-AB12.js").write_text("0", encoding="utf-8")
    assets.init_app(site)
    header = site.test_client().get(path).headers.get("Cache-Control", "")
    assert ("immutable" in header) is cached
