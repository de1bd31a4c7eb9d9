"""Which IRI a thing has: names to identity keys, and keys to IRIs under a base.

One method of :class:`Minter` for each row of the table in ``docs/architecture.md``. The
digest alone is the identity; the pinyin before it is there for people.

>>> Minter("http://127.0.0.1:8000/").document("a/b")
rdflib.term.URIRef('http://127.0.0.1:8000/id/document/a%2Fb')
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle
from typing import Literal, Protocol
from urllib.parse import quote, unquote, urlsplit

import pyoxigraph
from pypinyin import Style, lazy_pinyin
from rdflib import URIRef

from extract.facts import ArgumentLabel, Span
from graph.errors import InvalidBaseError, UnmintableNameError

EntityKind = Literal[
    "person", "org", "forum", "regulation", "place", "thing", "title", "indicator", "series",
]  # fmt: skip
StatementKind = Literal[
    "membership", "participation", "organizing", "subevent", "scheduling", "siting", "theming",
    "issuance", "observation", "naming", "quotation", "relation", "step", "ranking",
]  # fmt: skip

KIND_OF_LABEL: Mapping[ArgumentLabel, EntityKind] = {
    "PERSON": "person",
    "POST": "title",
    "ORG": "org",
    "FORUM": "forum",
    "REGULATION": "regulation",
    "PLACE": "place",
    "THING": "thing",
}

_SLUG_SYLLABLES = 8
_DIGEST_DIGITS = 10
_SEPARATOR = "\x1f"  # stands in no name, so that ("ab", "c") and ("a", "bc") differ

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_QUOTES_AND_SPACE = re.compile(r"[“”‘’\"'《》〈〉«»‹›\s]")
_OUTER_SPACE = re.compile(r"(?<![!-~])\s+|\s+(?![!-~])")
_LOOSE_PUNCTUATION = re.compile(r"(?<![0-9A-Za-z])[,:;!?]|[,:;!?](?![0-9A-Za-z])")
_UNIFIED = str.maketrans(
    dict.fromkeys("•‧∙⋅・᛫●", "·")
    | dict.fromkeys("‐‑‒–−", "-")
    | dict.fromkeys("[〔【〖", "(")
    | dict.fromkeys("]〕】〗", ")")
    | {"「": "“", "」": "”", "『": "‘", "』": "’", "〝": "“", "〞": "”", "„": "“", "‟": "”"}
)
_WIDE = str.maketrans("(),:;!?", "（），：；！？")


@lru_cache(maxsize=65536)
def name_to_label(name: str) -> str:
    """Write a name in one typography, as it is shown.

    In this order: NFKC; format characters (zero-width spaces, byte order marks) out; the
    variants of the middle dot become ``·``, those of the hyphen ``-``; square and
    lenticular brackets become round ones, corner quotes curly ones, straight double quotes
    curly ones in turn; white space is kept, as one space, only between two printable ASCII
    characters. A name with a Chinese character then has full-width brackets, and
    full-width ``，：；！？`` except between two ASCII letters or digits; any other name
    has half-width ones. Letter case is kept.

    >>> name_to_label("海晏大学(北 湾)")
    '海晏大学（北湾）'
    """
    plain = unicodedata.normalize("NFKC", name)
    visible = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    curls = cycle("“”")
    unified = re.sub('"', lambda _: next(curls), visible.translate(_UNIFIED))
    spaced = _OUTER_SPACE.sub("", re.sub(r"\s+", " ", unified))
    if not _HAN.search(spaced):
        return spaced
    wide = _LOOSE_PUNCTUATION.sub(lambda match: match[0].translate(_WIDE), spaced)
    return wide.replace("(", "（").replace(")", "）")


@lru_cache(maxsize=65536)
def name_to_key(name: str) -> str:
    """The identity key of a name: :func:`name_to_label` without quotation marks and space.

    Quotation marks are ``“ ” ‘ ’ " '`` and ``《 》 〈 〉 « » ‹ ›``: the news writes
    “十四五”规划 and 十四五规划 for the same plan. Brackets count, whatever their style;
    letter case counts. Two names of one class are the same thing exactly if their keys are
    equal.

    Raises:
        UnmintableNameError: nothing but white space and quotation marks.

    >>> name_to_key("“双 碳”论坛") == name_to_key("双碳论坛")
    True
    """
    key = _QUOTES_AND_SPACE.sub("", name_to_label(name))
    if not key:
        raise UnmintableNameError(f"expected a name with at least one character, got {name!r}")
    return key


@dataclass(frozen=True, slots=True)
class Identity:
    """Which entity a name means: two things of a kind are one if ``local`` is equal.

    ``local`` is the last part of the IRI, pinyin and digest, ``label`` the preferred name.
    ``code`` is the GB/T 2260 code of a place that is a division of China.
    """

    local: str
    label: str
    code: str | None = None


class Identifier(Protocol):
    """Decides which entity a document means by a name."""

    def __call__(self, kind: EntityKind, name: str, *, document: str | None) -> Identity:
        """The identity of what ``document`` (an id, None outside one) calls ``name``.

        Raises:
            UnmintableNameError: nothing that identifies is left of the name.
        """
        ...


def identify_by_name(kind: EntityKind, name: str, *, document: str | None) -> Identity:
    """The default: a canonical name means the same thing in every document.

    >>> one = identify_by_name("org", "“零碳” 研究院", document=None)
    >>> one.label, one.local == identify_by_name("org", "零碳研究院", document=None).local
    ('“零碳”研究院', True)
    """
    return make_identity(kind, name_to_key(name), label=name_to_label(name), name=name)


def make_identity(
    kind: EntityKind, *key: str, label: str, name: str | None = None, code: str | None = None
) -> Identity:
    """The identity that a key gives; the pinyin is that of ``name``, else of the label."""
    return Identity(_name_to_local(kind, label if name is None else name, *key), label, code)


def _name_to_local(kind: str, name: str, *key: str) -> str:
    words = (name_to_slug(name), digest(kind, *key))
    return "-".join(word for word in words if word)


@lru_cache(maxsize=65536)
def name_to_slug(name: str) -> str:
    """At most eight plain pinyin syllables or ASCII words, lower case, with hyphens.

    Source: pypinyin's ``Style.NORMAL`` (no tones, ü as v). Characters that are neither
    Chinese nor ASCII lose their accents or are left out; the slug may be empty.

    >>> name_to_slug("绿色C40论坛")
    'lv-se-c40-lun-tan'
    """
    words: list[str] = []
    for piece in lazy_pinyin(name, style=Style.NORMAL):
        plain = unicodedata.normalize("NFKD", piece).encode("ascii", "ignore").decode("ascii")
        words.extend(re.findall(r"[a-z0-9]+", plain.lower()))
    return "-".join(words[:_SLUG_SYLLABLES])


def digest(kind: str, *key: str) -> str:
    """The first ten hexadecimal digits of the SHA-256 of a class and an identity key."""
    parts = _SEPARATOR.join((kind, *key))
    return hashlib.sha256(parts.encode("utf-8")).hexdigest()[:_DIGEST_DIGITS]


@dataclass(frozen=True, slots=True)
class Minter:
    """Mints every IRI of the graph, all under ``base``.

    ``base`` is an absolute http or https IRI that ends in ``/`` or ``#``, without a query
    or user information. Under a base that ends in ``#`` the parts of a document follow a
    ``/`` instead of a second ``#``, which an IRI may not have.

    Raises:
        InvalidBaseError: ``base`` is something else.
    """

    base: str
    identify: Identifier = identify_by_name

    def __post_init__(self) -> None:
        _check_base(self.base)

    def entity(self, kind: EntityKind, name: str, *, document: str | None = None) -> URIRef:
        """A person, institution, forum, regulation, place, counted thing, title or indicator.

        Raises:
            UnmintableNameError: nothing that identifies is left of the name.
        """
        return self.identified(kind, self.identify(kind, name, document=document))

    def identified(self, kind: EntityKind, identity: Identity) -> URIRef:
        """The entity of a kind that has an identity."""
        return self._iri(f"id/{kind}/{identity.local}")

    def post(self, title: URIRef, holder: URIRef, *, label: str) -> URIRef:
        """The post that is a title at an institution or in a place's government."""
        key = (self._relative(holder), self._relative(title))
        return self._iri("id/post/" + _name_to_local("post", label, *key))

    def period(self, iso: str) -> URIRef:
        """A period by its ISO string, ``2016/2020`` or ``2022-03``."""
        return self._iri("id/period/" + quote(iso.replace("/", "--"), safe=""))

    def instant(self, day: str) -> URIRef:
        """A day as an instant, by its ISO date."""
        return self._iri("id/instant/" + quote(day, safe=""))

    def statement(
        self, kind: StatementKind, arguments: Iterable[tuple[str, URIRef | str]]
    ) -> URIRef:
        """A statement by its class and its (role or attribute, IRI or literal) pairs.

        IRIs count without the base, so a statement keeps its digest when the base moves.
        """
        parts = [
            f"{name}={self._relative(value) if isinstance(value, URIRef) else value}"
            for name, value in arguments
        ]
        return self._iri(f"id/{kind}/{digest(kind, *parts)}")

    def document(self, document: str) -> URIRef:
        """A document by its id; :meth:`document_id` is the inverse."""
        return self._iri("id/document/" + _encode_id(document))

    def graph(self, document: str) -> URIRef:
        """The named graph of a document by the document's id."""
        return self._iri("graph/" + _encode_id(document))

    def document_id(self, iri: str) -> str | None:
        """The id of the document whose node, part or named graph ``iri`` is, else None."""
        # Another "/" than that of a document's parts: no document is encoded with one.
        if iri.startswith(self.base + "graph/linkset/"):
            return None
        for folder in ("id/document/", "graph/"):
            prefix = self.base + folder
            if iri.startswith(prefix):
                return unquote(re.split("[#/]", iri[len(prefix) :], maxsplit=1)[0])
        return None

    def span(self, document: str, span: Span) -> URIRef:
        """A part of a document's text."""
        return self._part(document, f"char={span.start},{span.end}")

    def selector(self, document: str, span: Span) -> URIRef:
        """The selector that says where a span of text lies."""
        return self._part(document, f"selector={span.start},{span.end}")

    def mention(self, document: str, span: Span) -> URIRef:
        """The mention that stands at a span; spans of mentions never overlap."""
        return self._part(document, f"mention={span.start},{span.end}")

    def argument(self, document: str, *key: str) -> URIRef:
        """The wording of a role, shared by the facts of a document that word it alike."""
        return self._part(document, f"argument={digest('argument', *key)}")

    def evidence(self, document: str, *key: str) -> URIRef:
        """The place where a document says a statement."""
        return self._part(document, f"evidence={digest('evidence', *key)}")

    def identification(self, document: str, kind: EntityKind, name: str) -> URIRef:
        """What a document calls by a canonical name."""
        return self._part(document, f"identification={digest(kind, name_to_key(name))}")

    def profile(self, identifier: str) -> URIRef:
        """What documents say of a thing, by the identifier of the profile."""
        return self._iri(f"id/profile/{identifier}")

    def extraction(self, document: str) -> URIRef:
        """The activity that read the document."""
        return self._part(document, "extraction")

    def link(self, entity: URIRef, source: str, target: str) -> URIRef:
        """The match of an entity with a thing of another dataset that a source gave."""
        return self._iri(f"id/link/{digest('link', self._relative(entity), source, target)}")

    def linkset(self, source: str, predicate: str) -> URIRef:
        """The linkset of a source, by its IRI, and a property of links."""
        return self._iri(f"id/linkset/{digest('linkset', source, predicate)}")

    def link_graph(self, source: str) -> URIRef:
        """The named graph of the links that a source gave."""
        return self._iri(f"graph/linkset/{digest('linkset', source)}")

    def _part(self, document: str, part: str) -> URIRef:
        mark = "#" if self.base.endswith("/") else "/"
        return self._iri(f"id/document/{_encode_id(document)}{mark}{part}")

    def _iri(self, path: str) -> URIRef:
        return URIRef(self.base + path)

    def _relative(self, iri: URIRef) -> str:
        return iri.removeprefix(self.base)


def _encode_id(document: str) -> str:
    """Percent-encode every character of an id but ASCII letters, digits and ``-_~``.

    The dot too is encoded where the whole id is ``.`` or ``..``, which a path would lose.
    """
    if not document:
        raise UnmintableNameError(f"expected a document id, got {document!r}")
    try:
        encoded = quote(document, safe="")
    except UnicodeEncodeError as error:
        raise UnmintableNameError(
            f"expected a document id of Unicode characters, got {document!r}"
        ) from error
    return encoded.replace(".", "%2E") if document in (".", "..") else encoded


def _check_base(base: str) -> None:
    expected = "expected a base IRI like 'http://127.0.0.1:8000/', "
    if not base.endswith(("/", "#")):
        raise InvalidBaseError(f"{expected}which ends in '/' or '#', got {base!r}")
    try:
        parts = urlsplit(pyoxigraph.NamedNode(base).value)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidBaseError(f"{expected}got {base!r}: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise InvalidBaseError(f"{expected}absolute, with http or https and a host, got {base!r}")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise InvalidBaseError(f"{expected}without query, fragment or user, got {base!r}")
