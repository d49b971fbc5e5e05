"""Of several values one is kept: the simplest, one that is better by more than chance, or the one in use."""

from __future__ import annotations

from planfirst_lab.evaluation.tuning.choice import Option, halved, prefer


def option(value: str, right: int, of: int = 28) -> Option:
    return Option(value, (True,) * right + (False,) * (of - right))


def test_of_two_that_are_better_the_one_in_use_stays_unless_the_other_is_better_than_that() -> None:
    none, inline, turn = option("none", 4), option("inline", 13), option("turn", 14)
    kept, says, told = prefer([none, inline, turn], "inline")
    assert (kept.value, told) == ("inline", True)
    assert says.startswith("inline is right 32 points more often than none (13 and 4 of 28 right;")
    assert says.endswith("inline stays.")
    assert prefer([none, inline, turn])[0].value == "turn"
    assert prefer([none, inline, option("turn", 24)], "inline")[0].value == "turn"


def test_the_one_in_use_has_no_say_where_it_is_no_better_than_the_simplest() -> None:
    none, inline, turn = option("none", 8), option("inline", 8), option("turn", 20)
    assert prefer([none, inline, turn], "inline")[0].value == "turn"
    assert prefer([none, inline], "inline")[0].value == "none"


def test_halving_drops_the_worse_half_but_never_the_first_or_the_one_in_use() -> None:
    every = [option(name, right, 10) for name, right in (("a", 1), ("b", 5), ("c", 6), ("d", 2))]
    assert [one.value for one in halved(every)] == ["a", "b", "c"]
    assert [one.value for one in halved(every, "d")] == ["a", "b", "c", "d"]
