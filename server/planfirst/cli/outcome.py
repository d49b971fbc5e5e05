"""The outcome of a request, as a command waits for it: the stage is shown while it lasts, and so is every notice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace

from planfirst.build import Engine
from planfirst.cli.console import err, tell
from planfirst.core.types import Goal, Notice, Outcome, Stage, Task


async def outcome_of(
    engine: Engine, task: Task, goal: Goal, new_part: Callable[[str], str] = lambda code: code
) -> Outcome:
    """Runs the pipeline, and closes the engine.

    Args:
        new_part: what of a code is new where the task stands.

    Raises:
        PlanfirstError: a model cannot answer.
    """
    outcome: Outcome | None = None
    try:
        with err.status("Starting") as status:
            async with aclosing(replace(engine.pipeline(), new_part=new_part).run(task, goal)) as events:
                async for event in events:
                    if isinstance(event, Stage) and event.seconds is None:
                        status.update(event.name)
                    elif isinstance(event, Notice):
                        tell(event.message)
                    elif isinstance(event, Outcome):
                        outcome = event
    finally:
        await engine.close()
    assert outcome is not None  # the last event of a run
    return outcome
