from __future__ import annotations

from dataclasses import replace

import pytest

from planfirst.corpora import recipes
from planfirst_lab.evaluation.checks import Check
from planfirst_lab.evaluation.items import from_cookbook
from planfirst_lab.evaluation.request_examples import with_example
from planfirst_lab.evaluation.verified import prose_of
from tests.lab.evaluation.small_world import item

DOCTEST = ">>> import math\n>>> for n in (1,):\n...     pass\n>>> double(2)\n4\n>>> double(math.inf)\ninf\n"


def test_the_first_example_is_shown_and_the_rest_is_not() -> None:
    given = replace(item("double"), check=Check("doctest", DOCTEST))
    (shown,) = with_example([given])
    assert shown.task.request == (
        "I want to double\n\n>>> import math\n>>> for n in (1,):\n...     pass\n>>> double(2)\n4"
    )
    assert shown.check == given.check
    assert shown.digest != given.digest
    assert prose_of(shown) == "I want to double"
    assert prose_of(given) == ""


@pytest.mark.parametrize("text", [">>> double(2)\n4\n", ">>> double(2)\n", "no examples"])
def test_without_a_second_example_nothing_would_be_measured(text: str) -> None:
    assert with_example([replace(item("double"), check=Check("doctest", text))]) == []


def test_most_of_the_cookbook_can_be_shown() -> None:
    every = from_cookbook(recipes.load())
    shown = with_example(every)
    assert len(shown) > len(every) / 2
    by_id = {each.id: each for each in every}
    for each in shown:
        assert prose_of(each) == by_id[each.id].task.request
        assert each.check.text.count(">>>") > each.task.request.count(">>>")
