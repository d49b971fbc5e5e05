"""How an answer is put in, in every language that has a grammar."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from planfirst.words import Message
from tests.source.sites import found, placed, site_in


@pytest.mark.parametrize(
    ("language", "text", "answer", "result"),
    [
        ("python", "# x¤\ndef f(a): ...\n", "… return a", "# x\ndef f(a): return a\n"),
        ("python", "def f(a): ...  # x¤\n", "…\n  return a", "def f(a):  # x\n  return a\n"),
        ("python", "def f(a):\n  if a: pass\n# x¤\ndef g(b): pass\n", "…\n    return b", "def f(a):\n  if a: pass\n# x\ndef g(b):\n  return b\n"),
        ("javascript", "// x¤\nf = (a) => {};\n", "… return a; }", "// x\nf = (a) => { return a; };\n"),
        ("javascript", "if (1) {\n    g();\n}\n// x¤\nfunction f(a) {}\n", "…\n  return a;\n}", "if (1) {\n    g();\n}\n// x\nfunction f(a) {\n    return a;\n}\n"),
        ("go", "// x¤\nfunc f(a int) int {}\n", "…\n    if a > 0 {\n        a--\n    }\n}", "// x\nfunc f(a int) int {\n\tif a > 0 {\n\t\ta--\n\t}\n}\n"),
        ("java", "class A {\n    // x¤\n    int f() { return null; } // why\n}\n", "…\n    return 1;\n}", "class A {\n    // x\n    int f() { // why\n        return 1;\n    }\n}\n"),
        ("rust", "// x¤\nfn f() {}\n", '…\n    let s = "a\n  b";\n}\n\nfn g() {}\n', '// x\nfn f() {\n    let s = "a\n  b";\n}\n\nfn g() {}\n'),
        ("c", "// x¤\nint f(void) {}\n", "…\n#ifdef A\n    return 1;\n#endif\n", "// x\nint f(void) {\n#ifdef A\n    return 1;\n#endif\n}\n"),
        ("c", "// x¤\nint f(int n) {}\n", "int f(int n) {\n  return g(n);\n}\nint g(int n) { return n; }\n", "int g(int n) { return n; }\n\n// x\nint f(int n) {\n  return g(n);\n}\n"),
        ("cpp", "// x¤\nint f() {}\n", "int f() {\n  return 1;\n}\nint g() { return f(); }\n", "// x\nint f() {\n  return 1;\n}\n\nint g() { return f(); }\n"),
        ("typescript", "// x¤\nfunction f() {}\n", "…\n  if (a) { b(`}`); }", "// x\nfunction f() {\n  if (a) { b(`}`); }\n}\n"),
    ],
)  # fmt: skip
def test_how_an_answer_is_put_in(language: str, text: str, answer: str, result: str) -> None:
    assert placed(text, language, answer).result == result


@pytest.mark.parametrize(
    ("language", "text", "answer", "result"),
    [
        (
            "python",
            'class Stack:\n    """Push and pop¤."""\n\nx = 1\n',
            'class Stack:\n    """Other."""\n\n    def push(self, x):\n        self.items = x\n',
            'class Stack:\n    """Push and pop."""\n\n    def push(self, x):\n        self.items = x\n\nx = 1\n',
        ),
        ("python", "# push¤\nclass Stack(list):\n    pass\n", "def push(self): ...", "# push\nclass Stack(list):\n    def push(self): ...\n"),
        ("typescript", "interface A {\n  // name¤\n}\n", "interface A {\n  name: string;\n}", "interface A {\n  // name\n  name: string;\n}\n"),
        ("java", "/** A stack¤. */\nclass A<T> {\n}\n", "class A<T> {\n    T t;\n}", "/** A stack. */\nclass A<T> {\n    T t;\n}\n"),
        ("go", "// A is a point¤.\ntype A struct {\n}\n", "type A struct {\n\tx int\n}", "// A is a point.\ntype A struct {\n\tx int\n}\n"),
        ("rust", "impl A {\n    // a getter¤\n}\n", "impl A {\n    fn n(&self) {}\n}", "impl A {\n    // a getter\n    fn n(&self) {}\n}\n"),
        ("cpp", "struct P {\n    // x and y¤\n};\n", "…\n    int x, y;\n};", "struct P {\n    // x and y\n    int x, y;\n};\n"),
    ],
)  # fmt: skip
def test_a_type_gets_its_members(language: str, text: str, answer: str, result: str) -> None:
    assert found(text, language).kind == "stub"
    assert placed(text, language, answer).result == result


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("python", "def f(x):\n    # double it¤\n    return g(x) + 1\n", "return 2 * x"),
        ("python", "def f(x):\n    return x\n    # log it¤\n", "print(x)"),
        ("python", "for x in y:\n    # stop¤\n    print(x)\n", "break"),
        ("javascript", "function f(x) {\n  // double it¤\n  return g(x) + 1;\n}\n", "return 2 * x;"),
        ("java", "class A { int f() {\n  throw new E();\n  // log it¤\n} }\n", "g();"),
        ("go", "func f() int {\n\t// double it¤\n\treturn 1\n}\n", "return 2"),
        ("rust", "fn f() -> u8 {\n    return 1;\n    // log it¤\n}\n", "g();"),
        ("cpp", "int f() {\n  // double it¤\n  return 1;\n}\n", "throw 2;"),
    ],
)
def test_code_that_can_never_run_is_said_to(language: str, text: str, code: str) -> None:
    assert placed(text, language, code).warning == Message("answer-never-runs")


def test_code_that_runs_is_not_said_never_to() -> None:
    assert placed("def f(x):\n    # log it¤\n    return x\n", "python", "print(x)").warning is None
    assert (
        placed("function f() {\n  // log it¤\n  return g();\n  function g() {}\n}\n", "javascript", "h();").warning
        is None
    )
    assert placed("switch (a) {\n  case 1:\n    b();\n    // c¤\n    break;\n}\n", "javascript", "c();").warning is None


@pytest.mark.parametrize(
    ("text", "code", "result"),
    [
        (
            "def main():\n    pass\n\nif __name__ == '__main__':\n    # parse it¤\n    main()\n",
            "def parse():\n    return 1\n\nif __name__ == '__main__':\n    print(parse())",
            "def main():\n    pass\n\nif __name__ == '__main__':\n    # parse it\n    def parse():\n        return 1\n\n    print(parse())\n    main()\n",
        ),
        ("# a¤\n\nx = 1\n", 'x = 2\nif __name__ == "__main__":\n    f()', "# a\nx = 2\n\nx = 1\n"),
        ("x = 1\n# a¤\n", 'y = 2\nif __name__ == "__main__":\n    f()', 'x = 1\n# a\ny = 2\nif __name__ == "__main__":\n    f()\n'),
        ("if __name__ == '__main__':\n    # go¤\n    x = 1\n", "if __name__ == '__main__':\n    g()", "if __name__ == '__main__':\n    # go\n    g()\n    x = 1\n"),
    ],
)  # fmt: skip
def test_one_main_guard_is_enough(text: str, code: str, result: str) -> None:
    assert placed(text, "python", code).result == result


SLIGHT = [
    ("python", 'def f(x):\n    """Trims."""¤\n    @\n', ["return x", "return 0", "return {}", "return list()"]),
    ("typescript", "/** Trims. */¤\nfunction f(x: string) {\n  @\n}\n", ["return x;", "return { r: 0, g: 0 };", "return [];"]),
    ("java", "class A {\n  /** Sorts. */¤\n  List<B> f(List<B> x) {\n    @\n  }\n}\n", ["return x;", "return new ArrayList<>();"]),
    ("rust", "/// Counts.¤\nfn f(x: &str) -> u8 {\n    @\n}\n", ["HashMap::new()", "Ok(Vec::new())", "0"]),
    ("c", "/* Trims. */¤\nchar *f(char *x) {\n    @\n}\n", ["return x;", "return 0;"]),
    ("go", "package a\n\n// f trims.¤\nfunc f(x string) string {\n\t@\n}\n", ["return x", 'return ""']),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "row"), [(one, text, row) for one, text, rows in SLIGHT for row in rows])
def test_what_is_documented_and_gives_back_nothing_is_to_be_written(language: str, text: str, row: str) -> None:
    assert found(text.replace("@", row), language).kind == "stub"
    placement = placed(text.replace("@", row), language, "…" + "done();")
    assert row not in placement.result
    assert "done()" in placement.result
    for other in ("return x + 1", "return g(x)", "return self.x"):
        site = site_in(text.replace("@", f"{other}{';' * row.endswith(';')}"), language)[1]
        assert site is None or site.kind != "stub"


def test_a_mere_comment_above_it_may_ask_for_something_else() -> None:
    assert found("# like f¤\ndef f(x):\n    return x\n").kind == "comment"
    assert found("// like f¤\nint f(int x) {\n  return x;\n}\n", "c").kind == "comment"
