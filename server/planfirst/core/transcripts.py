"""Code that an answer writes as something else: as a patch, with line numbers, at a prompt, or quoted.

Text alone is looked at. Each form is only read as one where every line has its mark, so that plain code stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_REPLACED = re.compile(
    r"^<{5,9}[ \t]*(?:SEARCH|ORIGINAL|HEAD|BEFORE)\b.*\n(?:.*\n)*?={5,9}[ \t]*\n(?P<new>(?:.*\n)*?)>{5,9}.*$",
    re.MULTILINE,
)
_PATCH = re.compile(r"^\*\*\* Begin Patch\n(?P<rows>(?:.*\n)*?)\*\*\* End Patch[ \t]*$", re.MULTILINE)
_FENCED = re.compile(r"^[ \t]*(?:`{3,}|~{3,})", re.MULTILINE)
_HEAD = re.compile(r"(?:diff --git |index [0-9a-f]{4,}|--- |\+\+\+ |@@|\*\*\* |\\ No newline)")
_DIFF_LABELS = {"diff", "patch", "udiff"}
_NUMBERED = re.compile(r"[ \t]*(?P<number>\d{1,5})(?P<mark>[ \t]*\|[ \t]?|:[ \t]?|[ \t]{1,2})(?P<code>.*)")
_PROMPT = re.compile(r"(?:>>>|\.\.\.)(?: (?P<code>.*))?")
_DEFINES = re.compile(r">>> (?:@|(?:async )?def |class )")


def unwrapped(answer: str) -> str:
    """An answer whose edits, marked as such, are the code that they put in."""
    if "<<<<<" in answer and ">>>>>" in answer:
        answer = _REPLACED.sub(lambda found: found["new"].removesuffix("\n"), answer)
    if "*** Begin Patch" in answer and not _FENCED.search(answer):
        answer = _PATCH.sub(lambda found: f"```diff\n{found['rows']}```", answer)
    return answer


def plain(rows: Sequence[str], label: str, quoted: bool = False) -> tuple[list[str], str]:
    """The rows of a block as plain code, and what it is labelled with then.

    Args:
        quoted: whether the block stands in a quotation, with a mark before each row.
    """
    rows = [re.sub(r"^[ \t]*> ?", "", row) for row in rows] if quoted else list(rows)
    told = [row for row in rows if row.strip()]
    if _is_diff(told, label):
        kept = [row for row in rows if not _HEAD.match(row) and not row.startswith("-")]
        return [row[1:] if row[:1] in ("+", " ") else row for row in kept], "" if label in _DIFF_LABELS else label
    if (numbered := _without_numbers(rows)) is not None:
        return numbered, label
    if any(_DEFINES.match(row) for row in told):
        typed = [found["code"] or "" for row in rows if (found := _PROMPT.fullmatch(row.rstrip())) is not None]
        return typed, "" if label == "pycon" else label
    return rows, label


def _is_diff(told: Sequence[str], label: str) -> bool:
    marked = [row for row in told if not _HEAD.match(row)]
    if not any(row.startswith("+") for row in marked):
        return False
    if label in _DIFF_LABELS or any(row.startswith("@@") for row in told):
        return True
    return all(row[0] in "+- " for row in marked) and any(row.startswith((" ", "-")) for row in marked)


def _without_numbers(rows: Sequence[str]) -> list[str] | None:
    """The rows without the numbers that count them; None where they are not counted."""
    found = [_NUMBERED.fullmatch(row) for row in rows if row.strip()]
    if len(found) < 2 or not all(found):
        return None
    numbers = [int(one["number"]) for one in found if one is not None]
    if any(after - before != 1 for before, after in pairwise(numbers)):
        return None
    code = iter(one["code"] for one in found if one is not None)
    return [next(code) if row.strip() else "" for row in rows]
