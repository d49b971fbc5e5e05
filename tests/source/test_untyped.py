"""TypeScript for a file of JavaScript."""

from __future__ import annotations

import pytest

from planfirst.source.untyped import without_types
from planfirst.words import Message
from tests.source.sites import answered

PLAIN = [
    ("function f(a: number, b?: string): void {}", "function f(a, b) {}"),
    ("const f = async <T,>(x: T): Promise<T> => x as unknown as T;", "const f = async (x) => x;"),
    ("interface A {\n  x: number;\n}\n\nfunction f(a: A) {\n  return a.x!;\n}", "function f(a) {\n  return a.x;\n}"),
    ("type A = string | number;\nlet x!: A;", "let x;"),
    ("import { A } from './a';\nconst f = (a: A) => a.x;", "const f = (a) => a.x;"),
    ("import type { A } from './a';\nconst f = (a: A) => a.x;", "const f = (a) => a.x;"),
    ("const m = new Map<string, Map<string, number>>();", "const m = new Map();"),
    ("const s = { a: 1 } satisfies Record<string, number>;", "const s = { a: 1 };"),
    ("function f(x: string): void;\nfunction f(x: any) {}", "function f(x) {}"),
    ("function f(x: unknown): x is string {\n  return true;\n}", "function f(x) {\n  return true;\n}"),
    (
        "export abstract class K<T> extends B<T> implements I, J {\n  private readonly x: number = 1;\n"
        "  protected y?: string;\n  abstract g(): void;\n  public f<U>(u: U): U {\n    return u;\n  }\n}",
        "export class K extends B {\n  x = 1;\n  y;\n  f(u) {\n    return u;\n  }\n}",
    ),
    ("const t = `a  \n  `;\nconst n: number = 1;", "const t = `a  \n  `;\nconst n = 1;"),
    ("const e = (p: P) => <b title={p.t as string}>{p.x!}</b>;", "const e = (p) => <b title={p.t}>{p.x}</b>;"),
]


@pytest.mark.parametrize(("code", "plain"), PLAIN)
def test_nothing_but_types_is_lost(code: str, plain: str) -> None:
    assert without_types(code, "javascriptreact") == plain


@pytest.mark.parametrize(
    "code",
    [
        "enum A { X, Y }\nlet x: A = A.X;",
        "namespace N { export const x: number = 1; }",
        "class A {\n  constructor(private x: number) {}\n}",
        "import { A, b } from './a';\nconst f = (x: A) => b(x);",  # without types, A may not be there
        "import fs = require('fs');\nconst x: number = 1;",
        "function f(this: Window, x: number) {}",
        "def f(x):\n    return x",
        "int f(int x) { return x; }",
        "const x = 1;",
    ],
)
def test_else_there_is_none(code: str) -> None:
    assert without_types(code, "javascript") is None


@pytest.mark.parametrize("language", ["javascript", "javascriptreact"])
def test_an_answer_in_typescript_goes_in_without_its_types(language: str) -> None:
    typed = "function total(xs: number[]): number {\n  return xs.reduce((a: number, b: number) => a + b, 0);\n}"
    plain = "function total(xs) {\n  return xs.reduce((a, b) => a + b, 0);\n}"
    for text, whole in (
        ("// the sum¤\n", f"// the sum\n{plain}\n"),
        ("// the sum¤\nfunction total(xs) {\n}\n", f"// the sum\n{plain}\n"),
    ):
        placement = answered(text, language, typed)
        assert (placement.refused, placement.notices) == (None, (Message("answer-types-left-out"),))
        assert placement.result == whole


def test_what_is_more_than_types_is_refused_as_before() -> None:
    placement = answered("// the colours¤\n", "javascript", "enum Colour {\n  Red,\n  Green,\n}")
    assert placement.refused == Message("answer-other-language", written="TypeScript", wanted="JavaScript")
