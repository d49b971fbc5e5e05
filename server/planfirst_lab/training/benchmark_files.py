"""Files of known benchmarks as texts, so that what is trained on can be compared with them. It checks no answer.

Read are HumanEval, MBPP, ODEX, MultiPL-E and tasks of one's own, in the forms that `planfirst eval` reads. What would
run their tests need not be installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from planfirst_lab.evaluation import multipl_e, own, tables
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.tables import Row

_WANTED = "Give a file of HumanEval, MBPP, ODEX or MultiPL-E, or of tasks of your own."
_SHOWN = re.compile(r">>>|\bFor example\b|\bExamples?:", re.IGNORECASE)  # where a request begins to show calls


@dataclass(frozen=True, slots=True)
class KnownTask:
    """One task.

    Attributes:
        id: as `planfirst eval` calls it.
        asked: the words of its request, without the examples behind them.
        texts: every text of its row, the tests and the solution among them.
    """

    id: str
    asked: str
    texts: tuple[str, ...]


def load(path: Path) -> list[KnownTask]:
    """All tasks of a file.

    Raises:
        BadSetting: the file cannot be read, or is none of these.
    """
    texts: list[tuple[str, ...]] = []

    def item(row: Row) -> Item:
        texts.append(tuple(_texts(row)))
        return multipl_e.item(row) if "language" in row else own.item(row)

    # One question can stand in ODEX more than once, under one number.
    items = tables.load(path, item, _WANTED, repeats=True)
    return [KnownTask(one.id, _asked(one.task.request), each) for one, each in zip(items, texts, strict=True)]


def _texts(value: object) -> Iterator[str]:
    """The texts in a row, however deep; what is no text cannot hold words."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _asked(request: str) -> str:
    """The request up to its first example; the whole where it begins with one."""
    return _SHOWN.split(request, maxsplit=1)[0].strip() or request.strip()
