from __future__ import annotations

from planfirst.adapters.copying import Copying

END = 99
#         1 2 3 then 7 8 5, later 4 2 3 and again 7 8, but 6: two places whose last tokens are alike
PROMPT = [1, 2, 3, 7, 8, 5, 4, 2, 3, 7, 8, 6, 50, 51]


def after(*written: int, prompt: list[int] | None = None, adapts: bool = False) -> Copying:
    copying = Copying(prompt or PROMPT, [[50, 51]], END, adapts)
    for token in written:
        copying.accept(token)
    return copying


def test_the_place_that_agrees_longest_gives_the_hint() -> None:
    assert after(1, 2, 3, 7, 8).hint() == (5, 0.4)
    assert after(4, 2, 3, 7, 8).hint() == (6, 0.4)


def test_there_is_no_hint_after_few_tokens_or_where_two_places_disagree() -> None:
    assert after().hint() is None
    assert after(1, 2, 3).hint() is None
    assert after(9, 2, 3, 7, 8).hint() is None


def test_where_the_example_ends_the_hint_is_to_end() -> None:
    assert after(4, 2, 3, 7, 8, 6).hint() == (END, 0.4)


def test_a_long_agreement_counts_for_more_unless_names_are_to_change() -> None:
    prompt = list(range(20))
    assert after(*range(9), prompt=prompt).hint() == (9, 0.4)
    assert after(*range(10), prompt=prompt).hint() == (10, 0.75)
    assert after(*range(10), prompt=prompt, adapts=True).hint() == (10, 0.4)


def test_a_token_of_ones_own_breaks_the_agreement() -> None:
    assert after(1, 2, 3, 30, 8).hint() is None


def test_a_run_is_written_as_often_as_in_the_prompt() -> None:
    assert after(1, 2, 3).spent() == set()
    assert after(1, 2, 3, 7, 1, 2, 3).spent() == {7}
    twice = [2, 3, 7, 8, 0, 2, 3, 7, 8]
    assert after(2, 3, 7, 8, 2, 3, 7, prompt=twice).spent() == set()
    assert after(2, 3, 7, 8, 2, 3, 7, 8, 2, 3, 7, prompt=twice).spent() == {8}


def test_a_run_of_ones_own_may_come_three_times() -> None:
    run = [31, 32, 33, 34]
    assert after(*run * 2, 31, 32, 33).spent() == set()
    assert after(*run * 3, 31, 32, 33).spent() == {34}
