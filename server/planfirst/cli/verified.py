"""``planfirst generate --verify``: says on standard error what is tried, and what came of it."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from typing import Any

from rich.status import Status

from planfirst.build import Engine
from planfirst.cli.console import err, tell
from planfirst.core.types import Event, Notice, Outcome, Stage, Task
from planfirst.settings import Settings
from planfirst.verify.attempt import Attempt, Budget, Checking, Trying, best
from planfirst.verify.destination import Destination
from planfirst.verify.verification import verification
from planfirst.words import ENGLISH, Message


async def verified(
    task: Task, destination: Destination, settings: Settings, may_run: bool = True
) -> tuple[Outcome, dict[str, Any]]:
    """The best of the attempts, and the verdict on it as JSON.

    Args:
        may_run: whether the code may be run in a sandbox; else it is only read. Whoever writes --verify has said so.

    Raises:
        PlanfirstError: a model cannot answer.
    """

    async def permit(worth_asking: bool) -> bool:
        return may_run

    engine = Engine(settings)
    if project := destination.project:
        task = engine.ruled(task, project.file, [project.root])
    made: list[Attempt] = []
    budget = Budget(settings.verify.seconds, settings.verify.tokens, settings.verify.attempts)
    try:
        found = await verification(task, destination, engine.sandbox, trusted=True, permit=permit)
        for problem in found.problems:
            tell(problem)
        if found.refused:
            tell(Message("verify-without-sandbox", error=found.refused))
        keep_plan = task.plan is not None
        pipeline = replace(engine.pipeline(), new_part=destination.new_part)
        with err.status("Starting") as status:
            async with aclosing(found.attempts(pipeline, task, budget, keep_plan=keep_plan)) as events:
                async for event in events:
                    _show(event, status)
                    if isinstance(event, Attempt):
                        made.append(event)
            chosen = best(made)
            outcome = chosen.outcome
            status.update("plan")
            async for explained in pipeline.explained(outcome):
                outcome = explained if isinstance(explained, Outcome) else outcome
    finally:
        await engine.close()
    return outcome, _told(chosen, found.needs, len(made))


def _show(event: Event | Trying | Checking | Attempt, status: Status) -> None:
    """Says what is tried, and why it failed."""
    if isinstance(event, Stage) and event.seconds is None:
        status.update(event.name)
    elif isinstance(event, Checking):
        status.update("check")
    elif isinstance(event, Trying) and event.number > 1:
        left = f"{event.seconds_left:.0f} s, {event.tokens_left} tokens left"
        tell(f"Attempt {event.number}, {event.how} ({left}).")
    elif isinstance(event, Notice):
        tell(event.message)
    elif isinstance(event, Attempt) and event.verdict.status == "failed":
        tell(f"Attempt {event.number} fails: {ENGLISH(event.verdict.output)}")


def _told(chosen: Attempt, needs: str, attempts: int) -> dict[str, Any]:
    """The verdict as JSON; it is said in one line, too."""
    verdict = chosen.verdict
    check, output = ENGLISH(verdict.check), ENGLISH(verdict.output)
    counted = f" {verdict.held} of {verdict.of} hold." if verdict.of else ""
    read = "Run once" if verdict.ran else "Not run"
    headline = read if verdict.status == "read" else verdict.status.capitalize()
    said = f"{check} {output}" if verdict.status == "read" else "" if verdict.ran else output
    tell(f"{headline}.{counted} {said}".strip())
    return {
        "status": verdict.status,
        "check": check,
        "output": output,
        "held": verdict.held,
        "of": verdict.of,
        "ran": verdict.ran,
        "placed": verdict.placed,
        "needs": needs,
        "attempts": attempts,
        "how": str(chosen.how or ""),
    }
