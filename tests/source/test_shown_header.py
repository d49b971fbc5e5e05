"""Headers from examples: the name and the parameters of what they call, and what their results have in common."""

from __future__ import annotations

import pytest

from planfirst.source.examples import checks_in
from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.source.result_type import result_type
from planfirst.source.wanted_header import wanted_header

PYTHON, JAVASCRIPT = language_of("python"), language_of("javascript")


@pytest.mark.parametrize(
    ("request_", "header"),
    [
        ('first letters: initials("Ada Lovelace") -> "AL"', "def initials(text):"),
        ('None if it is none: parse("{not}") -> None', "def parse(text):"),
        ("stop() -> None: end all of them", "def stop() -> None:"),
        ("largest gap, gap([3, 1, 9]) == 6, gap([]) == 0", "def gap(items):"),
        ("total of both, total(1, 2.5) gives 3.5", "def total(number, number2):"),
        ('padded("a", width=3) returns "a  "', "def padded(text, width):"),
        ("merged({1: 2}, {}, None) => {1: 2}", "def merged(mapping, mapping2, value):"),
        ("now() -> 12", "def now():"),
        ("to_date('24.12.2024') gives a date", "def to_date(text):"),
        ('print("a") -> a', ""),  # everybody has that one
        ('call load("a.csv") first', ""),  # no result
        ("total(price, 2) -> 3", ""),  # neither names nor values
        ("take f(*[1]) -> 2", ""),
        ('how often each occurs\n>>> counted("b a b")\n{"b": 2, "a": 1}', "def counted(text):"),
        (
            "windows\n>>> list(windows([1, 2], 2))\n[[1, 2]]\n>>> list(windows([], 1))\n[]",
            "def windows(items, number):",
        ),
        ('repeat it\nassert again("a", times=3) == "aaa"', "def again(text, times):"),
        ("the total\n>>> total(parse('1 2'))\n3", ""),  # which of the two is not said
        ("a stack\n>>> Stack(3)\nStack(size=3)", ""),
    ],
)
def test_an_example_announces_a_header(request_: str, header: str) -> None:
    assert wanted_header(request_, PYTHON) == header


def test_an_example_in_javascript() -> None:
    assert wanted_header('first letters: initials("Ada Lovelace") -> "AL"', JAVASCRIPT) == "function initials(text) {"


@pytest.mark.parametrize(
    ("examples", "kind"),
    [
        ('f(1) -> "a"', "str"),
        ("f(1) -> 2\nf(2) -> 2.5", "float"),
        ("f(1) -> None\nf(2) -> 3", "int | None"),
        ("f(1) -> None", ""),
        ("f(1) -> 1\nf(2) -> 'a'", ""),
        ("f(1) -> []\nf(2) -> [1]", "list[int]"),
        ("f(1) -> [1, 'a']", "list"),
        ("f(1) -> ('a', 1)", "tuple[str, int]"),
        ("f(1) -> (1, 2, 3, 4)", "tuple"),
        ("f(1) -> {}\nf(2) -> {'a': [1]}", "dict[str, list[int]]"),
        ("assert f(1) == {1, 2}", "set[int]"),
        ("assert f(1)", ""),
        (">>> f(1)\nTrue", "bool"),
        (">>> list(f(1))\n[1]", ""),  # the result of list, and not of f
        (">>> x = f(1)\n>>> x\n1", ""),
        (">>> f(1)\nsomething", ""),
    ],
)
def test_what_results_have_in_common(examples: str, kind: str) -> None:
    assert result_type(checks_in(examples).checks, "f") == kind


def test_parameters_have_the_names_that_the_file_gives_them() -> None:
    text = "# cents as text. shown(250) -> '2.50'\n\n\ndef line(price):\n    return shown(price)\n"
    site = locate(text, 0, 0, PYTHON)
    assert site is not None
    assert site.task.announced == "def shown(price) -> str:"


def test_a_result_type_that_is_written_stays() -> None:
    assert wanted_header("half(n) -> float: half(4) -> 2", PYTHON) == "def half(n) -> float:"
    assert wanted_header("half(n): half of it, half(5) -> 2.5", PYTHON) == "def half(n) -> float:"


def test_what_the_file_has_is_not_shown() -> None:
    assert wanted_header("like shown(250) -> '2.50'", PYTHON, "def shown(price):\n    ...\n") == ""
