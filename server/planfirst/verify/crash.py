"""Whether a script that was run whole, without its files and without input, failed by its new code.

Most of what a script fails by in an empty folder says nothing: its files are not there, nobody types, no argument is
given. What is left are errors that come of the code itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from planfirst.core.runs import RunLimits
from planfirst.words import Message

LIMITS = RunLimits(wall=5.0, cpu=2.0)  # a server runs for ever, and that is no fault
_ERROR = re.compile(r"(\w+)(?:: .*)?\(at `(.*)`\)\Z", re.DOTALL)
_BY_CODE = frozenset(
    (
        *("NameError", "UnboundLocalError", "TypeError", "AttributeError", "ValueError", "KeyError", "IndexError"),
        *("ZeroDivisionError", "RecursionError", "StopIteration"),
    )
)
# A row that takes something from outside, which is not there.
_OUTSIDE = re.compile(r"\b(?:argv|environ|getenv|stdin|input|open|read|load|loads|parse_args|getpass|connect)\b")


def crash(error: Message | None, before: Message | None, old: str, sets: Sequence[str]) -> Message | None:
    """The error that the new code is to blame for; None where there is none, or where that is not sure.

    Args:
        error, before: why the file could not be run to its end with the new code, and without it.
        old: the file without the new code.
        sets: names that only the new code sets, so that without it the rest had to fail.
    """
    found = _ERROR.search(str(error.args.get("error", ""))) if error is not None else None
    if found is None or error is None or found[1] not in _BY_CODE or _OUTSIDE.search(found[2]):
        return None
    rows = [row.strip() for row in old.splitlines()]
    is_new = found[2].strip() not in rows
    said = str(before.args.get("error", "")) if before is not None else ""
    ran_before = before is None or any(f"name '{name}' is not defined" in said for name in sets)
    return error if is_new or ran_before else None
