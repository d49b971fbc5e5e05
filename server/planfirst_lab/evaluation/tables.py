"""Reads the rows of a benchmark: a JSON list, or JSON Lines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from planfirst.core.errors import BadSetting
from planfirst_lab.evaluation.items import Item

Row = dict[str, Any]
_LARGEST = 1 << 30  # bytes; MBPP+ has 50 MB


def load(path: Path, of: Callable[[Row], Item], wanted: str, repeats: bool = False) -> list[Item]:
    """One item for each row, in the file's order.

    Args:
        of: makes an item; it raises KeyError, TypeError or ValueError for a row that is none.
        wanted: what file to give instead, as a sentence.
        repeats: whether ids may repeat; those that come later are numbered then.

    Raises:
        BadSetting: the file cannot be read, or a row is not what it should be; two items must not have one id.
    """
    try:
        rows = _rows(path)
    except (OSError, ValueError, RecursionError) as error:
        raise BadSetting("plain", what=f"The file {path} cannot be used: {_said(error)}.", next=wanted) from error
    items: list[Item] = []
    for n, row in enumerate(rows, start=1):
        try:
            items.append(of(row))
        except (KeyError, TypeError, ValueError, AttributeError, SyntaxError) as error:
            raise BadSetting(
                "plain", what=f"The file {path} cannot be used: row {n}: {_said(error)}.", next=wanted
            ) from error
    if repeats:
        seen: Counter[str] = Counter()
        for n, item in enumerate(items):
            seen[item.id] += 1
            items[n] = replace(item, id=f"{item.id}-{seen[item.id]}") if seen[item.id] > 1 else item
    if len({item.id for item in items}) < len(items):
        raise BadSetting("plain", what=f"The file {path} cannot be used: it has two tasks of the same id.", next=wanted)
    if not items:
        raise BadSetting("plain", what=f"The file {path} cannot be used: it has no task.", next=wanted)
    return items


def _rows(path: Path) -> list[Row]:
    if path.stat().st_size > _LARGEST:
        raise ValueError(f"it is larger than {_LARGEST >> 20} MB")
    text = path.read_text(encoding="utf-8-sig")
    if text.lstrip().startswith("["):
        rows = json.loads(text)
    else:
        rows = [json.loads(line) for line in text.split("\n") if line.strip()]
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("it is no list of objects")
    return list(rows)


def _said(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it has no field {error.args[0]!r}"
    return str(getattr(error, "strerror", None) or error).rstrip(".")
