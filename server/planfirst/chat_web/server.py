"""Serves the page until Ctrl-C. Starlette and uvicorn, the extra ``web``, are known from here on."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from planfirst.build import Engine
from planfirst.chat.conversations import Conversations
from planfirst.chat_web.app import Web
from planfirst.chat_web.security import Access, Guard
from planfirst.chat_web.talks import Talks
from planfirst.core.errors import BadRequest

_PATIENCE = 5  # seconds that answers have to end in once they were stopped


def serve(
    engine: Engine, conversations: Conversations, port: int, began: Callable[[str], None], told: Callable[[str], None]
) -> None:
    """Serves until it is interrupted; then answers are stopped, what was written is kept, and the processes end.

    Args:
        port: where to listen on 127.0.0.1; 0 for a free one.
        began: is called with the address when it listens.
        told: is called with the next address once one was used.

    Raises:
        BadRequest: the port is not free.
    """
    with _listening(port) as listener:
        access = Access(listener.getsockname()[1])
        talks = Talks(engine, conversations)
        config = uvicorn.Config(
            Guard(Web(talks, access, told).app(), access),
            http="h11",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,  # it would have the token
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_PATIENCE,
        )
        began(access.address)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_served(_Server(config, talks), listener))


class _Server(uvicorn.Server):
    """Stops the answers that are being written before it waits for their readers."""

    def __init__(self, config: uvicorn.Config, talks: Talks) -> None:
        super().__init__(config)
        self._talks = talks

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends it."""
        await self._talks.stop_all()
        await super().shutdown(sockets)

    def hang_up(self, number: int, frame: FrameType | None) -> None:
        """The terminal was closed."""
        self.should_exit = True


async def _served(server: _Server, listener: socket.socket) -> None:
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, server.hang_up)
    await server.serve([listener])


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise BadRequest("web-port", port=port, reason=error.strerror or error) from error
