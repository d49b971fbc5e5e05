"""``planfirst summarise`` and ``planfirst analyse``: a document, or a question to a table."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Annotated

import typer

from planfirst.build import Engine
from planfirst.cli.chat.live import Streamed
from planfirst.cli.console import Sets, out, settings_from, tell
from planfirst.core.errors import BadRequest
from planfirst.core.regular_file import read_regular
from planfirst.core.types import Notice, Text
from planfirst.settings import Settings
from planfirst.workflows.table import LARGEST
from planfirst.workflows.workflow import Event, Source, Workflow, WorkflowName

File = Annotated[Path, typer.Argument(metavar="FILE", help="The file.", show_default=False)]


def summarise(
    file: File,
    about: Annotated[str, typer.Option("--about", help="The question that the summary should answer.")] = "",
    sets: Sets = None,
) -> None:
    """Summarise a document."""
    asyncio.run(_answered("summarise", file, about, settings_from(sets)))


def analyse(
    file: File,
    question: Annotated[str, typer.Argument(help="What you want to know about the table.", show_default=False)],
    sets: Sets = None,
) -> None:
    """Plan the analysis of a table, and write a program for it."""
    asyncio.run(_answered("analyse", file, question, settings_from(sets)))


def source(name: str) -> Source:
    """The text of a file.

    Raises:
        BadRequest: it is not there, too large, or no text.
    """
    path = Path(name)
    try:
        path = path.expanduser()
        if path.stat().st_size > LARGEST:
            raise BadRequest("workflow-file-large", name=path.name, most=LARGEST >> 20)
        return Source(path.name, read_regular(path, LARGEST).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadRequest("file-not-utf8", file=path.name) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise BadRequest("file-unreadable", file=name, reason=getattr(error, "strerror", None) or error) from error


async def shown(events: AsyncGenerator[Event, None]) -> str:
    """Shows what is written while it is, and then what else there is to say; the whole text."""
    text: list[str] = []
    notices: list[Notice] = []
    async with aclosing(events):
        with Streamed(out) as streamed:
            async for event in events:
                if isinstance(event, Text):
                    text.append(event.text)
                    streamed.add(event.text)
                elif isinstance(event, Notice):
                    notices.append(event)
    for notice in notices:
        tell(notice.message)
    return "".join(text)


async def _answered(name: WorkflowName, file: Path, request: str, settings: Settings) -> None:
    read = source(str(file))
    engine = Engine(settings)
    try:
        await shown(Workflow(name, engine.pipeline(), settings.chat.max_tokens).run(read, request))
    finally:
        await engine.close()
