"""Request parameters, read strictly: what cannot be understood is refused, not guessed."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from flask import request
from werkzeug.datastructures import MultiDict

from web.errors import MalformedRequestError

FORM = "application/x-www-form-urlencoded"

_PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
# Four places, as the graph has them.
_FRACTION = re.compile(r"0|1|0?\.[0-9]{1,4}|1\.0{1,4}", re.ASCII)


def read_page_number(arguments: MultiDict[str, str]) -> int:
    """The page asked for, from 1; 1 when none is.

    Raises:
        MalformedRequestError: for anything but one whole number from 1 to 999,999.

    >>> read_page_number(MultiDict([("page", "3")]))
    3
    """
    text = read_single(arguments, "page")
    if text is None:
        return 1
    if not _PAGE_NUMBER.fullmatch(text):
        raise MalformedRequestError(f"page: expected a whole number from 1, got {text!r}")
    return int(text)


def read_confidence(arguments: MultiDict[str, str]) -> float:
    """The least confidence asked for, from 0 to 1; 0, which leaves out nothing, when none is.

    Raises:
        MalformedRequestError: for anything but one number from 0 to 1, of four decimals at most.

    >>> read_confidence(MultiDict([("confidence", "0.8")]))
    0.8
    """
    text = read_single(arguments, "confidence")
    if text is None:
        return 0.0
    if not _FRACTION.fullmatch(text):
        raise MalformedRequestError(
            f"confidence: expected a number from 0 to 1, of four decimals at most, got {text!r}"
        )
    return float(text)


def read_body() -> str:
    """The body of the request as text.

    Raises:
        MalformedRequestError: when it is not in UTF-8.
    """
    try:
        return request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedRequestError(
            f"expected a text in UTF-8, got the byte {error.object[error.start]:#04x} "
            f"at offset {error.start}"
        ) from error


def refuse_other_encodings() -> None:
    """Refuse percent-encoded bytes that are not UTF-8, of the address and of a form.

    The framework would take ``%D6%D0`` for a text of six characters, and answer for that.

    Raises:
        MalformedRequestError: when there are some.
    """
    _refuse_other_encoding("the address", request.query_string)
    if request.mimetype == FORM:
        _refuse_other_encoding("the form", request.get_data())


def _refuse_other_encoding(place: str, encoded: bytes) -> None:
    if b"%" not in encoded and encoded.isascii():
        return
    data = unquote_to_bytes(encoded)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedRequestError(
            f"expected UTF-8 in {place}, got the byte {data[error.start]:#04x}"
        ) from error


def read_single(arguments: MultiDict[str, str], name: str) -> str | None:
    """The value of a parameter that may stand once; None when it is missing.

    Raises:
        MalformedRequestError: when it stands more than once.
    """
    values = arguments.getlist(name)
    if len(values) > 1:
        raise MalformedRequestError(f"{name}: expected one value, got {len(values)}")
    return values[0] if values else None
