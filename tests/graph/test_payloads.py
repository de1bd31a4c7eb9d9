"""Payloads of RDF: what is read of them, and where what cannot be read is said to stand."""

from __future__ import annotations

import socket

import pyoxigraph as ox
import pytest

from graph.payloads import UnparsableGraphError, UnusableGraphError, parse_graph

F = ox.RdfFormat
NAME = "http://a.example/graph/x"
ONE = {'<urn:s> <urn:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer>'}
RDF_XML = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:p="urn:">%s</rdf:RDF>'
)
XSD_INTEGER = b"http://www.w3.org/2001/XMLSchema#integer"


def parse(data: bytes, rdf_format: ox.RdfFormat, name: str | None = NAME) -> set[str]:
    return set(map(str, parse_graph(data, rdf_format, base_iri=NAME, name=name)))


@pytest.mark.parametrize(
    ("data", "rdf_format"),
    [
        (b"<urn:s> <urn:p> 01, 1 .", F.TURTLE),
        (b'<urn:s> <urn:p> "1"^^<%s> .' % XSD_INTEGER, F.N_TRIPLES),
        (b'<urn:s> <urn:p> "1"^^<%s> <%s> .' % (XSD_INTEGER, NAME.encode()), F.N_QUADS),
        (b"<urn:s> <urn:p> 1 . <http://a.example/graph/x> { <urn:s> <urn:p> 1 }", F.TRIG),
        (b'{"@id": "urn:s", "urn:p": {"@value": 1}}', F.JSON_LD),
        (
            RDF_XML
            % b'<rdf:Description rdf:about="urn:s"><p:p rdf:datatype="%s">1</p:p></rdf:Description>'
            % XSD_INTEGER,
            F.RDF_XML,
        ),
    ],
)  # fmt: skip
def test_every_format_is_read_into_the_form_of_the_database(
    data: bytes, rdf_format: ox.RdfFormat
) -> None:
    assert parse(data, rdf_format) == ONE


def test_relative_iris_are_resolved_and_blank_nodes_are_new() -> None:
    (first,) = parse_graph(b"<y> <urn:p> _:b .", F.TURTLE, base_iri=NAME, name=NAME)
    (second,) = parse_graph(b"<y> <urn:p> _:b .", F.TURTLE, base_iri=NAME, name=NAME)
    assert str(first.subject) == "<http://a.example/graph/y>"
    assert first.object != second.object


@pytest.mark.parametrize(
    ("data", "rdf_format", "line", "column"),
    [
        (b"<urn:s> <urn:p> 1 .\n<urn:s> .", F.TURTLE, 2, 9),
        (b"<urn:s> <urn:p> <urn:o> .\n<s> <urn:p> <urn:o> .", F.N_TRIPLES, 2, 1),
        (b'{"@id": "urn:s",\n  "urn:p": }', F.JSON_LD, 2, 12),
        (b'{"@id": 1}', F.JSON_LD, None, None),
        (b"<a>\n <b></a>", F.RDF_XML, 2, 7),
        (b"<urn:s> <urn:p> 1 .", F.RDF_XML, 1, 20),
        ("<urn:s> <urn:p>\n'ä\xff' .".encode("latin-1"), F.TURTLE, 2, 2),
        (b"", F.RDF_XML, 1, 1),
        (b"<urn:s> <urn:p>\n" + b"(" * 101 + b")" * 101 + b" .", F.TURTLE, 2, 101),
        (b"[" * 101 + b"]" * 101, F.JSON_LD, 1, 101),
        (b'{"@context":{},"urn:p":' * 20_000 + b"1" + b"}" * 20_000, F.JSON_LD, 1, 2290),
        (RDF_XML % (b"<p:a>" * 50_000 + b"</p:a>" * 50_000), F.RDF_XML, 1, 576),
    ],
)
def test_what_cannot_be_parsed_is_refused_with_its_place(
    data: bytes, rdf_format: ox.RdfFormat, line: int | None, column: int | None
) -> None:
    with pytest.raises(UnparsableGraphError) as caught:
        parse(data, rdf_format)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize("rdf_format", [F.TURTLE, F.N_TRIPLES, F.TRIG, F.N_QUADS])
def test_a_byte_order_mark_is_no_part_of_the_data(rdf_format: ox.RdfFormat) -> None:
    statement = b'<urn:s> <urn:p> "1"^^<%s> .' % XSD_INTEGER
    assert parse(b"\xef\xbb\xbf" + statement, rdf_format) == ONE


@pytest.mark.parametrize(
    "encoding", ["gbk", "gb18030", "utf-16", "iso-8859-1", "nonsense", "idna", "hex", "punycode"]
)
def test_xml_that_says_it_is_not_in_utf_8_is_refused(encoding: str) -> None:
    data = f'<?xml version="1.0"\n encoding="{encoding}"?>'.encode() + RDF_XML % b""
    with pytest.raises(UnparsableGraphError, match=f"in UTF-8, got the encoding '{encoding}'") as e:
        parse(data, F.RDF_XML)
    assert e.value.line is not None


def test_xml_in_another_encoding_is_refused_where_it_is_no_utf_8() -> None:
    data = RDF_XML % '<rdf:Description p:p="中"/>'.encode("gbk")
    with pytest.raises(UnparsableGraphError) as caught:
        parse(data, F.RDF_XML)
    assert caught.value.line == 1


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!ENTITY a "aaaaaaaa">',
        b'<!ENTITY a SYSTEM "file:///etc/passwd">',
        b'<!ENTITY % a SYSTEM "http://127.0.0.1:9/">',
    ],
)
def test_entities_of_xml_are_refused(declaration: bytes) -> None:
    data = b"<!DOCTYPE r [\n" + declaration + b"]>" + RDF_XML % b""
    with pytest.raises(UnparsableGraphError, match="without entities") as caught:
        parse(data, F.RDF_XML)
    assert caught.value.line == 2


@pytest.mark.parametrize(
    ("data", "rdf_format", "name"),
    [
        (b"<urn:g> { <urn:s> <urn:p> 1 }", F.TRIG, NAME),
        (b"<urn:g> { <urn:s> <urn:p> 1 }", F.TRIG, None),
        (b"<urn:s> <urn:p> <urn:o> _:g .", F.N_QUADS, NAME),
        (b"<urn:s> <urn:p> <<( <urn:s> <urn:p> 1 )>> .", F.TURTLE, NAME),
        (b'<urn:s> <urn:p> "a"@ar--rtl .', F.TURTLE, NAME),
    ],
)
def test_what_is_no_single_graph_of_rdf_1_1_is_refused(
    data: bytes, rdf_format: ox.RdfFormat, name: str | None
) -> None:
    with pytest.raises(UnusableGraphError):
        parse(data, rdf_format, name)


@pytest.mark.parametrize(
    "context",
    ['"URL"', '["URL"]', '{"@import": "URL"}', '{"p": {"@id": "urn:p", "@context": "URL"}}'],
)
def test_no_context_is_fetched(context: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        data = f'{{"@context": {context.replace("URL", url)}, "p": {{"urn:q": 1}}}}'
        with pytest.raises(UnparsableGraphError):
            parse(data.encode(), F.JSON_LD)
        with pytest.raises(BlockingIOError):
            listener.accept()
