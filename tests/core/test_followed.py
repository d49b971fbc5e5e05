"""Code that followed a changed plan, and which of its lines belong to which step."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace

import pytest

from planfirst.adapters.scripted import ScriptedRetriever, ScriptedWriter
from planfirst.core.begun import opening
from planfirst.core.draft import kept
from planfirst.core.followed import with_lines
from planfirst.core.pipeline import Limits, Pipeline
from planfirst.core.plan import adopted
from planfirst.core.profile import INSTRUCT
from planfirst.core.prompt import PromptBook
from planfirst.core.types import Outcome, Plan, Prompt, Task
from planfirst.core.written import code_in
from planfirst.words import Message
from tests.core.drafts import STUB, TASK

STEPS = ("Leave out zeros", "Add the others up", "Divide by how many they are")
PLAN = Plan(STEPS)
FIRST = "    numbers = [n for n in numbers if n]\n"
SECOND = "    total = 0\n    for n in numbers:\n        total += n\n"
THIRD = "    return total / len(numbers)"


def told(body: str, plan: Plan = PLAN, task: Task = TASK) -> Plan:
    prompt = Prompt("", "q", begun=opening(task))
    return with_lines(plan, body, code_in(body, prompt, task, plan), prompt, task)


def commented(*parts: str) -> str:
    return "\n".join(f"    # {step}\n{part}" for step, part in zip(STEPS, parts, strict=True) if part)


def test_each_comment_that_is_a_step_begins_its_lines() -> None:
    plan = told(commented(FIRST, SECOND, THIRD))
    assert [part.strip("\n") for part in plan.parts] == [part.strip("\n") for part in (FIRST, SECOND, THIRD)]
    assert plan.is_drafted
    assert plan.draft == f"{STUB}\n{FIRST}\n{SECOND}\n{THIRD}"


def test_steps_that_share_their_lines_have_none() -> None:
    both = told(f"    # {STEPS[0]}\n{FIRST}{SECOND}    # {STEPS[2]}\n{THIRD}")
    assert both.parts == ("", "", THIRD)
    assert not both.is_drafted
    none = told(FIRST + SECOND + THIRD, Plan(STEPS, "old", ("old", "", "")))
    assert (none.draft, none.parts) == ("", ())  # what was known of another code is not true of this one


def test_a_comment_that_has_no_line_below_it_is_no_part() -> None:
    assert told(f"    # {STEPS[0]}\n    # {STEPS[1]}\n{SECOND}    # {STEPS[2]}\n{THIRD}").parts[0] == ""


def test_the_brace_that_closes_a_function_is_in_no_part() -> None:
    task = Task("twice", stub="function twice(n) {", language="javascript")
    plan = told("  // Double it\n  n *= 2;\n}\n", Plan(("Double it",)), task)
    assert plan.parts == ("  n *= 2;\n",)
    assert kept(adopted(Plan(("Double it", "Log it")), plan), task).endswith("n *= 2;\n  // Log it\n")


DRAFT = f"{STUB}\n{FIRST}{SECOND}{THIRD}"


@pytest.mark.parametrize(
    ("steps", "body", "parts"),
    [
        (  # one is another
            (STEPS[0], "Multiply the others", STEPS[2]),
            FIRST + "    total = prod(numbers)\n" + THIRD,
            (FIRST, "    total = prod(numbers)\n", THIRD),
        ),
        (  # one came
            (*STEPS[:2], "Double it", STEPS[2]),
            FIRST + SECOND + "    total *= 2\n" + THIRD,
            (FIRST, SECOND, "    total *= 2\n", THIRD),
        ),
        ((STEPS[0], STEPS[2]), FIRST + THIRD, (FIRST, THIRD)),  # one went
        ((STEPS[0], "Round it"), FIRST + "    return round(sum(numbers))", (FIRST, "    return round(sum(numbers))")),
        (("Be quick", STEPS[1], STEPS[2]), SECOND + THIRD, ("", SECOND, THIRD)),  # nothing was written for it
        (  # two are others, so their lines cannot be told apart
            (STEPS[0], "Multiply", "Return it"),
            FIRST + "    total = prod(numbers)\n    return total",
            (FIRST, "", ""),
        ),
        ((STEPS[1], STEPS[0], STEPS[2]), SECOND + FIRST + THIRD, (SECOND, FIRST, THIRD)),  # put elsewhere
    ],
)
def test_lines_that_stayed_are_those_of_their_steps(steps: tuple[str, ...], body: str, parts: tuple[str, ...]) -> None:
    was = Plan(STEPS, DRAFT, (FIRST, SECOND, THIRD))
    found = told(body, adopted(Plan(steps), was)).parts
    assert [part.rstrip("\n") for part in found] == [part.rstrip("\n") for part in parts]


def test_nothing_stays_of_a_plan_that_had_no_lines() -> None:
    assert told(FIRST + THIRD, Plan((STEPS[0], "Return it"), was=Plan(STEPS))).parts == ()


async def test_the_next_change_keeps_the_lines_before_it() -> None:
    task = Task("The mean.", stub=STUB, plan=PLAN)
    body = commented(FIRST, SECOND, THIRD)
    writer = ScriptedWriter(body[body.index("\n") + 1 :], profile=INSTRUCT)
    pipeline = Pipeline(ScriptedRetriever(), writer, writer, PromptBook(), Limits(min_score=0.5))
    events = [event async for event in pipeline.run(task, "generate")]
    outcome = events[-1]
    assert isinstance(outcome, Outcome)
    assert outcome.plan is not None
    assert outcome.plan.is_drafted
    assert outcome.generation is not None
    assert STEPS[0] not in outcome.generation.code
    again = kept(adopted(Plan((STEPS[0], "Multiply the others", "Return it")), outcome.plan), TASK)
    assert FIRST in again
    assert again.endswith("    # Multiply the others\n")
    assert "total" not in again


@pytest.mark.parametrize(
    ("answer", "is_told"),
    [
        (f"    # Multiply them\n{THIRD}\n", True),
        ("    return total\n", False),
    ],
)
async def test_code_that_is_as_before_although_its_plan_was_changed_is_told(answer: str, is_told: bool) -> None:
    was = Plan(STEPS, f"{STUB}\n{FIRST}{SECOND}\n{THIRD}\n", (FIRST, SECOND, THIRD))
    plan = adopted(Plan((*STEPS[:2], "Multiply them")), was)
    writer = ScriptedWriter(answer, profile=INSTRUCT)
    pipeline = Pipeline(ScriptedRetriever(), writer, writer, PromptBook(), Limits(0.5))
    events = [event async for event in pipeline.run(replace(TASK, plan=plan), "generate")]
    outcome = events[-1]
    assert isinstance(outcome, Outcome)
    assert (Message("code-as-before") in outcome.notices) is is_told


async def test_who_was_trained_for_it_follows_a_changed_plan_and_nothing_else() -> None:
    was = Plan(STEPS, f"{STUB}\n{FIRST}{SECOND}{THIRD}\n", (FIRST, f"{SECOND}", f"{THIRD}\n"))
    generator, follower, reader = (ScriptedWriter("    return 1\n", profile=INSTRUCT) for _ in range(3))
    pipeline = Pipeline(*(ScriptedRetriever(), generator, generator, PromptBook(), Limits(0.5)), follower=follower)

    async def asked(plan: Plan) -> None:
        async with aclosing(pipeline.run(replace(TASK, plan=plan), "generate")) as events:
            async for _ in events:
                pass

    await asked(adopted(Plan((*STEPS[:2], "Multiply them")), was))
    assert (len(generator.prompts), len(follower.prompts)) == (0, 1)
    assert follower.prompts[0].is_change
    changed = replace(TASK, plan=adopted(Plan((*STEPS[:2], "Multiply them")), was))
    await replace(pipeline, follower=reader).read_ahead(changed)
    assert (len(generator.prompts), len(reader.prompts)) == (0, 1)
    await asked(Plan(("Return one",)))
    assert (len(generator.prompts), len(follower.prompts)) == (1, 1)
    assert not generator.prompts[0].is_change
