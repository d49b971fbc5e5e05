"""Whether the student takes over from the teacher: measured on problems that no dialogue is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from planfirst.core.errors import PlanfirstError
from planfirst_lab.statistics import mcnemar, paired_difference, wilson
from planfirst_lab.training.instruct.dialogue import Checks
from planfirst_lab.training.instruct.problems import Problem
from planfirst_lab.training.instruct.programmers import Programmer

TEACHING, SELF_LEARNING = "teaching", "self-learning"
Tell = Callable[[int, int], None]


async def passes(problems: Sequence[Problem], programmer: Programmer, checks: Checks, tell: Tell) -> list[bool]:
    """Whether the first answer to each problem passes; a model that cannot answer has failed."""
    found = []
    for n, problem in enumerate(problems, start=1):
        try:
            code = await programmer.answer(problem, ())
        except PlanfirstError:
            code = ""
        found.append((await checks.check(code, problem.check)).passed)
        tell(n, len(problems))
    return found


def compared(teacher: Sequence[bool], student: Sequence[bool], risk: float) -> dict[str, Any]:
    """The figures of both on the same problems, and the stage that follows from them.

    The student takes over when it passes more problems than the teacher and McNemar's p-value is below ``risk``.
    """
    only_student = sum(s and not t for t, s in zip(teacher, student, strict=True))
    only_teacher = sum(t and not s for t, s in zip(teacher, student, strict=True))
    p = mcnemar(only_student, only_teacher)
    difference, interval = paired_difference([float(s) for s in student], [float(t) for t in teacher])
    better = only_student > only_teacher and p < risk
    return {
        "problems": len(teacher),
        "teacher": {"passes": sum(teacher), "interval": wilson(sum(teacher), len(teacher))},
        "student": {"passes": sum(student), "interval": wilson(sum(student), len(student))},
        "only the student": only_student,
        "only the teacher": only_teacher,
        "p": p,
        "difference": difference,
        "interval": interval,
        "stage": SELF_LEARNING if better else TEACHING,
    }
