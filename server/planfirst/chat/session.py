"""A conversation that goes on: asks the model, keeps what was said, and tells what does not fit any more."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from planfirst.chat.asking import SYSTEM, asked, of_the_end
from planfirst.chat.conversations import Conversations
from planfirst.chat.sampling import decoding_of
from planfirst.chat.turns import Conversation, Turn, now
from planfirst.chat.window import checked
from planfirst.core.errors import BadRequest, ConversationError
from planfirst.core.ports import Writer
from planfirst.core.types import Notice, Prompt, Text
from planfirst.settings import ChatSettings
from planfirst.words import Message


@dataclass(eq=False)
class Chat:
    """One conversation.

    Args:
        writer: who answers; it may be changed between two messages.
        conversations: where conversations are kept.
        settings: how answers are sampled.
    """

    writer: Writer
    conversations: Conversations
    settings: ChatSettings
    conversation: Conversation

    def __post_init__(self) -> None:
        self._first = 0  # number of the first turn that is sent
        self._attempts = 0  # at the last message
        self._unkept: list[Turn] = []  # turns that could not be written yet
        self._unanswered: list[Turn] = []  # turns of which the answer could not

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was said, oldest first."""
        return self.conversation.turns

    @property
    def is_kept(self) -> bool:
        """Whether all that was said could be written to the disk."""
        return not self._unkept and not self._unanswered

    @property
    def system(self) -> str:
        """What the model is told before the conversation."""
        return self.conversation.system or self.settings.system or SYSTEM

    def open(self, conversation: Conversation) -> None:
        """Goes on with another conversation."""
        self.conversation, self._first, self._attempts = conversation, 0, 0
        self._unkept, self._unanswered = [], []

    async def ask(self, message: str) -> AsyncGenerator[Text | Notice | Turn, None]:
        """The answer as it is written, notices, and at last the turn.

        Closing it, or cancelling who reads it, stops the model; the part that was written is kept.

        Raises:
            BadRequest: the message is empty or too long; nothing is kept of it.
            PlanfirstError: the model cannot answer.
        """
        message = checked(message)
        prompt, notices = await self._prompt(self.turns, message)
        turn, grown = self._begin(Turn(message, model=self.writer.name, stopped=True))
        for notice in [*notices, *grown]:
            yield Notice(notice)
        self._attempts = 0
        async with aclosing(self._answered(turn, prompt)) as events:
            async for event in events:
                yield event

    async def retry(self) -> AsyncGenerator[Text | Notice | Turn, None]:
        """Another answer to the last message, in place of the one that is there once it is whole; else as `ask`."""
        if not self.turns:
            raise BadRequest("chat-nothing-to-repeat")
        last = self.turns[-1]
        prompt, notices = await self._prompt(self.turns[:-1], last.user)
        for notice in notices:
            yield Notice(notice)
        self._attempts += 1
        async with aclosing(self._answered(last, prompt)) as events:
            async for event in events:
                yield event

    def tell(self, system: str) -> None:
        """Sets what the model is told before the conversation; empty for what the settings say.

        Raises:
            ConversationError: it cannot be kept; then nothing is changed.
        """
        self.conversations.set_system(self.conversation.id, system)
        self.conversation = replace(self.conversation, system=system)

    def undo(self) -> tuple[Turn, Message | None]:
        """Takes the last message and its answer back.

        Returns:
            The turn that is gone, and what the user should know.

        Raises:
            BadRequest: nothing was said yet.
            ConversationError: it cannot be removed from what is kept; then it stays here, too.
        """
        if not self.turns:
            raise BadRequest("chat-nothing-to-undo")
        last = self.turns[-1]
        if last in self._unkept:
            self._unkept.remove(last)
        elif not self.conversations.remove_last(self.conversation.id, last.number):
            return last, self._grown()
        self.conversation = replace(self.conversation, turns=self.turns[:-1])
        return last, None

    def note(self, user: str, assistant: str, model: str) -> list[Message]:
        """Adds a message and an answer that did not come from `ask`; what the user should know."""
        turn, notices = self._begin(Turn(checked(user), model=model))
        return [*notices, *self._finish(replace(turn, assistant=assistant))]

    async def _prompt(self, turns: tuple[Turn, ...], message: str) -> tuple[Prompt, list[Message]]:
        said = [turn for turn in turns if turn.assistant.strip()]  # templates want them in pairs
        before = len(said) - len([turn for turn in said if turn.number >= self._first])
        prompt, first = await asked(self.writer, self.settings, self.system, said, message, before)
        self._first = said[first].number if first < len(said) else (said[-1].number + 1 if said else 0)
        return prompt, [Message("chat-turns-dropped", count=first)] if first > before else []

    async def _answered(self, turn: Turn, prompt: Prompt) -> AsyncGenerator[Text | Notice | Turn, None]:
        writer = self.writer
        decoding = decoding_of(self.settings, writer.profile, self._attempts)
        answer, stopped = "", True
        try:
            async with aclosing(writer.stream(prompt, decoding)) as pieces:
                async for piece in pieces:
                    answer += piece
                    yield Text("generate", piece)
            stopped = False
        finally:
            notices = []
            if answer and not (stopped and turn.assistant):  # no earlier answer is lost for a part of another one
                turn = replace(turn, assistant=answer, model=writer.name, stopped=stopped, made=now())
                notices = self._finish(turn)
        (tokens,) = await writer.count([answer])
        if ending := of_the_end(answer, tokens, decoding, writer.name):
            notices.append(ending)
        for notice in notices:
            yield Notice(notice)
        yield turn

    def _begin(self, turn: Turn) -> tuple[Turn, list[Message]]:
        """Keeps a message before it is answered, so that an end of the program does not cost it."""
        notices: list[Message] = []
        expected = self.turns[-1].number + 1 if self.turns else 1
        try:
            self._catch_up()
            turn = replace(turn, number=self.conversations.add(self.conversation, turn))
        except ConversationError as error:
            turn = replace(turn, number=expected)
            self._unkept.append(turn)
            notices.append(error.message)
        if turn.number == expected:
            self.conversation = replace(self.conversation, turns=(*self.turns, turn))
        else:
            notices.append(self._grown())
        return turn, notices

    def _finish(self, turn: Turn) -> list[Message]:
        turns = tuple(turn if one.number == turn.number else one for one in self.turns)
        self.conversation = replace(self.conversation, turns=turns)
        waiting = [n for n, one in enumerate(self._unkept) if one.number == turn.number]
        if waiting:
            self._unkept[waiting[0]] = turn
            return []
        try:
            self.conversations.answer(self.conversation.id, turn)
        except ConversationError as error:
            if error.code != "conversation-missing":  # it was not deleted in another window
                self._unanswered.append(turn)
            return [error.message]
        return []

    def _catch_up(self) -> None:
        """Writes what could not be written before."""
        while self._unanswered:
            self.conversations.answer(self.conversation.id, self._unanswered[0])
            del self._unanswered[0]
        while self._unkept:
            self.conversations.add(self.conversation, self._unkept[0])
            del self._unkept[0]

    def _grown(self) -> Message:
        """Takes over what another window has changed; what to say of it."""
        self.conversation = replace(self.conversation, turns=self.conversations.turns(self.conversation.id))
        return Message("conversation-changed")
