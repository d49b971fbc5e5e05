from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from planfirst.core.plan import parse
from planfirst.core.profile import COMPACT
from planfirst.core.prompt import Budget, PromptBook, build
from planfirst.core.types import Example, Pair, Task
from planfirst.corpora.recipes import Recipe
from planfirst.embedders.hashed import HashedEmbedder
from planfirst_lab.training import config, rows
from planfirst_lab.training.likeness import Likeness
from planfirst_lab.training.rows import Case, CaseMaker
from planfirst_lab.training.tokenizer import Row

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
    ("central value",),
    ("Add the numbers.", "Divide by their count."),
    CODE,
    ">>> 1\n1",
    "maths",
)


NEIGHBOURS = [[1], [0]]


@pytest.fixture
def maker() -> CaseMaker:
    return CaseMaker(PAIRS, NEIGHBOURS, config.load().data, 7)


def written(cases: Iterable[Case]) -> list[Row]:
    return list(rows.rows_of(list(cases), {}, PromptBook(), Likeness(HashedEmbedder().embed)))


async def test_prompts_are_the_products_own() -> None:
    example = Example(PAIRS[0], 0.83)
    task = Task("mean of numbers", signature="def average(numbers):")

    async def count(texts: object) -> list[int]:
        return [1 for _ in texts]  # type: ignore[attr-defined]

    wanted = await build(PromptBook(), COMPACT, "code", task, example, None, Budget(), 2000, count)
    assert rows.prompt(PromptBook(), "code", task, example, None) == (wanted.system, wanted.user)
    assert "Similar (0.83)" in wanted.user


def test_functions_give_a_plan_and_a_code_row(maker: CaseMaker) -> None:
    made = written(case for _ in range(60) for case in maker.of_function(0))
    plans, codes = made[::2], made[1::2]
    assert len(plans) == len(codes) == 60
    for plan, code in zip(plans, codes, strict=True):
        assert parse(plan.answer) is not None
        assert plan.user.endswith("Plan:")
        assert code.user.endswith("Code:")
        assert code.answer.startswith("def mean(")
        assert "`" not in code.answer
    users = [code.user for code in codes]
    assert 20 < sum("Similar (" in user for user in users) < 60
    assert any("def close" in user for user in users)  # a misleading example
    assert any("In:\ndef mean(" in user for user in users)
    assert any("Plan:\n1." in user for user in users)
    assert any("Plan:\n1." not in user for user in users)


def test_a_score_is_the_cosine_of_the_request_and_the_indexed_pair(maker: CaseMaker) -> None:
    case = next(case for _ in range(60) for case in maker.of_function(0) if case.indexed is PAIRS[0])
    likeness = Likeness(HashedEmbedder().embed)
    (row, _) = rows.rows_of([case], {}, PromptBook(), likeness)
    one, two = HashedEmbedder().embed([case.task.request, f"{PAIRS[0].question}\n{PAIRS[0].code}"])
    assert f"Similar ({float(one @ two):.2f})" in row.user


def test_a_score_is_the_best_over_all_texts_but_the_request_itself() -> None:
    request, near = "mean of the values", "mean of the numbers"
    likeness = Likeness(HashedEmbedder().embed)
    one, two = HashedEmbedder().embed([request, near])
    assert likeness.score(request, ["close a file", near, request]) == pytest.approx(float(one @ two))


def test_the_steps_of_the_example_stand_before_the_plan(maker: CaseMaker) -> None:
    pair = replace(PAIRS[0], steps="\n".join(RECIPE.steps))
    case = next(iter(CaseMaker([pair], [[]], config.load().data, 7).of_recipe(0, RECIPE, ["mean"])))
    assert case.guide == RECIPE.steps
    plan, code = rows.rows_of([replace(case, with_plan=False)], {}, PromptBook(), Likeness(HashedEmbedder().embed))
    assert plan.user.endswith("Similar plan:\n1. Add the numbers.\n2. Divide by their count.\n\nPlan:")
    assert "Add the numbers" not in code.user


def test_a_function_and_its_renamed_copy_are_planned_in_the_same_words(maker: CaseMaker) -> None:
    cases = [case for _ in range(200) for case in maker.of_function(0) if case.guide and case.indexed is PAIRS[0]]
    copies = [case for case in cases if case.shown == case.code]
    assert copies
    assert all(case.guide == case.steps for case in copies)
    renamed = [case for case in cases if case.shown != case.code]
    assert all(len(case.guide) == len(case.steps) for case in renamed)
    assert any(case.guide != case.steps for case in renamed)  # not where the steps name nothing that was renamed
    without = [case for _ in range(200) for case in maker.of_function(0) if case.indexed and not case.guide]
    assert 20 < len(without) < 180


def test_recipes_are_asked_for_in_the_wordings_that_are_given(maker: CaseMaker) -> None:
    made = list(maker.of_recipe(0, RECIPE, ["average of numbers", "mean of a list"]))
    assert len(made) == config.load().data.cookbook_visits
    assert not any("never shown" in case.task.request for case in made)
    assert {case.steps for case in made} == {RECIPE.steps}


def test_a_disguised_recipe_is_shown_and_wanted_under_the_same_names(maker: CaseMaker) -> None:
    made = [case for _ in range(10) for case in maker.of_recipe(0, RECIPE, ["mean"])]
    disguised = [case for case in made if case.code != CODE and "def close" not in case.shown]
    assert 0.3 * len(made) < len(disguised) < 0.7 * len(made)
    same = [case for case in disguised if case.shown == case.code]
    assert len(same) > len(disguised) / 2
    assert all("def mean(" not in case.code for case in same)


def test_the_same_seed_draws_the_same_cases() -> None:
    one, two = (CaseMaker(PAIRS, NEIGHBOURS, config.load().data, 3) for _ in range(2))
    assert list(one.of_function(0)) == list(two.of_function(0))
    assert list(one.of_recipe(0, RECIPE, ["mean"])) == list(two.of_recipe(0, RECIPE, ["mean"]))
