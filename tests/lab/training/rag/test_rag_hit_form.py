from __future__ import annotations

import pytest

from planfirst.core.errors import BadSetting
from planfirst_lab.training.rag.hit_form import HitForm, call_of


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("def f(a, b=2):\n    return a", "f(a)"),
        ("@cached\ndef f(a: int, /, b: str, *, c: int, d=0) -> str:\n    return a", "f(a, b, c=c)"),
        ("async def f():\n    pass", "f()"),
        ("    def f(self, x):\n        return x", "self.f(x)"),
        ("@classmethod\ndef f(cls):\n    return 1", "cls.f()"),
        ("def f(cls):\n    return 1", "f(cls)"),
        ("class A(B):\n    def g(self): ...\n    def __init__(self, x, y=1):\n        ...", "A(x)"),
        ("class A:\n    pass", "A()"),
        ("x = f(1)", None),
        ("def f(a", None),
        ("", None),
    ],
)
def test_the_call_that_a_signature_asks_for(code: str, wanted: str | None) -> None:
    assert call_of(code) == wanted


def test_a_hit_is_shown_as_a_call_or_as_code() -> None:
    code = "def f(a, b):\n    c = a\n    return c"

    def words(lines: object) -> list[int]:
        assert isinstance(lines, list)
        return [len(line.split()) for line in lines]

    assert HitForm("call", 48, words).text(code) == "f(a, b)"
    assert HitForm("call", 48, words).text("import os\nx = 1") == "import os"
    assert HitForm("code", 48, words).text(code) == code
    assert HitForm("code", 8, words).text(code) == "def f(a, b):\n    c = a"
    assert HitForm("code", 0, words).text(code) == "def f(a, b):"
    with pytest.raises(BadSetting, match="drawing"):
        HitForm("drawing", 48, words)
