"""What is told of a plan while its draft is still being written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from planfirst.adapters.scripted import ScriptedRetriever, ScriptedWriter
from planfirst.core.early import EarlySteps
from planfirst.core.errors import EndpointDown
from planfirst.core.pipeline import Limits, Pipeline
from planfirst.core.profile import INSTRUCT
from planfirst.core.prompt import PromptBook
from planfirst.core.types import Decoding, Outcome, Plan, Prompt, Stage, Task, Text
from tests.core.drafts import BODY, STUB, TASK

PROMPT = Prompt("", "write it", begun="```python\n")
GUARD = STUB + "\n    if not numbers:\n        return 0.0\n"


def early(*answers: str | EndpointDown) -> tuple[EarlySteps, ScriptedWriter]:
    writer = ScriptedWriter(*answers)
    return EarlySteps(writer, PROMPT, TASK), writer


async def told(code: str) -> list[str]:
    """The steps of a draft so far that say themselves."""
    steps, writer = early()
    async with steps:
        steps.read(code)
        found = list(steps.news())
    assert writer.prompts == []
    return found


async def test_its_own_comments_are_told_as_soon_as_they_stand_there() -> None:
    written = STUB + "\n    # Add them up,\n    # one by one.\n    total = sum(numbers)\n    # Div"
    assert await told(STUB) == await told(written[: written.index("    total")]) == []
    for more in ("    t", "    total = sum(numbers)\n", "    total = sum(numbers)\n    # Div"):
        assert await told(written[: written.index("    total")] + more) == ["Add them up, one by one."]
    assert await told(written + "ide.\n    return") == ["Add them up, one by one.", "Divide."]
    many = STUB + "".join(f"\n    # Step {n}\n    x{n} = {n}" for n in range(6))
    assert await told(many) == []  # some will be put together


async def test_the_first_part_is_asked_for_once_its_lines_are_complete() -> None:
    steps, writer = early(" Return early\n")
    async with steps:
        steps.read(GUARD)
        assert steps._asking is None  # it may go on
        steps.read(GUARD + "\n    total = 0\n")
        steps.read(GUARD + "\n    total = 0\n    for number in numbers:\n")
        assert list(steps.news()) == []
    assert list(steps.news()) == ["Return early"]
    assert list(steps.news()) == []
    assert steps.told == len(writer.prompts) == 1
    assert "for number" not in writer.prompts[0].turns[-1][1]  # it sees the code so far
    (text,) = steps.known
    assert text.strip() == "if not numbers:\n        return 0.0"


async def test_a_first_part_that_goes_on_is_not_asked_for() -> None:
    steps, writer = early()
    async with steps:
        steps.read(STUB + "\n    print(1)\n    print(2)\n    print(3)\n")  # calls in a row are one part
    assert writer.prompts == []


async def test_a_model_that_fails_is_asked_again_behind_the_draft() -> None:
    steps, _ = early(EndpointDown("plain", what="It is down.", next="Start it."))
    async with steps:
        steps.read(STUB + BODY)
    assert (list(steps.news()), steps.known) == ([], {})


async def test_a_draft_that_is_given_up_stops_the_step() -> None:
    writer = _Endless()
    with pytest.raises(ZeroDivisionError):
        async with EarlySteps(writer, PROMPT, TASK) as steps:
            steps.read(STUB + BODY)
            await writer.asked.wait()
            raise ZeroDivisionError
    assert writer.is_stopped


async def test_the_plan_takes_the_step_that_was_told_early() -> None:
    writer = ScriptedWriter(BODY, " Return early\n", " Start at zero\n", " Add each\n", " Divide\n", profile=INSTRUCT)
    pipeline = Pipeline(ScriptedRetriever(), writer, writer, PromptBook(), Limits(min_score=0.5))
    task = Task("The mean.", stub=STUB, language="python")
    events = [event async for event in pipeline.run(task, "plan")]
    outcome = events[-1]
    assert isinstance(outcome, Outcome)
    assert outcome.plan == Plan(("Return early", "Start at zero", "Go through numbers: add each", "Divide"))
    texts = [event.text for event in events if isinstance(event, Text)]
    assert texts == [f"{n}. {step}\n" for n, step in enumerate(outcome.plan.steps, 1)]
    written = next(n for n, e in enumerate(events) if isinstance(e, Stage) and e.name == "generate" and e.seconds)
    assert isinstance(events[written - 1], Text)  # the first step, before the code was complete
    assert len(writer.prompts) == 5  # each part once


class _Endless(ScriptedWriter):
    """Never ends an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.is_stopped = asyncio.Event(), False

    async def stream(self, prompt: Prompt, decoding: Decoding) -> AsyncGenerator[str, None]:
        self.asked.set()
        try:
            await asyncio.Event().wait()
            yield ""
        finally:
            self.is_stopped = True
