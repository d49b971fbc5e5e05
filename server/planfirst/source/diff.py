"""Unified diffs that ``patch`` and ``git apply`` take, whatever a file's line ends are."""

from __future__ import annotations

import difflib
from itertools import islice

_NO_NEWLINE = "\\ No newline at end of file\n"


def unified(before: str, after: str, name: str) -> str:
    """The diff from one text to the other; empty when they are the same.

    Args:
        name: the file's path below the folder that the diff is applied in, with ``/``.
    """
    rows = difflib.unified_diff(_rows(before), _rows(after), f"a/{name}", f"b/{name}")
    head = list(islice(rows, 2))
    return "".join([*head, *(row if row.endswith("\n") else f"{row}\n{_NO_NEWLINE}" for row in rows)])


def _rows(text: str) -> list[str]:
    """Lines as ``patch`` counts them: a lone carriage return ends none."""
    rows = text.split("\n")
    return [f"{row}\n" for row in rows[:-1]] + ([rows[-1]] if rows[-1] else [])
