"""What an endpoint may do to who asks it: nothing but answer, soon, briefly, and from where it is."""

from __future__ import annotations

import gzip
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from graph.federation.errors import (
    EndpointAddressError,
    EndpointAnswerError,
    EndpointError,
    EndpointResultTooLargeError,
    EndpointTimeoutError,
    EndpointUnreachableError,
)
from graph.federation.exchange import EndpointClient, ExchangeLimits, Patience, check_endpoint
from tests.graph.federation.endpoints import (
    FORM,
    RESULTS,
    Behaviour,
    Endpoint,
    Handler,
    dripping,
    endless,
    saying,
)

StartEndpoint = Callable[..., Endpoint]
YES = b'{"head":{},"boolean":true}'
OK = f"HTTP/1.1 200 OK\r\nContent-Type: {RESULTS}\r\n".encode()
PRIVATE = ExchangeLimits(seconds=10, max_bytes=10_000, allow_private=True)
HASTY = ExchangeLimits(seconds=0.3, max_bytes=10_000, allow_private=True)
CERTIFICATE = Path(__file__).with_name("endpoint.pem")


def patient(seconds: float = 20, is_gone: Callable[[], bool] = lambda: False) -> Patience:
    return Patience(deadline=time.monotonic() + seconds, is_gone=is_gone)


def leading_to(*addresses: str) -> Callable[[str, int], Sequence[str]]:
    """A resolver for which all names lead to these addresses."""
    return lambda host, port: addresses


@pytest.mark.parametrize(
    "iri",
    ["https://sparql.example/", "http://a.example:8080/q?graph=x", "https://[2606:2800::1]/sparql"],
)
def test_an_address_that_can_be_asked_is_taken_as_it_is(iri: str) -> None:
    assert check_endpoint(iri) == iri


@pytest.mark.parametrize(
    "iri",
    [
        "",
        "sparql.example/",
        "ftp://sparql.example/",
        "file:///etc/passwd",
        "http://",
        "http:///sparql",
        "https://user@sparql.example/",
        "https://user:secret@sparql.example/",
        "https://sparql.example/#x",
        "https://sparql.example/a b",
        "https://sparql.example/\r\nX: y",
        "https://碳.example/",
        "https://sparql.example:0/",
        "https://sparql.example:99999/",
        "https://sparql.example:x/",
        "http://[::1/",
    ],
)
def test_an_address_that_cannot_be_asked_is_refused(iri: str) -> None:
    with pytest.raises(EndpointAddressError, match="http or https"):
        check_endpoint(iri)


def test_a_query_is_posted_as_a_form_without_anything_else(start_endpoint: StartEndpoint) -> None:
    endpoint = start_endpoint(saying(YES))
    found = EndpointClient(PRIVATE).ask(f"{endpoint.url}?a=b", "ASK { '碳&=' }", patient())
    assert found == YES
    ((path, headers, form),) = endpoint.requests
    assert path == "/sparql?a=b"
    assert form == {"query": ["ASK { '碳&=' }"]}
    assert headers.keys() == {
        "Host",
        "Accept",
        "Accept-Encoding",
        "Connection",
        "Content-Type",
        "Content-Length",
        "User-Agent",
    }
    assert headers["Host"] == f"127.0.0.1:{endpoint.port}"
    assert headers["Accept"] == RESULTS
    assert headers["Accept-Encoding"] == "identity"
    assert headers["Content-Type"] == FORM


def test_no_proxy_of_the_environment_is_used(
    start_endpoint: StartEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, endpoint = start_endpoint(saying(YES)), start_endpoint(saying(YES))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    assert EndpointClient(PRIVATE).ask(endpoint.url, "ASK {}", patient()) == YES
    assert proxy.connections == 0


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["8.8.8.8", "127.0.0.1"],
        ["127.0.0.1", "8.8.8.8"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["0.0.0.0"],
        ["not an address"],
    ],
)
def test_a_name_that_leads_to_any_private_address_is_not_asked(
    start_endpoint: StartEndpoint, addresses: list[str]
) -> None:
    endpoint = start_endpoint(saying(YES))
    client = EndpointClient(ExchangeLimits(), resolve=leading_to(*addresses))
    url = f"http://endpoint.example:{endpoint.port}/"
    with pytest.raises(EndpointUnreachableError, match="public internet") as caught:
        client.ask(url, "ASK {}", patient())
    assert url in str(caught.value)
    assert not any(address in str(caught.value) for address in addresses)
    assert endpoint.connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001"])
def test_loopback_is_not_asked_however_it_is_written(
    start_endpoint: StartEndpoint, host: str
) -> None:
    endpoint = start_endpoint(saying(YES))
    with pytest.raises(EndpointUnreachableError):
        EndpointClient(ExchangeLimits()).ask(f"http://{host}:{endpoint.port}/", "ASK {}", patient())
    assert endpoint.connections == 0


@pytest.mark.parametrize("address", ["0.0.0.0", "224.0.0.1", "::", "ff02::1%lo"])
def test_no_setting_lets_groups_of_hosts_be_asked(address: str) -> None:
    client = EndpointClient(PRIVATE, resolve=leading_to(address))
    with pytest.raises(EndpointUnreachableError, match="public internet"):
        client.ask("http://endpoint.example/", "ASK {}", patient())


def test_a_name_is_looked_up_once_and_its_checked_address_is_asked(
    start_endpoint: StartEndpoint,
) -> None:
    """A name that leads elsewhere at each look-up leads nowhere else: there is but one."""
    trap, endpoint = start_endpoint(saying(YES)), start_endpoint(saying(YES))
    looked_up: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        looked_up.append((host, port))
        return ["127.0.0.1"] if len(looked_up) == 1 else ["127.0.0.2"]

    client = EndpointClient(PRIVATE, resolve=resolve)
    url = f"http://endpoint.example:{endpoint.port}/sparql"
    assert client.ask(url, "ASK {}", patient()) == YES
    assert looked_up == [("endpoint.example", endpoint.port)]
    ((_, headers, _),) = endpoint.requests
    assert headers["Host"] == f"endpoint.example:{endpoint.port}"
    assert trap.connections == 0


def test_a_name_that_leads_to_a_private_address_the_second_time_is_refused_then(
    start_endpoint: StartEndpoint,
) -> None:
    endpoint = start_endpoint(saying(YES))
    answers = iter([["192.0.2.1"], ["127.0.0.1"]])
    client = EndpointClient(ExchangeLimits(), resolve=lambda host, port: next(answers))
    url = f"http://endpoint.example:{endpoint.port}/"
    for _ in range(2):
        with pytest.raises(EndpointUnreachableError, match="public internet"):
            client.ask(url, "ASK {}", patient())
    assert endpoint.connections == 0


def test_another_address_is_tried_where_nobody_listens(start_endpoint: StartEndpoint) -> None:
    endpoint = start_endpoint(saying(YES))
    client = EndpointClient(PRIVATE, resolve=leading_to("127.0.0.9", "127.0.0.1"))
    assert client.ask(f"http://endpoint.example:{endpoint.port}/", "ASK {}", patient()) == YES


@pytest.mark.parametrize("addresses", [[], ["127.0.0.9"]])
def test_where_nobody_listens_the_endpoint_cannot_be_reached(
    start_endpoint: StartEndpoint, addresses: list[str]
) -> None:
    port = start_endpoint(saying(YES)).port
    client = EndpointClient(PRIVATE, resolve=leading_to(*addresses))
    with pytest.raises(EndpointUnreachableError, match="cannot be reached") as caught:
        client.ask(f"http://endpoint.example:{port}/", "ASK {}", patient())
    assert "127.0.0.9" not in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(start_endpoint: StartEndpoint, status: int) -> None:
    inside = start_endpoint(saying(YES))
    endpoint = start_endpoint(saying(YES, status=status, headers={"Location": inside.url}))
    with pytest.raises(EndpointAnswerError, match="redirect") as caught:
        EndpointClient(PRIVATE).ask(endpoint.url, "ASK {}", patient())
    assert inside.url not in str(caught.value)
    assert inside.connections == 0


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        (saying(YES, status=201), "status 200, got 201"),
        (saying(b"secret", status=404), "status 200, got 404"),
        (saying(b"secret", status=500), "status 200, got 500"),
        (saying(YES, media_type="text/html"), "another type"),
        (saying(YES, media_type="application/json"), "another type"),
        (saying(gzip.compress(YES), headers={"Content-Encoding": "gzip"}), "compressed"),
        (saying(YES, headers={"Content-Encoding": "identity, br"}), "compressed"),
        (lambda handler, query: handler.wfile.write(b"hello\r\n\r\n"), "broken"),
        (lambda handler, query: None, "broken"),
        (lambda handler, query: handler.wfile.write(OK + b"A: b\r\n" * 200 + b"\r\n"), "broken"),
        (lambda handler, query: handler.wfile.write(OK + b"A: " + b"b" * 70_000), "broken"),
        (
            lambda handler, query: handler.wfile.write(
                OK + b"Transfer-Encoding: chunked\r\n\r\nzzz\r\n"
            ),
            "broken",
        ),
    ],
)
def test_what_is_no_answer_is_told_without_its_words(
    start_endpoint: StartEndpoint, behaviour: Behaviour, message: str
) -> None:
    endpoint = start_endpoint(behaviour)
    with pytest.raises(EndpointAnswerError, match=message) as caught:
        EndpointClient(PRIVATE).ask(endpoint.url, "ASK {}", patient())
    assert str(caught.value).startswith(endpoint.url)
    assert "secret" not in str(caught.value)


def test_the_identity_is_no_compression(start_endpoint: StartEndpoint) -> None:
    endpoint = start_endpoint(saying(YES, headers={"Content-Encoding": "identity"}))
    assert EndpointClient(PRIVATE).ask(endpoint.url, "ASK {}", patient()) == YES


def test_a_bomb_is_not_unpacked(start_endpoint: StartEndpoint) -> None:
    bomb = gzip.compress(b" " * 10_000_000)
    limits = ExchangeLimits(max_bytes=1_000_000, allow_private=True)
    endpoint = start_endpoint(saying(bomb, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(EndpointAnswerError, match="compressed"):
        EndpointClient(limits).ask(endpoint.url, "ASK {}", patient())


def chunked(handler: Handler, query: str) -> None:
    """One chunk after the other, without an end."""
    handler.wfile.write(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        handler.wfile.write(b"100\r\n" + b" " * 256 + b"\r\n")


@pytest.mark.parametrize("behaviour", [endless, chunked, saying(b" " * 10_001)])
def test_an_answer_that_is_too_large_is_not_read_to_its_end(
    start_endpoint: StartEndpoint, behaviour: Behaviour
) -> None:
    endpoint = start_endpoint(behaviour)
    with pytest.raises(EndpointResultTooLargeError, match="10000 bytes"):
        EndpointClient(PRIVATE).ask(endpoint.url, "ASK {}", patient())


def test_an_answer_of_just_the_limit_is_taken(start_endpoint: StartEndpoint) -> None:
    endpoint = start_endpoint(saying(b" " * 10_000))
    assert len(EndpointClient(PRIVATE).ask(endpoint.url, "ASK {}", patient())) == 10_000


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX:",
        OK + b"\r\n",
        OK + b"Content-Length: 1000\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n3e8;",
        b"HTTP/1.1 100 Continue\r\nX:",
    ],
    ids=["status", "header", "body", "length", "chunk", "size", "continue"],
)
def test_an_answer_that_drips_is_cut_off(start_endpoint: StartEndpoint, head: bytes) -> None:
    endpoint = start_endpoint(dripping(head))
    began = time.monotonic()
    with pytest.raises(EndpointTimeoutError, match=r"within 0\.3 s"):
        EndpointClient(HASTY).ask(endpoint.url, "ASK {}", patient())
    assert time.monotonic() - began < 20  # it would drip for fifty


def test_silence_is_cut_off_at_the_deadline_of_who_asks(start_endpoint: StartEndpoint) -> None:
    end = threading.Event()
    endpoint = start_endpoint(lambda handler, query: end.wait(30))
    with pytest.raises(EndpointTimeoutError):
        EndpointClient(PRIVATE).ask(endpoint.url, "ASK {}", patient(0.2))
    end.set()


def test_an_exchange_ends_when_the_client_goes(start_endpoint: StartEndpoint) -> None:
    end = threading.Event()

    def behave(handler: Handler, query: str) -> None:
        end.wait(15)
        handler.answer(YES)

    endpoint = start_endpoint(behave)
    limits = ExchangeLimits(seconds=60, allow_private=True)
    with pytest.raises(EndpointTimeoutError):
        EndpointClient(limits).ask(endpoint.url, "ASK {}", patient(60, is_gone=lambda: True))
    end.set()


def test_a_name_that_is_not_found_in_time_is_given_up() -> None:
    end = threading.Event()

    def resolve(host: str, port: int) -> Sequence[str]:
        end.wait(30)
        return ["127.0.0.1"]

    with pytest.raises(EndpointTimeoutError):
        EndpointClient(HASTY, resolve=resolve).ask("http://a.example/", "ASK {}", patient())
    end.set()


def test_no_exchange_begins_when_no_time_is_left(start_endpoint: StartEndpoint) -> None:
    endpoint = start_endpoint(saying(YES))
    with pytest.raises(EndpointTimeoutError):
        EndpointClient(PRIVATE).ask(endpoint.url, "ASK {}", patient(-1))
    assert endpoint.connections == 0


def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def test_by_tls_the_name_is_told_and_proved_and_the_checked_address_is_asked(
    start_endpoint: StartEndpoint,
) -> None:
    server, names = server_context(), list[str | None]()
    server.sni_callback = lambda stream, name, context: names.append(name)
    endpoint = start_endpoint(saying(YES), tls=server)
    trust = ssl.create_default_context(cafile=str(CERTIFICATE))
    client = EndpointClient(PRIVATE, resolve=leading_to("127.0.0.1"), tls=trust)
    url = f"https://endpoint.example:{endpoint.port}/sparql"
    assert client.ask(url, "ASK {}", patient()) == YES
    assert names == ["endpoint.example"]


@pytest.mark.parametrize(
    ("host", "trusts"), [("other.example", True), ("endpoint.example", False), ("127.0.0.1", True)]
)
def test_by_tls_nobody_is_asked_who_cannot_prove_the_name(
    start_endpoint: StartEndpoint, host: str, trusts: bool
) -> None:
    endpoint = start_endpoint(saying(YES), tls=server_context())
    trust = ssl.create_default_context(cafile=str(CERTIFICATE) if trusts else None)
    client = EndpointClient(PRIVATE, resolve=leading_to("127.0.0.1"), tls=trust)
    with pytest.raises(EndpointUnreachableError, match="certificate"):
        client.ask(f"https://{host}:{endpoint.port}/", "ASK {}", patient())
    assert endpoint.requests == []


def test_a_handshake_that_never_ends_is_cut_off(start_endpoint: StartEndpoint) -> None:
    endpoint = start_endpoint(saying(YES))  # waits for a request, and so never shakes hands
    with pytest.raises(EndpointError):
        EndpointClient(HASTY, resolve=leading_to("127.0.0.1")).ask(
            f"https://endpoint.example:{endpoint.port}/", "ASK {}", patient()
        )
    assert endpoint.requests == []
