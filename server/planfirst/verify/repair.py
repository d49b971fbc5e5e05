"""A request to rewrite code that failed, with what its check said."""

from __future__ import annotations

from dataclasses import replace

from planfirst.core.types import Task
from planfirst.verify.verdict import Verdict

MOST = 2  # times that an error is fed back
_LONGEST = 4000  # characters of the code that failed


def repaired(task: Task, code: str, verdict: Verdict) -> Task:
    """The task for another try. What went wrong comes first, since a long request is cut at its end."""
    return replace(
        task,
        request=(
            f"{task.request}\n\n"
            f"A first version fails. The check:\n{verdict.check}\n"
            f"What it gave: {verdict.output}\n\n"
            f"The first version:\n{code[:_LONGEST]}\n\n"
            "Write it again, so that the check holds."
        ),
    )
