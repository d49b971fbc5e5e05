"""Calls that cannot work, and functions that give nothing back, as reading finds them."""

from __future__ import annotations

import ast

import pytest

from planfirst.verify.reading import doubts
from planfirst.verify.reading_calls import misfits
from planfirst.words import Message

TREE = "class Tree:\n    inner = ()\n\n    @property\n    def depth(self) -> int:\n        "
MERGED = "def merged(base, over):\n    return {**base, **over}\n\n\n"
BOX = "class Box:\n    def __init__(self, size, *, lid):\n        self.size = size, lid\n\n"


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (
            f"{MERGED}x = merged({{}})\n",
            Message("code-missing-argument", call="merged({})", name="merged", parameter="over"),
        ),
        (f"{MERGED}x = merged(1, 2, 3)\n", Message("code-too-many-arguments", call="merged(1, 2, 3)", name="merged")),
        (
            f"{MERGED}x = merged({{}}, more=1)\n",
            Message("code-unknown-argument", call="merged({}, more=1)", name="merged", parameter="more"),
        ),
        (
            f"{MERGED}x = merged({{}}, base=1)\n",
            Message("code-unknown-argument", call="merged({}, base=1)", name="merged", parameter="base"),
        ),
        (f"{BOX}Box(1)\n", Message("code-missing-argument", call="Box(1)", name="Box", parameter="lid")),
        (
            f"{BOX}    def two(self):\n        return self.put(1, 2)\n\n    def put(self, by):\n        return by\n",
            Message("code-too-many-arguments", call="self.put(1, 2)", name="put"),
        ),
        (
            "def walk(tree):\n    for one in tree:\n        walk()\n",
            Message("code-missing-argument", call="walk()", name="walk", parameter="tree"),
        ),
        (
            f"{TREE}return 1 + max(one.depth() for one in self.inner)\n",
            Message("code-property-called", call="one.depth()", name="depth"),
        ),
        (
            f"{TREE}return 1\n\n    def twice(self):\n        return 2 * self.depth()\n",
            Message("code-property-called", call="self.depth()", name="depth"),
        ),
    ],
)
def test_a_call_that_does_not_fit_is_said(code: str, fault: Message) -> None:
    assert list(misfits(ast.parse(code))) == [fault]
    assert doubts("", code) == [fault]


@pytest.mark.parametrize(
    "code",
    [
        f"{TREE}return 1 + max(one.depth for one in self.inner)\n",
        f"{TREE.replace('int', 'Callable')}return lambda: 1\n\n    def two(self):\n        return self.depth()\n",
        f"{TREE}return self.inner.depth() + codes.depth(self)\n",
        f"{TREE}return 1\n\n    def other(self, stick):\n        return stick.depth()\n",
        f"{MERGED}merged(1, over=2)\nmerged(*[1, 2])\nmerged(**{{}})\n",
        f"{MERGED}merged = len\nmerged([])\n",  # another thing by now
        f"import functools\n\n\n@functools.cache\n{MERGED}merged()\n",  # who knows what a decorator makes of it
        f"def f(merged):\n    return merged()\n\n\n{MERGED}",
        f"{BOX}Box(1, lid=2)\n",
        "class Box(dict):\n    pass\n\n\nBox(1, 2, 3)\n",
        "def f(a, b=1, *more, c, d=2, **rest):\n    return a\n\n\nf(1, c=2)\nf(1, 2, 3, 4, c=5, e=6)\n",
        "class A:\n    @staticmethod\n    def f(a):\n        return a\n\n    def g(self):\n        return self.f(1)\n",
        "class A:\n    def f(self, a):\n        self.f = a\n\n    def g(self):\n        return self.f()\n",
    ],
)
def test_a_call_that_may_fit_is_left_alone(code: str) -> None:
    assert list(misfits(ast.parse(code))) == []


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("def f(a) -> int:\n    print(a)\n", "return"),
        ("def f(a) -> list[int]:\n    def g():\n        return a\n\n    print(g())\n", "return"),
        ("def f(a):\n    '''Return twice a.'''\n    a *= 2\n", "return"),
        ("def f(a):\n    '''Yields each of a.'''\n    for b in a:\n        print(b)\n", "yield"),
        ("class A:\n    def f(self) -> str:\n        print(self)\n", "return"),
    ],
)
def test_a_function_that_gives_nothing_back_is_said(code: str, what: str) -> None:
    assert doubts("", code) == [Message("code-no-result", name="f", what=what)]


@pytest.mark.parametrize(
    "code",
    [
        "def f(a) -> None:\n    print(a)\n",
        "def f(a) -> int | None:\n    print(a)\n",
        "def f(a) -> int:\n    raise ValueError(a)\n",
        "def f(a) -> Iterator[int]:\n    yield a\n",
        "def f(a):\n    '''Returns early for nothing.'''\n    return a\n",
        "def f(a):\n    '''Print a.'''\n    print(a)\n",
        "def f(a):\n    '''Yield each of a.'''\n    return iter(a)\n",
        "class A:\n    def __init__(self, a):\n        '''Return nothing.'''\n        self.a = a\n",
    ],
)
def test_a_function_that_gives_what_it_says_is_left_alone(code: str) -> None:
    before = "from typing import Iterator\n"
    assert doubts(before, before + code) == []


@pytest.mark.parametrize(
    "body",
    [
        "return f(a)",
        "for b in f(a).most_common():\n        print(b)\n    return a",
        "c = [b for b in f(a)]\n    return c",
        "if f(a):\n        return 1\n    return 2",
        "b = a\n    b += 1\n    while f(b) > 1:\n        b -= 1\n    return b",
    ],
)
def test_a_function_that_only_calls_itself_never_ends(body: str) -> None:
    assert doubts("", f"def f(a):\n    {body}\n") == [Message("code-endless", name="f")]
    method = "class A:\n" + "\n".join(f"    {row}" for row in f"def f(self, a):\n    {body}".split("\n")) + "\n"
    assert doubts("", method.replace("f(a)", "self.f(a)").replace("f(b)", "self.f(b)")) == [
        Message("code-endless", name="f")
    ]


@pytest.mark.parametrize(
    "body",
    [
        "if not a:\n        return 1\n    return a * f(a - 1)",
        "return a and f(a - 1)",
        "return 1 if not a else f(a - 1)",
        "return [f(b) for b in a]",
        "for b in a:\n        f(b)\n    return a",
        "return lambda: f(a)",
        "try:\n        return a[0]\n    except IndexError:\n        return f([a])",
        "with a:\n        return 1\n    return f(a)",
        "yield a\n    yield from f(a)",
        "match a:\n        case []:\n            return 0\n        case [b, *c]:\n            return f(c)",
        "return 0 < a < f(a - 1)",
        "def g():\n        return f(a - 1)\n    return g if a else a",
    ],
)
def test_a_function_that_may_end_is_left_alone(body: str) -> None:
    assert doubts("", f"def f(a):\n    {body}\n") == []
