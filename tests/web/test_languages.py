"""Both languages: which one is answered, that links keep it, and that nothing is untranslated."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from jinja2 import Environment
from jinja2.nodes import TemplateData
from werkzeug.datastructures import MultiDict

from web.dates import date_to_words, instant_to_words
from web.languages import change_query, read_catalogues

METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
# What is written in templates as it is: names of formats and of languages of machines.
AS_WRITTEN = re.compile(r"tanpu:|https?://\S+|Accept: text/turtle|“|”|、|·|…|–|#|&\w+;|[\d\s.,:|]")


@pytest.mark.parametrize(
    ("path", "accept_language", "tag"),
    [
        ("/", None, "zh-Hans"),
        ("/", "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("/", "zh-TW", "zh-Hans"),
        ("/", "en-GB,en;q=0.9", "en"),
        ("/", "en;q=0.5, zh;q=0.8", "zh-Hans"),
        ("/", "fr", "en"),
        ("/", "*", "zh-Hans"),
        ("/?lang=en", "zh", "en"),
        ("/?lang=zh", "en", "zh-Hans"),
        ("/nothing?lang=en", "zh", "en"),
    ],
)
def test_the_address_and_then_the_header_choose_the_language(
    client: FlaskClient, path: str, accept_language: str | None, tag: str
) -> None:
    headers = {"Accept": "text/html"}
    if accept_language is not None:
        headers["Accept-Language"] = accept_language
    response = client.get(path, headers=headers)
    assert f'<html lang="{tag}">' in response.text
    assert response.headers["Content-Language"] == tag
    assert ("accept-language" in response.vary.as_set()) is ("lang=" not in path)


@pytest.mark.parametrize("query", ["lang=", "lang=fr", "lang=EN", "lang=en&lang=zh"])
@pytest.mark.parametrize("path", ["/", "/search", "/documents"])
def test_a_language_that_is_not_there_is_refused(
    client: FlaskClient, path: str, query: str
) -> None:
    assert client.get(f"{path}?{query}", headers={"Accept": "text/html"}).status_code == 400


@pytest.mark.parametrize(
    "path",
    ["/", "/documents", "/search?q=北湾", "/ontology", "/sparql", "/page/document/bad.ttl"],
)
def test_every_link_to_a_page_keeps_the_chosen_language(client: FlaskClient, path: str) -> None:
    joint = "&" if "?" in path else "?"
    html = client.get(f"{path}{joint}lang=en", headers={"Accept": "text/html"}).text
    hrefs = [h.replace("&amp;", "&") for h in re.findall(r'<a\b[^>]*\bhref="([^"#]+)', html)]
    pages = [h for h in hrefs if not re.match(r"https?:|/data/|/graph/|/(?:ontology|shapes)\.", h)]
    assert pages
    for href in pages:
        assert re.search(r"[?&]lang=(?:en|zh)\b", href), href
    assert sum("lang=zh" in href for href in pages) == 1
    for form in re.findall(r'<form\b(?:(?!</form>).)*method="get".*?</form>', html, re.DOTALL):
        assert '<input type="hidden" name="lang" value="en">' in form


def test_links_do_not_name_a_language_that_nobody_chose(client: FlaskClient) -> None:
    html = client.get("/documents", headers={"Accept-Language": "en"}).text
    links = re.findall(r'<a\b[^>]*href="[^"]*lang=(\w+)', html)
    assert links == ["zh"]


def test_a_page_names_itself_in_both_languages(client: FlaskClient) -> None:
    html = client.get("/documents?lang=en").text
    links = dict(re.findall(r'hreflang="([\w-]+)" href="(http[^"]+)"', html))
    assert links == {
        "zh-Hans": "http://graph.example/documents?lang=zh",
        "en": "http://graph.example/documents?lang=en",
        "x-default": "http://graph.example/documents",
    }
    assert '<link rel="canonical" href="http://graph.example/documents?lang=en">' in html


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ("2031-05-06", "2031年5月6日", "May 6, 2031"),
        ("2031-05", "2031年5月", "May 2031"),
        ("2031", "2031年", "2031"),
        ("2031-05-06/2031-05-08", "2031年5月6日至8日", "May 6 – 8, 2031"),
        ("2031-12-30/2032-01-02", "2031年12月30日至2032年1月2日", "Dec 30, 2031 – Jan 2, 2032"),
        ("2031-01/2031-09", "2031年1月至9月", "Jan – Sep 2031"),
        ("2026/2030", "2026–2030年", "2026 – 2030"),
        ("2026/2026", "2026年", "2026"),
        ("2031-01-01/2031-12-31", "2031年", "2031"),
        ("2031-01-01/2031-03-31", "2031年1月至3月", "Jan – Mar 2031"),
        ("2031-02-01/2031-02-27", "2031年2月1日至27日", "Feb 1 – 27, 2031"),
        ("2031-05/2032", "2031年5月 – 2032年", "May 2031 – 2032"),
        ("2032/2031", "2032年 – 2031年", "2032 – 2031"),
        ("2031/", "2031/", "2031/"),
        ("2031/去年", "2031/去年", "2031/去年"),
        ("2031-13-01", "2031-13-01", "2031-13-01"),
        ("去年", "去年", "去年"),
        ("1-2-3-4", "1-2-3-4", "1-2-3-4"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_dates_are_written_for_people(value: str, zh: str, en: str) -> None:
    assert (date_to_words(value, "zh"), date_to_words(value, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ("2031-05-06T22:43:25Z", "2031年5月6日 22:43 UTC", "May 6, 2031 22:43 UTC"),
        ("2031-05-07T06:43:25+08:00", "2031年5月6日 22:43 UTC", "May 6, 2031 22:43 UTC"),
        ("2031-05-06T22:43:25", "2031-05-06T22:43:25", "2031-05-06T22:43:25"),
        ("2031-05-06", "2031-05-06", "2031-05-06"),
        ("昨夜", "昨夜", "昨夜"),
    ],
)
def test_instants_are_written_for_people_in_utc(value: str, zh: str, en: str) -> None:
    assert (instant_to_words(value, "zh"), instant_to_words(value, "en")) == (zh, en)


def test_a_query_is_changed_and_keeps_the_rest() -> None:
    arguments = MultiDict([("q", "北 湾"), ("page", "2"), ("x", "1"), ("x", "2")])
    assert change_query(arguments, {"page": None}) == "?q=%E5%8C%97+%E6%B9%BE&x=1&x=2"
    assert change_query(arguments, {"x": 3, "page": 1, "q": None}) == "?x=3&page=1"


# ---------------------------------------------------------------------------- catalogues


@pytest.fixture(scope="module")
def sentences(root: Path) -> set[tuple[str, ...]]:
    """Every sentence of code and templates: singular and plural, with its context."""
    found = extract_from_dir(
        root / "web",
        method_map=METHODS,
        directory_filter=lambda name: Path(name).name not in ("frontend", "static"),
        strip_comment_tags=True,
    )
    return {
        (context or "", *((message,) if isinstance(message, str) else message))
        for _, _, message, _, context in found
    }


def read_translations(root: Path) -> Iterator[tuple[Path, tuple[str, ...], str]]:
    for path in sorted((root / "web" / "translations" / "zh").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id:
                    ids = (message.id,) if isinstance(message.id, str) else message.id
                    text = message.string if isinstance(message.string, str) else message.string[0]
                    assert not message.fuzzy, (path.name, ids)
                    yield path, (message.context or "", *ids), text


def test_every_sentence_has_chinese(root: Path, sentences: set[tuple[str, ...]]) -> None:
    translated = {key for _, key, text in read_translations(root) if text}
    assert sentences - translated == set()


def test_no_chinese_is_left_without_its_sentence(
    root: Path, sentences: set[tuple[str, ...]]
) -> None:
    assert {key for _, key, _ in read_translations(root)} - sentences == set()


def test_chinese_keeps_the_places_of_values(root: Path) -> None:
    for path, (_, *ids), text in read_translations(root):
        needed = set(re.findall(r"%\(\w+\)s|%%d", ids[-1]))
        assert set(re.findall(r"%\(\w+\)s|%%d", text)) == needed, (path.name, ids)


def test_a_sentence_has_one_translation(root: Path) -> None:
    texts: dict[tuple[str, ...], set[str]] = {}
    for _, key, text in read_translations(root):
        texts.setdefault(key, set()).add(text)
    assert {key: found for key, found in texts.items() if len(found) > 1} == {}


def test_templates_have_no_text_of_their_own(root: Path) -> None:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in sorted((root / "web" / "templates").rglob("*.html")):
        tree = environment.parse(path.read_text(encoding="utf-8"))
        source = "\x00".join(node.data for node in tree.find_all(TemplateData))
        text = re.sub(r"<[^>]*>", " ", source.replace("\x00", "¤"))
        bare = AS_WRITTEN.sub(" ", text.replace("¤", " ")).split()
        assert [word for word in bare if re.search(r"\w\w", word)] == [], path.name


def test_a_later_catalogue_adds_to_an_earlier_one(tmp_path: Path) -> None:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (tmp_path / "a.po").write_text(head + 'msgid "Wind"\nmsgstr "风"\n', encoding="utf-8")
    (tmp_path / "b.po").write_text(head + 'msgid "Sea"\nmsgstr "海"\n', encoding="utf-8")
    catalogue = read_catalogues([tmp_path / "a.po", tmp_path / "b.po"])
    assert [catalogue.gettext(t) for t in ("Wind", "Sea", "Sky")] == ["风", "海", "Sky"]


def test_texts_of_the_graph_say_that_they_are_chinese_on_english_pages(
    client: FlaskClient, path_of: Callable[..., str]
) -> None:
    path = path_of("page", "person", "韦一诺")
    assert '<h1><bdi lang="zh">韦一诺</bdi></h1>' in client.get(path + "?lang=en").text
    assert "<h1><bdi>韦一诺</bdi></h1>" in client.get(path).text
