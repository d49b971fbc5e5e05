"""Whether the code of a folder may be read: asks you, and keeps your answer beside the folder's store."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from planfirst.core.regular_file import read_regular
from planfirst.folders import folder_index
from planfirst.words import Message

if TYPE_CHECKING:  # the command line reads the answers, and LSP's types take half a second to load
    from planfirst.lsp.client import Client

ANSWER = "answer.json"
_MOST_BYTES = 1 << 16
YES, NO = "answer-read", "answer-never-read"


async def ask(client: Client, folder: Path) -> bool | None:
    """Asks whether a folder may be read; None if you closed the question without an answer."""
    chosen = await client.ask(Message("question-read", folder=folder.name), (Message(YES), Message(NO)))
    return None if chosen is None else chosen == YES


def answer(folder: Path) -> bool | None:
    """Whether you allowed this folder to be read; None if you have not said."""
    try:
        said = json.loads(read_regular(folder_index(folder) / ANSWER, _MOST_BYTES)).get("read")
    except (OSError, ValueError, AttributeError, RecursionError):
        return None
    return said if isinstance(said, bool) else None


def folder_of(index: Path) -> str:
    """The folder that an index belongs to; empty if it does not say."""
    try:
        return str(json.loads(read_regular(index / ANSWER, _MOST_BYTES)).get("folder", ""))
    except (OSError, ValueError, AttributeError, RecursionError):
        return ""


def remember(folder: Path, said: bool | None) -> None:
    """Saves the folder's path and your answer beside its store; None keeps the answer that is there."""
    said = answer(folder) if said is None else said
    index = folder_index(folder)
    with suppress(OSError):
        index.mkdir(parents=True, exist_ok=True)
        (index / ANSWER).write_text(json.dumps({"folder": str(folder), "read": said}), encoding="utf-8")


def too_wide(folder: Path) -> bool:
    """Whether it is a whole disk or your home folder; these are never read."""
    return folder == folder.parent or folder == Path.home()
