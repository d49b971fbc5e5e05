"""What leads to a request within a class or a function."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from tests.source.sites import found

LEADS = [
    (
        "python",
        "import os\n\n\nclass A(B):\n    '''Says a.'''\n\n    # the name of it¤\n\n    def g(self):\n        return 2\n",
        "class A(B):\n    '''Says a.'''\n\n    # the name of it",
    ),
    (
        "python",
        "class A:\n    def g(self):\n        return 2\n\n    # the end of it¤\n\n\nx = 1\n",
        "class A:\n    def g(self):\n        return 2\n\n    # the end of it",
    ),
    (
        "python",
        "@cached\ndef f(xs):\n    total = 0\n    for x in xs:\n        # only odd ones\n        # count¤\n        g(x)\n",
        "def f(xs):\n    total = 0\n    for x in xs:\n        # only odd ones\n        # count",
    ),
    (
        "python",
        "class A:\n    def f(self, x):\n        y = x\n        # twice y¤\n",
        "def f(self, x):\n    y = x\n    # twice y",
    ),
    (
        "python",
        "def f(path):\n    try:\n        # read it¤\n    except OSError:\n        return None\n",
        "def f(path):\n    try:\n        # read it",
    ),
    ("python", "def f(x):\n    if x:\n        # say so¤\n    else:\n        g()\n", "def f(x):\n    if x:\n        # say so"),
    ("python", "class A(\n    B,\n):\n" + "    x = 1\n" * 60 + "    # two¤\n", "class A(\n    B,\n):\n    # two"),
    (
        "typescript",
        "export class A<T> {\n  one(): number { return 1; }\n\n  // two¤\n}\n",
        "export class A<T> {\n  one(): number { return 1; }\n\n  // two",
    ),
    (
        "java",
        "class A {\n    int f(int x) {\n        int y = x;\n        // twice y¤\n        return y;\n    }\n}\n",
        "int f(int x) {\n    int y = x;\n    // twice y",
    ),
    ("rust", "struct A;\n\nimpl A {\n    fn one() {}\n\n    // two¤\n}\n", "impl A {\n    fn one() {}\n\n    // two"),
    ("go", "package a\n\nfunc f(x int) int {\n\ty := x\n\t// twice y¤\n\treturn y\n}\n", "func f(x int) int {\n\ty := x\n\t// twice y"),
    ("cpp", "namespace a {\nclass A\n{\n public:\n" + "  int one();\n" * 60 + "  // two¤\n};\n}\n", "class A\n{\n  // two"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "lead"), LEADS)
def test_it_goes_from_the_header_to_the_comment(language: str, text: str, lead: str) -> None:
    task = found(text, language).task
    assert task.lead == task.opening == lead
    assert task.indent == lead.rpartition("\n")[2][: -len(lead.rpartition("\n")[2].lstrip())]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "import os\n\n# the name of it¤\n"),
        ("python", "def f(x):\n    y = x  # twice y¤\n    return y\n"),
        ("python", "class A:\n    # f(x): twice x¤\n    y = 1\n"),  # the request says how the code begins
        ("python", "def f(x):\n    # twice x¤\n    pass\n"),  # a function to be written
        ("python", "def f(x):\n" + "    x += 1\n" * 60 + "    # twice x¤\n    return x\n"),
        ("python", "def f(x):\n    y = '```'\n    # twice x¤\n    return x\n"),
        ("lua", "function f(x)\n  -- twice x¤\n  return x\nend\n"),
    ],
)
def test_elsewhere_nothing_leads_to_it(language: str, text: str) -> None:
    assert found(text, language).task.lead == ""


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        (
            "a = 1\nfor x in xs:\n    y = x\n    # sum them up¤\n\nprint(a)\n",
            "for x in xs:\n    y = x\n    # sum them up",
        ),
        ('if __name__ == "__main__":\n    # greet¤\n', 'if __name__ == "__main__":\n    # greet'),
    ],
)
def test_outside_of_definitions_it_goes_from_the_statement_around(text: str, lead: str) -> None:
    task = found(text).task
    assert task.lead == lead
    assert task.statements
