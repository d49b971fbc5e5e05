"""Which server is asked at all: hosts, keys, redirects and certificates, against real servers on loopback."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from planfirst.adapters.openai import OpenAIWriter
from planfirst.core.errors import BadSetting, EndpointAnswer, EndpointDown, EndpointRefused
from tests.adapters.completion_server import GOOD, KEY, ask, endpoint, failure, serving, status


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANFIRST_API_KEY", KEY)
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")


async def test_a_key_that_cannot_be_sent_is_a_bad_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER_KEY", "two words\nand a line")
    async with serving(GOOD) as server:
        with pytest.raises(BadSetting, match="OTHER_KEY") as caught:
            await ask(endpoint(server, key_variable="OTHER_KEY"))
    assert "two words" not in str(caught.value)
    assert server.connections == 0


@pytest.mark.parametrize(
    ("url", "allowed", "reason"),
    [
        ("http://127.0.0.1:{port}/v1", ("localhost",), "do not allow"),
        ("http://localhost.example:{port}/v1", ("localhost",), "do not allow"),
        ("http://localhost:{port}@evil.example/v1", ("localhost",), "no user name"),
        ("http://user:secret@127.0.0.1:{port}/v1", ("127.0.0.1",), "no user name"),
        ("http://127.0.0.1:{port}/v1?key=1", ("127.0.0.1",), "query"),
        ("http://code.example:{port}/v1", ("code.example",), "not encrypted"),
        ("ftp://127.0.0.1:{port}/v1", ("127.0.0.1",), "not an http"),
        ("127.0.0.1:{port}/v1", ("127.0.0.1",), "not a"),
        ("http://127.0.0.1:port/v1", ("127.0.0.1",), "not an http or https URL"),
        ("", ("127.0.0.1",), "not an http"),
    ],
)
async def test_refuses_before_any_connection(url: str, allowed: tuple[str, ...], reason: str) -> None:
    async with serving(GOOD) as server:
        chosen = endpoint(server, url=url.format(port=server.port), allowed_hosts=allowed)
        with pytest.raises(EndpointRefused, match=reason) as caught:
            await ask(chosen)
        assert isinstance(OpenAIWriter(chosen).name, str)
    assert "secret" not in str(caught.value)
    assert server.connections == 0


async def test_hosts_are_compared_whatever_their_case() -> None:
    async with serving(GOOD) as server:
        chosen = endpoint(server, url=f"http://LOCALHOST:{server.port}/v1/", allowed_hosts=("LocalHost",))
        assert await ask(chosen) == ["def ", "add"]


async def test_redirects_are_not_followed() -> None:
    async with serving(GOOD) as other, serving() as server:
        location = f"Location: http://127.0.0.1:{other.port}/v1/chat/completions\r\n"
        server.answers = [status(307, headers=location)]
        error = await failure(endpoint(server))
    assert isinstance(error, EndpointAnswer)
    assert "does not follow redirects" in error.next_step
    assert (server.connections, other.connections) == (1, 0)


async def test_a_certificate_is_checked(tmp_path: Path) -> None:
    tls, authority = _certificate(tmp_path)
    async with serving(GOOD, tls=tls) as server:
        url = f"https://127.0.0.1:{server.port}/v1"
        error = await failure(endpoint(server, url=url))
        assert server.requests == []
        assert await ask(endpoint(server, url=url, ca_file=str(authority))) == ["def ", "add"]
        with pytest.raises(BadSetting, match="CA file"):
            await ask(endpoint(server, url=url, ca_file=str(tmp_path / "none.pem")))
    assert isinstance(error, EndpointDown)
    assert "caFile" in error.next_step


def _certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS context with a new certificate for 127.0.0.1, and that certificate's file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is needed to make a certificate")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate
