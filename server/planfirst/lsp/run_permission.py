"""Whether generated code may be run, for editors that do not ask you by themselves."""

from __future__ import annotations

import asyncio

from pygls.exceptions import JsonRpcException

from planfirst.lsp.client import Client
from planfirst.words import Message

_ALLOW, _DENY = "answer-run", "answer-do-not-run"
_LEAVE_SECONDS = 60.0  # after which the code is offered without being run


class RunPermission:
    """Asks once while the server runs. Our own client asks by itself."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._answer: asyncio.Future[bool] | None = None

    async def given(self) -> bool:
        """Your answer, now or from before; no after a minute without one."""
        if self._client.is_ours:
            return False
        if self._answer is None:
            self._answer = asyncio.ensure_future(self._ask())
        done, _ = await asyncio.wait({self._answer}, timeout=_LEAVE_SECONDS)
        return bool(done) and self._answer.result()

    async def _ask(self) -> bool:
        try:
            return await self._client.ask(Message("question-run"), (Message(_ALLOW), Message(_DENY))) == _ALLOW
        except JsonRpcException:
            return False
