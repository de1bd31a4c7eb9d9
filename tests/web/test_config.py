from __future__ import annotations

from typing import Any

import pytest

from web.config import Settings, read_settings
from web.errors import ConfigError


def test_defaults_hold_where_nothing_is_set() -> None:
    assert read_settings({}, environ={}) == Settings()


def test_the_mapping_wins_over_the_environment() -> None:
    environ = {"TANPU_PAGE_SIZE": "7", "TANPU_LIST_SIZE": "8"}
    settings = read_settings({"TANPU_PAGE_SIZE": 3}, environ=environ)
    assert (settings.page_size, settings.list_size) == (3, 8)


def test_other_names_are_left_to_flask() -> None:
    assert read_settings({"TESTING": True}, environ={"PATH": "/bin"}) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TANPU_PAGE_SIZE", "0"),
        ("TANPU_PAGE_SIZE", "-1"),
        ("TANPU_PAGE_SIZE", "many"),
        ("TANPU_PAGE_SIZE", ""),
        ("TANPU_QUERY_MAX_DEPTH", "1.5"),
        ("TANPU_QUERY_SECONDS", "0"),
        ("TANPU_QUERY_MEMORY", "1023"),
        ("TANPU_BASE", "graph.example/"),
        ("TANPU_BASE", "http://graph.example"),
        ("TANPU_BASE", "ftp://graph.example/"),
        ("TANPU_BASE", "http://graph.example/?a=/"),
        ("TANPU_PAGESIZE", "5"),
    ],
)
def test_a_bad_setting_is_refused_by_its_name(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=name):
        read_settings({name: value}, environ={})
