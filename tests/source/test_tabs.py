"""An answer's tabs become the spaces of the file, and the reverse."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from tests.source.sites import answered

CASES = [
    ("python", "def f(xs):\n    # sum positives¤\n    pass\n", "def f(xs):\n\ttotal = 0\n\tfor x in xs:\n\t\tif x > 0:\n\t\t\ttotal += x\n\treturn total", "def f(xs):\n    # sum positives\n    total = 0\n    for x in xs:\n        if x > 0:\n            total += x\n    return total\n"),
    ("python", "class A:\n    x = 1\n\n    # sum¤\n", "def total(self, xs):\n\tt = 0\n\tfor x in xs:\n\t\tt += x\n\treturn t", "class A:\n    x = 1\n\n    # sum\n    def total(self, xs):\n        t = 0\n        for x in xs:\n            t += x\n        return t\n"),
    ("typescript", "class A {\n  // sum¤\n}\n", "sum(xs: number[]) {\n\tlet t = 0;\n\tfor (const x of xs) {\n\t\tt += x;\n\t}\n\treturn t;\n}", "class A {\n  // sum\n  sum(xs: number[]) {\n    let t = 0;\n    for (const x of xs) {\n      t += x;\n    }\n    return t;\n  }\n}\n"),
    ("typescript", "function sum(xs: number[]) {\n  // sum¤\n}\n", "function sum(xs: number[]) {\n\tlet t = 0;\n\tfor (const x of xs) {\n\t\tt += x;\n\t}\n\treturn t;\n}", "function sum(xs: number[]) {\n  // sum\n  let t = 0;\n  for (const x of xs) {\n    t += x;\n  }\n  return t;\n}\n"),
    ("typescript", "function g() {\n  return 1;\n}\n\n// sum¤\n", "function sum(xs: number[]) {\n\tlet t = 0;\n\tfor (const x of xs) {\n\t\tt += x;\n\t}\n\treturn t;\n}", "function g() {\n  return 1;\n}\n\n// sum\nfunction sum(xs: number[]) {\n  let t = 0;\n  for (const x of xs) {\n    t += x;\n  }\n  return t;\n}\n"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "answer", "whole"), CASES)
def test_indented_as_the_file_is(language: str, text: str, answer: str, whole: str) -> None:
    placement = answered(text, language, answer)
    assert (placement.refused, placement.warning) == (None, None)
    assert placement.result == whole
