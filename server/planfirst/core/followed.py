"""Code that followed a changed plan: whether it changed at all, and which of its lines belong to which step.

The latter is told by the comments that are steps, and by the lines that stayed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from planfirst.core import draft
from planfirst.core.parts import body_end
from planfirst.core.types import Plan, Prompt, Task
from planfirst.core.written import code_in
from planfirst.words import Message


def with_lines(plan: Plan, answer: str, code: str, prompt: Prompt, task: Task) -> Plan:
    """The plan with that code as its draft, and with the lines of its steps as far as they are known.

    They are told by the comments that are steps, or else by the lines of the draft that the plan was changed from, of
    which most stay: whichever tells more.

    Args:
        answer: what the model wrote after what was begun for it.
        code: the code in it, without the comments that are steps.
    """
    told = (_by_comments(plan, answer, code, prompt, task), _by_what_stayed(plan, code, task))
    parts = max(told, key=lambda parts: sum(map(bool, parts)))
    return Plan(plan.steps, code, parts) if any(parts) else Plan(plan.steps)


def _by_comments(plan: Plan, answer: str, code: str, prompt: Prompt, task: Task) -> tuple[str, ...]:
    """The lines of each step go from its comment to that of the next step.

    Where the next step has no comment, they cannot be told apart, and neither step has any.
    """
    commented = code_in(answer, prompt, task, None)
    rows = commented.splitlines(keepends=True)
    end = body_end(rows) if task.header else len(rows)
    comments = [f"{draft.marker(task.language)} {step}" for step in plan.steps]
    starts: list[int | None] = []
    at = 0
    for comment in comments:
        found = next((n for n in range(at, end) if rows[n].strip() == comment), None)
        at = at if found is None else found + 1
        starts.append(found)
    parts: list[str] = []
    for first, until in pairwise([*starts, end]):
        own = rows[first:until] if first is not None and until is not None else []
        parts.append(_standing("".join(row for row in own if row.strip() not in comments), code))
    return tuple(parts)


def _by_what_stayed(plan: Plan, code: str, task: Task) -> tuple[str, ...]:
    """The lines that a step had in the draft before are still its own where they stand as they stood.

    What stands between them belongs to the one step that is missing there; where two are missing, neither has any.
    """
    was = plan.was
    if was is None or not was.is_drafted:
        return ()
    rows = code.splitlines(keepends=True)
    end = body_end(rows) if task.header else len(rows)
    above = was.draft[: was.draft.find(was.parts[0])].splitlines()
    at = len(above) if [row.rstrip() for row in rows[: len(above)]] == [row.rstrip() for row in above] else 0
    known = dict(zip(was.steps, was.parts, strict=True))
    spans: list[tuple[int, int] | None] = []
    first = at
    for step in plan.steps:
        span = _span(rows, known.get(step, "").splitlines(), at, end)
        spans.append(span)
        at = span[1] if span else at
    parts: list[str] = []
    for n, span in enumerate(spans):
        if span is None:
            before, behind = spans[n - 1] if n else (first, first), (*spans, (end, end))[n + 1]
            span = (before[1], behind[0]) if before and behind else (0, 0)
        parts.append(_standing("".join(rows[slice(*span)]), code))
    return tuple(parts)


def _span(rows: Sequence[str], part: Sequence[str], at: int, end: int) -> tuple[int, int] | None:
    """Where the lines of a part stand between two rows; None if they do not."""
    wanted = [row.rstrip() for row in part]
    while wanted and not wanted[-1]:
        wanted.pop()
    starts = range(at, end - len(wanted) + 1) if wanted else ()
    found = next((n for n in starts if [row.rstrip() for row in rows[n : n + len(wanted)]] == wanted), None)
    return None if found is None else (found, found + len(wanted))


def _standing(part: str, code: str) -> str:
    """A part as it stands in a code; empty where it has no line, or does not stand there."""
    part = part if part in code else part.rstrip("\n")
    return part if part.strip() and part in code else ""


def unchanged(plan: Plan | None, code: str, task: Task) -> Message | None:
    """What to tell you where a plan was changed and its code is as before, but for comments and white space."""
    if plan is None or plan.was is None or not code.strip():
        return None
    mark = draft.marker(task.language)
    now, before = (
        [row.strip() for row in text.splitlines() if row.strip() and not row.strip().startswith(mark)]
        for text in (code, plan.was.draft)
    )
    return Message("code-as-before") if now == before else None
