"""What the commands share: consoles, settings from ``--set``, and a progress bar."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from planfirst.core.errors import BadSetting
from planfirst.settings import Settings, parse

Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A setting, for example retriever.minScore=0.6. Can be repeated."),
]
out = Console(highlight=False, emoji=False)
err = Console(stderr=True, highlight=False, emoji=False)


def fail(message: str, code: int) -> int:
    """Prints an error as one line and returns the exit code."""
    print(f"planfirst: {' '.join(message.split())}", file=sys.stderr)
    return code


def settings_from(assignments: list[str] | None) -> Settings:
    """Settings from ``section.name=value`` texts; a value is JSON, or else taken as text.

    Raises:
        BadSetting: one of them is malformed, unknown or out of range.
    """
    data: dict[str, dict[str, Any]] = {}
    for assignment in assignments or []:
        name, equals, text = assignment.partition("=")
        section, dot, key = name.partition(".")
        if not equals or not dot:
            raise BadSetting(f"{assignment!r} is not NAME=VALUE.", "Write for example --set retriever.minScore=0.6.")
        data.setdefault(section, {})[key] = parse_value(text)
    settings, problems = parse(data)
    if problems:
        raise BadSetting(problems[0].rpartition(";")[0] + ".", "See docs/settings.md for all settings.")
    return settings


async def show_progress(title: str, steps: AsyncIterator[tuple[int, int]]) -> None:
    """A progress bar on standard error for ``(done, total)`` pairs."""
    columns = TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=err, transient=not err.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        async for done, total in steps:
            bar.update(task, completed=done, total=total)


def parse_value(text: str) -> Any:
    """A setting's value: JSON, or else the text itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
