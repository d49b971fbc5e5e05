"""The steps of a draft while it is still written: its own comments, and what the model says beside it."""

from __future__ import annotations

import asyncio

import pytest

from planfirst.adapters.scripted import ScriptedWriter
from planfirst.core.errors import ModelRefused
from planfirst.core.telling import Telling
from planfirst.core.types import Prompt, Task
from tests.core.drafts import BODY, STUB, TASK


def heard(telling: Telling, code: str) -> list[str]:
    return list(telling.hear(code, code))


def said_so_far(code: str, task: Task = TASK) -> list[str]:
    return heard(Telling(Prompt("", "q"), task, None), code)


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_draft_says_its_steps_while_it_is_written() -> None:
    written = STUB + "\n    # Add them up,\n    # one by one.\n    total = sum(numbers)\n    # Div"
    assert said_so_far(STUB) == said_so_far(written[: written.index("    total")]) == []
    for more in ("    t", "    total = sum(numbers)\n", "    total = sum(numbers)\n    # Div"):
        assert said_so_far(written[: written.index("    total")] + more) == ["Add them up, one by one."]
    assert said_so_far(written + "ide.\n    return") == ["Add them up, one by one.", "Divide."]
    assert said_so_far(STUB + BODY) == []  # the model will be asked for them
    many = STUB + "".join(f"\n    # Step {n}\n    x{n} = {n}" for n in range(6))
    assert said_so_far(many) == []  # some will be put together


def test_what_was_told_is_not_told_again() -> None:
    telling = Telling(Prompt("", "q"), TASK, None)
    first = STUB + "\n    # Add them up.\n    total = sum(numbers)\n"
    assert heard(telling, first) == ["Add them up."]
    assert heard(telling, first) == []
    assert heard(telling, first + "    # Divide.\n    return") == ["Divide."]
    assert telling.told == 2


def test_english_comments_of_a_draft_are_no_steps_of_a_request_in_korean() -> None:
    task = Task("평균을 구한다", stub=STUB)
    assert said_so_far(STUB + "\n    # Start at zero\n    total = 0\n    # Halve\n    x = 2\n", task) == []
    assert said_so_far(STUB + "\n    # 0에서 시작\n    total = 0\n    x = 2\n", task) == ["0에서 시작"]


async def test_the_model_words_a_part_as_soon_as_it_is_complete() -> None:
    writer = ScriptedWriter(" Check the numbers\n", " Start at zero\n")
    telling = Telling(Prompt("", "q"), TASK, writer)
    guard = STUB + "\n    if not numbers:\n        return 0.0\n"
    assert heard(telling, guard) == []
    assert not writer.prompts, "more may belong to it"
    assert heard(telling, guard + "    total = 0\n") == []
    assert not telling.listens("x"), "nothing can be told before the step is worded"
    assert telling.listens("x\n"), "a comment of the draft may have come"
    await settled()
    assert telling.listens("x")
    assert heard(telling, guard + "    total = 0\n") == ["Check the numbers"]
    assert heard(telling, guard + "    total = 0\n    for number in numbers:\n") == []
    assert heard(telling, guard + "    total = 0\n    for number in numbers:\n") == [], "one is asked for at a time"
    await settled()
    assert len(writer.prompts) == 2
    await telling.finish()
    assert set(telling.steps.values()) == {"Check the numbers", "Start at zero"}
    assert [prompt.begun.splitlines()[-1] for prompt in writer.prompts] == [
        "    if not numbers:  #",
        "    total = 0  #",
    ]


async def test_a_model_that_fails_beside_the_draft_is_not_asked_again_there() -> None:
    writer = ScriptedWriter(ModelRefused("model-refused", name="m", reason="no"), " Start at zero\n")
    telling = Telling(Prompt("", "q"), TASK, writer)
    assert heard(telling, STUB + BODY) == []
    await settled()
    assert heard(telling, STUB + BODY) == []
    await settled()
    assert len(writer.prompts) == 1
    await telling.finish()  # nothing is asked for any more
    assert telling.steps == {}


async def test_a_model_that_fails_at_the_end_is_told() -> None:
    telling = Telling(Prompt("", "q"), TASK, ScriptedWriter(ModelRefused("model-refused", name="m", reason="no")))
    heard(telling, STUB + BODY)
    with pytest.raises(ModelRefused):
        await telling.finish()


async def test_a_draft_that_is_given_up_stops_the_wording() -> None:
    writer = ScriptedWriter(" Check\n the\n numbers\n")
    telling = Telling(Prompt("", "q"), TASK, writer)
    heard(telling, STUB + BODY)
    await asyncio.sleep(0)
    telling.cancel()
    await settled()
    assert writer.stopped == 1
