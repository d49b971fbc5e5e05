"""What does not come from the page that the user opened is refused, by the real server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from planfirst.chat_web.security import HEADERS, LARGEST_BODY, Access
from planfirst.words import Message
from tests.chat_web.page_server import IS_WINDOWS, Server, browser, served
from tests.cli.command_line import complaint, planfirst

pytestmark = pytest.mark.skipif(IS_WINDOWS, reason="Windows has no SIGINT for one process")


@pytest.fixture(scope="module")
def server(random_llama: Path) -> Iterator[Server]:
    with served(random_llama) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    with browser(server) as client:
        yield client


def test_the_address_lets_one_browser_in_and_then_there_is_another(server: Server, client: httpx.Client) -> None:
    assert client.get("/").status_code == 200
    assert client.get(server.address).status_code == 303  # back, in the browser that was let in
    other = httpx.get(server.address, trust_env=False)
    assert other.status_code == 403
    assert other.text.rstrip("\n") == str(Message("web-refused-token"))
    assert "set-cookie" not in other.headers


def test_the_cookie_is_for_this_page_only(random_llama: Path) -> None:
    with served(random_llama) as server:
        response = httpx.get(server.address + "&lang=ko", trust_env=False)
        assert response.headers["location"] == "/?lang=ko"
        cookie = response.headers["set-cookie"]
        assert cookie.startswith("planfirst-")
        assert "; HttpOnly; SameSite=Strict" in cookie
        assert server.address.partition("token=")[2] not in cookie


@pytest.mark.parametrize("cookie", ["", "x=1", "{name}=", "{name}=wrong", '{name}="\\303"', "{name}=ÿ", ";;=;"])
@pytest.mark.parametrize("path", ["/", "/page.js", "/api/state", "/api/conversations", "/?token=wrong", "/none"])
def test_without_the_cookie_nothing_is_answered(server: Server, path: str, cookie: str) -> None:
    name = Access(int(server.base.rpartition(":")[2])).cookie_name
    sent = {"cookie": cookie.replace("{name}", name).encode("latin-1")}
    response = httpx.get(server.base + path, headers=sent, trust_env=False)
    assert response.status_code == 403
    assert "planfirst chat --web" in response.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "evil.example:{port}", "0.0.0.0:{port}"])
def test_another_host_is_refused(server: Server, client: httpx.Client, host: str) -> None:
    sent = {"host": host.format(port=server.base.rpartition(":")[2])}
    response = client.get("/api/conversations", headers=sent)
    assert response.status_code == 403
    assert f"Open {server.base}/ instead." in response.text


def test_localhost_is_this_machine_too(server: Server, client: httpx.Client) -> None:
    port = server.base.rpartition(":")[2]
    sent = {"host": f"localhost:{port}", "origin": f"http://localhost:{port}"}
    assert client.get("/api/conversations", headers=sent).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8000"},
        {"origin": "https://127.0.0.1:{port}"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_site_is_refused(server: Server, client: httpx.Client, header: dict[str, str]) -> None:
    sent = {name: value.format(port=server.base.rpartition(":")[2]) for name, value in header.items()}
    response = client.post("/api/ask", json={"message": "x"}, headers=sent)
    assert (response.status_code, response.text) == (403, "Another site sent this request, so it was refused.\n")
    assert client.get("/api/conversations").json() == []


def test_a_refusal_is_in_the_language_of_the_browser(server: Server) -> None:
    response = httpx.get(server.base, headers={"accept-language": "ko-KR,en;q=0.5"}, trust_env=False)
    assert response.text.startswith("이 주소로는")


def test_a_large_body_is_not_read(client: httpx.Client) -> None:
    response = client.post("/api/ask", content=b"x" * (LARGEST_BODY + 1))
    assert (response.status_code, response.text.split(".")[0]) == (
        413,
        "The request is larger than 2 MB and was not read",
    )

    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * (LARGEST_BODY // 32)

    response = client.post("/api/ask", content=pieces())  # of a length that is not told
    assert response.status_code == 413
    assert response.json()["error"].startswith("The request is larger")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 100_000,
        b'{"message": 1}',
        b'{"message": "x", "system": []}',
        b"\xff\xfe",
        b'{"message": "x", "temperature": "warm"}',
        b'{"message": "x", "temperature": 1e999}',
        b'{"message": "x", "topP": null}',
        b'{"message": "x", "maxTokens": -5}',
    ],
)
def test_rubbish_is_refused_and_the_server_goes_on(client: httpx.Client, body: bytes) -> None:
    response = client.post("/api/ask", content=body)
    assert response.status_code == 400
    assert response.json()["error"].endswith(".")
    assert client.get("/api/conversations").json() == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/conversations/ffffffff", 404),
        ("GET", "/api/conversations/%25", 404),
        ("GET", "/api/conversations/f/export", 404),
        ("POST", "/api/conversations/ffffffff/ask", 404),
        ("POST", "/api/conversations/ffffffff/retry", 404),
        ("POST", "/api/conversations/ffffffff/undo", 404),
        ("DELETE", "/api/conversations/ffffffff", 404),
        ("GET", "/../security.py", 404),
        ("GET", "/page.html", 404),
        ("GET", "/api/ask", 405),
    ],
)
def test_what_is_not_there(client: httpx.Client, method: str, path: str, status: int) -> None:
    response = client.request(method, path, json={"message": "x"})
    assert response.status_code == status, response.text


@pytest.mark.parametrize("path", ["/", "/page.css", "/page.js", "/api/conversations", "/none"])
def test_every_answer_has_the_headers_of_security(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in response.headers["content-security-policy"]
    assert "server" not in response.headers


def test_a_refusal_has_them_too(server: Server) -> None:
    response = httpx.get(server.base, trust_env=False)
    assert response.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_no_port_is_open_to_others(server: Server) -> None:
    port = int(server.base.rpartition(":")[2])
    addresses = {str(found[4][0]) for found in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in addresses - {"127.0.0.1", "127.0.1.1"}:
        with pytest.raises(OSError), socket.create_connection((address, port), 2):
            pass


def test_a_port_that_is_taken(server: Server) -> None:
    port = server.base.rpartition(":")[2]
    said = complaint(planfirst("chat", "--web", "--no-open", "--port", port), 2)
    assert said.startswith(f"The page cannot be served on port {port}: ")
    assert "'--port'" in complaint(planfirst("chat", "--web", "--no-open", "--port", "70000"), 2)
