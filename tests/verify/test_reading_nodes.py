"""Faults that reading finds in languages with braces, and what is none."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from planfirst.source.languages import language_of
from planfirst.verify.destination import Destination
from planfirst.verify.judge import Judge
from planfirst.verify.verdict import Verdict
from planfirst.words import Message
from tests.source.sites import site_in

TS = "// the sum¤\nfunction total(xs: number[]): number {\n}\n"
GO = "package a\n\n// Total sums.¤\nfunc Total(xs []int) int {\n}\n"
RUST = "// the sum¤\nfn total(xs: &[u8]) -> u8 {\n    todo!()\n}\n"
JAVA = "class A {\n    // the sum¤\n    int total(int[] xs) {\n    }\n}\n"
CPP = "// the sum¤\nint total(const V& xs) {\n}\n"


async def judged(language: str, text: str, code: str) -> Verdict:
    kind = language_of(language)
    file, site = site_in(text, language)
    assert site is not None
    return await Judge(Destination(file, site, language=kind), (), None)(code)


@pytest.mark.parametrize(
    ("language", "text", "code", "faults"),
    [
        ("typescript", TS, "function total(xs: number[]) {\n  throw new Error('not implemented');\n}", ["code-unwritten", "code-ignores-parameters"]),
        ("rust", RUST, "fn total(xs: &[u8]) -> u8 {\n    todo!()\n}", ["code-unwritten", "code-ignores-parameters"]),
        ("go", GO, 'func Total(xs []int) int {\n\treturn g(xs)\n}\n\nfunc g(xs []int) int {\n\tpanic("not implemented")\n}', ["code-unwritten"]),
        ("java", JAVA, "int total(int[] xs) {\n    throw new UnsupportedOperationException();\n}", ["code-unwritten"]),
        ("typescript", TS, "function total(xs: number[]) {\n  // add them all up\n}", ["code-comments-only"]),
        ("go", GO, "func Total(xs []int) int {\n\t// your code here\n\treturn len(xs)\n}", ["code-placeholder"]),
        ("cpp", CPP, "int total(const V& xs) {\n  // ... rest of the code unchanged ...\n  return xs.size();\n}", ["code-placeholder"]),
        ("typescript", TS, "function total(xs: number[]) {\n  return xs.length;\n  g(xs);\n}", ["answer-never-runs"]),
        ("java", JAVA, "int total(int[] xs) {\n    throw new E(xs);\n    return 1;\n}", ["answer-never-runs"]),
        ("typescript", TS, "function total(xs: number[]) {\n  return 42;\n}", ["code-ignores-parameters"]),
        ("rust", RUST, "fn total(xs: &[u8]) -> u8 {\n    42\n}", ["code-ignores-parameters"]),
        ("go", "package a\n\n// F does.¤\n", "func F() int {\n\treturn g()\n}\n\nfunc g() int {\n\treturn 1\n}\n\nfunc g() int {\n\treturn 2\n}", ["code-defined-twice"]),
    ],
)  # fmt: skip
async def test_they_are_found(language: str, text: str, code: str, faults: list[str]) -> None:
    verdict = await judged(language, text, code)
    assert verdict.status == "failed"
    assert isinstance(verdict.output, tuple)
    assert [one.code for one in verdict.output if isinstance(one, Message)] == faults


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("typescript", TS, "function total(xs: number[]) {\n  return xs.reduce((a, b) => a + b, 0);\n}"),
        ("typescript", "// the sum¤\nfunction total({ a, b }: P) {\n}\n", "function total({ a, b }: P) {\n  return b;\n}"),
        ("javascript", "// the sum¤\nfunction total(xs) {\n}\n", "function total(xs) {\n  return sum(...arguments);\n}"),
        ("java", JAVA, "int total(int[] xs) {\n    return this.known;\n}"),
        ("java", "class A {\n    int f() { throw new UnsupportedOperationException(); }\n\n    // g¤\n    int g() {\n    }\n}\n", "int g() {\n    return 1;\n}"),
        ("go", GO, "func Total(xs []int) int {\n\tif len(xs) == 0 {\n\t\tgoto done\n\t}\n\treturn 1\ndone:\n\treturn 0\n}"),
        ("typescript", "function f(x: string) {\n  switch (x) {\n    case 'a':\n      // one¤\n      break;\n  }\n  return 2;\n}\n", "return 1;"),
        ("go", "package a\n\n// F does.¤\n", "func F() {\n}\n\nfunc init() {\n}\n\nfunc init() {\n}"),
    ],
)  # fmt: skip
async def test_these_are_none(language: str, text: str, code: str) -> None:
    verdict = await judged(language, text, code)
    assert (verdict.status, verdict.output) == ("read", Message("check-without-example"))
