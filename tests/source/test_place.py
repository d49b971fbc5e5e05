from __future__ import annotations

import ast

import pytest

from planfirst.core.types import Plan
from planfirst.source.edits import apply
from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.source.place import place_code
from planfirst.source.placement import Placement, place_plan
from planfirst.words import Message

PLAN = Plan(("read it", "sort it"))


def _code(text: str, line: int, code: str, language: str = "python", last: int | None = None) -> Placement:
    chosen = language_of(language)
    site = locate(text, line, line if last is None else last, chosen)
    assert site is not None
    placement = place_code(text, site, code, chosen)
    assert apply(text, placement.edits) == placement.result
    return placement


def _plan(text: str, line: int, language: str = "python", last: int | None = None, plan: Plan = PLAN) -> str:
    chosen = language_of(language)
    end = line if last is None else last
    site = locate(text, line, end, chosen)
    assert site is not None
    placement = place_plan(text, site, plan, chosen)
    assert apply(text, placement.edits) == placement.result
    # the plan is found again, and putting it there twice changes nothing
    again = locate(placement.result, line, end, chosen)
    assert again is not None
    assert again.task.plan == plan
    assert again.task.request == site.task.request
    assert place_plan(placement.result, again, plan, chosen).result == placement.result
    return placement.result


@pytest.mark.parametrize(
    ("text", "line", "code", "result"),
    [
        ("# a\nx = 1\n", 0, "y = 2", "# a\ny = 2\nx = 1\n"),
        ("# a\r\nx = 1\r\n", 0, "y = 2\nz = 3\n", "# a\r\ny = 2\r\nz = 3\r\nx = 1\r\n"),
        ("# a", 0, "y = 2\n\nz = 3", "# a\ny = 2\n\nz = 3"),
        ("x = 1\r\n# a", 1, "y = 2", "x = 1\r\n# a\r\ny = 2"),
        ("x = 1\r# a\r", 1, "y = 2", "x = 1\r# a\ry = 2\r"),
        ("def f():\n\t# a\n\tx\n", 1, "if y:\n    z", "def f():\n\t# a\n\tif y:\n\t\tz\n\tx\n"),
        ("def f():\n\t# a\n", 1, "if y:\n  if z:\n    a", "def f():\n\t# a\n\tif y:\n\t\tif z:\n\t\t\ta\n"),
        ("if x:\n\ty\n# a\n", 2, "if y:\n    z", "if x:\n\ty\n# a\nif y:\n\tz\n"),
        ("# a\n# Plan:\n# 1. b\nx\n", 0, "y", "# a\n# Plan:\n# 1. b\ny\nx\n"),
        ("x = 1  # a\ny\n", 0, "z", "x = 1  # a\nz\ny\n"),
        ("if x:  # a\n    y\n", 0, "z", "if x:  # a\n    z\n    y\n"),
        ("# a\n", 0, "\n\n    if y:\n        z\n\n", "# a\nif y:\n    z\n"),
        ("# a\n", 0, "y\r\nz\r", "# a\ny\nz\n"),
        ("# a\n\x0c\nx = '\u2028'\n", 0, "y", "# a\ny\n\x0c\nx = '\u2028'\n"),
    ],
)
def test_code_goes_below_a_comment(text: str, line: int, code: str, result: str) -> None:
    placement = _code(text, line, code)
    assert placement.result == result
    assert placement.warning is None


def test_blank_code_makes_no_edit() -> None:
    assert _code("# a\n", 0, " \n\n") == Placement((), "# a\n")


def test_code_below_a_selection() -> None:
    assert _code("  a\n  b\nc\n", 0, "y", "plaintext", 1).result == "  a\n  b\n  y\nc\n"


def test_other_languages() -> None:
    text = "func f() {\n\t// sort\n}\n"
    assert _code(text, 1, "if x {\n    y()\n}", "go").result == "func f() {\n\t// sort\n\tif x {\n\t\ty()\n\t}\n}\n"
    assert _code("// sort\n", 0, "for {\n    y()\n}", "go").result == "// sort\nfor {\n\ty()\n}\n"
    assert _code("/* a\n * b\n */\n", 1, "int x;", "java").result == "/* a\n * b\n */\nint x;\n"


@pytest.mark.parametrize("final", ["\n", ""])
@pytest.mark.parametrize("placeholder", ["pass", "...", "raise NotImplementedError('x')"])
def test_a_stub_loses_its_placeholder(placeholder: str, final: str) -> None:
    text = f'def f(x):\n    """Add."""\n    {placeholder}{final}'
    assert _code(text, 0, "return x").result == f'def f(x):\n    """Add."""\n    return x{final}'


def test_a_stub_without_a_placeholder() -> None:
    assert _code('def f(x):\n    """Add."""', 0, "return x").result == 'def f(x):\n    """Add."""\n    return x'
    text = 'def f(x):\n    """Add."""\n\ndef g(): pass\n'
    assert _code(text, 0, "return x").result == 'def f(x):\n    """Add."""\n    return x\n\ndef g(): pass\n'


def test_comments_behind_a_placeholder_stay() -> None:
    text = 'def f(x):\n    """Add."""\n    raise NotImplementedError(  # one\n        "x"\n    )  # two\n'
    assert _code(text, 1, "return x").result == 'def f(x):\n    """Add."""\n    # one\n    # two\n    return x\n'


def test_the_plan_of_a_stub_stays_above_its_body() -> None:
    text = 'def f(x):\n    """Add."""\n    # Plan:\n    # 1. a\n    pass\n'
    assert _code(text, 0, "return x").result == text.replace("pass", "return x")


def test_a_method_stub_takes_the_body_of_a_class() -> None:
    text = 'class A:\n    def f(self):\n        """Add."""\n        ...\n'
    code = 'class A:\n    """Doc."""\n\n    def f(self):\n        """Other."""\n        # why\n        return 1\n'
    assert _code(text, 2, code).result == text.replace("...", "# why\n        return 1")


def test_code_that_would_break_the_file_is_no_edit() -> None:
    for text, code, language, last in (
        ("# a\nx = 1\n", "def f() return 1", "python", 0),
        ("// a\nlet x;\n", "let y = ;", "javascript", 0),
        ("# a\nx = 1\n", "}", "python", 0),
    ):
        placement = _code(text, last, code, language)
        assert (placement.edits, placement.result) == ((), text)
        assert placement.refused == Message("answer-breaks-file")
    assert _code("# a\nx = (\n", 0, "def f(:").refused is None
    assert _code("// a\n", 0, "def f(:", "swift").refused is None


def test_multi_line_strings_keep_their_value() -> None:
    code = 'a = """one\n  two\nthree"""\nb = f"""{a}\n{a!r:\n>3}"""\nc = \'x\\\ny\'\nd = (1 +\n     2)'
    result = _code("def f():\n    # a\n", 1, code).result
    body = ast.parse(result).body[0]
    assert isinstance(body, ast.FunctionDef)
    assert [ast.dump(node) for node in body.body] == [ast.dump(node) for node in ast.parse(code).body]
    assert "\n         2)" in result


def test_docstrings_move_with_their_function() -> None:
    code = 'def g():\n    """One.\n\n    Two.\n    """\n    return """\n    x"""'
    result = _code("class A:\n    # a\n", 1, code).result
    assert '\n        """One.\n\n        Two.\n        """\n        return """\n    x"""\n' in result


@pytest.mark.parametrize(
    ("language", "text", "result"),
    [
        ("python", "# a\nx\n", "# a\n# Plan:\n# 1. read it\n# 2. sort it\nx\n"),
        ("python", "  ## a\r\nx", "  ## a\r\n  ## Plan:\r\n  ## 1. read it\r\n  ## 2. sort it\r\nx"),
        ("python", "# a", "# a\n# Plan:\n# 1. read it\n# 2. sort it"),
        ("python", "# a\n# 1. x\n# 2. y\n# 3. z\nx\n", "# a\n# Plan:\n# 1. read it\n# 2. sort it\nx\n"),
        ("python", "# a\n#\n# plan:\n# 1. x\n# more\n", "# a\n#\n# Plan:\n# 1. read it\n# 2. sort it\n# more\n"),
        ("python", "# a\n# Plan:\n", "# a\n# Plan:\n# 1. read it\n# 2. sort it\n"),
        ("python", "if x:  # a\n    y\n", "if x:  # a\n    # Plan:\n    # 1. read it\n    # 2. sort it\n    y\n"),
        ("rust", "/// a\n", "/// a\n/// Plan:\n/// 1. read it\n/// 2. sort it\n"),
        ("java", "/* a */\n", "/* a */\n// Plan:\n// 1. read it\n// 2. sort it\n"),
        ("java", "/* a\n   b */\n", "/* a\n   b */\n// Plan:\n// 1. read it\n// 2. sort it\n"),
        ("java", " /**\n  * a\n  */\n", " /**\n  * a\n  * Plan:\n  * 1. read it\n  * 2. sort it\n  */\n"),
        ("java", "/*\n * a\n * Plan:\n * 1. x */\n", "/*\n * a\n * Plan:\n * 1. read it\n * 2. sort it\n */\n"),
        ("css", "/* a */\n", "/* a */\n/* Plan: */\n/* 1. read it */\n/* 2. sort it */\n"),
        ("html", "<!-- a\n-->\n", "<!-- a\n     Plan:\n     1. read it\n     2. sort it\n-->\n"),
        ("lua", "--[[\n  a\n]]\n", "--[[\n  a\n  Plan:\n  1. read it\n  2. sort it\n]]\n"),
        ("ruby", "=begin\na\n=end\n", "=begin\na\nPlan:\n1. read it\n2. sort it\n=end\n"),
    ],
)
def test_a_plan_has_the_style_of_its_comment(language: str, text: str, result: str) -> None:
    assert _plan(text, 0, language) == result


def test_a_plan_in_a_stub() -> None:
    rows = "    # Plan:\n    # 1. read it\n    # 2. sort it\n"
    head = 'def f():\n    """Add."""\n'
    assert _plan(f"{head}    pass\n", 0) == f"{head}{rows}    pass\n"
    assert _plan(head, 0) == head + rows
    assert (
        _plan(f"{head}\n    # plan:\n    # 1. old\n    # why\n    pass\n", 0) == f"{head}\n{rows}    # why\n    pass\n"
    )


def test_a_plan_below_a_selection() -> None:
    rows = "  # Plan:\n  # 1. read it\n  # 2. sort it\n"
    assert _plan("  a\n  b\nc\n", 0, "plaintext", 1) == f"  a\n  b\n{rows}c\n"
    site = locate("# a\n\n  # b\nx\n", 0, 2, language_of("python"))
    assert site is not None
    assert place_plan("# a\n\n  # b\nx\n", site, PLAN, language_of("python")).result == f"# a\n\n  # b\n{rows}x\n"


def test_a_plan_cannot_close_its_comment() -> None:
    steps = Plan(("write */ here", "done\u2028or not"))
    text = "/*\n * a\n */\nx\n"
    site = locate(text, 0, 0, language_of("java"))
    assert site is not None
    result = place_plan(text, site, steps, language_of("java")).result
    assert result == "/*\n * a\n * Plan:\n * 1. write * / here\n * 2. done\n * or not\n */\nx\n"
