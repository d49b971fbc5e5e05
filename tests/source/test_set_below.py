"""A value to begin with below the comment: what the answer computes is not lost to it."""

from __future__ import annotations

import textwrap

import pytest

from planfirst.words import Message
from tests.source.sites import answered

BELOW = Message("answer-changed-below")
PYTHON = "days = load()\n\n# the warmest day¤\nwarmest = None\nprint(warmest)\n"
JS = "const people = load();\n\n// mean age per city¤\nconst mean = {};\n\nconsole.log(mean);\n"
GO = "func f(rows []int) int {\n\t// their sum¤\n\ttotal := 0\n\treturn total\n}\n"
RUST = "fn f(rows: &[i32]) -> i32 {\n    // their sum¤\n    let mut total = 0;\n    total\n}\n"
JAVA = """class A {
    int f(int[] rows) {
        // their sum¤
        int total = 0;
        return total;
    }
}
"""
C = "int f(int *rows, int n) {\n    // their sum¤\n    int total = 0;\n    return total;\n}\n"
LOOPS = {
    "python": "for day, heat in days.items():\n    if heat > most:\n        warmest = day",
    "javascript": "for (const one of people) {\n  mean[one.city] = one.age;\n}",
    "go": "for _, row := range rows {\n\ttotal += row\n}",
    "rust": "for row in rows {\n    total += row;\n}",
    "java": "for (int row : rows) {\n    total += row;\n}",
    "c": "for (int i = 0; i < n; i++) {\n    total += rows[i];\n}",
}


@pytest.mark.parametrize(
    ("language", "text", "row", "behind"),
    [
        ("python", PYTHON, "warmest = None", "print(warmest)"),
        ("javascript", JS, "const mean = {};", "console.log(mean);"),
        ("go", GO, "total := 0", "return total"),
        ("rust", RUST, "let mut total = 0;", "total"),
        ("java", JAVA, "int total = 0;", "return total;"),
        ("c", C, "int total = 0;", "return total;"),
    ],
)
@pytest.mark.parametrize("repeats", [(True, True), (True, False), (False, True), (False, False)])
def test_the_answer_goes_on_from_it(
    language: str, text: str, row: str, behind: str, repeats: tuple[bool, bool]
) -> None:
    before, after = repeats
    rows = [*[row] * before, LOOPS[language], *[behind] * after]
    placement = answered(text, language, "\n".join(rows))
    whole = text.replace("¤", "")
    indent = whole[: whole.index(row)].rpartition("\n")[2]
    assert placement.result == whole.replace(f"{row}\n", f"{row}\n{textwrap.indent(LOOPS[language], indent)}\n")
    assert placement.notices == ()


@pytest.mark.parametrize(
    ("language", "text", "answer", "result"),
    [
        ("python", PYTHON, "warmest = max(days, key=days.get)\nprint(warmest)",
         PYTHON.replace("None", "max(days, key=days.get)")),
        ("python", PYTHON, "means = mean(days)\nwarmest = max(means, key=means.get)",
         PYTHON.replace("warmest = None", "means = mean(days)\nwarmest = max(means, key=means.get)")),
        ("javascript", JS, "const mean = people.reduce(add, {});",
         JS.replace("const mean = {};", "const mean = people.reduce(add, {});")),
        ("java", JAVA, "int total = Arrays.stream(rows).sum();\nreturn total;",
         JAVA.replace("int total = 0;", "int total = Arrays.stream(rows).sum();")),
    ],
)  # fmt: skip
def test_or_takes_its_place(language: str, text: str, answer: str, result: str) -> None:
    placement = answered(text, language, answer)
    assert placement.result.removeprefix("import java.util.Arrays;\n\n") == result.replace("¤", "")
    assert placement.notices == (BELOW,)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (PYTHON, "print(days)"),  # nothing of it
        (PYTHON.replace("None", "days[0]"), "warmest = max(days)"),  # yours is no value to begin with
        (
            PYTHON.replace("print(warmest)", "for day in days:\n    warmest = day"),
            "warmest = max(days)",
        ),  # code of yours
        (PYTHON, "def show(warmest):\n    warmest = 1\n    return warmest"),  # another one of that name
    ],
)
def test_other_answers_go_between(text: str, answer: str) -> None:
    placement = answered(text, "python", answer)
    head, _, tail = text.replace("day¤\n", "day\n¤").partition("¤")
    assert placement.result.startswith(f"{head}{answer}\n")
    assert placement.result.endswith(tail)


def test_imports_of_the_function_are_to_begin_with_too() -> None:
    text = "def distance(x):\n    # in km¤\n    from math import sin\n    return 0.0\n"
    placement = answered(text, "python", "a = sin(x)\nreturn a * 6371")
    assert placement.result == text.replace("¤", "").replace("return 0.0", "a = sin(x)\n    return a * 6371")
    between = answered(text.replace("return 0.0", "return x"), "python", "print(sin(x))")
    assert "import sin\n    print(sin(x))\n    return x\n" in between.result


TWO = "# the longest, and its number¤\nlongest = ''\nnumber = 0\nprint(number, longest)\n"
NOTHING = "def factors(n):\n    # in order¤\n    found = []\n    return found\n"


def test_several_values_to_begin_with() -> None:
    answer = "longest = lines[0]\nnumber = 1\nfor line in lines:\n    number += 1"
    placement = answered(TWO, "python", answer)
    assert placement.result == TWO.replace("¤", "").replace("longest = ''\nnumber = 0", answer)
    one = answered(TWO, "python", "longest = max(lines, key=len)")
    assert one.result == TWO.replace("¤", "").replace("''", "max(lines, key=len)")
    other = answered(TWO, "python", "number = len(lines)")
    assert other.result == TWO.replace("¤", "").replace("= 0\n", "= 0\nnumber = len(lines)\n")
    loop = "for n, line in enumerate(lines):\n    longest = line\n    number = n"
    assert answered(TWO, "python", loop).result == TWO.replace("¤", "").replace("= 0\n", f"= 0\n{loop}\n")


def test_what_only_begins_a_value_and_returns_it_is_nothing_yet() -> None:
    answer = "factors = split(n)\nreturn sorted(factors)"
    placement = answered(NOTHING, "python", answer)
    assert placement.result == "def factors(n):\n    # in order\n    factors = split(n)\n    return sorted(factors)\n"
    assert (placement.notices, placement.warning) == ((BELOW,), None)


def test_a_return_that_would_never_run_goes_with_the_value() -> None:
    text = NOTHING.replace("return found", "return ', '.join(found)")
    placement = answered(text, "python", "found = split(n)\nreturn str(found)")
    assert placement.result == "def factors(n):\n    # in order\n    found = split(n)\n    return str(found)\n"
