"""The conversations that pages have open, with one answer at a time in each. It knows nothing of HTTP."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace

from planfirst.build import Engine
from planfirst.chat.conversations import Conversations
from planfirst.chat.session import Chat
from planfirst.chat.turns import Conversation, Turn
from planfirst.chat.window import checked
from planfirst.core.errors import BadRequest, ConversationError, PlanfirstError
from planfirst.core.ports import Writer
from planfirst.core.types import Notice, Text
from planfirst.settings import ChatSettings
from planfirst.words import Message

log = logging.getLogger(__name__)

Events = AsyncGenerator[Text | Notice | Turn, None]


class Busy(PlanfirstError):
    """An answer is being written in that conversation."""


class Writing:
    """An answer that is being written, whether or not anybody reads along."""

    def __init__(self, events: Events) -> None:
        self._seen: asyncio.Queue[Text | Notice | PlanfirstError | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._run(events))
        self._task.add_done_callback(lambda task: self._seen.put_nowait(None))  # also of one that was stopped at once
        self._is_stopped = False

    async def events(self) -> AsyncIterator[Text | Notice | PlanfirstError]:
        """What was written, notices, and why it ended if it failed; it ends when all is kept."""
        while (event := await self._seen.get()) is not None:
            yield event

    async def stop(self) -> None:
        """Stops it, if it is still being written; the part that was written is kept then."""
        if not self._is_stopped:  # a second cancel would disturb what the first one makes it keep
            self._is_stopped = True
            self._task.cancel()
        await asyncio.wait([self._task])

    def when_done(self, call: Callable[[], object]) -> None:
        """Calls that once it has ended, whichever way."""
        self._task.add_done_callback(lambda task: call())

    async def _run(self, events: Events) -> None:
        try:
            async with aclosing(events):
                async for event in events:
                    if not isinstance(event, Turn):
                        self._seen.put_nowait(event)
        except PlanfirstError as error:
            self._seen.put_nowait(error)
        except Exception:
            log.exception("an answer failed")
            self._seen.put_nowait(PlanfirstError("web-fault"))


class Talks:
    """The open conversations.

    Args:
        conversations: where they are kept.
    """

    def __init__(self, engine: Engine, conversations: Conversations) -> None:
        self.engine = engine
        self.conversations = conversations
        self._chats: dict[str, Chat] = {}
        self._writing: dict[str, Writing] = {}

    def writer(self) -> Writer:
        """Who answers.

        Raises:
            PlanfirstError: the model is not there.
        """
        return self.engine.pipeline().generator

    def is_written(self, id: str) -> bool:
        """Whether an answer is being written in it."""
        return id in self._writing

    def conversation(self, id: str) -> Conversation:
        """A conversation as it is now, here and in other windows.

        Raises:
            ConversationError: it is not kept, or cannot be read.
        """
        chat = self._chats.get(id)
        if chat is not None and (id in self._writing or not chat.is_kept):
            return chat.conversation
        conversation = self._kept(id)
        if chat is not None and chat.turns != conversation.turns:
            chat.open(conversation)
        return conversation

    def begin(self, id: str, message: str, settings: ChatSettings, system: str, edits: bool) -> tuple[str, Writing]:
        """Begins an answer to a message.

        Args:
            id: of a conversation; empty for a new one.
            edits: whether the message stands in place of the last one.

        Returns:
            The conversation's id, and the answer.

        Raises:
            BadRequest: the message is empty or too long.
            Busy: an answer is being written there.
            PlanfirstError: the conversation was deleted or cannot be read, or the model is not there.
        """
        message = checked(message)
        chat = self._chat(id, settings, system)
        return self._begun(chat, _edited(chat, message) if edits else chat.ask(message))

    def again(self, id: str, settings: ChatSettings, system: str) -> Writing:
        """Begins another answer to the last message; raises as `begin`."""
        chat = self._chat(id, settings, system)
        return self._begun(chat, chat.retry())[1]

    async def stop(self, id: str) -> None:
        """Stops the answer that is being written; the part that was written is kept."""
        if id in self._writing:
            await self._writing[id].stop()

    async def stop_all(self) -> None:
        """Stops all answers."""
        await asyncio.gather(*(writing.stop() for writing in list(self._writing.values())))

    def undo(self, id: str) -> Message | None:
        """Takes the last message and its answer back; what the user should know.

        Raises:
            PlanfirstError: as `begin`, or nothing was said.
        """
        return self._chat(id, self.engine.settings.chat, None).undo()[1]

    async def delete(self, id: str) -> None:
        """Deletes a conversation for good, and stops its answer.

        Raises:
            ConversationError: it is not there, or cannot be deleted; then its answer goes on.
        """
        try:
            self.conversations.delete(id)
        except ConversationError as error:
            if error.code != "conversation-missing":
                raise
            if id not in self._chats:
                raise _gone() from error
        self._chats.pop(id, None)
        await self.stop(id)

    async def close(self) -> None:
        """Stops all answers and ends the processes behind them."""
        await self.stop_all()
        await self.engine.close()
        self.conversations.close()

    def _chat(self, id: str, settings: ChatSettings, system: str | None) -> Chat:
        if id in self._writing:
            raise Busy("web-busy")
        conversation = self.conversation(id) if id else Conversation()
        writer = self.writer()
        chat = self._chats.get(id)
        if chat is None:
            chat = Chat(writer, self.conversations, settings, conversation)
        chat.writer, chat.settings = writer, settings
        if system is not None and system != chat.conversation.system:
            if chat.turns:
                chat.tell(system)
            else:
                chat.conversation = replace(chat.conversation, system=system)
        return chat

    def _begun(self, chat: Chat, events: Events) -> tuple[str, Writing]:
        id = chat.conversation.id
        self._chats[id] = chat
        writing = self._writing[id] = Writing(events)
        writing.when_done(lambda: self._writing.pop(id, None))
        return id, writing

    def _kept(self, id: str) -> Conversation:
        try:
            conversation = self.conversations.get(id)
        except ConversationError as error:
            raise _gone() if error.code == "conversation-missing" else error from error
        if conversation.id != id:
            raise _gone()
        return conversation


async def _edited(chat: Chat, message: str) -> Events:
    """An answer to a message in place of the last one, which stays if this one cannot be sent."""
    if not chat.turns:
        raise BadRequest("chat-nothing-to-undo")
    before = chat.turns[:-1]
    last, grown = chat.undo()
    if grown is not None:
        yield Notice(grown)
        return
    try:
        async with aclosing(chat.ask(message)) as events:
            async for event in events:
                yield event
    finally:
        if chat.turns == before:
            chat.note(last.user, last.assistant, last.model)


def _gone() -> ConversationError:
    return ConversationError("web-conversation-gone")
