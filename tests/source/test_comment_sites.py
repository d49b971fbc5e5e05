"""Comments among code: where the code that they ask for goes, and which code they speak of."""

from __future__ import annotations

import pytest

from planfirst.core.types import Plan
from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.source.place import place_code
from planfirst.source.placement import place_plan
from tests.source.sites import found, placed, site_in


@pytest.mark.parametrize(
    ("language", "text", "at"),
    [
        ("python", "result = total(\n    a,\n    # the mean of b¤\n    b,\n)\n", 0),
        ("python", "if a:\n    x = 1\n# otherwise two¤\nelse:\n    x = 2\n", 0),
        ("python", "match a:\n    # the first¤\n    case 1:\n        pass\n", 0),
        ("javascript", "foo();\nbar(1, // the average¤\n  2);\n", 1),
        ("javascript", "items\n  // keep the even ones¤\n  .filter(f);\n", 0),
        ("javascript", "switch (x) {\n  // first¤\n  case 1:\n    a();\n}\n", 0),
        ("java", "class A { void f() {\n  g(1,\n    // two¤\n    2);\n} }\n", 1),
        ("go", "func f() {\n\tg(1,\n\t\t// two¤\n\t\t2)\n}\n", 1),
        ("rust", "fn f() {\n    match a {\n        // two¤\n        _ => 1,\n    }\n}\n", 1),
        ("c", "int f(void) {\n  return g(1, /* the other */\n    // two¤\n    2);\n}\n", 1),
    ],
)
def test_code_goes_above_the_statement_around_a_comment(language: str, text: str, at: int) -> None:
    site = found(text, language)
    assert (site.kind, site.at) == ("comment", at)
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
        ("typescript", "enum A {\n  // more¤\n  B,\n}\n"),
        ("typescript", "import {\n  // more¤\n  a,\n} from 'b';\n"),
        ("java", "enum A {\n  // more¤\n  B\n}\n"),
        ("go", "var a = []int{\n\t1, // one¤\n}\n"),
        ("rust", "fn f(\n    // the x¤\n    x: u8,\n) -> u8 {\n    x\n}\n"),
        ("c", "int a[] = {\n  1, // one¤\n};\n"),
        ("cpp", "enum A {\n  // more¤\n  B\n};\n"),
    ],
)
def test_nothing_is_offered_within_lists(language: str, text: str) -> None:
    assert site_in(text, language)[1] is None


def test_a_comment_on_a_parameter_leads_to_its_function() -> None:
    site = found("def f(\n    a,  # the list¤\n    b,\n):\n    pass\n")
    assert (site.kind, site.task.request) == ("stub", "F, given a and b.")
    assert found("fn f(\n    // the x¤\n    x: u8,\n) -> u8 {\n    todo!()\n}\n", "rust").kind == "stub"


@pytest.mark.parametrize("language", ["typescriptreact", "javascriptreact", "javascript"])
def test_a_comment_among_jsx_elements(language: str) -> None:
    text = "const a = (\n  <p>\n    {/* a grid¤ */}\n    <b />\n  </p>\n);\n"
    site = found(text, language)
    assert (site.kind, site.task.request, site.indent) == ("comment", "a grid", "    ")
    placement = placed(text, language, "<div>\n  x\n</div>")
    assert placement.result == text.replace("¤", "").replace("*/}\n", "*/}\n    <div>\n      x\n    </div>\n")
    assert placement.warning is None
    plain = text.replace("¤", "")
    planned = place_plan(plain, site, Plan(("one", "two */ three")), language_of(language)).result
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
    plain, site = site_in(text, language)
    assert site is not None
    assert (site.kind, site.described) == ("comment", described)
    again = locate(plain, site.first, site.first, language_of(language), change=True)
    assert again is not None
    assert (again.task.request, again.body, again.described) == (site.task.request, described, None)
    rows = plain.split("\n")
    assert again.task.changed == "\n".join(row[len(site.indent) :] for row in rows[described[0] : described[1] + 1])
    code = {"java": "int g;", "cpp": "int g;", "typescript": "g;"}.get(language, "fresh()")
    result = place_code(plain, again, code, language_of(language)).result
    assert result.split("\n") == [*rows[: described[0]], f"{site.indent}{code}", *rows[described[1] + 1 :]]


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
    plain, site = site_in(text, language)
    assert site is not None
    assert site.described is None
    assert locate(plain, site.first, site.first, language_of(language), change=True) == site
