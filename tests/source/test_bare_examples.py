"""Which rows are examples although they leave the call out."""

from __future__ import annotations

import pytest

from planfirst.source.bare_examples import bare_examples


def pairs(request: str, parameters: int = 1) -> list[tuple[str, str]]:
    return [(check.call, check.expected) for check in bare_examples(request, "f", parameters)]


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        ('3723 -> "1h 02m", 63 -> "1m", 5 -> "0m"', [("f(3723)", '"1h 02m"'), ("f(63)", '"1m"'), ("f(5)", '"0m"')]),
        ('last part of a path, "a/b.txt" gives "b"', [('f("a/b.txt")', '"b"')]),
        ("the largest one\n[3, 1, 2] -> 3", [("f([3, 1, 2])", "3")]),
        ("e.g. 'ab' => 'ba' and 'x' => 'x'.", [("f('ab')", "'ba'"), ("f('x')", "'x'")]),
        ("swaps both: (1, 2) -> (2, 1)", [("f((1, 2))", "(2, 1)")]),
        ("`-1` -> `1`", [("f(-1)", "1")]),
        (
            'human readable: 512 -> "512 B", 3 * 1024**2 -> "3.0 MiB"',
            [("f(512)", '"512 B"'), ("f(3 * 1024**2)", '"3.0 MiB"')],
        ),
        ('the number of vowels, "banana" -> 3', [('f("banana")', "3")]),
        ("how many bits are set (5 -> 2)", [("f(5)", "2")]),
        ("counts the words, like 'a b' => 2 and '' => 0", [("f('a b')", "2"), ("f('')", "0")]),
    ],
)  # fmt: skip
def test_what_goes_in_and_what_comes_out(request_: str, found: list[tuple[str, str]]) -> None:
    assert pairs(request_) == found


@pytest.mark.parametrize(
    "request_",
    [
        "maps 0 -> 1 in every row",
        "says longer than 5 -> 'too long'",
        "the default, 5 becomes 6 later",
        "x * 2 -> 4",
        "print(3) -> 3",
        "text -> number",
        "the sum -> int",
        "returns 3",
        "-> 3",
        '"a" -> b',
        "1 -> 2 -> x",
        "f(2) -> 4",
        ">>> 3 -> 4",
        "x" * 500 + " 1 -> 2",
    ],
)
def test_what_may_mean_anything_is_none(request_: str) -> None:
    assert pairs(request_) == []


def test_several_parameters_stand_with_commas_one_example_a_row() -> None:
    assert pairs("2, 3 -> 6\n4, 5 -> 20", 2) == [("f(2, 3)", "6"), ("f(4, 5)", "20")]
    assert pairs("2 -> 6", 2) == []
    assert pairs("2, 3 -> 6", 1) == []
    assert pairs("2, 3 -> 6", 0) == []
