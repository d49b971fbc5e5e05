"""An answer while it is written, as one JSON object a line."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from planfirst.chat.turns import Conversation
from planfirst.chat_web.markdown import tree_of
from planfirst.chat_web.talks import Talks, Writing
from planfirst.core.errors import ConversationError, PlanfirstError
from planfirst.core.types import Text
from planfirst.source.unsafe import escaped
from planfirst.words import Words

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_PAUSE = 0.08  # seconds between two looks of an answer
_SHARE = 10  # of the time, at most a tenth goes into reading the Markdown again


class Streamed(Response):
    """The response with an answer: ``id``, then ``answer`` again and again, ``notice``, ``error``, and at last the
    whole ``conversation``.

    When the page goes away, the model stops.
    """

    def __init__(self, talks: Talks, id: str, writing: Writing, words: Words) -> None:
        super().__init__(media_type="application/x-ndjson")
        del self.headers["content-length"]
        self._talks = talks
        self._id = id
        self._writing = writing
        self._words = words

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it."""

        async def row(**data: Any) -> None:
            body = (json.dumps(data, ensure_ascii=False) + "\n").encode("utf-8", "replace")
            await send({"type": "http.response.body", "body": body, "more_body": True})

        leaving = asyncio.create_task(self._stopped_when_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await row(id=self._id)
            await self._sent(row)
            with suppress(ConversationError):  # deleted meanwhile
                await row(conversation=as_shown(self._talks.conversation(self._id), False))
            await send({"type": "http.response.body", "body": b""})
        finally:
            leaving.cancel()
            await self._writing.stop()

    async def _sent(self, row: Any) -> None:
        answer, due = "", 0.0
        async for event in self._writing.events():
            if isinstance(event, Text):
                answer += event.text
                began = time.monotonic()
                if began >= due:
                    tree = tree_of.__wrapped__(answer)
                    due = began + max(_PAUSE, (time.monotonic() - began) * _SHARE)
                    await row(answer=tree)
            elif isinstance(event, PlanfirstError):
                await row(error=self._words(event.message))
            else:
                await row(notice=self._words(event.message))

    async def _stopped_when_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        await self._writing.stop()


def as_shown(conversation: Conversation, is_written: bool) -> dict[str, Any]:
    """A conversation for the page."""
    return {
        "id": conversation.id,
        "title": escaped(conversation.title),
        "system": conversation.system,
        "isWritten": is_written,
        "turns": [
            {
                "number": turn.number,
                "user": escaped(turn.user),
                "source": turn.user,
                "answer": tree_of(turn.assistant),
                "model": turn.model,
                "stopped": turn.stopped,
            }
            for turn in conversation.turns
        ],
    }
