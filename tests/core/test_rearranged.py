"""Plans of which steps were only taken out or put elsewhere: their lines go with them, or the model is asked."""

from __future__ import annotations

import pytest

from planfirst.adapters.scripted import ScriptedRetriever, ScriptedWriter
from planfirst.core.pipeline import Limits, Pipeline
from planfirst.core.plan import adopted
from planfirst.core.profile import INSTRUCT
from planfirst.core.prompt import PromptBook
from planfirst.core.rearranged import rearranged
from planfirst.core.types import Outcome, Plan, Task

HEAD = 'def price(amount):\n    """The price with all that is taken off."""\n'
TAX = "    amount = amount * 1.2\n"
CARD = "    amount = amount - 5\n"
FLOOR = "    if amount < 0:\n        amount = 0\n"
END = "    return round(amount, 2)\n"


def plan(*parts: str, head: str = HEAD) -> Plan:
    """A plan with a step for each part, called by its number."""
    return Plan(tuple(f"step {n}" for n in range(len(parts))), head + "".join(parts), parts)


def steps(*numbers: int) -> Plan:
    return Plan(tuple(f"step {n}" for n in numbers))


KNOWN = plan(TAX, CARD, FLOOR, END)


@pytest.mark.parametrize(
    ("order", "body"),
    [
        ((1, 0, 2, 3), CARD + TAX + FLOOR + END),
        ((0, 1, 3), TAX + CARD + END),
        ((3,), END),
        ((2, 0, 3), FLOOR + TAX + END),
    ],
)
def test_the_lines_go_with_their_steps(order: tuple[int, ...], body: str) -> None:
    found = rearranged(steps(*order), KNOWN)
    assert found is not None
    assert found.draft == HEAD + body
    assert found.is_drafted
    assert adopted(steps(*order), KNOWN).draft == found.draft


@pytest.mark.parametrize(
    ("known", "order", "why"),
    [
        (KNOWN, (0, 3, 1, 2), "lines would stand behind a return"),
        (KNOWN, (0, 1), "nothing would be returned"),
        (plan("    total = 0\n", "    return total\n"), (1,), "a name would not be set"),
        (plan("    total = 0\n", "    rest = total\n", "    print(rest)\n"), (1, 0, 2), "a name would be set too late"),
        (plan("    def twice(n):\n        return 2 * n\n", "    return twice(amount)\n"), (1,), "a function is gone"),
        (
            plan("    for one in amount:\n        a = one\n", "        b = a\n"),
            (1, 0),
            "they stand at different depths",
        ),
        (Plan(("step 0", "step 1"), HEAD + TAX + END, ("", END)), (1,), "the lines of a step are not known"),
        (Plan(("step 0", "step 1"), HEAD + TAX + CARD + END, (TAX, END)), (1,), "there are lines of no step"),
    ],
)
def test_where_it_would_not_hold_the_model_is_asked(known: Plan, order: tuple[int, ...], why: str) -> None:
    assert rearranged(steps(*order), known) is None, why


def test_a_new_step_is_for_the_model() -> None:
    assert rearranged(Plan(("step 0", "Round it up")), KNOWN) is None


def test_a_brace_stays_at_the_end() -> None:
    known = plan("  n += 1;\n", "  log(n);\n", "  n *= 2;\n", head="function twice(n) {\n")
    known = Plan(known.steps, known.draft + "}\n", known.parts)
    found = rearranged(steps(0, 2, 1), known)
    assert found is not None
    assert found.draft == "function twice(n) {\n  n += 1;\n  n *= 2;\n  log(n);\n}\n"


def test_the_last_part_needs_no_line_end() -> None:
    known = Plan(("a", "b"), HEAD + TAX + CARD.rstrip("\n"), (TAX, CARD.rstrip("\n")))
    found = rearranged(Plan(("b", "a")), known)
    assert found is not None
    assert found.draft == HEAD + CARD + TAX


async def test_no_model_writes_such_code() -> None:
    writer = ScriptedWriter(profile=INSTRUCT)
    pipeline = Pipeline(ScriptedRetriever(), writer, writer, PromptBook(), Limits(min_score=0.5))
    changed = adopted(steps(1, 0, 2, 3), KNOWN)
    task = Task("The price.", stub=HEAD.rstrip("\n"), plan=changed)
    outcome = [event async for event in pipeline.run(task, "generate")][-1]
    assert isinstance(outcome, Outcome)
    assert outcome.generation is not None
    assert outcome.generation.code.startswith(HEAD + CARD + TAX)
