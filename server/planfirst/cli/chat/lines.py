"""Where messages come from: a terminal, with editing and history where prompt_toolkit is installed, or a pipe."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Protocol

_PROMPT = "> "
_MOST = 1_000_000  # characters of a line from a pipe


class Lines(Protocol):
    """Messages, one after the other."""

    def next(self) -> str:
        """The next message.

        Raises:
            EOFError: there is none any more.
            KeyboardInterrupt: Ctrl-C was pressed.
        """
        ...


class Piped:
    """A message a line; a backslash at its end joins the next one to it."""

    def next(self) -> str:
        """The next message; see `Lines`."""
        message = ""
        while True:
            line = sys.stdin.readline(_MOST)
            if not line and not message:
                raise EOFError
            row = line.removesuffix("\n").removesuffix("\r")
            if not line or not row.endswith("\\"):
                return message + row
            message += row[:-1] + "\n"


class Plain:
    """A terminal with nothing but Python; else as `Piped`."""

    def next(self) -> str:
        """The next message; see `Lines`."""
        row = input(_PROMPT)
        message = row
        while row.endswith("\\"):
            row = input("… ")
            message = f"{message[:-1]}\n{row}"
        return message


class Typed:
    """A terminal with prompt_toolkit: Enter sends, Alt-Enter begins a line, and what is pasted stays one message.

    Args:
        history: earlier messages, oldest first.
        commands: what is completed at the beginning of a line.
    """

    def __init__(self, runner: asyncio.Runner, history: Sequence[str], commands: Sequence[str]) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.completion import WordCompleter
        from prompt_toolkit.history import InMemoryHistory
        from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

        keys = KeyBindings()

        @keys.add("enter")
        def send(event: KeyPressEvent) -> None:
            event.current_buffer.validate_and_handle()

        @keys.add("escape", "enter")
        def begin_line(event: KeyPressEvent) -> None:
            event.current_buffer.insert_text("\n")

        self._runner = runner
        self._session: PromptSession[str] = PromptSession(
            _PROMPT,
            multiline=True,
            prompt_continuation="… ",
            key_bindings=keys,
            history=InMemoryHistory(list(history)),
            completer=WordCompleter(list(commands), sentence=True),
            complete_while_typing=False,
        )

    def next(self) -> str:
        """The next message; see `Lines`."""
        return self._runner.run(self._session.prompt_async())


def lines_of(runner: asyncio.Runner, history: Callable[[], Sequence[str]], commands: Sequence[str]) -> Lines:
    """Where messages come from here."""
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        return Piped()
    return Typed(runner, history(), commands) if has_editor() else Plain()


def has_editor() -> bool:
    """Whether prompt_toolkit is installed."""
    return find_spec("prompt_toolkit") is not None
