from __future__ import annotations

import pytest

from planfirst_lab.evaluation.calls import calls, recall, top_names
from planfirst_lab.parsing import parses


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("import csv\nrows = list(csv.DictReader(file))", {"list", "DictReader"}),
        ("def f(key):\n    return sorted(key(x) for x in f(1))", {"sorted"}),  # its own names are no news
        ("def f(path):\n    path.open().read()", {"open", "read"}),
        ("make = len\nmake('x')", set()),
        ("x = 1", set()),
        ("def f(:", set()),
    ],
)
def test_calls(code: str, wanted: set[str]) -> None:
    assert calls(code) == wanted


def test_recall_counts_whole_words() -> None:
    code = "rows = list(csv.DictReader(open(path)))"
    assert recall(code, "1. Read with csv.DictReader and reopen it.\n2. Make a list.") == pytest.approx(2 / 3)
    assert recall(code, "") == 0.0
    assert recall("x = 1", "1. Set x.") is None


def test_what_stood_there_before_is_not_wanted_of_a_plan() -> None:
    given = "def half(n):\n    return round(n / 2)\n\ndef f(n):\n    pass\n"
    code = given.replace("pass", "return max(half(n), 1)")
    assert recall(code, "1. Take the max.", given) == 1.0
    assert recall(code, "1. Take the max.") == 0.5
    assert recall(code.replace("max(half(n), 1)", "round(n)"), "1. Take the max.", given) == 0.0
    assert recall(given, "1. round", given) is None


@pytest.mark.parametrize(
    ("code", "good"), [("x = 1", True), ("", False), ("# a note", False), ("def f(", False), ("\0", False)]
)
def test_parses(code: str, good: bool) -> None:
    assert parses(code) is good


def test_doubtful_escapes_are_no_news() -> None:
    assert parses("x = '\\d'")  # would be an error here, since warnings are errors in tests


def test_top_names_leaves_out_helpers() -> None:
    assert top_names("def _help(): pass\nclass A:\n    def b(self): pass\nasync def c(): pass") == ["A", "c"]
