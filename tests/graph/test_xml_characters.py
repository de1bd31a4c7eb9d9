from __future__ import annotations

import io
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.xml_characters import XmlSink, to_xml_characters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("风从海上来\t\n，（１）", "风从海上来\t\n，（１）"),
        ("\x00a\x01b\x0bc\x0cd\x1f", "\ufffda\ufffdb\ufffdc\ufffdd\ufffd"),
        ("\ufffe\uffff\ufffd", "\ufffd\ufffd\ufffd"),
        ("a\r\nb\r", "a&#xD;\nb&#xD;"),
        ("\x7f\x85\u2028\U0001f30f\U0001fffe", "\x7f\x85\u2028\U0001f30f\U0001fffe"),
    ],
)
def test_only_what_xml_cannot_hold_is_replaced(text: str, expected: str) -> None:
    assert to_xml_characters(text.encode()).decode() == expected


@given(
    st.lists(st.sampled_from(["a", "风", "（", "\x00", "\r", "\ufffe", "\uffff", "\uffee"])),
    st.integers(1, 5),
)
def test_parts_may_end_anywhere(characters: list[str], size: int) -> None:
    data = "".join(characters).encode()
    whole = io.BytesIO()
    sink = XmlSink(whole)
    for start in range(0, len(data), size):
        part = data[start : start + size]
        assert sink.write(part) == len(part)
    sink.finish()
    assert whole.getvalue() == to_xml_characters(data)


@given(st.text())
def test_what_comes_out_can_be_read_as_xml(text: str) -> None:
    escaped = text.encode("utf-8", "replace").replace(b"&", b"").replace(b"<", b"")
    read = ElementTree.fromstring(b"<a>" + to_xml_characters(escaped) + b"</a>")
    assert len(read.text or "") == len(escaped.decode())
