"""Asks the user whether generated code may be run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

if TYPE_CHECKING:
    from planfirst.lsp.server import PlanfirstServer

_ALLOW, _DENY = "Run it in the sandbox", "No"
_MAY_RUN = (
    "Planfirst: there are examples or tests for this code. May generated code be run against them? It runs in a "
    "sandbox, without network, and sees no files but those that it imports. The answer holds until the server ends."
)
_LEAVE_SECONDS = 60.0  # after which the code is offered without being run


class Permission:
    """Asks once, and never again as long as the server runs. Our own client asks by itself."""

    def __init__(self, server: PlanfirstServer) -> None:
        self._server = server
        self._answer: asyncio.Future[bool] | None = None

    async def asked(self) -> bool:
        """What the user says, or said before; no after a minute without an answer."""
        if self._server.is_ours:
            return False
        if self._answer is None:
            self._answer = asyncio.ensure_future(self._ask())
        done, _ = await asyncio.wait({self._answer}, timeout=_LEAVE_SECONDS)
        return bool(done) and self._answer.result()

    async def _ask(self) -> bool:
        words = self._server.words
        actions = [lsp.MessageActionItem(title=words(title)) for title in (_ALLOW, _DENY)]
        message = lsp.ShowMessageRequestParams(type=lsp.MessageType.Info, message=words(_MAY_RUN), actions=actions)
        try:
            answer = await self._server.window_show_message_request_async(message)
        except JsonRpcException:
            return False
        return answer is not None and answer.title == words(_ALLOW)
