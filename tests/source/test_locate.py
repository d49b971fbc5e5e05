from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.source.site import Site

PYTHON = language_of("python")


def _at(text: str, first: int, last: int | None = None, language: str = "python") -> Site | None:
    return locate(text, first, first if last is None else last, language_of(language))


def _must(text: str, first: int, last: int | None = None, language: str = "python") -> Site:
    site = _at(text, first, last, language)
    assert site is not None
    return site


@pytest.mark.parametrize(
    "text",
    ["", "\n", "x = 1\n", "#\n", "#    \n", "# -----\n", "#!/bin/sh\n", "s = '# no'\n", "# noqa\n", "'''\n# no\n'''\n"],
)
def test_nothing_to_work_from(text: str) -> None:
    assert all(_at(text, line) is None for line in range(4))


def test_a_comment_block() -> None:
    site = _must("import csv\n\ndef f(x):\n    # read it\n    # line by line\n    return x\n", 4)
    assert (site.kind, site.first, site.last, site.request_last, site.indent) == ("comment", 3, 4, 4, "    ")
    assert site.task.request == "read it\nline by line"
    assert (site.task.language, site.task.signature, site.task.imports) == ("python", "def f(x):", ("import csv",))
    assert site.body is None


def test_past_the_end_is_the_last_line() -> None:
    assert _must("x\n# a\n", 99).first == 1
    assert _must("x\n# a", 2**40, 3).first == 1
    assert _must("# a\nx", -5, -9).first == 0


@pytest.mark.parametrize(
    ("text", "line", "indent"),
    [
        ("x = 1  # double it\n", 0, ""),
        ("if x:  # double it\n      y = 1\n", 0, "      "),
        ("if x:  # double it\n", 0, "    "),
        ("\tif x:  # double it\n", 0, "\t\t"),
        ("def f():\n    g(1,\n            2)  # double it\n", 2, "    "),
    ],
)
def test_a_comment_behind_code(text: str, line: int, indent: str) -> None:
    site = _must(text, line)
    assert (site.kind, site.task.request, site.first, site.last, site.indent) == (
        "comment",
        "double it",
        line,
        line,
        indent,
    )


def test_indentation_is_that_of_the_comment() -> None:
    text = "def f():\n    if x:\n        a()\n        # last in the block\n    # before more\n        b\n"
    assert _must(text, 3).indent == " " * 8
    assert _must(text, 4).indent == " " * 4


@pytest.mark.parametrize(
    "placeholder", ["", "pass", "...", "raise NotImplementedError", 'raise NotImplementedError("x")']
)
@pytest.mark.parametrize("word", ["def", "async def"])
def test_a_stub(word: str, placeholder: str) -> None:
    text = f"class A:\n    {word} f(self, x,\n            y=1):  # noqa\n"
    text += '        """Add.\n\n        >>> f(1)\n        2\n        """\n'
    text += f"        {placeholder}\n" if placeholder else ""
    for line in range(1, 8 + bool(placeholder)):
        site = _must(text, line)
        assert (site.kind, site.first, site.last) == ("stub", 1, 7 + bool(placeholder))
        assert site.task.request == "Add.\n\n>>> f(1)\n2"
        assert site.task.signature == f"class A:\n{word} f(self, x, y=1):"
        assert (site.request_last, site.indent) == (7, " " * 8)
        assert site.body == ((8, 8) if placeholder else None)
    assert _at(text, 0) is None


@pytest.mark.parametrize(
    "text",
    [
        'def f():\n    """Add."""\n    return 1\n',
        'def f(): """Add."""\n',
        'def f():\n    """Add."""; pass\n',
        'def f():\n    """Add."""\n    raise ValueError\n',
        "class A:\n    pass\n",
    ],
)
def test_no_stub(text: str) -> None:
    assert _at(text, 0) is None
    assert _at(text, 1) is None


def test_a_comment_in_a_stub_goes_first() -> None:
    text = 'def f():\n    """Add."""\n    # use a heap\n    pass  # quickly\n'
    assert _must(text, 2).task.request == "use a heap"
    assert _must(text, 3).task.request == "quickly"
    assert _must(text, 1).kind == "stub"
    assert _must('def f():  # words\n    """Add."""\n', 0).kind == "stub"


@pytest.mark.parametrize("tail", ["x = (\n", "\x00\n", "def g(:\n    pass\n"])
def test_a_stub_in_a_file_that_does_not_parse(tail: str) -> None:
    text = f'import os\nclass A:\n    def f(\n        self,\n    ):\n        """Add."""\n        pass\n\n{tail}'
    site = _must(text, 5)
    assert (site.kind, site.first, site.last, site.body, site.indent) == ("stub", 2, 6, (6, 6), " " * 8)
    assert site.task.signature == "class A:\ndef f(self,):"
    assert site.task.imports == ("import os",)
    assert _at(text, 8) is None


def test_the_plan_below_a_stub_a_selection_and_a_comment_behind_code() -> None:
    plan = "# Plan:\n# 1. a\n# 2. b\n"
    deep = "".join(f"    {line}\n" for line in plan.splitlines())
    for line in range(5):
        stub = _must(f'def f():\n    """Add."""\n{deep}    pass\n', line)
        assert stub.task.plan is not None
        assert (stub.kind, stub.task.plan.steps, stub.request_last, stub.body) == ("stub", ("a", "b"), 1, (5, 5))
    bare = _must(f'def f():\n    """Add."""\n{deep}', 0)
    assert (bare.last, bare.body) == (4, None)
    chosen = _must(f"a = 1\nb = 2\n{plan}c = 3\n", 0, 1)
    assert chosen.task.plan is not None
    assert (chosen.kind, chosen.last, chosen.request_last) == ("selection", 4, 1)
    for line in range(4):
        behind = _must(f"a = 1  # double it\n{plan}", line)
        assert behind.task.plan is not None
        assert (behind.task.request, behind.first, behind.last, behind.request_last) == ("double it", 0, 3, 0)


def test_selections() -> None:
    text = "    a = 1\n\n    b = 2\n# one\n\n# two\nc\n"
    chosen = _must(text, 0, 2)
    assert (chosen.kind, chosen.task.request, chosen.last, chosen.indent) == ("selection", "a = 1\n\nb = 2", 2, "    ")
    comments = _must(text, 3, 5)
    assert (comments.kind, comments.task.request, comments.first, comments.last) == ("comment", "one\n\ntwo", 3, 5)
    assert _must(text, 2, 3).task.request == "    b = 2\n# one"
    assert _must(text, 6, 3).task.request == "# one\n\n# two\nc"
    assert _must(text, 3, 4).task.request == "one"
    assert _at("\n \n\t\n", 0, 2) is None
    part = _must("# a\n# b\n# c\n", 0, 1)
    assert (part.task.request, part.last) == ("a\nb\nc", 2)
    assert _must('def f():\n    """Add."""\n', 0, 1).kind == "stub"


@pytest.mark.parametrize(
    ("text", "line", "indent", "signature"),
    [
        ("class A:\n    x = 1\n    # c\n", 2, "    ", "class A:"),
        (
            "def f(\n    a: int = 1,  # one\n    *b,\n) -> dict[str, int]:\n    x\n    # c\n",
            5,
            "    ",
            "def f(a: int = 1, *b,) -> dict[str, int]:",
        ),
        ("def f():\n    def g(): pass\n    # c\n", 2, "    ", "def f():"),
        ("def f():\n    if x:\n        y\n    else:\n        # c\n        z\n", 4, "        ", "def f():"),
        ("def f():\n    x\n# c\n", 2, "", ""),
        ("def f():\n\tx = (\n\t# c\n", 2, "\t", "def f():"),
        ('def f():\n    """\ndef g():\n    """\n    # c\n', 4, "    ", "def f():"),
    ],
)
def test_the_signature(text: str, line: int, indent: str, signature: str) -> None:
    site = _must(text, line)
    assert (site.indent, site.task.signature) == (indent, signature)


def test_other_languages() -> None:
    text = "import a from 'b'\nfunction f(x) {\n  if (x) {\n    y()\n  }\n  /* sort it */\n}\n"
    site = _must(text, 5, language="javascript")
    assert (site.task.request, site.task.signature, site.indent) == ("sort it", "function f(x) {", "  ")
    assert site.task.imports == ("import a from 'b'",)
    assert _must("#include <a.h>\n// sort\n", 1, language="c").task.imports == ("#include <a.h>",)
    assert _must("<!-- a list -->\n", 0, language="html").task.request == "a list"


def test_imports_are_as_written_and_few() -> None:
    text = "from a import (\n    b,\n)\nimport c; import d\nimport c\ndef f():\n    import e\n# x\n"
    assert _must(text, 7).task.imports == ("from a import (\n    b,\n)", "import c", "import d")
    assert _must(text + "(\n", 7).task.imports[0] == "from a import (\n    b,\n)"
    many = "".join(f"import m{n}\n" for n in range(100)) + "# x\n"
    assert len(_must(many, 100).task.imports) == 40


PATIENCE = 20  # seconds; each text takes a fraction of one, and minutes if the work grows with the square of its length


def test_a_long_comment_does_not_hang() -> None:
    long = "# " + "word " * 20_000 + "\n"
    wide = "# a\n" * 25_000
    steps = "# Plan:\n" + "# 1. a\n#   b\n" * 7_000
    quotes = "x = '" + "\\'" * 50_000 + "\n# a\n"
    for text in (long, wide, steps, quotes, "# '\"" * 25_000, '"' * 100_000, "(" * 100_000 + "\n# a\n"):
        started = time.process_time()
        locate(text, 0, 0, PYTHON)
        locate(text, 0, 10**6, PYTHON)
        assert time.process_time() - started < PATIENCE
    stars = "/*" * 50_000
    started = time.process_time()
    assert _at(stars, 0, language="java") is None
    assert time.process_time() - started < PATIENCE


_MARKS = '# // /* */ -- <!-- --> =begin \' " """ ` \\ ( ) { % ; pass ... \ufeff \x00 한 🎉'
_PIECES = st.sampled_from(
    [
        *_MARKS.split(),
        *("\n", "\r", "\r\n", "\t", "    ", "\f", "\u2028", "\ud800"),
        *("def f():", "class A:", '"""Doc."""', "Plan:", "1. a", "2. b", "x = 1", "import a", "if x:"),
        *(
            "void f() {",
            "function f(a) {",
            "fn f() {",
            "func f() {",
            "class A {",
            "}",
            "{}",
            "return null;",
            "<p>{/* a */}",
        ),
        *("f = (a) => {", "case 1:", "@Override", "#[inline]", "return", "...  # a", "x = [", "]"),
    ]
)
_TEXTS = st.one_of(st.text(), st.lists(_PIECES, max_size=30).map("".join))
_NAMES = st.sampled_from(
    [
        *("python", "python", "javascript", "typescript", "typescriptreact", "java", "go", "rust", "c", "cpp"),
        *("lua", "html", "css", "ruby", "haskell", "sql", "julia", "latex", "odd"),
    ]
)


@given(_TEXTS, st.integers(), st.integers(), _NAMES)
def test_never_raises(text: str, first: int, last: int, name: str) -> None:
    for a, b in ((first, last), (0, 0), (3, 3), (0, 10**9)):
        site = locate(text, a, b, language_of(name))
        if site:
            assert 0 <= site.first <= site.last
            assert site.first - 1 <= site.request_last <= site.last
            assert site.task.request.strip()
            assert not site.indent.strip()
