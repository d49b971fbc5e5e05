"""Attributes that nothing gives a class, and classes that may have any."""

from __future__ import annotations

import ast

import pytest

from planfirst.verify.reading import doubts
from planfirst.verify.reading_members import unknown_members
from planfirst.words import Message

_NOTES = """
class Notes:
    kind = "note"

    def __init__(self, folder):
        self.folder = folder

    def names(self):
        return self.folder
"""
_FIND = """
    def find(self, word):
        return self.{name}
"""


def found(text: str, before: str = "") -> list[str]:
    return [str(message.args["name"]) for message in unknown_members(ast.parse(before), ast.parse(text))]


def test_what_the_answer_took_over_from_an_example_is_said() -> None:
    after = _NOTES + _FIND.format(name="_index.get(word)")
    assert doubts(_NOTES, after) == [Message("code-no-member", owner="Notes", name="_index")]


@pytest.mark.parametrize("name", ["folder", "kind", "names()", "find", "__class__", "__dict__"])
def test_what_a_class_has_is_known(name: str) -> None:
    assert found(_NOTES + _FIND.format(name=name), _NOTES) == []


@pytest.mark.parametrize(
    "text",
    [
        "class A(Unknown):\n    def f(self):\n        return self.x",
        "class A(B):\n    def f(self):\n        return self.x\nclass B:\n    x = 1",
        "class A:\n    def f(self):\n        return self.x\nclass B(A):\n    x = 1",
        "class A(metaclass=M):\n    def f(self):\n        return self.x",
        "@model\nclass A:\n    def f(self):\n        return self.x",
        "@dataclass(frozen=True)\nclass A:\n    x: int\n    def f(self):\n        return self.x",
        "class A:\n    __slots__ = ('x',)\n    def f(self):\n        return self.x",
        "class A:\n    def __getattr__(self, name):\n        return name\n    def f(self):\n        return self.x",
        "class A:\n    def f(self):\n        return self.x\ndef make():\n    a = A()\n    a.x = 1\n    return a",
        "class A:\n    def __init__(self, **all):\n        for name in all:\n            setattr(self, name, 1)\n"
        "    def f(self):\n        return self.x",
        "class A(dict):\n    def f(self):\n        return self.items()",
        "class A(A):\n    def f(self):\n        return self.x",
        "class A:\n    @staticmethod\n    def f(one):\n        return one.x",
    ],
)
def test_where_it_may_come_from_elsewhere_nothing_is_said(text: str) -> None:
    assert found(text) == []


def test_a_class_that_lacked_some_before_is_a_mixin() -> None:
    before = "class Sized:\n    def size(self):\n        return self.width\n"
    assert found(f"{before}    def area(self):\n        return self.height\n", before) == []
