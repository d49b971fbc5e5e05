"""The conversation in the terminal: a message, its answer, the next message."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from planfirst.build import Engine
from planfirst.chat.conversations import Conversations
from planfirst.chat.session import Chat
from planfirst.chat.turns import Conversation
from planfirst.cli.chat import slash
from planfirst.cli.chat.desk import Desk
from planfirst.cli.chat.lines import Lines, Piped, Plain, lines_of
from planfirst.cli.console import tell
from planfirst.core.errors import ConversationError, PlanfirstError

log = logging.getLogger(__name__)


def talk(engine: Engine, conversations: Conversations, conversation: Conversation) -> int:
    """Talks until the user leaves.

    Returns:
        The exit code: 1 when messages came from a pipe and one of them could not be answered.

    Raises:
        PlanfirstError: the model is not there.
    """
    with asyncio.Runner() as runner, _ended_in_order():
        try:
            chat = Chat(engine.pipeline().generator, conversations, engine.settings.chat, conversation)
            desk = Desk(engine, chat)
            lines = lines_of(runner, lambda: _history(conversations), [f"/{name}" for name in slash.COMMANDS])
            if not isinstance(lines, Piped):
                _greet(desk, lines)
            return _talked(runner, desk, lines)
        finally:
            runner.run(engine.close())
            conversations.close()


def _talked(runner: asyncio.Runner, desk: Desk, lines: Lines) -> int:
    failed = False
    while True:
        try:
            message = lines.next()
        except EOFError:
            return int(failed)
        except KeyboardInterrupt:
            tell("Nothing is being written. Ctrl-D or /quit leaves.")
            continue
        if not message.strip():
            continue
        try:
            runner.run(_one(desk, message))
        except EOFError:
            return int(failed)
        except KeyboardInterrupt:
            tell("Stopped. What was written is kept.")
        except PlanfirstError as error:
            failed = isinstance(lines, Piped)
            tell(error.message)


async def _one(desk: Desk, message: str) -> None:
    command = slash.command_of(message)
    if command is None:
        await desk.answer(message)
    else:
        await slash.run(desk, *command)


def _greet(desk: Desk, lines: Lines) -> None:
    tell(f"Planfirst with {desk.chat.writer.name}. /help lists the commands, Ctrl-C stops an answer, Ctrl-D leaves.")
    if isinstance(lines, Plain):
        tell('For editing and a history: pip install "planfirst[chat]". A backslash at the end begins a new line.')
    if desk.chat.turns:
        tell(f"Continuing {desk.chat.conversation.id}: {desk.chat.conversation.title}")


def _history(conversations: Conversations) -> list[str]:
    try:
        return conversations.messages()
    except ConversationError as error:
        log.debug("no history: %s", error)
        return []


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """A closed window, or a kill, ends the program as its end does: the part of an answer that is there is kept."""

    def leave(number: int, frame: object) -> None:
        sys.exit(128 + number)

    numbers = [number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None]
    before = {number: signal.signal(number, leave) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
