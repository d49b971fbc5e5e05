"""Faults that reading finds in code that runs, and what is none."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.verify.destination import Destination
from planfirst.verify.judge import Judge
from planfirst.verify.reading import doubts, says_nothing
from planfirst.words import Message, Value
from tests.verify.destinations import destination

BEFORE = "import json\n\n\ndef load(x):\n    return x\n"


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("def f(x):\n    def g(y):\n        return y\n    return x", Message("code-unused", name="g", function="f")),
        ("def f(x):\n    return x\n    print(x)", Message("code-unreached", statement="return x")),
        (
            "def f(x):\n    raise ValueError(x)\n    return x",
            Message("code-unreached", statement="raise ValueError(x)"),
        ),
        ("def f(x):\n    for y in x:\n        break\n        print(y)", Message("code-unreached", statement="break")),
        ("def load(y):\n    return y + 1", Message("code-defined-twice", name="load")),
        ("def f(x):\n    return x\n\n\ndef f(x):\n    return 2 * x", Message("code-defined-twice", name="f")),
        (
            "class A:\n    def f(self):\n        return 1\n    def f(self):\n        return 2",
            Message("code-defined-twice", name="f"),
        ),
        ("def f(x):\n    '''Double x.'''\n    pass", Message("code-unwritten", name="f")),
        ("def f(x):\n    ...", Message("code-unwritten", name="f")),
        ("def f(x):\n    raise NotImplementedError('later')", Message("code-unwritten", name="f")),
        (
            "def f(x):\n    # TODO: implement this\n    return x",
            Message("code-placeholder", comment="# TODO: implement this"),
        ),
        ("def f(x):\n    # your code here\n    return x", Message("code-placeholder", comment="# your code here")),
        (
            "def f(x):\n    # ... rest of the code ...\n    return x",
            Message("code-placeholder", comment="# ... rest of the code ..."),
        ),
        ("def f(a, b):\n    return [1, 2]", Message("code-ignores-parameters", name="f")),
        ("class A:\n    def f(self, a):\n        return self", Message("code-ignores-parameters", name="f")),
        ("def f(a, b):\n    return a", Message("code-ignores-parameter", name="f", parameter="b")),
        (
            "from contextlib import contextmanager\n\n\n@contextmanager\ndef f(a):\n    return a",
            Message("code-no-yield", name="f"),
        ),
        ("def json(x):\n    return x", Message("code-hides-import", name="json")),
        ("def list(x):\n    return x", Message("code-hides-builtin", name="list")),
        ("class Exception:\n    pass", Message("code-hides-builtin", name="Exception")),
    ],
)
def test_what_is_wrong_is_said(code: str, fault: Message) -> None:
    said = doubts(BEFORE, f"{BEFORE}\n\n{code}\n")
    assert said == [fault]


@pytest.mark.parametrize(
    "code",
    [
        "def f(x):\n    def g(y):\n        return y\n    return g(x)",
        "def f(x):\n    def g(y):\n        return y\n    return map(g, x)",
        "def f(x):\n    @x.route('/')\n    def g():\n        return 1\n    return x",
        "def f(x):\n    if x:\n        return 1\n    return 2",
        "def f():\n    return\n    yield",
        "def f(x):\n    try:\n        return int(x)\n    finally:\n        print(x)",
        "class A:\n    @property\n    def f(self):\n        return 1\n    @f.setter\n    def f(self, v):\n        v()",
        "if json:\n    def f(x):\n        return x\nelse:\n    def f(x):\n        return -x",
        "from abc import ABC, abstractmethod\n\n\nclass A(ABC):\n    @abstractmethod\n    def f(self, x): ...",
        "from typing import Protocol\n\n\nclass P(Protocol):\n    def f(self, x: int) -> int: ...",
        "class E(Exception):\n    pass",
        "def f(_unused):\n    return 1",
        "def f(x):\n    return locals()",
        "def f():\n    return 1",
        "def f(event, context):\n    return event",
        "def f(a, _b):\n    return a",
        "def f(a, b):\n    def g():\n        return b\n    return g() + a",
        "class A:\n    def f(self, a, b):\n        return a",
        "from contextlib import contextmanager\n\n\n@contextmanager\ndef f(a):\n    yield a",
        "class A:\n    def __exit__(self, a, b, c):\n        return None",
        "class A:\n    def list(self):\n        return [self]",
        "def f(x):\n    list = [x]\n    return list",
        "def f(x):\n    # your code may call this\n    return x",
    ],
)
def test_nothing_is_wrong(code: str) -> None:
    assert doubts(BEFORE, f"{BEFORE}\n\n{code}\n") == []


def test_what_the_user_wrote_is_not_the_codes_fault() -> None:
    own = "def f(x):\n    return 1\n    print(x)\n\n\ndef g(x):\n    pass\n\n\n"
    own += "def max(a):\n    # your code here\n    return 1\n"
    assert doubts(own, f"{own}\n\ndef h(x):\n    return x\n") == []
    assert doubts(own, own.replace("    pass", "    return 2"), "g") == [Message("code-ignores-parameters", name="g")]
    assert doubts(own, own, "g") == [Message("code-unwritten", name="g")]
    assert doubts("def (", "def (\n") == []


@pytest.mark.parametrize("code", ["# Open the file.", "'''1. Open it.\n2. Read it.'''", "# a\n'b'", "42"])
def test_comments_and_texts_are_no_code(code: str) -> None:
    assert says_nothing(code)


@pytest.mark.parametrize("code", ["x = 1", "pass", "f()", "...", "def ("])
def test_statements_are_code(code: str) -> None:
    assert not says_nothing(code)


# ---------------------------------------------------------------------- verdicts


async def test_read_is_not_passed() -> None:
    verdict = await Judge(destination("# double it\n", 0), (), None)("def double(n):\n    return 2 * n")
    assert (verdict.status, verdict.ran, verdict.placed) == ("read", False, True)
    assert verdict.check == Message("check-names")
    assert verdict.output == Message("check-without-example")
    assert "Nobody" in (await Judge(destination("# double it\n", 0), (), None, "Nobody said so.")("x = 1")).output


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("# double it\nx = 1\n", "def double(n):\n    return 2 n", "answer-breaks-file"),
        ("# double it\nx = 1\n", "def double(n):\n    return (2 *", "answer-breaks-off"),
        (
            "# double it\nx = 1\n",
            "function double(n) {\n  return 2 * n;\n}",
            "answer-other-language",
        ),
        ("# double it\nx = 1\n", "s = '\u202e'", "answer-unseen"),
        ("def double(n):\n    '''Double it.'''\n", "def double(a, b):\n    return a * b", "answer-other-signature"),
        ("# double it\n\n\ndef main():\n    return 0\n", "def main():\n    return 0", "answer-repeats"),
    ],
)
async def test_what_has_no_place_fails_and_has_none(text: str, code: str, said: str) -> None:
    verdict = await Judge(destination(text, 0), (), None)(code)
    assert (verdict.status, verdict.placed) == ("failed", False)
    assert isinstance(verdict.output, Message)
    assert verdict.output.code == said


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("# 1. Double it.\n# 2. Return it.", Message("code-comments-only")),
        ("def double(n):\n    return 4", (Message("code-ignores-parameters", name="double"),)),
        ("def double(n):\n    return m", (Message("code-undefined", name="m"),)),
        ("", Message("code-empty")),
    ],
)
async def test_what_can_be_read_to_be_wrong_fails(code: str, said: Value) -> None:
    verdict = await Judge(destination("# double it\n", 0), (), None)(code)
    assert (verdict.status, verdict.output) == ("failed", said)


async def test_what_has_no_place_is_the_worst() -> None:
    judge = Judge(destination("# double it\nx = 1\n", 0), (), None)
    broken, doubted, read = [
        await judge(code) for code in ("def f(", "def f(n):\n    return 4", "def f(n):\n    return n")
    ]
    assert broken.rank < doubted.rank < read.rank


@pytest.mark.parametrize(
    ("language", "text", "code", "status", "said"),
    [
        ("typescript", "// double it\n", "const double = (n: number) => 2 * n;", "read", "check-without-example"),
        (
            "typescript",
            "// double it\n",
            "def double(n):\n    return 2 * n",
            "failed",
            "answer-other-language",
        ),
        ("go", "package a\n\n// double it\n", "func double(n int) int { return 2 * }", "failed", "answer-breaks-file"),
        ("go", "package a\n\n// double it\n", "func double(n int) int { return f(n", "failed", "answer-breaks-off"),
        (
            "java",
            "class A {\n    // double it\n}\n",
            "int twice(int n) { return 2 * n; }",
            "read",
            "check-without-example",
        ),
        ("kotlin", "// double it\n", "fun double(n: Int) = 2 * n", "not checked", "check-language-unknown"),
        ("html", "<p>\n<script>\n// double it\n</script>\n", "n *= 2;", "read", "check-without-example"),
        ("vue", '<script lang="ts">\n// double it\n</script>\n', "let n = = 2;", "failed", "answer-breaks-file"),
        ("kotlin", "// double it\n", "def double(n):\n    return 2 * n", "failed", "answer-other-language"),
    ],
)
async def test_other_languages_are_read(language: str, text: str, code: str, status: str, said: str) -> None:
    chosen = language_of(language)
    line = next(n for n, row in enumerate(text.split("\n")) if "//" in row)
    site = locate(text, line, line, chosen)
    assert site is not None
    verdict = await Judge(Destination(text, site, language=chosen), (), None)(code)
    assert verdict.status == status
    assert isinstance(verdict.output, Message)
    assert verdict.output.code == said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # another of that name was unwritten, and stays so
        (
            "class A:\n    def f(self, x):\n        raise NotImplementedError\n\n\nclass B(A):\n    def f(self, x):\n        pass\n",
            "class A:\n    def f(self, x):\n        raise NotImplementedError\n\n\nclass B(A):\n    def f(self, x):\n        return x\n",
        ),
        # others say what a method takes
        ("class B(A):\n    def f(self, x):\n        pass\n", "class B(A):\n    def f(self, x):\n        return self.n\n"),
        ("class B(A):\n    def f(self, *args, **more):\n        pass\n", "class B(A):\n    def f(self, *args, **more):\n        return 1\n"),
    ],
)  # fmt: skip
def test_no_false_alarm(before: str, after: str) -> None:
    assert doubts(before, after, "f") == []


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("class B:\n    def f(self, x):\n        pass\n", "class B:\n    n = 1\n\n    def f(self, x):\n        return self.n\n", "code-ignores-parameters"),
        ("class B(A):\n    def f(self, x):\n        pass\n", "class B(A):\n    def f(self, x):\n        return 4\n", "code-ignores-parameters"),
        ("def f(x):\n    pass\n", "def f(x):\n    ...\n", "code-unwritten"),
    ],
)  # fmt: skip
def test_these_are_still_found(before: str, after: str, code: str) -> None:
    assert [one.code for one in doubts(before, after, "f")] == [code]
