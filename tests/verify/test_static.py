from __future__ import annotations

import pytest

from planfirst.verify.static import faults, module_uses
from planfirst.words import Message


def finds(name: str) -> bool:
    return name == "stock"


@pytest.mark.parametrize(
    "code",
    [
        "import csv\nprint(csv.reader)",
        "import stock\nstock.load()",
        "from . import other\nother.go()",
        "def f(x):\n    return [y for y in x]",
        "import os.path as p\np.join('a')",
        "try:\n    import csv\nexcept ImportError:\n    csv = None\nprint(csv)",
    ],
)
def test_nothing_is_wrong(code: str) -> None:
    assert faults("", code, finds) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def f(:", "code-no-syntax"),
        ("def f(x):\n    return y", "code-undefined"),
        ("return 1", "code-misplaced"),
        ("import fastcsv\nfastcsv.go()", "code-no-module"),
        ("from fastcsv.deep import go\ngo()", "code-no-module"),
        ("def f():\n    print(x)\n    x = 1", "code-undefined"),
    ],
)
def test_what_is_wrong_is_said(code: str, said: str) -> None:
    (fault,) = faults("", code, finds)
    assert fault.code == said


def test_what_was_wrong_before_is_not_the_codes_fault() -> None:
    before = "import fastcsv\nprint(missing, fastcsv)\n"
    assert faults(before, before + "def f():\n    return missing\n", finds) == []
    assert faults(before, before + "def f():\n    return other\n", finds) == [Message("code-undefined", name="other")]


def test_what_the_code_below_needs_must_be_set() -> None:
    before = "rows = [1]\n# the largest\n\nprint(best, worst)\n"
    after = "rows = [1]\n# the largest\n{}\nprint(best, worst)\n"
    assert faults(before, after.format("best = max(rows)"), finds) == []
    assert faults(before, after.format("top = max(rows)"), finds, sets=["best"]) == [
        Message("code-not-set", name="best")
    ]
    assert faults(before, after.format("best = max(rows)"), finds, sets=["best"]) == []


def test_in_a_file_that_does_not_parse_nothing_can_be_told() -> None:
    assert faults("def (", "def (\nx = y", finds) == []


def test_deep_nesting_does_no_harm() -> None:
    assert faults("", "x = " + "-" * 5000 + "1", finds) in ([], [Message("code-no-syntax")])


def test_what_is_taken_from_the_standard_library() -> None:
    code = "import os, os.path as p\nfrom csv import reader\nfrom numpy import array\nos.walk(p.join('a'))\nx.y"
    assert module_uses(code) == [("csv", "reader"), ("os", "walk")]
    assert module_uses("def (") == []


def test_a_name_that_a_module_of_the_project_lacks_is_a_fault_of_the_code_alone() -> None:
    def lacks(module: str, name: str) -> bool:
        return (module, name) == ("shop.rates", "pair")

    code = "from shop.rates import pair, RATES\nx = pair, RATES\n"
    assert faults("", code, lambda name: True, lacks) == [
        Message("code-not-in-module", module="shop.rates", name="pair")
    ]
    assert faults(code, f"{code}y = 1\n", lambda name: True, lacks) == []
    assert faults("", "from .rates import pair\nx = pair\n", lambda name: True, lacks) == []
