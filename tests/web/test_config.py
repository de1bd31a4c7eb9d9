from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from web.config import Settings, read_settings, settings_to_toml
from web.errors import ConfigError


def test_defaults_hold_where_nothing_is_set() -> None:
    assert read_settings({}, environ={}) == Settings()


def test_the_mapping_wins_over_the_environment() -> None:
    environ = {"TANPU_PAGE_SIZE": "7", "TANPU_LIST_SIZE": "8"}
    settings = read_settings({"TANPU_PAGE_SIZE": 3}, environ=environ)
    assert (settings.page_size, settings.list_size) == (3, 8)


def test_other_names_are_left_to_flask() -> None:
    assert read_settings({"TESTING": True}, environ={"PATH": "/bin"}) == Settings()


def write(folder: Path, text: str) -> str:
    path = folder / "tanpu.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_file_gives_way_to_the_environment_and_both_to_the_mapping(tmp_path: Path) -> None:
    path = write(tmp_path, "page_size = 1\nlist_size = 2\ntable_size = 3\n")
    environ = {"TANPU_CONFIG": path, "TANPU_LIST_SIZE": "22", "TANPU_TABLE_SIZE": "33"}
    settings = read_settings({"TANPU_TABLE_SIZE": 333}, environ=environ)
    assert (settings.page_size, settings.list_size, settings.table_size) == (1, 22, 333)


def test_the_file_of_the_mapping_wins_over_that_of_the_environment(tmp_path: Path) -> None:
    path = write(tmp_path, "page_size = 7\n")
    environ = {"TANPU_CONFIG": str(tmp_path / "nothing")}
    assert read_settings({"TANPU_CONFIG": path}, environ=environ).page_size == 7


def test_a_file_sets_everything_that_can_be_set(tmp_path: Path) -> None:
    wanted = replace(
        Settings(),
        host="::1",
        port=0,
        store="elsewhere/店",
        base="http://graph.example/",
        decisions="kept/decisions.jsonl",
        query_client_workers=3,
        query_client_queue=4,
        listeners=0,
        trusted_proxies=("10.0.0.0/8", "::1"),
        log_format="text",
        model="fast",
    )
    path = write(tmp_path, settings_to_toml(wanted))
    assert all(f"{field.name} = " in Path(path).read_text("utf-8") for field in fields(Settings))
    assert read_settings({"TANPU_CONFIG": path}, environ={}) == wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("page_sise = 5", r"tanpu\.toml: expected keys among .*'page_size'.*, got \['page_sise'\]"),
        ("page_size = 0", r"tanpu\.toml: page_size: expected a positive whole number, got 0"),
        ("page_size = true", r"page_size: expected a positive whole number, got True"),
        ("page_size = 2.0", r"page_size: expected a positive whole number, got 2\.0"),
        ("page_size = [1]", r"page_size: expected a positive whole number, got \[1\]"),
        ("query_memory = 2147483648", r"expected a whole number up to 2147483647, got 2147483648"),
        ("query_seconds = 1000001", r"expected a whole number up to 1000000, got 1000001"),
        ("client_window = 1000001", r"expected a whole number up to 1000000, got 1000001"),
        ("trusted_proxies = [1]", r"trusted_proxies: expected an address or a network .*, got 1"),
        ("listeners = 65", r"listeners: expected a whole number up to 64, got 65"),
        ("listeners = -1", r"listeners: expected a whole number up to 64, got -1"),
        ("port = 65536", r"port: expected a whole number up to 65535, got 65536"),
        ("store = 3", r"store: expected a text, got 3"),
        ('host = ""', r"host: expected a text, got ''"),
        ('log_format = "xml"', r"log_format: expected one of \['json', 'text'\], got 'xml'"),
        ('model = "large"', r"model: expected one of \['accurate', 'fast'\], got 'large'"),
        ("trusted_proxies = 5", r"trusted_proxies: expected a list of .*, got 5"),
        ('trusted_proxies = ["10.0.0.1/8"]', r"expected an address or a network .*10\.0\.0\.1/8"),
        ("[web]\npage_size = 5", r"expected keys among .*, got \['web'\]"),
        ("page_size 5", r"tanpu\.toml: expected TOML, got: .*line 1"),
    ],
)
def test_a_bad_file_is_refused_by_place_key_and_value(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        read_settings({"TANPU_CONFIG": write(tmp_path, text)}, environ={})


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing\.toml: expected a readable file"):
        read_settings({"TANPU_CONFIG": str(tmp_path / "nothing.toml")}, environ={})


def test_a_misspelt_name_in_the_environment_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"the environment: .*got \['TANPU_PAGE_SISE'\]"):
        read_settings({}, environ={"TANPU_PAGE_SISE": "5"})


def test_networks_come_from_the_environment_as_one_text() -> None:
    environ = {"TANPU_TRUSTED_PROXIES": "10.0.0.1, 192.168.0.0/16"}
    assert read_settings({}, environ=environ).trusted_proxies == ("10.0.0.1", "192.168.0.0/16")


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
        ("TANPU_BASE", "http://graph example/"),
        ("TANPU_PAGESIZE", "5"),
        ("TANPU_PORT", "-1"),
        ("TANPU_QUERY_CLIENT_WORKERS", "0"),
        ("TANPU_METRICS_FROM", "everywhere"),
        ("TANPU_LOG_FORMAT", "JSON"),
    ],
)
def test_a_bad_setting_is_refused_by_its_name(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=name):
        read_settings({name: value}, environ={})
