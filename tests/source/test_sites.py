"""What a request is about, and where its code goes: the same rules in every language that has a grammar."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import time

import pytest

from planfirst.core.types import Plan
from planfirst.source.languages import language_of
from planfirst.source.locate import locate, rewriting
from planfirst.source.place import place_code, place_plan
from planfirst.words import Message
from tests.source.sites import found, placed, spot_in

# language: a function to be written, and the same written; § is the place of its placeholder, @ that of a comment above
FRAMES = {
    "python": ("@def total(xs):\n    §\n", "\n    return sum(xs)", "    return sum(xs)\n", "#"),
    "javascript": ("@function total(xs) {\n  §\n}\n", "\n  return sum(xs);\n}", "  return sum(xs);\n", "//"),
    "typescript": (
        "class A {\n  @total(xs: number[]): number {\n    §\n  }\n}\n",
        "\n  return sum(xs);\n}",
        "    return sum(xs);\n",
        "//",
    ),
    "typescriptreact": (
        "@export const total = (xs) => {\n  §\n};\n",
        "\n  return <p>{xs}</p>;\n}",
        "  return <p>{xs}</p>;\n",
        "//",
    ),
    "java": (
        "class A {\n    @int total(int[] xs) {\n        §\n    }\n}\n",
        "\n    return sum(xs);\n}",
        "        return sum(xs);\n",
        "//",
    ),
    "go": ("package a\n\n@func total(xs []int) int {\n\t§\n}\n", "\n\treturn sum(xs)\n}", "\treturn sum(xs)\n", "//"),
    "rust": (
        "impl A {\n    @pub fn total(xs: &[u8]) -> u8 {\n        §\n    }\n}\n",
        "\n    sum(xs)\n}",
        "        sum(xs)\n",
        "//",
    ),
    "c": (
        "@static int total(const int *xs,\n                 int n)\n{\n    §\n}\n",
        "\n    return sum(xs, n);\n}",
        "    return sum(xs, n);\n",
        "//",
    ),
    "cpp": (
        "namespace a {\n@template <class T>\nT A<T>::total(T xs) const {\n  §\n}\n}\n",
        "\n  return sum(xs);\n}",
        "  return sum(xs);\n",
        "//",
    ),
}
PLACEHOLDERS = {
    "python": [
        *("pass", "...", "raise NotImplementedError", "raise NotImplementedError('later')", "return None", "return"),
        *("return NotImplemented", "yield", "assert False, 'to do'", "raise NotImplementedError(\n        'x'\n    )"),
    ],
    "javascript": [
        'throw new Error("later");',
        "return null;",
        "return undefined;",
        "return;",
        "throw new TypeError();",
    ],
    "typescript": ['throw new Error("later")', "return null as any;", "return undefined!;", "return null!;"],
    "typescriptreact": ["return null;", 'throw new Error("later");'],
    "java": ["return null;", 'throw new UnsupportedOperationException("later");', "throw new RuntimeException();"],
    "go": ['panic("later")', "return nil", 'return nil, errors.New("not implemented")', 'return 0, fmt.Errorf("TODO")'],
    "rust": ["todo!()", "unimplemented!();", 'todo!("later")', 'panic!("not yet")'],
    "c": ["return NULL;", "abort();", "assert(0);", "return;"],
    "cpp": ["return nullptr;", 'throw std::logic_error("later");', "std::abort();", "return {};"],
}
EACH = [(language, placeholder) for language, all_ in PLACEHOLDERS.items() for placeholder in ["", *all_]]


def frame(language: str, comment: str = "", placeholder: str = "", above: str = "") -> str:
    """A function to be written, with a comment in its body and one above it."""
    text, marker = FRAMES[language][0], FRAMES[language][3]
    row = next(row for row in text.split("\n") if "@" in row)
    indent = row[: row.index("@")]
    inside = next(row for row in text.split("\n") if "§" in row).replace("§", "")
    body = f"{inside}{marker} {comment}\n" if comment else ""
    body += f"{inside}{placeholder}\n" if placeholder else ""
    text = text.replace(f"{inside}§\n", body)
    return text.replace("@", f"{marker} {above}\n{indent}" if above else "")


@pytest.mark.parametrize(("language", "placeholder"), EACH)
def test_a_comment_directly_above_asks_for_the_body(language: str, placeholder: str) -> None:
    if language == "python" and not placeholder:
        return  # that is no Python
    text = frame(language, "", placeholder, "add all up¤")
    spot = found(text, language)
    assert (spot.kind, spot.task.request) == ("stub", "add all up")
    assert spot.task.stub.endswith(":" if language == "python" else "{")
    assert "total" in spot.task.stub
    answer, body = FRAMES[language][1:3]
    placement = placed(text, language, "…" + answer)
    assert placement.result == FRAMES[language][0].replace(
        FRAMES[language][0].split("§")[0].split("\n")[-1] + "§\n", body
    ).replace("@", text[: text.index("¤")].rsplit("\n", 1)[-1].lstrip() + "\n" + _indent(language))
    assert placement.warning is None


def _indent(language: str) -> str:
    row = next(row for row in FRAMES[language][0].split("\n") if "@" in row)
    return row[: row.index("@")]


@pytest.mark.parametrize(("language", "placeholder"), EACH)
def test_a_comment_in_the_body_asks_for_it(language: str, placeholder: str) -> None:
    text = frame(language, "TODO: add all up¤", placeholder)
    spot = found(text, language)
    assert (spot.kind, spot.task.request) == ("stub", "TODO: add all up")
    answer, body = FRAMES[language][1:3]
    result = placed(text, language, "…" + answer).result
    rows = text.replace("¤", "").split("\n")
    at = next(n for n, row in enumerate(rows) if "TODO" in row)
    end = at + 1 + len(placeholder.split("\n")) * bool(placeholder)
    assert result == "\n".join([*rows[: at + 1], *body.rstrip("\n").split("\n"), *rows[end:]])


@pytest.mark.parametrize("language", FRAMES)
def test_a_name_is_a_request(language: str) -> None:
    placeholder = PLACEHOLDERS[language][0]
    text = frame(language, "", placeholder).replace("total", "addAll¤")
    spot = found(text, language)
    assert spot.kind == "stub"
    assert spot.task.request.startswith("Add all, given xs")


@pytest.mark.parametrize(
    ("language", "text", "request_"),
    [
        ("python", "def total(xs): pass  # add up¤\n", "add up"),
        ("python", "def total(xs):  # add up¤\n    ...\n", "add up"),
        ("python", "def total(xs):\n    pass  # add up¤\n", "add up"),
        ("python", "class A:\n    @cached\n    # add up¤\n    @other(1)\n    def total(self): ...\n", "add up"),
        ("python", 'async def total(\n    xs,\n):\n    """Add up¤."""\n', "Add up."),
        ("javascript", "function total(xs) {} // add up¤\n", "add up"),
        ("javascript", "const total = async (xs) => { // add up¤\n};\n", "add up"),
        ("javascript", "/** Adds\n * up¤. */\nfunction total(xs) { return null; }\n", "Adds\nup."),
        ("javascript", "const o = {\n  // add up¤\n  total: function (xs) {},\n};\n", "add up"),
        ("typescript", "class A {\n  @dec()\n  // add up¤\n  private total(xs: X): Y {\n  }\n}\n", "add up"),
        ("java", "class A {\n  @Override\n  // add up¤\n  public int total(int xs) {}\n}\n", "add up"),
        (
            "java",
            "class A {\n  /**\n   * Adds up¤.\n   */\n  @Override\n  public int total(int xs) { }\n}\n",
            "Adds up.",
        ),
        ("go", "// Total adds¤ up.\nfunc (s *S) Total(xs int) (int, error) {\n}\n", "Total adds up."),
        ("rust", "/// Adds up¤.\n#[inline]\n#[must_use]\nfn total(xs: X) -> Y { todo!() }\n", "Adds up."),
        ("rust", "#[inline]\n// add up¤\n#[cfg(\n    test\n)]\nfn total(xs: X) -> Y {\n}\n", "add up"),
        ("c", "int total(int xs) { /* add up¤ */ }\n", "add up"),
        ("cpp", "/// Adds up¤.\ntemplate <class T>\nT total(T xs)\n{ }\n", "Adds up."),
        ("cpp", "A::A(int xs) : x(xs) {\n  // add up¤\n}\n", "add up"),
    ],
)
def test_where_a_comment_may_stand(language: str, text: str, request_: str) -> None:
    spot = found(text, language)
    assert (spot.kind, spot.task.request) == ("stub", request_)
    code = "…\n    return 1" if language == "python" else "…\n    return 1;\n}"
    result = placed(text, language, code)
    assert result.warning is None
    assert result.result.count("return 1") == 1
    for row in request_.split("\n"):
        assert row in result.result
    assert not any(word in result.result for word in ("pass", "...", "todo!", "return null"))


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
    ("language", "text"),
    [
        ("python", "class Broken(Exception):\n    pass¤\n"),
        ("java", "class A {\n}¤\n"),
        ("python", "@overload\ndef f(a: int) -> int: ...¤\n"),
        ("python", "@typing.overload\ndef f(a: int) -> int: ...¤\n"),
        ("typescript", "abstract class A {\n  abstract f(): void;¤\n}\n"),
        ("c", "int f(int a);¤\n"),
        ("javascript", "function f() {¤\n"),
        ("java", "class A { int f() { return 1; } }¤\n"),
        ("c", "int f(void) { return 0; }¤\n"),
        ("python", "def f(:\n    pass¤\n"),
        ("go", "func f(a interface{}) { g(a) }¤\n"),
    ],
)
def test_what_asks_for_nothing(language: str, text: str) -> None:
    assert spot_in(text, language)[1] is None


@pytest.mark.parametrize("value", ["return 0;", "return -1;", 'return "";', "return false;"])
@pytest.mark.parametrize("language", ["java", "cpp", "javascript"])
def test_a_value_is_a_placeholder_only_where_something_is_to_be_done(language: str, value: str) -> None:
    head = "class A { int f() {" if language == "java" else "int f() {" if language == "cpp" else "function f() {"
    tail = "}" if language == "java" else ""
    todo = placed(f"{head}\n  // TODO: the number of rows¤\n  {value}\n}}{tail}\n", language, "…\n  return n;\n}")
    assert value not in todo.result
    assert found(f"{head}\n  // never any rows¤\n  {value}\n}}{tail}\n", language).kind == "comment"


@pytest.mark.parametrize(
    ("language", "text", "at"),
    [
        ("python", "result = total(\n    a,\n    # the mean of b¤\n    b,\n)\n", 0),
        ("python", "if a:\n    x = 1\n# otherwise two¤\nelse:\n    x = 2\n", 0),
        ("python", "match a:\n    # the first¤\n    case 1:\n        pass\n", 0),
        ("javascript", "foo();\nbar(1, // the average¤\n  2);\n", 1),
        ("javascript", "items\n  // keep the even ones¤\n  .filter(f);\n", 0),
        ("javascript", "switch (x) {\n  // first¤\n  case 1:\n    a();\n}\n", 0),
        ("typescriptreact", "const a = <p\n  // the class¤\n  id='x' />;\n", 0),
        ("java", "class A { void f() {\n  g(1,\n    // two¤\n    2);\n} }\n", 1),
        ("go", "func f() {\n\tg(1,\n\t\t// two¤\n\t\t2)\n}\n", 1),
        ("rust", "fn f() {\n    match a {\n        // two¤\n        _ => 1,\n    }\n}\n", 1),
        ("c", "int f(void) {\n  return g(1, /* the other */\n    // two¤\n    2);\n}\n", 1),
    ],
)
def test_code_goes_above_the_statement_around_a_comment(language: str, text: str, at: int) -> None:
    spot = found(text, language)
    assert (spot.kind, spot.at) == ("comment", at)
    code = "y = 1" if language == "python" else "y();" if language != "go" else "y()"
    placement = placed(text, language, code)
    assert placement.warning is None
    assert placement.result.split("\n")[at].strip() == code


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "STATES = [\n    'open',\n    # add closed¤\n]\n"),
        ("python", "a = {\n    1: 2,  # two¤\n}\n"),
        ("python", "def f(\n    a,  # the list¤\n    b,\n):\n    return a\n"),
        ("python", "from a import (\n    b,  # for later¤\n)\n"),
        ("javascript", "const a = [\n  // more¤\n];\n"),
        ("typescript", "enum A {\n  // more¤\n}\n"),
        ("typescript", "import {\n  // more¤\n  a,\n} from 'b';\n"),
        ("java", "enum A {\n  // more¤\n  B\n}\n"),
        ("go", "var a = []int{\n\t1, // one¤\n}\n"),
        ("rust", "fn f(\n    // the x¤\n    x: u8,\n) -> u8 {\n    x\n}\n"),
        ("c", "int a[] = {\n  1, // one¤\n};\n"),
        ("cpp", "enum A {\n  // more¤\n  B\n};\n"),
    ],
)
def test_nothing_is_offered_within_lists(language: str, text: str) -> None:
    assert spot_in(text, language)[1] is None


def test_a_comment_on_a_parameter_leads_to_its_function() -> None:
    spot = found("def f(\n    a,  # the list¤\n    b,\n):\n    pass\n")
    assert (spot.kind, spot.task.request) == ("stub", "F, given a and b.")
    assert found("fn f(\n    // the x¤\n    x: u8,\n) -> u8 {\n    todo!()\n}\n", "rust").kind == "stub"


@pytest.mark.parametrize("language", ["typescriptreact", "javascriptreact", "javascript"])
def test_a_comment_among_jsx_elements(language: str) -> None:
    text = "const a = (\n  <p>\n    {/* a grid¤ */}\n    <b />\n  </p>\n);\n"
    spot = found(text, language)
    assert (spot.kind, spot.task.request, spot.indent) == ("comment", "a grid", "    ")
    placement = placed(text, language, "<div>\n  x\n</div>")
    assert placement.result == text.replace("¤", "").replace("*/}\n", "*/}\n    <div>\n      x\n    </div>\n")
    assert placement.warning is None
    plain = text.replace("¤", "")
    planned = place_plan(plain, spot, Plan(("one", "two */ three")), language_of(language)).result
    assert "    {/* 1. one */}\n    {/* 2. two * / three */}\n    <b />" in planned
    again = locate(planned, 2, 2, language_of(language))
    assert again is not None
    assert again.task.plan == Plan(("one", "two * / three"))
    assert place_plan(planned, again, again.task.plan, language_of(language)).result == planned


@pytest.mark.parametrize(
    ("language", "text", "described"),
    [
        ("python", "# double¤\nx = 1\ny = 2\n\nz = 3\n", (1, 2)),
        ("python", "# double¤\n@a\ndef f(x):\n    return x\ny = 1\n", (1, 3)),
        ("python", "# double¤\n# noqa\nx = 1\ndef f(): return\n", (2, 2)),
        ("javascript", "// double¤\nexport function f(x) {\n  return x;\n}\nf();\n", (1, 3)),
        ("typescript", "class A {\n  // double¤\n  f(x) {\n    return x;\n  }\n}\n", (2, 4)),
        ("java", "class A {\n  // double¤\n  int f(int x) {\n    return x;\n  }\n}\n", (2, 4)),
        ("go", "func f() {\n\t// double¤\n\tx := 1\n\ty(x)\n}\n", (2, 3)),
        ("rust", "fn f() {\n    // double¤\n    let x = 1;\n    x\n}\n", (2, 3)),
        ("cpp", "// double¤\ntemplate <class T>\nT f(T x) {\n  return x;\n}\n", (1, 4)),
        ("typescriptreact", "const a = <p>\n  {/* big¤ */}\n  <b>\n    x\n  </b>\n</p>;\n", (2, 4)),
    ],
)
def test_a_comment_above_code_may_ask_for_that_code(language: str, text: str, described: tuple[int, int]) -> None:
    plain, spot = spot_in(text, language)
    assert spot is not None
    assert (spot.kind, spot.described) == ("comment", described)
    again = rewriting(plain, spot)
    assert again is not None
    rows = plain.split("\n")
    assert again.task.request.endswith(
        "\n".join(row[len(spot.indent) :] for row in rows[described[0] : described[1] + 1])
    )
    code = {"java": "int g;", "cpp": "int g;", "typescript": "g;"}.get(language, "fresh()")
    result = place_code(plain, again, code, language_of(language)).result
    assert result.split("\n") == [*rows[: described[0]], f"{spot.indent}{code}", *rows[described[1] + 1 :]]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "# a¤\n\nx = 1\n"),
        ("python", "def f():\n    # a¤\nx = 1\n"),
        ("python", "# a¤\n# %%\nx = 1\n"),
        ("java", "class A {\n    int x;\n    // a¤\n}\n"),
    ],
)
def test_a_comment_that_stands_above_no_code(language: str, text: str) -> None:
    plain, spot = spot_in(text, language)
    assert spot is not None
    assert spot.described is None
    assert rewriting(plain, spot) is None


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("python", "def f(x):\n    # double it¤\n    return x\n", "return 2 * x"),
        ("python", "def f(x):\n    return x\n    # log it¤\n", "print(x)"),
        ("python", "for x in y:\n    # stop¤\n    print(x)\n", "break"),
        ("javascript", "function f(x) {\n  // double it¤\n  return x;\n}\n", "return 2 * x;"),
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
            "def main():\n    pass\n\nif __name__ == '__main__':\n    # parse it\n    def parse():\n        return 1\n    main()\n",
        ),
        ("# a¤\n\nx = 1\n", 'x = 2\nif __name__ == "__main__":\n    f()', "# a\nx = 2\n\nx = 1\n"),
        ("x = 1\n# a¤\n", 'y = 2\nif __name__ == "__main__":\n    f()', 'x = 1\n# a\ny = 2\nif __name__ == "__main__":\n    f()\n'),
        ("if __name__ == '__main__':\n    # go¤\n    x = 1\n", "if __name__ == '__main__':\n    g()", "if __name__ == '__main__':\n    # go\n    g()\n    x = 1\n"),
    ],
)  # fmt: skip
def test_one_main_guard_is_enough(text: str, code: str, result: str) -> None:
    assert placed(text, "python", code).result == result


@pytest.mark.parametrize("language", ["javascript", "java", "cpp", "python"])
def test_a_plan_in_a_function_on_one_line_is_found_again(language: str) -> None:
    text = {
        "javascript": "function f() { return null; } // add up\n",
        "java": "class A {\n  // add up\n  int f() {}\n}\n",
        "cpp": "int f() { abort(); }\n",
        "python": "def f(a): ...  # add up\n",
    }[language]
    line = 2 if language == "java" else 0
    kind, plan = language_of(language), Plan(("one", "two"))
    spot = locate(text, line, line, kind)
    assert spot is not None
    planned = place_plan(text, spot, plan, kind).result
    again = locate(planned, line, line, kind)
    assert again is not None
    assert (again.task.plan, again.task.request, again.kind) == (plan, spot.task.request, "stub")
    assert place_plan(planned, again, plan, kind).result == planned
    code = again.task.stub + ("\n    return 1" if language == "python" else "\n    return 1;\n}")
    result = place_code(planned, again, code, kind)
    assert result.warning is None
    assert result.result.count("return 1") == 1


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("language", ["python", "typescript", "go"])
def test_line_ends_byte_order_marks_and_other_scripts(language: str, newline: str, bom: str) -> None:
    text = bom + frame(language, "", PLACEHOLDERS[language][0], "합계 😀\x0b¤").replace("\n", newline)
    placement = placed(text, language, "…" + FRAMES[language][1])
    assert placement.result.startswith(bom)
    assert FRAMES[language][2].replace("\n", newline) in placement.result
    assert placement.result.count("\n") == placement.result.count(newline) * ("\n" in newline)


@pytest.mark.parametrize("broken", ["x = (", "def g(:\n    pass", "}", "\x00", "class", "if x:\n\ty\n        z"])
@pytest.mark.parametrize("below", [True, False])
def test_broken_syntax_elsewhere(broken: str, below: bool) -> None:
    stub = "def total(xs):\n    # add up¤\n    pass\n"
    text = f"{stub}\n{broken}\n" if below else f"{broken}\n\n{stub}"
    assert found(text).kind == "stub"
    result = placed(text, "python", "…\n    return sum(xs)").result
    assert "    # add up\n    return sum(xs)\n" in result
    assert broken in result


@pytest.mark.parametrize("broken", ["x = (;", "function g( {", "}"])
def test_broken_syntax_elsewhere_between_braces(broken: str) -> None:
    text = f"function total(xs) {{\n  // add up¤\n}}\n\n{broken}\n"
    assert "// add up\n  return 1;\n}" in placed(text, "javascript", "…\n  return 1;\n}").result


def test_one_of_many_overloads() -> None:
    overloads = "".join(f"@overload\ndef f(x: A{n}) -> B{n}: ...\n" for n in range(1000))
    text = f"{overloads}def f(x):\n    # find the one that fits¤\n    ...\n"
    started = time.process_time()
    spot = found(text)
    assert time.process_time() - started < 20
    assert (spot.kind, spot.task.stub) == ("stub", "def f(x):")
    assert (
        placed(text, "python", "…\n    return x").result
        == f"{overloads}def f(x):\n    # find the one that fits\n    return x\n"
    )


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_a_line_of_a_megabyte(language: str) -> None:
    list_ = "x = [" + "1, " * 350_000 + "]\n"
    stub = "# sort¤\ndef f(a):\n    pass\n" if language == "python" else "// sort¤\nfunction f(a) {}\n"
    started = time.process_time()
    spot = found(list_ + stub, language)
    assert time.process_time() - started < 20
    assert spot.task.request == "sort"
    assert spot.kind == ("stub" if language == "python" else "comment")  # too long to be parsed while somebody waits


def test_two_sites_that_touch() -> None:
    text = "# one\ndef f(a): ...\n# two\ndef g(b): ...\n"
    for line, name in ((0, "one"), (1, "one"), (2, "two"), (3, "two")):
        spot = locate(text, line, line, language_of("python"))
        assert spot is not None
        assert (spot.kind, spot.task.request) == ("stub", name)
    java = "class A {\n  void f() {}\n  void g() {}\n}\n"
    assert placed(java.replace("g() {", "g() {¤"), "java", "…\n    h();\n}").result == java.replace(
        "g() {}", "g() {\n    h();\n  }"
    )


def test_deep_nesting_ends() -> None:
    for text, language in (("(" * 50_000, "python"), ("{" * 50_000, "javascript"), ("f(" * 20_000, "java")):
        assert locate(f"{text}\n", 0, 0, language_of(language)) is None


def test_a_type_comment_behind_a_header_is_no_request_and_hides_none() -> None:
    spot = found("def convert(value):¤  # Tuple[int, ...]\n    pass\n")
    assert (spot.kind, spot.task.request) == ("stub", "Convert, given value.")


@pytest.mark.parametrize("line", [1, 2])
def test_a_rule_above_an_empty_function_leaves_its_name_as_the_request(line: int) -> None:
    rows = ["class A {", "    //-----", "    @Override", "    int add(int a) {", "    }", "}", ""]
    rows[line + 1] += "¤"
    assert found("\n".join(rows), "java").task.request == "Add, given a (a method of A)."
