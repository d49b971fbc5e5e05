from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planfirst.source.examples import Check, checks_in, wanted_name
from planfirst.source.related_tests import related_tests


def kinds(text: str) -> list[str]:
    return [check.kind for check in checks_in(text).checks]


def test_a_doctest_is_found_and_taken_out_of_the_request() -> None:
    found = checks_in("Turn a title into a slug.\n\n>>> slugify('A b')\n'a-b'\n>>> slugify('')\n''\n\nKeep digits.")
    (check,) = found.checks
    assert check.kind == "doctest"
    assert len(doctest.DocTestParser().get_examples(check.text)) == 2
    assert found.prose == "Turn a title into a slug.\n\n\nKeep digits."
    assert wanted_name(found.checks) == "slugify"


def test_blocks_share_what_they_bind() -> None:
    (check,) = checks_in(">>> s = Stack()\n\nthen\n\n>>> s.size()\n0").checks
    assert [e.source for e in doctest.DocTestParser().get_examples(check.text)] == ["s = Stack()\n", "s.size()\n"]


def test_prose_right_after_a_result_is_no_part_of_it() -> None:
    found = checks_in("double it\n>>> f(2)\n4\nand None for nothing")
    (example,) = doctest.DocTestParser().get_examples(found.checks[0].text)
    assert example.want == "4\n"
    assert found.prose == "double it\nand None for nothing"


def test_a_result_of_several_lines_stays_whole() -> None:
    (check,) = checks_in(">>> show([1, 2])\none\ntwo\n").checks
    (example,) = doctest.DocTestParser().get_examples(check.text)
    assert example.want == "one\ntwo\n"


@pytest.mark.parametrize(
    ("row", "call", "expected"),
    [
        ("f(2) -> 4", "f(2)", "4"),
        ("- f(2) => 4.", "f(2)", "4"),
        ("e.g. f('a b') → 'a-b'", "f('a b')", "'a-b'"),
        ("f([1, 2], key=None) == {'a': [1]}", "f([1, 2], key=None)", "{'a': [1]}"),
        ("`f(2)` -> `4`", "f(2)", "4"),
        ("f(1) returns True", "f(1)", "True"),
        ("f('->') -> '->'", "f('->')", "'->'"),
        ("area(Point(1, 2)) gives -2.5", "area(Point(1, 2))", "-2.5"),
        ("f(2) -> 4, of course", "f(2)", "4"),
        ("f() -> (1, 2)", "f()", "(1, 2)"),
        ("f(16, 2) ==> true", "f(16, 2)", "True"),
        ("f([]) ➞ null.", "f([])", "None"),
        ("f(a=3) = 4", "f(a=3)", "4"),
        ("f(2) should return 4", "f(2)", "4"),
    ],
)
def test_a_call_and_its_value(row: str, call: str, expected: str) -> None:
    (check,) = checks_in(f"Do it.\n{row}").checks
    assert (check.kind, check.call, check.expected) == ("value", call, expected)


@pytest.mark.parametrize("row", ["f(2) <= 4", "f(2) != 4", "f(2) = g(4)", "f(n) = 4"])
def test_a_comparison_or_an_unknown_is_no_example(row: str) -> None:
    assert not checks_in(row).checks


def test_several_in_a_row() -> None:
    found = checks_in("squares: f(2) -> 4, f(3) -> 9 and f(-1) -> 1")
    assert [(check.call, check.expected) for check in found.checks] == [("f(2)", "4"), ("f(3)", "9"), ("f(-1)", "1")]
    assert found.prose.startswith("squares")
    assert checks_in("square it\nf(2) -> 4, f(3) -> 9").prose == "square it"


@pytest.mark.parametrize("row", ["f(-1) raises ValueError", "f(-1) raises a ValueError", "f(-1) -> ValueError"])
def test_an_exception(row: str) -> None:
    (check,) = checks_in(row).checks
    assert (check.kind, check.call, check.expected) == ("raises", "f(-1)", "ValueError")


@pytest.mark.parametrize(
    "text",
    [
        "f(x: int) -> int",
        "f(x) -> int",
        "f(x) -> 4",
        "f(2) -> the double",
        "map keys -> values",
        "print(2) -> 4",
        "call f(2) first",
        "a -> b",
        "assert that it is sorted",
        "assert 1 == 1",
        ">>> 1 + 1\n2",
        "f(2) raises eyebrows",
        "f(2) -> ",
        "",
        "f(" * 500,
        "-> " * 500,
    ],
)
def test_what_is_no_example(text: str) -> None:
    found = checks_in(text)
    assert found.checks == ()
    assert found.prose == text


def test_assert_lines() -> None:
    found = checks_in("Sum up.\nassert total([1, 2]) == 3\nassert total(\n    []\n) == 0\nDone.")
    assert [check.kind for check in found.checks] == ["assert", "assert"]
    assert found.checks[1].text == "assert total(\n    []\n) == 0"
    assert found.prose == "Sum up.\nDone."


@pytest.mark.parametrize("text", [">>>f(2)\n4", ">>> f(2\n4", ">>> def\n"])
def test_what_looks_like_a_doctest_and_is_none_is_said(text: str) -> None:
    found = checks_in(f"Double.\n{text}")
    assert found.checks == ()
    assert len(found.problems) == 1
    assert found.problems[0].code in ("example-no-doctest", "example-no-python")


def test_a_request_of_nothing_but_examples_stays_the_request() -> None:
    found = checks_in("f(2) -> 4\nf(3) -> 9")
    assert len(found.checks) == 2
    assert found.prose == "f(2) -> 4\nf(3) -> 9"


def test_the_name_that_most_examples_call() -> None:
    checks = checks_in("f(g(1)) -> 4\nf(2) -> 3\nassert sorted(f(2)) == []").checks
    assert wanted_name(checks) == "f"
    assert wanted_name([]) == ""


TESTS = """
import stock
from shop.stock import load as read, total
from other import load


def test_load():
    assert read("a") == []


def test_other():
    assert load("a")


class TestTotal:
    def test_empty(self):
        assert total([]) == 0

    def helper(self):
        return total([])


async def test_by_module():
    assert stock.load("b") == [1]
"""


def test_tests_that_name_a_function() -> None:
    assert related_tests(TESTS, "load", "shop.stock") == ("test_load", "test_by_module")
    assert related_tests(TESTS, "total", "stock") == ("TestTotal.test_empty",)
    assert related_tests(TESTS, "load", "shop.orders") == ()
    assert related_tests(TESTS, "missing", "stock") == ()
    assert related_tests("def (", "load", "stock") == ()


@given(st.lists(st.sampled_from([">>> f(2)", "4", "assert f(1)", "f(2) -> 4", "", "  x", ">>>", "...", "é"])))
def test_nothing_but_examples_is_taken_out(rows: list[str]) -> None:
    text = "words\n" + "\n".join(rows)
    found = checks_in(text)
    assert "words" in found.prose
    remaining = iter(text.split("\n"))
    assert all(row in remaining for row in found.prose.split("\n"))


def test_a_hostile_row_takes_no_time() -> None:
    found = checks_in("\n".join(["f(2) -> " * 240] * 3))
    assert found.checks == ()


@given(st.text())
def test_any_text(text: str) -> None:
    found = checks_in(text)
    assert all(isinstance(check, Check) for check in found.checks)
