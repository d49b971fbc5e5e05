"""Tasks of one's own, one a line of JSON: ``request`` and ``tests``; if wanted ``id``, ``signature``, ``reference``.

``tests`` is a doctest if it holds ``>>>``, else a script with asserts. With a ``signature`` (a ``def`` line) the answer
goes into that function; without one it is the whole program. Lines of HumanEval, MBPP and ODEX are understood too.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from planfirst.core.types import Task
from planfirst_lab.evaluation import humaneval, mbpp, odex, tables
from planfirst_lab.evaluation.checks import Check
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.placing import stub, task_of
from planfirst_lab.evaluation.tables import Row

_WANTED = "Each line is an object with request and tests; docs/evaluation.md has an example."


def load(path: Path) -> list[Item]:
    """All tasks of the file, in its order.

    Raises:
        BadSetting: the file cannot be read, or a line is no such task.
    """
    return tables.load(path, item, _WANTED)


def item(row: Row) -> Item:
    """One task, of HumanEval, MBPP or ODEX if the row is.

    Raises:
        KeyError, TypeError, ValueError: the row is none.
    """
    for known, of in (("test_start", odex.item), ("test_list", mbpp.item), ("canonical_solution", humaneval.item)):
        if known in row:
            return of(row)
    request, tests = str(row["request"]).strip(), str(row["tests"])
    if not request:
        raise ValueError("its request is empty")
    if ">>>" in tests:
        check = Check("doctest", tests)
    elif "assert" in tests:
        check = Check("script", tests)
    else:
        raise ValueError("its tests neither assert anything nor hold a doctest")
    name = str(row.get("id") or hashlib.sha256(f"{request}\0{tests}".encode()).hexdigest()[:12])
    file = stub(str(row["signature"]).strip(), request) if row.get("signature") else ""
    task = task_of(file) if file else Task(request)
    return Item(name, task, check, str(row.get("reference") or ""), file=file)
