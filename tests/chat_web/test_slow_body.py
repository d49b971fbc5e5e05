"""A request whose body never comes to its end is not waited for."""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request
from starlette.types import Message

from planfirst.chat_web import app
from planfirst.core.errors import BadRequest


def request(*pieces: bytes, ends: bool) -> Request:
    """A request that sends these pieces, and then its end or nothing more."""
    left = list(pieces)

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        piece = left.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(left) or not ends}

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


async def test_what_comes_in_pieces_is_read_to_its_end() -> None:
    assert await app._body(request(b'{"text":', b' "hello"}', ends=True)) == {"text": "hello"}


async def test_what_never_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "BODY_SECONDS", 0.05)
    with pytest.raises(BadRequest, match="did not arrive") as refused:
        await app._body(request(b'{"text":', ends=False))
    assert refused.value.message.code == "web-body-slow"
