from __future__ import annotations

import pytest

from planfirst.core.plan import parse
from planfirst.core.prompt import Budget, PromptBook, build
from planfirst.core.types import Example, Pair, Task
from planfirst.corpora.recipes import Recipe
from planfirst.training import config, rows
from planfirst.training.rows import RowMaker

CODE = """def mean(values: list[float]) -> float:
    if not values:
        raise ValueError('empty')
    return sum(values) / len(values)"""
PAIRS = [
    Pair("1", "Return the mean of the values", CODE, "x", "MIT", "x.py:1"),
    Pair("2", "Close the file", "def close(file):\n    file.close()", "x", "MIT", "x.py:9"),
]
RECIPE = Recipe(
    "mean",
    "average of numbers",
    ("mean of a list", "never shown"),
    ("Add the numbers.", "Divide by their count."),
    CODE,
    ">>> 1\n1",
    "maths",
)


@pytest.fixture
def maker() -> RowMaker:
    return RowMaker(PromptBook(), PAIRS, config.load().data, 7)


async def test_prompts_are_the_products_own() -> None:
    example = Example(PAIRS[0], 0.83)
    task = Task("mean of numbers", signature="def average(numbers):")

    async def count(texts: object) -> list[int]:
        return [1 for _ in texts]  # type: ignore[attr-defined]

    wanted = await build(PromptBook(), "compact", "code", task, example, None, Budget(), 2000, count)
    assert rows.prompt(PromptBook(), "code", task, example, None) == (wanted.system, wanted.user)
    assert "Similar (0.83)" in wanted.user


def test_functions_give_a_plan_and_a_code_row(maker: RowMaker) -> None:
    seen = [list(maker.of_function(PAIRS[0])) for _ in range(60)]
    for plan, code in seen:
        assert parse(plan.answer) is not None
        assert plan.user.endswith("Plan:")
        assert code.user.endswith("Code:")
        assert code.answer.startswith("def mean(")
        assert "`" not in code.answer
    users = [code.user for _, code in seen]
    assert 20 < sum("Similar (" in user for user in users) < 60
    assert any("def close" in user for user in users)  # a misleading example
    assert any("In:\ndef mean(" in user for user in users)
    assert any("Plan:\n1." in user for user in users)
    assert any("Plan:\n1." not in user for user in users)


def test_recipes_never_show_their_last_wording(maker: RowMaker) -> None:
    made = list(maker.of_recipe(RECIPE, 40))
    assert len(made) == 80
    assert not any("never shown" in row.user for row in made)
    assert {row.answer for row in made} == {CODE, "1. Add the numbers.\n2. Divide by their count."}
    assert sum(f"average of numbers\n{CODE}" in row.user for row in made) > 40


def test_the_same_seed_makes_the_same_rows() -> None:
    one, two = (RowMaker(PromptBook(), PAIRS, config.load().data, 3) for _ in range(2))
    assert list(one.of_function(PAIRS[0])) == list(two.of_function(PAIRS[0]))
    assert list(one.of_recipe(RECIPE, 5)) == list(two.of_recipe(RECIPE, 5))
