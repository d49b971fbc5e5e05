"""What the commands share: consoles, settings from ``--set``, and a progress bar.

With ``PLANFIRST_PROGRESS=json`` in the environment, progress goes to standard error as one JSON object a line, for an
editor that runs a command.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from planfirst.core.errors import BadSetting
from planfirst.settings import Settings
from planfirst.settings_reader import described, parse
from planfirst.source.unsafe import escaped
from planfirst.words import Message

Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A setting, for example retriever.minScore=0.6. Can be repeated."),
]
# How a model is asked, by who says so: `models.profiles.Source`.
ASKED = {
    "tuned": "asked as its profile file says",
    "manifest": "asked as the manifest says",
    "gguf": "asked as its own file says",
    "setting": "asked as the settings say",
    "default": "asked as an unknown model",
}
LINE_EVERY = 10.0  # seconds between two lines of progress
out = Console(highlight=False, emoji=False)
err = Console(stderr=True, highlight=False, emoji=False)


def fail(message: str, code: int) -> int:
    """Prints an error as one line and returns the exit code."""
    print(f"planfirst: {' '.join(message.split())}", file=sys.stderr)
    return code


def settings_from(assignments: list[str] | None) -> Settings:
    """Settings from ``section.name=value`` texts.

    Raises:
        BadSetting: one of them is malformed, unknown or out of range.
    """
    settings, problems = parse(settings_data(assignments))
    if problems:
        raise BadSetting("setting-refused", problem=problems[0])
    return settings


def settings_data(assignments: list[str] | None) -> dict[str, dict[str, Any]]:
    """The same as the JSON that an editor sends; a value is read as JSON unless the setting is a text.

    Raises:
        BadSetting: one of them is malformed.
    """
    texts = {option.key for option in described() if isinstance(option.default, str)}
    data: dict[str, dict[str, Any]] = {}
    for assignment in assignments or []:
        name, equals, text = assignment.partition("=")
        section, dot, key = name.partition(".")
        if not equals or not dot:
            raise BadSetting("setting-assignment", given=assignment)
        data.setdefault(section, {})[key] = text if name in texts else _value(text)
    return data


async def show_progress(title: str, steps: AsyncIterator[tuple[int, int]]) -> None:
    """A progress bar on standard error for ``(done, total)`` pairs."""
    columns = TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=err, disable=not err.is_interactive) as bar:
        task = bar.add_task(title, total=None)
        lines = _Lines(title, lambda count: f"{count:,}")
        async for done, total in steps:
            lines.tell(done, total)
            bar.update(task, completed=done, total=total)


@contextmanager
def bar(title: str, *shown: ProgressColumn) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, of bytes unless columns are given; it is moved by calling with ``(done, total)``."""
    columns = TextColumn(title), BarColumn(), *(shown or (DownloadColumn(), TransferSpeedColumn()))
    with Progress(*columns, console=err, transient=True, disable=not err.is_interactive) as progress:
        task = progress.add_task(title, total=None)
        lines = _Lines(title, (lambda count: f"{count:,}") if shown else size_text)

        def update(done: int, total: int) -> None:
            lines.tell(done, total)
            progress.update(task, completed=done, total=total or None)

        yield update


def tell(message: Message | str) -> None:
    """Says something beside the answers, on standard error; a terminal gets it wrapped between words."""
    err.print(escaped(str(message)), style="yellow", markup=False, soft_wrap=not err.is_terminal)


def tell_progress(done: int, total: int) -> None:
    """One line of progress for an editor that asked for it."""
    if os.environ.get("PLANFIRST_PROGRESS") == "json":
        print(json.dumps({"done": done, "total": total}), file=sys.stderr, flush=True)


class _Lines:
    """Progress where there is no terminal for a bar: a line now and then, so that a log shows that it goes on."""

    def __init__(self, title: str, worded: Callable[[int], str]) -> None:
        self._title = title
        self._worded = worded
        self._next = time.monotonic() + LINE_EVERY

    def tell(self, done: int, total: int) -> None:
        """Says how far it is; to an editor that asked for it, each time."""
        if os.environ.get("PLANFIRST_PROGRESS") == "json":
            tell_progress(done, total)
        elif not err.is_interactive and total and time.monotonic() >= self._next:
            self._next = time.monotonic() + LINE_EVERY
            err.print(f"{self._title}: {self._worded(done)} of {self._worded(total)}", markup=False, soft_wrap=True)


@contextmanager
def ended_like_ctrl_c() -> Iterator[None]:
    """Lets a SIGTERM, by which an editor cancels a command, end it as Ctrl-C does: with all that it started."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def size_text(size: int) -> str:
    """A number of bytes for people."""
    if not size:
        return "not known"
    return f"{size / 1e6:,.0f} MB" if size >= 1e6 else f"{size / 1e3:,.0f} kB"


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
