"""One dialogue: a problem, answers with the interpreter's errors, and the checks that decide whether it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from planfirst.core.errors import PlanfirstError
from planfirst_lab.evaluation.checks import Check, Verdict
from planfirst_lab.training.instruct import mutants
from planfirst_lab.training.instruct.config import Dialogue
from planfirst_lab.training.instruct.copies import Copies
from planfirst_lab.training.instruct.problems import Problem, Refused
from planfirst_lab.training.instruct.programmers import CookbookProgrammer, Programmer, Turn, request_of

SILENT = "the programmer did not answer"


class Checks(Protocol):
    """Runs a code against tests."""

    async def check(self, code: str, by: Check) -> Verdict:
        """Whether it passes."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A dialogue whose last answer passes tests that can fail.

    Attributes:
        turns: all answers; the last one has no error.
        killed, tried: of the broken answers, how many the tests failed, and how many there were.
    """

    problem: Problem
    turns: tuple[Turn, ...]
    killed: int
    tried: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """A dialogue that is not kept: why, in words that are the same for all of its kind, and what exactly."""

    id: str
    reason: str
    detail: str = ""
    turns: tuple[Turn, ...] = field(default=())


async def hold(
    problem: Problem | Refused, programmer: Programmer, interpreter: Checks, copies: Copies, plan: Dialogue, seed: int
) -> Kept | Dropped:
    """Holds one dialogue.

    Raises:
        SandboxRefused: nothing can be run here.
    """
    if isinstance(problem, Refused):
        return Dropped(problem.id, problem.reason, problem.detail)
    if copy := copies.of_measured(problem.question, problem.reference):
        return Dropped(problem.id, "a copy of what is measured with", copy)
    if problem.reference:
        verdict = await interpreter.check(problem.reference, problem.check)
        if not verdict.passed:
            kind = "needs a package" if "may not be installed" in verdict.error else "its own solution fails its tests"
            return Dropped(problem.id, kind, verdict.error)
    turns: list[Turn] = []
    while not turns or (turns[-1].error and len(turns) < plan.rounds):
        try:
            code = await programmer.answer(problem, turns)
        except PlanfirstError as error:
            return Dropped(problem.id, SILENT, str(error), tuple(turns))
        verdict = await interpreter.check(code, problem.check)
        turns.append(Turn(code, "" if verdict.passed else verdict.error or "the tests fail"))
    if turns[-1].error:
        return Dropped(problem.id, f"not right after {plan.rounds} rounds", turns[-1].error, tuple(turns))
    answer = turns[-1].code
    if copy := copies.of_measured(problem.question, answer):
        return Dropped(problem.id, "a copy of what is measured with", copy, tuple(turns))
    if copy := copies.of_kept(problem.question, answer):
        return Dropped(problem.id, "a copy of another dialogue", copy, tuple(turns))
    if isinstance(programmer, CookbookProgrammer) and answer != problem.reference:
        return Dropped(problem.id, "tests that cannot fail", "an answer broken on purpose passes", tuple(turns))
    killed, tried, why = await _can_fail(problem, answer, interpreter, plan, seed)
    if why:
        return Dropped(problem.id, "tests that cannot fail", why, tuple(turns))
    copies.keep(problem.id, problem.question, answer)
    return Kept(problem, tuple(turns), killed, tried)


async def _can_fail(
    problem: Problem, answer: str, interpreter: Checks, plan: Dialogue, seed: int
) -> tuple[int, int, str]:
    """How many broken answers the tests fail, of how many, and why the tests are too weak, if they are."""
    if (await interpreter.check(mutants.empty(answer), problem.check)).passed:
        return 0, 1, "an empty body passes"
    wrong = mutants.broken(answer, plan.mutants, seed)
    killed = sum([not (await interpreter.check(code, problem.check)).passed for code in wrong])
    if wrong and (not killed or killed < plan.killed * len(wrong)):
        return killed, len(wrong), f"{len(wrong) - killed} of {len(wrong)} broken answers pass"
    return killed, len(wrong), ""


def record(kept: Kept, about: dict[str, Any]) -> dict[str, Any]:
    """A kept dialogue as a line of the data: messages, tests, and all of where it comes from."""
    problem = kept.problem
    messages = []
    for n, turn in enumerate(kept.turns):
        asked = request_of(problem, kept.turns[:n])
        if problem.signature and n == 0:
            asked = f"{asked}\n\n{problem.signature}"
        messages += [{"role": "user", "content": asked}, {"role": "assistant", "content": turn.code}]
    return {
        "id": problem.id,
        "messages": messages,
        "question": problem.question,
        "signature": problem.signature,
        "answer": kept.turns[-1].code,
        "tests": {"kind": problem.check.kind, "text": problem.check.text},
        "rounds": len(kept.turns),
        "errors": [turn.error for turn in kept.turns if turn.error],
        "broken answers": {"tried": kept.tried + 1, "failed by the tests": kept.killed + 1},
        "provenance": problem.provenance | about,
    }


def dropped_record(dropped: Dropped) -> dict[str, Any]:
    """A dropped dialogue as a line, with its answers."""
    turns = [{"code": turn.code, "error": turn.error} for turn in dropped.turns]
    return {"id": dropped.id, "reason": dropped.reason, "detail": dropped.detail, "turns": turns}
