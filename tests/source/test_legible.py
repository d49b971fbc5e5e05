"""Code that was spoiled on its way: it is mended only where it did not read, and then does."""

from __future__ import annotations

import pytest

from planfirst.source.languages import language_of
from planfirst.source.legible import legible
from tests.source.sites import placed


@pytest.mark.parametrize(
    ("language", "code", "meant"),
    [
        ("python", "if x &gt; 1 and y &lt; 2:\n    z = &quot;a&quot;", 'if x > 1 and y < 2:\n    z = "a"'),
        ("typescript", "const f = (x) =&gt; x &amp;&amp; y;", "const f = (x) => x && y;"),
        ("go", "func f() {\n\tif a &lt;= b {\n\t}\n}", "func f() {\n\tif a <= b {\n\t}\n}"),
        ("python", "def f(x):\n\u00a0\u00a0\u00a0\u00a0return x", "def f(x):\n    return x"),
        ("python", "print(“a”)", 'print("a")'),
        (
            "python",
            "s = 0\n    for x in xs:\n        s += x\n    return s",
            "s = 0\nfor x in xs:\n    s += x\nreturn s",
        ),
    ],
)
def test_it_is_mended(language: str, code: str, meant: str) -> None:
    assert legible(code, language_of(language)) == meant


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "s.replace('<', '&lt;').replace('&', '&amp;')"),
        ("python", "print('“a”\u00a0b')"),
        ("python", "x = 1\n    y = (2"),
        ("typescript", "const s = `&lt;b&gt;`;"),
        ("typescriptreact", "const a = <b>&lt;</b>;"),
        ("kotlin", "if (x &gt; 1) {}"),
    ],
)
def test_it_stays(language: str, code: str) -> None:
    assert legible(code, language_of(language)) == code


def test_so_an_answer_goes_into_the_file() -> None:
    text = "def total(xs):\n    # the sum¤\n    pass\n"
    code = "total = 0\n    for x in xs:\n        if x &gt; 0:\n            total += x\n    return total"
    placement = placed(text, "python", code.replace("&gt;", ">"))
    assert placement.result == text.replace("¤", "").replace("    pass", "    " + code.replace("&gt;", ">"))
