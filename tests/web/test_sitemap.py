from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import BASE

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def addresses_of(client: FlaskClient, path: str) -> list[str]:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "application/xml")
    return [str(loc.text) for loc in ElementTree.fromstring(response.text).iter(NAMESPACE + "loc")]


def test_every_address_of_the_sitemap_is_a_page(client: FlaskClient) -> None:
    (file,) = addresses_of(client, "/sitemap.xml")
    assert file == BASE + "sitemap/1.xml"
    addresses = addresses_of(client, "/sitemap/1.xml")
    assert len(addresses) == len(set(addresses)) > 15
    assert BASE in addresses
    assert BASE + "page/document/news%2F2031-05" in addresses
    for address in addresses:
        path = "/" + address.removeprefix(BASE)
        assert client.get(path, headers={"Accept": "text/html"}).status_code == 200, address


def description_of(html: str) -> str:
    """What search engines show under the title of a page."""
    found = re.search(r'<meta name="description" content="(.*?)">', html, re.S)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_two_pages_have_one_description(client: FlaskClient, language: str) -> None:
    paths = ["/" + a.removeprefix(BASE) for a in addresses_of(client, "/sitemap/1.xml")]
    paths += ["/contradictions", "/review", "/shapes", "/api", "/try"]
    html = {"Accept": "text/html"}
    pages = [client.get(path, query_string={"lang": language}, headers=html) for path in paths]
    descriptions = [description_of(page.text) for page in pages]
    assert len(set(descriptions)) == len(paths)


def test_robots_are_led_to_the_sitemap(client: FlaskClient) -> None:
    assert f"Sitemap: {BASE}sitemap.xml\n" in client.get("/robots.txt").text


def test_a_long_sitemap_is_parted(make_app: Callable[..., Flask]) -> None:
    client = make_app().test_client()
    client.application.config["SITEMAP_SIZE"] = 5
    parts = [urlsplit(file).path for file in addresses_of(client, "/sitemap.xml")]
    assert len(parts) > 3
    listed = [address for part in parts for address in addresses_of(client, part)]
    client.application.config["SITEMAP_SIZE"] = 10_000
    assert listed == addresses_of(client, "/sitemap/1.xml")


@pytest.mark.parametrize(
    ("path", "status"),
    [("/sitemap/0.xml", 404), ("/sitemap/2.xml", 404), ("/sitemap/x.xml", 404)],
)
def test_there_is_no_other_part(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status
