"""Lines as an editor counts them. ``str.splitlines`` will not do: it also splits at form feeds, U+2028 and others."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from functools import lru_cache

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_LEADING = re.compile(r"[ \t]*")


def split(text: str) -> list[str]:
    """The lines with their ends; joined they are the text again. There is no empty line after a final newline."""
    return list(_split(text))


@lru_cache(maxsize=16)
def _split(text: str) -> tuple[str, ...]:
    return tuple(_LINE.findall(text))


def bare(line: str) -> str:
    """A line without its end."""
    return line.rstrip("\r\n")


def newline_of(text: str) -> str:
    """The line end that the text uses most; ``\\n`` when it has none."""
    crlf = text.count("\r\n")
    counts = {"\n": text.count("\n") - crlf, "\r\n": crlf, "\r": text.count("\r") - crlf}
    return max(counts, key=lambda end: counts[end])


def leading(line: str) -> str:
    """The spaces and tabs that a line begins with."""
    match = _LEADING.match(line)
    return match[0] if match else ""


def dedent(rows: Sequence[str]) -> list[str]:
    """The rows without the white space that all of them begin with. Rows hold no line ends."""
    return textwrap.dedent("\n".join(rows)).split("\n")


def trim(rows: Sequence[str]) -> list[str]:
    """The rows without blank ones at either end."""
    filled = [n for n, row in enumerate(rows) if row.strip()]
    return list(rows[filled[0] : filled[-1] + 1]) if filled else []
