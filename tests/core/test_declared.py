"""What the opened folders declare, on its way through the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from planfirst.adapters.scripted import ScriptedRetriever, ScriptedWriter
from planfirst.core.errors import StoreMissing
from planfirst.core.pipeline import Limits, Pipeline
from planfirst.core.profile import COMPACT, INSTRUCT
from planfirst.core.prompt import PromptBook
from planfirst.core.types import Declaration, Outcome, SectionName, Task

MINT = Declaration("mint", "def mint(text: str) -> Grains", "Read an amount", "m/amounts.py", 4, module="m.amounts")
SHOWN = "# m/amounts.py\nmint(text: str) -> Grains  # Read an amount"
TASK = Task("read each amount", signature="def amounts(texts: list[str]):", stub="def amounts(texts: list[str]):")
RIGHT = "    return [mint(text) for text in texts]\n"


class Asked:
    """Declares one thing, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str], str]] = []

    async def __call__(self, request: str, names: Sequence[str], language: str) -> Sequence[Declaration]:
        self.asked.append((request, list(names), language))
        return [MINT]


async def run(
    writer: ScriptedWriter, declared: Asked | None, leave_out: frozenset[SectionName] = frozenset()
) -> Outcome:
    it = Pipeline(ScriptedRetriever(), writer, writer, PromptBook(), Limits(min_score=0.5), declared)
    events = [event async for event in it.run(TASK, "generate", leave_out | {"plan"})]
    assert isinstance(events[-1], Outcome)
    return events[-1]


async def test_the_prompt_shows_them_and_they_are_kept() -> None:
    writer, declared = ScriptedWriter(RIGHT, profile=INSTRUCT), Asked()
    outcome = await run(writer, declared)
    assert f"Use what the project has already:\n```python\n{SHOWN}\n```" in writer.prompts[0].user
    assert [section.text for section in writer.prompts[0].sections if section.name == "declarations"] == [SHOWN]
    assert outcome.declarations == (MINT,)
    ((request, names, language),) = declared.asked
    assert (request, language) == (TASK.request, "python")
    assert {"amounts", "texts", "each", "amount"} <= set(names)


@pytest.mark.parametrize("profile", [COMPACT, replace(INSTRUCT, declarations=False)])
async def test_a_model_whose_profile_says_no_is_not_shown_them(profile: object) -> None:
    writer, declared = ScriptedWriter(RIGHT, profile=profile), Asked()  # type: ignore[arg-type]
    outcome = await run(writer, declared)
    assert declared.asked == []
    assert (outcome.declarations, "mint(text" in writer.prompts[0].user) == ((), False)


async def test_they_can_be_left_out_and_stay_where_the_example_is_left_out() -> None:
    writer, declared = ScriptedWriter(RIGHT, RIGHT, profile=INSTRUCT), Asked()
    await run(writer, declared, frozenset({"declarations"}))
    assert SHOWN not in writer.prompts[0].user
    await run(writer, declared, frozenset({"example"}))
    assert SHOWN in writer.prompts[1].user


async def test_a_store_that_fails_costs_them_and_the_example() -> None:
    async def failing(request: str, names: Sequence[str], language: str) -> Sequence[Declaration]:
        raise StoreMissing("store-missing", place="here")

    writer = ScriptedWriter(RIGHT, profile=INSTRUCT)
    it = Pipeline(ScriptedRetriever(), writer, writer, PromptBook(), Limits(min_score=0.5), failing)
    events = [event async for event in it.run(TASK, "generate", frozenset({"plan"}))]
    assert isinstance(events[-1], Outcome)
    assert [notice.code for notice in events[-1].notices] == ["example-failed"]
    assert events[-1].generation is not None


async def test_an_answer_that_writes_the_list_again_is_asked_for_without_it() -> None:
    writer = ScriptedWriter("# m/amounts.py\ndef mint(text):\n    ...\n", RIGHT, profile=INSTRUCT)
    outcome = await run(writer, Asked())
    assert SHOWN in writer.prompts[0].user
    assert SHOWN not in writer.prompts[1].user
    assert outcome.generation is not None
    assert outcome.generation.code.endswith("return [mint(text) for text in texts]")


async def test_what_stands_before_the_list_counts() -> None:
    writer = ScriptedWriter(f"{RIGHT}    # m/amounts.py\n    # mint\n", profile=INSTRUCT)
    outcome = await run(writer, Asked())
    assert outcome.generation is not None
    assert outcome.generation.code == f"{TASK.stub}\n{RIGHT}".rstrip()
