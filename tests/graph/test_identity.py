from __future__ import annotations

import hashlib
from dataclasses import FrozenInstanceError

import pyoxigraph
import pytest
from rdflib import URIRef

from extract.facts import Span
from graph.errors import GraphError, InvalidBaseError, UnmintableNameError
from graph.identity import (
    EntityKind,
    Identity,
    Minter,
    digest,
    identify_by_name,
    make_identity,
    name_to_key,
    name_to_label,
    name_to_slug,
)

BASE = "http://graph.example/"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("海晏大学(北湾)", "海晏大学（北湾）"),
        ("海晏大学 ﹙北湾﹚", "海晏大学（北湾）"),
        ("海晏大学［北湾］", "海晏大学（北湾）"),
        ("海晏大学【北湾】", "海晏大学（北湾）"),
        ('"零碳"论坛', "“零碳”论坛"),
        ("「零碳」论坛", "“零碳”论坛"),
        ("『零碳』论坛", "‘零碳’论坛"),
        ("ＧＲＩＤ２０３０计划", "GRID2030计划"),
        ("约翰•史密斯", "约翰·史密斯"),
        ("约翰・史密斯", "约翰·史密斯"),
        ("北湾　零碳 论坛", "北湾零碳论坛"),
        ("\u200b北湾\ufeff论坛", "北湾论坛"),
        ("Green  Grid\tForum", "Green Grid Forum"),
        ("Green Grid Forum（2030）", "Green Grid Forum(2030)"),
        ("绿色,低碳:北湾峰会", "绿色，低碳：北湾峰会"),
        ("第9:30分会", "第9:30分会"),
        ("COP–15边会", "COP-15边会"),
    ],
)
def test_label_is_the_name_in_one_typography(name: str, label: str) -> None:
    assert name_to_label(name) == label
    assert name_to_label(label) == label


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“零碳”论坛", "零碳论坛"),
        ("零 碳 论坛", "零碳论坛"),
        ("关于印发《绿网方案》的通知", "关于印发绿网方案的通知"),
        ("海晏大学（北湾）", "海晏大学(北湾)"),
        ("玛丽·安", "玛丽•安"),
        ("Green Grid", "GreenGrid"),
        ("PM₂.₅浓度", "PM2.5 浓度"),
    ],
)
def test_names_that_differ_in_style_share_a_key(one: str, other: str) -> None:
    assert name_to_key(one) == name_to_key(other)
    assert (
        Minter(BASE).entity("thing", one).rsplit("-")[-1]
        == (Minter(BASE).entity("thing", other).rsplit("-")[-1])
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("海晏大学（北湾）", "海晏大学北湾"),
        ("Grid", "grid"),
        ("北湾市", "北湾"),
        ("玛丽·安", "玛丽安"),
    ],
)
def test_names_that_differ_in_substance_have_two_keys(one: str, other: str) -> None:
    assert name_to_key(one) != name_to_key(other)


@pytest.mark.parametrize("name", ["", " ", "“”", "《》", "\u200b"])
def test_name_without_substance_is_refused(name: str) -> None:
    with pytest.raises(UnmintableNameError, match="at least one character"):
        Minter(BASE).entity("org", name)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("北湾市", "bei-wan-shi"),
        ("绿色电网", "lv-se-dian-wang"),
        ("重庆", "chong-qing"),
        ("2030零碳C9联盟", "2030-ling-tan-c9-lian-meng"),
        ("一二三四五六七八九十", "yi-er-san-si-wu-liu-qi-ba"),
        ("Café Grid", "cafe-grid"),
        ("カ", ""),
    ],
)
def test_slug_is_plain_pinyin_of_at_most_eight_syllables(name: str, slug: str) -> None:
    assert name_to_slug(name) == slug


def test_digest_is_ten_digits_of_the_sha256_of_class_and_key() -> None:
    assert digest("org", "绿网") == hashlib.sha256("org\x1f绿网".encode()).hexdigest()[:10]


@pytest.mark.parametrize(
    "base",
    [
        "http://a.example/",
        "https://a.example/kg/",
        "http://127.0.0.1:8000/",
        "http://a.example/kg#",
        "https://例子.example/",
    ],
)
def test_every_iri_under_a_good_base_is_valid_for_both_libraries(base: str) -> None:
    minter = Minter(base)
    span = Span(0, 3)
    org = minter.entity("org", "北湾“零碳”研究院 <|>{}^`\\")
    title = minter.entity("title", "院长")
    iris = [
        org,
        title,
        minter.post(title, org, label="北湾零碳研究院院长"),
        minter.period("2016/2020"),
        minter.instant("2030-01-31"),
        minter.statement("naming", [("named", org), ("alias", "a b")]),
        minter.document("é/..#?% <a>\n新闻"),
        minter.graph("é/..#?% <a>\n新闻"),
        minter.span("新闻", span),
        minter.selector("新闻", span),
        minter.mention("新闻", span),
        minter.argument("新闻", "org", "北湾"),
        minter.evidence("新闻", "x"),
        minter.extraction("新闻"),
    ]
    for iri in iris:
        assert iri.startswith(base)
        assert pyoxigraph.NamedNode(iri).value == str(iri)
        assert URIRef(iri).n3() == f"<{iri}>"
    assert len(set(iris)) == len(iris)


@pytest.mark.parametrize(
    "base",
    [
        "", "/", "graph.example/", "//graph.example/", "http://graph.example", "ftp://graph.example/",
        "http:///", "http:/graph.example/", "http://graph.example/a b/", "http://graph.example/<a>/",
        "http://graph.example/?q=/", "http://graph.example/#a/", "http://graph.example/#a#",
        "http://user@graph.example/", "http://graph.example:99999/", "http://graph.example:port/", "urn:a:b/",
    ],
)  # fmt: skip
def test_what_is_no_base_is_refused_with_its_repr(base: str) -> None:
    with pytest.raises(InvalidBaseError) as refusal:
        Minter(base)
    assert repr(base) in str(refusal.value)
    assert isinstance(refusal.value, GraphError)


@pytest.mark.parametrize(
    ("kind", "name", "path"),
    [
        ("person", "韦一诺", "id/person/wei-yi-nuo-"),
        ("org", "北湾电网", "id/org/bei-wan-dian-wang-"),
        ("place", "北湾市", "id/place/bei-wan-shi-"),
        ("title", "主任", "id/title/zhu-ren-"),
        ("org", "カ", "id/org/"),
    ],
)
def test_named_things_follow_the_table(kind: EntityKind, name: str, path: str) -> None:
    assert str(Minter(BASE).entity(kind, name)) == BASE + path + digest(kind, name)


def test_parts_of_a_document_follow_the_table() -> None:
    minter, span = Minter(BASE), Span(3, 12)
    assert str(minter.document("n 1")) == f"{BASE}id/document/n%201"
    assert str(minter.graph("n 1")) == f"{BASE}graph/n%201"
    assert str(minter.span("n 1", span)) == f"{BASE}id/document/n%201#char=3,12"
    assert str(minter.mention("n 1", span)) == f"{BASE}id/document/n%201#mention=3,12"
    assert str(minter.selector("n 1", span)) == f"{BASE}id/document/n%201#selector=3,12"
    assert str(minter.period("2016/2020")) == f"{BASE}id/period/2016--2020"


@pytest.mark.parametrize("base", [BASE, "http://graph.example/kg#"])
@pytest.mark.parametrize(
    "document",
    ["a", "a/b", "../x", ".", "..", "a#b", "a%2Fb", "新闻 1", "a?b=c&d", "\n", "e\u0301", "😀"],
)
def test_any_document_id_survives_its_iris(base: str, document: str) -> None:
    minter = Minter(base)
    assert minter.document_id(minter.document(document)) == document
    assert minter.document_id(minter.graph(document)) == document
    assert minter.document_id(minter.mention(document, Span(0, 1))) == document


def test_an_iri_of_something_else_has_no_document_id() -> None:
    assert Minter(BASE).document_id(f"{BASE}id/org/x") is None
    assert Minter(BASE).document_id("http://elsewhere.example/graph/x") is None
    assert Minter(BASE).document_id(Minter(BASE).link_graph("http://names.example/")) is None


def test_links_are_told_apart_by_entity_source_and_target() -> None:
    minter, one, other = Minter(BASE), URIRef(f"{BASE}id/org/a"), URIRef(f"{BASE}id/org/b")
    links = {
        minter.link(entity, source, target)
        for entity in (one, other)
        for source in ("http://x.example/", "http://y.example/")
        for target in ("http://x.example/1", "http://x.example/2")
    }
    assert len(links) == 8


@pytest.mark.parametrize("document", ["", "\ud800"])
def test_document_id_that_cannot_be_encoded_is_refused(document: str) -> None:
    with pytest.raises(UnmintableNameError):
        Minter(BASE).document(document)


def test_statement_depends_on_every_argument_but_not_on_the_base() -> None:
    def mint(base: str, alias: str) -> str:
        minter = Minter(base)
        org = minter.entity("org", "绿网")
        return minter.statement("naming", [("named", org), ("alias", alias)]).rsplit("/", 1)[1]

    assert mint(BASE, "网") == mint("https://other.example/kg/", "网")
    assert mint(BASE, "网") != mint(BASE, "绿")


def test_the_same_title_at_two_holders_is_two_posts() -> None:
    minter = Minter(BASE)
    title = minter.entity("title", "主任")
    posts = {
        minter.post(title, minter.entity(kind, "北湾"), label="北湾主任")
        for kind in ("org", "place")
    }
    assert len(posts) == 2


def test_an_entity_resolver_decides_the_key() -> None:
    def resolve(kind: EntityKind, name: str, *, document: str | None) -> Identity:
        if kind == "person":
            return make_identity(kind, name, str(document), label=name)
        return identify_by_name(kind, name, document=document)

    minter = Minter(BASE, resolve)
    one, other = (minter.entity("person", "韦一诺", document=d) for d in ("n1", "n2"))
    assert one != other
    assert minter.entity("org", "绿网", document="n1") == minter.entity(
        "org", "绿网", document="n2"
    )


def test_minter_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Minter(BASE).base = "http://other.example/"  # type: ignore[misc]
