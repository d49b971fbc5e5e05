from __future__ import annotations

import pytest

from planfirst.source.body import body_of

SIGNATURE = "def add(a, b=1, *rest, key=None):"
HEAD = "def add(a, b=1, *rest, key=None):\n"


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("return a + b", "return a + b"),
        ("def add(a:", "def add(a:"),
        (f"{HEAD}    return a + b", "return a + b"),
        (f'{HEAD}    """Doc.\n\n    More."""\n\n    # why\n    return a\n', "# why\nreturn a"),
        (f'{HEAD}    """Doc."""', ""),
        ("def add(a, b): return a + b", "return a + b"),
        ('def add(a, b):\n    "Doc."; return a', "return a"),
        (
            "@cache\ndef add(\n    a,\n    b,\n):  # why\n\n  if a:\n    return a\n  return b\n",
            "if a:\n  return a\nreturn b",
        ),
        ("async def add(a):\n\tawait a\n\treturn a", "await a\nreturn a"),
        (f'{HEAD}    x = """\n  in\n"""\n    return x', 'x = """\n  in\n"""\nreturn x'),
        (f"{HEAD}    x = [\n  1,\n    ]\n    return x", "x = [\n1,\n]\nreturn x"),
        # helpers, and what runs the function
        (
            f"import os\nN = 2\n\n@cache\ndef help():\n    pass\n\n{HEAD}    return help()\n\n"
            "print(add(1))\nassert add(2)\nx = add(3)\n",
            "import os\nN = 2\n@cache\ndef help():\n    pass\n\nreturn help()",
        ),
        (f"{HEAD}    return 1\n\nif __name__ == '__main__':\n    add(1)\n", "return 1"),
        ("class A:\n    def add(self):\n        return 1\n    def other(self): pass\n", "return 1"),
        ("def add(a):\n    return 1\n\ndef add(a):\n    return 2\n", "def add(a):\n    return 1\n\nreturn 2"),
        # another name
        ("def total(a, b, *rest, key):\n    return a", "return a"),
        ("def total(x):\n    return x", "def total(x):\n    return x"),
    ],
)
def test_the_body(code: str, body: str) -> None:
    assert body_of(code, SIGNATURE) == body


@pytest.mark.parametrize("signature", ["", "class A:", "def f(", "x = 1"])
def test_without_a_function_the_code_is_the_body(signature: str) -> None:
    assert body_of("def f():\n    return 1", signature) == "def f():\n    return 1"
