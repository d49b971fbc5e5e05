"""Code that followed a changed plan: whether it changed at all, and which of its lines belong to which step.

The latter is told by its comments that are steps.
"""

from __future__ import annotations

from itertools import pairwise

from planfirst.core import draft
from planfirst.core.parts import body_end
from planfirst.core.types import Plan, Prompt, Task
from planfirst.core.written import code_in
from planfirst.words import Message


def with_lines(plan: Plan, answer: str, code: str, prompt: Prompt, task: Task) -> Plan:
    """The plan with that code as its draft, and with the lines of its steps as far as they are known.

    A step's lines go from its comment to that of the next step. Where the next step has no comment, they cannot be told
    apart, and neither step has any.

    Args:
        answer: what the model wrote after what was begun for it.
        code: the code in it, without the comments that are steps.
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
        part = "".join(row for row in own if row.strip() not in comments)
        part = part if part in code else part.rstrip("\n")
        parts.append(part if part.strip() and part in code else "")
    return Plan(plan.steps, code, tuple(parts)) if any(parts) else Plan(plan.steps)


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
