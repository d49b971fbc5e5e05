"""Answers that end before their code does."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from planfirst.source.languages import language_of
from planfirst.source.unfinished import ended
from planfirst.words import Message
from tests.source.sites import answered

CLOSED = [
    ("typescript", "// the sum¤\nfunction add(a: number, b: number): number {\n}\n", "function add(a: number, b: number): number {\n  return a + b;", "// the sum\nfunction add(a: number, b: number): number {\n  return a + b;\n}\n"),
    ("javascript", "// the larger¤\n", "function larger(a, b) {\n  if (a > b) {\n    return a;\n  }\n  return b;", "// the larger\nfunction larger(a, b) {\n  if (a > b) {\n    return a;\n  }\n  return b;\n}\n"),
    ("go", "package a\n\n// the sum¤\n", "func add(xs []int) int {\n\ts := 0\n\tfor _, x := range xs {\n\t\ts += x\n\t}\n\treturn s", "package a\n\n// the sum\nfunc add(xs []int) int {\n\ts := 0\n\tfor _, x := range xs {\n\t\ts += x\n\t}\n\treturn s\n}\n"),
    ("java", "class A {\n    // the sum¤\n}\n", "class A {\n    int add(int a, int b) {\n        return a + b;\n    }", "class A {\n    // the sum\n    int add(int a, int b) {\n        return a + b;\n    }\n}\n"),
    ("rust", "// the sum¤\nfn add(a: i32, b: i32) -> i32 {\n    todo!()\n}\n", "fn add(a: i32, b: i32) -> i32 {\n    a + b", "// the sum\nfn add(a: i32, b: i32) -> i32 {\n    a + b\n}\n"),
    ("c", "/* digits */¤\n", "int digit(char c) {\n    if (c == '{') {\n        return 0;\n    }\n    return c - '0';", "/* digits */\nint digit(char c) {\n    if (c == '{') {\n        return 0;\n    }\n    return c - '0';\n}\n"),
    ("kotlin", "// the sum¤\n", "fun add(a: Int, b: Int): Int {\n    println(\"a } b\")\n    return a + b", "// the sum\nfun add(a: Int, b: Int): Int {\n    println(\"a } b\")\n    return a + b\n}\n"),
    ("csharp", "class A\n{\n    // the sum¤\n}\n", "int Add(int[] xs)\n{\n    foreach (var x in xs)\n    {\n        total += x;\n", "class A\n{\n    // the sum\n    int Add(int[] xs)\n    {\n        foreach (var x in xs)\n        {\n            total += x;\n        }\n    }\n}\n"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "answer", "whole"), CLOSED)
def test_missing_braces_are_closed_and_said(language: str, text: str, answer: str, whole: str) -> None:
    placement = answered(text, language, answer)
    assert placement.refused is None
    assert Message("answer-closed") in placement.notices
    assert placement.result == whole


BROKEN_OFF = [
    ("typescript", "// the sum¤\nfunction add(a: number, b: number): number {\n}\n", "function add(a: number, b: number): number {\n  const c = sum(a,"),
    ("javascript", "// the sum¤\n", "function add(a, b) {\n  const c = `a${"),
    ("go", "package a\n\n// the sum¤\n", "func add(xs []int) int {\n\ts := 0\n\tfor _, x := range"),
    ("java", "class A {\n    // the sum¤\n    int add(int a, int b) {\n    }\n}\n", "int add(int a, int b) {\n    int c ="),
    ("rust", "// the sum¤\nfn add(xs: &[i32]) -> i32 {\n    todo!()\n}\n", "fn add(xs: &[i32]) -> i32 {\n    xs.iter().fold("),
    ("python", "# the sum¤\ndef add(xs):\n    pass\n", "def add(xs):\n    return sum(x for x in"),
    ("python", "# the sum¤\n", "def add(xs):\n    total ="),
    ("python", "# the sum¤\n", "def add(xs):\n    if not xs:"),
    ("python", "# the sum¤\n", 'def add(xs):\n    """Add all of'),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "answer"), BROKEN_OFF)
def test_code_that_breaks_off_is_refused(language: str, text: str, answer: str) -> None:
    placement = answered(text, language, answer)
    assert placement.refused == Message("answer-breaks-off")
    assert placement.result == text.replace("¤", "")


def test_where_no_grammar_reads_the_code_you_are_told() -> None:
    placement = answered("// the sum¤\n", "kotlin", "fun add(a: Int, b: Int): Int {\n    return listOf(a,")
    assert (placement.refused, placement.notices) == (None, (Message("answer-breaks-off"),))


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("groovy", "def f() {\n    return ~/\\{/\n}"),  # a pattern is no bracket
        ("c", "#if A\nint f(int x) {\n#else\nint f(long x) {\n#endif\n    return 1;\n}"),
        ("typescript", "} else {\n  f();"),  # it closes what the file has opened
        ("css", "a { color: red; }"),
        ("javascript", "const brace = /[{(]/;"),
        ("ruby", "{"),
        ("python", "x = = 1"),  # wrong, and not for want of an end
        ("python", "if xs\n    return 1"),
    ],
)
def test_other_code_stays(language: str, code: str) -> None:
    ending = ended(code, language_of(language))
    assert (ending.code, ending.said, ending.is_whole) == (code, None, True)


def test_of_several_functions_those_that_are_whole_stay() -> None:
    text = "class Vector:\n    x = 0\n\n    # sums and products¤\n"
    add = "def __add__(self, other):\n    return Vector(self.x + other.x)"
    placement = answered(text, "python", f"{add}\n\n\n@fast\ndef __mul__(self, n):\n    raise TypeError('no {{}} and")
    inner = add.replace("\n", "\n    ")
    assert placement.result == text.replace("¤", "") + f"    {inner}\n"
    assert placement.notices == (Message("answer-last-left-out", row="def __mul__(self, n):"),)
    for other in ("total = f(\n    1,", "x = 1\n\n\ndef g(x):\n    return (x"):
        assert answered(text, "python", other).refused == Message("answer-breaks-off")
