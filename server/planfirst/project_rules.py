"""The rules of a project: what `AGENTS.md` and `.planfirst/rules.md` say, to stand in the enhanced prompt.

They are text of a repository that anyone may have written, so they are data: they choose no setting, no model and no
file. Nothing outside the opened folder is read, and characters that nobody sees are left out, so that the prompt holds
what a reader of the file sees. It knows nothing of tokens; the prompt cuts them to its budget.
"""

from __future__ import annotations

import codecs
import logging
import os
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

log = logging.getLogger(__name__)
NAMES = (".planfirst/rules.md", "AGENTS.md")  # the first is meant for us, so it is the last to be cut
MOST_BYTES = 16 << 10  # of one file; far more than the budget of any prompt that a small model reads


def rules_for(file: Path, folders: Sequence[Path]) -> str:
    """The rules that hold for a file: of each name, the one in the nearest folder upward.

    Args:
        file: absolute; it need not be there.
        folders: the opened ones, absolute. A file in none of them has no rules.

    Returns:
        Their text; empty where there are none. What cannot be read is said in the log and left out.
    """
    around = [folder for folder in folders if file.is_relative_to(folder)]
    if not around:
        return ""
    root = max(around, key=lambda folder: len(folder.parts))
    return "\n\n".join(text for name in NAMES if (text := _nearest(name, file, root)))


def _nearest(name: str, file: Path, root: Path) -> str:
    for folder in _upward(file, root):
        path = folder / name
        try:
            if not os.path.lexists(path):
                continue
            real = path.resolve(strict=True)
            if not real.is_relative_to(root.resolve()):
                _say(path, "leads out of the opened folder, so it is not read.")
                return ""
            state = real.stat()
            if not stat.S_ISREG(state.st_mode):
                _say(path, "is no file, so no rules are read from it.")
                return ""
            return _read(real, state.st_mtime_ns, state.st_size)
        except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links in a circle
            _say(path, f"cannot be read ({getattr(error, 'strerror', None) or error}), so its rules are left out.")
            return ""
    return ""


def _upward(file: Path, root: Path) -> Iterator[Path]:
    """The folder of a file and those above it, up to the root."""
    folder = file.parent
    while folder != root and folder.is_relative_to(root):
        yield folder
        folder = folder.parent
    yield root


@lru_cache(maxsize=64)
def _read(path: Path, modified: int, size: int) -> str:
    """The text of a file, read again only when it has changed, and not with every request.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(MOST_BYTES)
    try:  # what is cut off may end within a character
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(data, final=size <= MOST_BYTES)
    except UnicodeDecodeError:
        _say(path, "is not UTF-8, so its rules are left out. Save it as UTF-8.")
        return ""
    if size > MOST_BYTES:
        _say(path, f"is larger than {MOST_BYTES >> 10} KB; only its beginning is read.")
    return "".join(char for char in "\n".join(text.splitlines()) if _is_seen(char)).strip()


def _is_seen(char: str) -> bool:
    return char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs")


@lru_cache(maxsize=64)
def _say(path: Path, fault: str) -> None:
    """Once: every request looks for rules."""
    log.warning("%s %s", path, fault)
