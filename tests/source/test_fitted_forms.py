"""Answers in another form than the stub: an expression for a block, another receiver, members set before the body."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from planfirst.words import Message
from tests.source.sites import placed

SUM = "xs.reduce((a, b) => a + b, 0)"
CASES = [
    # an arrow function that is one expression
    ("typescript", "// sum¤\nexport const total = (xs: number[]): number => {\n@};\n", f"export const total = (xs: number[]): number => {SUM};", f"  return {SUM};\n"),
    ("javascript", "// sum¤\nconst total = async (xs) => {\n@};\n", f"const sum = ys => {SUM.replace('xs', 'ys')};", f"  return {SUM};\n"),
    ("javascript", "// sum¤\nfunction total(xs) {\n@}\n", f"const total = (xs) => {SUM};", f"  return {SUM};\n"),
    ("typescript", "class A {\n  // sum¤\n  total(xs: number[]): number {\n@  }\n}\n", f"total = (xs: number[]): number => {SUM};", f"    return {SUM};\n"),
    ("typescript", "// a user¤\nconst make = (name: string) => {\n@};\n", "const make = (name: string) => ({\n  name,\n  age: 3,\n});", "  return {\n    name,\n    age: 3,\n  };\n"),
    ("typescriptreact", "// a button¤\nexport const B = ({ t }) => {\n@};\n", "export const B = ({ t }) => (\n  <b>\n    {t}\n  </b>\n);", "  return (\n    <b>\n      {t}\n    </b>\n  );\n"),
    # a field that is a function
    ("typescript", "class A {\n  n = 0;\n  // add¤\n  add = (x: number) => {\n@  };\n}\n", "class A {\n  n = 0;\n  add = (x: number) => {\n    this.n += x;\n  };\n}", "    this.n += x;\n"),
    ("typescript", "const empty = 1;\n\n// group¤\nexport function by<T>(xs: T[]): Record<string, T> {\n@}\n", "export function by<T>(ys: T[]): Record<string, T> {\n  return group(ys);\n}", "  return group(xs);\n"),
    # another name for the object itself
    ("go", "package a\n\n// Inc adds one.¤\nfunc (c *C) Inc(by int) {\n@}\n", "package main\n\nfunc (counter *C) Inc(n int) {\n\tcounter.n += n\n}", "\tc.n += by\n"),
    ("python", "class A:\n    @classmethod\n    def make(cls, x):\n        # one¤\n@", "class A:\n    @classmethod\n    def make(klass, x):\n        return klass(x)\n", "        return cls(x)\n"),
    ("python", "class A:\n    def n(self, x):\n        # one¤\n@", "def n(this, y):\n    return this.m(y)", "        return self.m(x)\n"),
    # a class within a class
    ("python", "class A:\n    class B:\n        def n(self, x):\n            # one¤\n@", "class A:\n    class B:\n        def n(self, x):\n            return x", "            return x\n"),
    # attributes are the file's
    ("rust", "#[inline]\n// one¤\nfn f() -> u8 {\n@}\n", "#[inline]\n#[must_use]\nfn f() -> u8 {\n    1\n}", "    1\n"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "code", "body"), CASES)
def test_the_body_fits(language: str, text: str, code: str, body: str) -> None:
    placement = placed(_filled(text, ""), language, code)
    assert (placement.refused, placement.warning, placement.notices) == (None, None, ())
    assert placement.result == _filled(text, body)


def _filled(text: str, body: str) -> str:
    at = text.rindex("@")
    return (text[:at] + body + text[at + 1 :]).replace("¤", "" if body else "¤")


@pytest.mark.parametrize(
    ("text", "code", "result"),
    [
        ("// keep n¤\nA::A(int n) {\n}\n", "A::A(int n) : n_(n) {\n    check();\n}", "// keep n\nA::A(int n) : n_(n) {\n    check();\n}\n"),
        ("// keep n¤\nA::A(int n)\n{\n}\n", "A::A(int n)\n    : n_(n),\n      m_{0}\n{\n}", "// keep n\nA::A(int n)\n    : n_(n), m_{0}\n{\n}\n"),
        ("class A {\n  // keep n¤\n  A(int n) {\n  }\n  int n_;\n};\n", "class A {\n  A(int n) : n_(n) { check(); }\n};", "class A {\n  // keep n\n  A(int n) : n_(n) {\n    check();\n  }\n  int n_;\n};\n"),
        ("// keep n¤\nA::A(int n) : n_(n) {\n}\n", "A::A(int n) : n_(n), m_(1) {\n  check();\n}", "// keep n\nA::A(int n) : n_(n) {\n  check();\n}\n"),
    ],
)  # fmt: skip
def test_what_a_constructor_sets_before_its_body_is_kept(text: str, code: str, result: str) -> None:
    assert placed(text, "cpp", code).result == result


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("go", "package a\n\n// F does.¤\nfunc F() {\n}\n", 'package main\n\nimport "os"\n\nfunc F() {\n}'),
        ("java", "class A {\n    // do it¤\n    void f() {\n    }\n}\n", "class A {\n    void f() {\n    }\n}"),
        ("typescript", "// do it¤\nfunction f() {\n}\n", "import a from 'a';\n\nfunction f() {}"),
    ],
)
def test_an_empty_body_is_no_answer(language: str, text: str, code: str) -> None:
    placement = placed(text, language, code)
    assert placement.refused is not None
    assert placement.refused.code == "answer-no-body"
    assert placement.result == text.replace("¤", "")


def test_what_is_left_out_is_said() -> None:
    text = "def total(xs):\n    # the sum¤\n    pass\n"
    code = "def total(xs):\n    return sum(xs)\n\ndef mean(xs):\n    return total(xs) / len(xs)\n\ndef test_total():\n    assert total([1]) == 1"
    placement = placed(text, "python", code)
    assert placement.result == text.replace("¤", "").replace("pass", "return sum(xs)")
    assert placement.notices == (
        Message("answer-trial-left-out", row="def test_total():"),
        Message("answer-others-left-out", names="mean"),
    )


def test_a_member_keeps_its_semicolon() -> None:
    text = "class A {\n  // the only one¤\n  static get it(): A {\n  }\n}\n"
    code = "class A {\n  private static one?: A;\n\n  static get it(): A {\n    return (this.one ??= new A());\n  }\n}"
    assert "\n  private static one?: A;\n}\n" in placed(text, "typescript", code).result


def test_a_header_above_its_brace_is_told_to_the_model() -> None:
    from tests.source.sites import found

    text = "int twice(int n,\n          int m)\n{\n    int x = n;\n    // double it¤\n\n    return x;\n}\n"
    assert found(text, "c").task.signature == "int twice(int n, int m) {"
