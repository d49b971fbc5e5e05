from __future__ import annotations

from math import comb

import pytest

from planfirst_lab.statistics import bootstrap, holm, mcnemar, mean, paired_difference, pass_at_k, wilson


def test_wilson_against_known_values() -> None:
    # Worked out by hand with z = 1.96: p = .62, n = 50.
    assert wilson(31, 50) == pytest.approx((0.4815, 0.7414), abs=2e-4)
    assert wilson(0, 50) == pytest.approx((0.0, 0.0714), abs=2e-4)
    assert wilson(50, 50) == pytest.approx((0.9286, 1.0), abs=2e-4)
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("successes", "n"), [(2, 1), (-1, 3)])
def test_wilson_refuses_what_cannot_be(successes: int, n: int) -> None:
    with pytest.raises(ValueError):
        wilson(successes, n)


@pytest.mark.parametrize(
    ("n", "passed", "k", "wanted"),
    [
        (10, 0, 10, 0.0),
        (10, 1, 10, 1.0),
        (10, 3, 1, 0.3),
        (5, 2, 2, 1 - 3 / 10),  # of the 10 pairs of samples, 3 have no pass
        (20, 3, 10, 1 - comb(17, 10) / comb(20, 10)),
    ],
)
def test_pass_at_k(n: int, passed: int, k: int, wanted: float) -> None:
    assert pass_at_k(n, passed, k) == pytest.approx(wanted)


@pytest.mark.parametrize(("n", "passed", "k"), [(5, 1, 10), (5, 6, 1), (5, 1, 0)])
def test_pass_at_k_refuses_what_cannot_be(n: int, passed: int, k: int) -> None:
    with pytest.raises(ValueError):
        pass_at_k(n, passed, k)


def test_bootstrap_is_repeatable_and_near_the_normal_interval() -> None:
    values = [1.0] * 50 + [0.0] * 50
    low, high = bootstrap(values, seed=3)
    assert (low, high) == bootstrap(values, seed=3)
    assert low == pytest.approx(0.5 - 1.96 * 0.05, abs=0.015)
    assert high == pytest.approx(0.5 + 1.96 * 0.05, abs=0.015)
    assert bootstrap([0.7] * 9) == pytest.approx((0.7, 0.7))
    assert bootstrap([]) == (0.0, 0.0)
    assert mean([]) == 0.0


def test_a_paired_difference_knows_its_pairs() -> None:
    # The same shares, but always on the same tasks: nothing varies.
    both, one = [1.0, 1.0, 0.0] * 20, [1.0, 0.0, 0.0] * 20
    difference, (low, high) = paired_difference(both, one)
    assert difference == pytest.approx(1 / 3)
    assert 0 < low < difference < high < 0.5
    assert paired_difference(both, both) == (0.0, (0.0, 0.0))
    with pytest.raises(ValueError):
        paired_difference(both, one[1:])


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [
        (0, 0, 1.0),
        (3, 0, 2 / 8),
        (0, 3, 2 / 8),
        (5, 5, 1.0),
        (8, 2, 2 * (1 + 10 + 45) / 1024),  # of the ten splits of ten tasks, those at least as uneven
        (1500, 0, 0.0),
    ],
)
def test_mcnemar(first: int, second: int, p: float) -> None:
    assert mcnemar(first, second) == pytest.approx(p, abs=1e-12)


def test_holm() -> None:
    assert holm([]) == []
    assert holm([0.04]) == [0.04]
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])  # the largest is never below the one before
    assert holm([0.5, 0.9]) == [1.0, 1.0]
