"""The two languages of the pages: which one a request gets, and links that keep it.

``?lang=`` decides, and then stands in every link of the page; without it the header
``Accept-Language`` does. The paths are the same in both languages. Sentences are written in
English in code and templates and looked up in ``translations/zh``; the names of classes,
properties and concepts stand side by side in :mod:`web.wording`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask, Response, request
from flask_babel import Babel, Domain, get_locale
from werkzeug.datastructures import MultiDict

from web.dates import date_to_words, instant_to_words
from web.errors import MalformedRequestError
from web.negotiation import HTML
from web.parameters import read_single
from web.wording import Words

PARAMETER = "lang"
_ZH, _EN = "zh", "en"


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the pages: its code in addresses, its tag for readers, its own name."""

    code: str
    tag: str
    name: str


LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {_ZH: Language(_ZH, "zh-Hans", "中文"), _EN: Language(_EN, "en", "English")}
)


def N_(sentence: str) -> str:
    """Marks a sentence whose Chinese is looked up where it is shown, and leaves it as it is.

    For what stands in tables that are made before there is a request; the name is the one that
    collectors of sentences know.
    """
    return sentence


class Catalogues(Domain):  # type: ignore[misc]
    """The translations as they are written, ``{code}/*.po``, read when the application starts.

    There is nothing to compile and so nothing that can be older than its source.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__([str(folder)])
        self._read = {
            code: read_catalogues(sorted(folder.glob(f"{code}/*.po"))) for code in LANGUAGES
        }

    def get_translations(self) -> NullTranslations:
        """Those of the request's language; English has none, since it is what is translated."""
        return self._read[current_language().code]


def read_catalogues(paths: Iterable[Path]) -> NullTranslations:
    """The translations of ``.po`` files together, fuzzy ones left out.

    Raises:
        OSError: when one cannot be read.
        PoFileError: when one is malformed.
    """
    together: NullTranslations = NullTranslations()
    for path in paths:
        compiled = BytesIO()
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, abort_invalid=True))
        compiled.seek(0)
        translations = Translations(compiled)
        translations.add_fallback(together)
        together = translations
    return together


def init_app(app: Flask) -> None:
    """Reads the catalogues and gives templates their words, dates, numbers and links."""
    babel = Babel()
    babel.domain_instance = Catalogues(Path(app.root_path) / "translations")
    babel.init_app(app, default_locale=_ZH, locale_selector=choose_language)
    app.before_request(check_language)
    app.after_request(tell_language)
    app.url_defaults(keep_language)
    app.jinja_env.globals.update(
        languages=tuple(LANGUAGES.values()),
        current_language=current_language,
        chosen_language=chosen_language,
        here=here,
    )
    app.jinja_env.filters.update(
        localized=localized,
        localized_date=localized_date,
        localized_instant=localized_instant,
        localized_number=localized_number,
    )


def choose_language() -> str:
    """The code that a request's address or else its header asks for.

    Chinese where neither says anything; English for readers who ask for neither of the two.
    """
    explicit = chosen_language()
    if explicit is not None:
        return explicit
    if not request.accept_languages:
        return _ZH
    best: str | None = request.accept_languages.best_match(list(LANGUAGES))
    return best or _EN


def chosen_language() -> str | None:
    """The code in the address of the request; None when there is none that we know."""
    code = request.args.get(PARAMETER)
    return code if code in LANGUAGES else None


def current_language() -> Language:
    """The language of the request."""
    return LANGUAGES[get_locale().language]


def check_language() -> None:
    """Refuses addresses that ask for a language that we do not have.

    Raises:
        MalformedRequestError: for anything but one of the codes, once.
    """
    code = read_single(request.args, PARAMETER)
    if code is not None and code not in LANGUAGES:
        raise MalformedRequestError(f"{PARAMETER}: expected one of {list(LANGUAGES)}, got {code!r}")


def tell_language(response: Response) -> Response:
    """Says which language a page is in, and on which header that depends."""
    if response.mimetype == HTML and response.location is None:
        response.headers.setdefault("Content-Language", current_language().tag)
        if chosen_language() is None:
            response.vary.add("Accept-Language")
    return response


def keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """Puts the chosen language into the links to other pages."""
    if endpoint != "static" and (code := chosen_language()) is not None:
        values.setdefault(PARAMETER, code)


def link_query() -> str:
    """What the addresses of pages end with, so that the chosen language stays: "" or "lang=en"."""
    code = chosen_language()
    return "" if code is None else urlencode({PARAMETER: code})


def here(**changes: object) -> str:
    """A link to the page that is shown, with other parameters; None takes one away.

    The language and all parameters that are not named stay: on ``/x?kind=a&page=3&lang=en``,
    ``here(page=4)`` is ``?kind=a&page=4&lang=en``.
    """
    return change_query(request.args, changes)


def change_query(arguments: MultiDict[str, str], changes: Mapping[str, object]) -> str:
    """A query with some parameters changed, added or, where None, taken away.

    >>> change_query(MultiDict([("q", "a b"), ("page", "2")]), {"page": None, "lang": "en"})
    '?q=a+b&lang=en'
    """
    pairs = [(k, v) for k, v in arguments.items(multi=True) if k not in changes]
    pairs += [(k, str(v)) for k, v in changes.items() if v is not None]
    return "?" + urlencode(pairs)


def localized(words: Words) -> str:
    """The words in the request's language; the Chinese ones where there are no English ones."""
    return words.of(current_language().code)


def localized_date(value: str) -> str:
    """A date of the graph in the request's language; see :func:`web.dates.date_to_words`."""
    return date_to_words(value, current_language().code)


def localized_instant(value: str) -> str:
    """An instant in the request's language; see :func:`web.dates.instant_to_words`."""
    return instant_to_words(value, current_language().code)


def localized_number(value: int) -> str:
    """A count with its thousands apart."""
    return number_to_words(value, current_language().code)


def number_to_words(value: int, code: str) -> str:
    """A count with its thousands apart, as a language writes it.

    >>> number_to_words(12_345, "zh")
    '12,345'
    """
    return format_decimal(value, locale=code)
