"""Who may ask the page's server for anything: only the page that this machine's user opened.

Any web page can send requests to loopback, and any account of the machine can connect to it, so each request is checked
before anything is done with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from planfirst.chat_web.language import words_of
from planfirst.words import Message

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send
    from starlette.types import Message as Event

LARGEST_BODY: Final = 2 << 20  # bytes; a message of 200,000 characters comes through and is refused in words
MOST_DRAINED: Final = 16 << 20  # bytes of a body that is refused
_DRAIN_SECONDS = 2.0
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Access:
    """The secrets of one server.

    Args:
        port: where it listens.
    """

    def __init__(self, port: int) -> None:
        self.hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        self.cookie_name = f"planfirst-{port}"  # a browser shares cookies between the ports of a host
        self._secret = secrets.token_urlsafe(32)
        self._token = secrets.token_urlsafe(32)

    @property
    def address(self) -> str:
        """The address that lets a browser in, once."""
        return f"http://{self.hosts[0]}/?token={self._token}"

    @property
    def cookie(self) -> str:
        """What a browser that was let in sends with each request, as the header that sets it."""
        return f"{self.cookie_name}={self._secret}; Path=/; HttpOnly; SameSite=Strict"

    def lets_in(self, token: str) -> bool:
        """Whether a token is the one of the address; if so, there is another one from now on.

        Other accounts of this machine may see the command line with which the browser was opened.
        """
        if not _same(token, self._token):
            return False
        self._token = secrets.token_urlsafe(32)
        return True

    def knows(self, cookies: str) -> bool:
        """Whether the header of cookies has the secret."""
        try:
            morsel = SimpleCookie(cookies).get(self.cookie_name)
        except CookieError:
            return False
        return morsel is not None and _same(morsel.value, self._secret)

    def refusal(self, headers: list[tuple[str, str]], path: str) -> Message | None:
        """Why a request comes from elsewhere; None if it comes from our page, or from nobody's."""
        hosts = [value for name, value in headers if name == "host"]
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts:
            return Message("web-refused-host", address=f"http://{self.hosts[0]}/")
        for name, value in headers:
            if name == "origin" and value.lower() not in [f"http://{host}" for host in self.hosts]:
                return Message("web-refused-origin")
            # A link may lead here, but nothing of another page may fetch anything.
            if name == "sec-fetch-site" and path != "/" and value not in ("same-origin", "none"):
                return Message("web-refused-origin")
        return None


class Guard:
    """Stands before the application: refuses what is not for it, and adds the headers of security to each answer."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the beginning and end of the server."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        from starlette.responses import PlainTextResponse

        async def sent(event: Event) -> None:
            if event["type"] == "http.response.start":
                added = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                event["headers"] = [*event.get("headers", []), *added]
            await send(event)

        headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        status, refusal = 403, self._access.refusal(headers, scope["path"])
        if refusal is None and not self._is_known(headers, scope):
            refusal = Message("web-refused-token")
        if refusal is None and _length(headers) > LARGEST_BODY:
            status, refusal = 413, too_large()
        if refusal is not None:
            await _drain(receive)
            response = PlainTextResponse(words_of(scope)(refusal) + "\n", status, {"Connection": "close"})
            await response(scope, receive, sent)
            return
        await self._app(scope, receive, sent)

    def _is_known(self, headers: list[tuple[str, str]], scope: Scope) -> bool:
        if any(self._access.knows(value) for name, value in headers if name == "cookie"):
            return True
        if scope["path"] != "/" or scope["method"] != "GET":
            return False
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        scope["planfirst.let_in"] = self._access.lets_in(query.get("token", ""))
        return bool(scope["planfirst.let_in"])


async def _drain(receive: Receive) -> None:
    """Lets a body pass by, as far as it is not endless: an answer to one that still comes would be lost with it."""
    size = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            while size <= MOST_DRAINED:
                event = await receive()
                size += len(event.get("body", b""))
                if not event.get("more_body", False):
                    return


def too_large() -> Message:
    """Why a body is not read."""
    return Message("web-body-large", most=LARGEST_BODY >> 20)


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())


def _length(headers: list[tuple[str, str]]) -> int:
    given = [value for name, value in headers if name == "content-length"]
    return int(given[0]) if given and given[0].isdecimal() else 0
