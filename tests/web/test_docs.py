"""``docs/service.md`` says what the service does."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from flask.testing import FlaskClient

from web.config import Settings


def test_the_statuses_in_the_documentation_are_the_real_ones(
    client: FlaskClient, root: Path
) -> None:
    text = (root / "docs" / "service.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `GET (\S+)` \| `(\S+)` \| (\d{3}) \|$", text, re.MULTILINE)
    assert len(rows) > 10
    for path, accept, status in rows:
        response = client.get(path, headers={"Accept": accept})
        assert (path, accept, response.status_code) == (path, accept, int(status))


def test_the_settings_in_the_documentation_are_the_real_ones(root: Path) -> None:
    text = (root / "docs" / "service.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\| `TANPU_(\w+)` \| `?([^`|]+?)`? \|", text, re.MULTILINE))
    defaults = {f.name.upper(): default_in_words(f.default) for f in fields(Settings)}
    defaults["BASE"] = "that of the store"
    defaults["DECISIONS"] = "beside the store"
    defaults["QUERY_CLIENT_WORKERS"] = "half of the processes"
    defaults["QUERY_CLIENT_QUEUE"] = "half of the queue"
    defaults["LISTENERS"] = "one for each core but two, at most 4"
    assert documented == defaults


def default_in_words(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return str(int(value)) if isinstance(value, bool) else str(value)
