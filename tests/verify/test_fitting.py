from __future__ import annotations

import pytest

from planfirst.verify.fitting import fitted


def test_the_only_function_gets_the_wanted_name() -> None:
    code = "def to_slug(title):\n    # to_slug\n    return to_slug(title) or 'to_slug'\n"
    assert fitted(code, "slugify") == "def slugify(title):\n    # to_slug\n    return slugify(title) or 'to_slug'\n"


def test_parameters_too() -> None:
    code = "async def f(a, *, b=1):\n    é = 'é'; return {a: a.a, 'b': b}\n"
    assert fitted(code, "g", ("x",)) == "async def g(x, *, b=1):\n    é = 'é'; return {x: x.a, 'b': b}\n"


def test_helpers_keep_their_names() -> None:
    code = "def _half(x):\n    return x / 2\n\n\ndef quarter(x):\n    return _half(_half(x))\n"
    assert fitted(code, "q") == code.replace("quarter", "q")


@pytest.mark.parametrize(
    ("code", "name", "parameters"),
    [
        ("def f(x):\n    return x\n", "f", None),  # it has the name already
        ("def f(x):\n    return x\n", "f", ("x",)),
        ("def f(x):\n    return x\n", "g", ("x", "y")),  # another number of parameters
        ("def f(x):\n    y = 1\n    return x + y\n", "f", ("y",)),  # the name means something else
        ("def f(g):\n    return g\n", "g", None),
        ("def f():\n    pass\n\n\ndef g():\n    pass\n", "h", None),  # which one?
        ("x = 1\n", "f", None),
        ("def (", "f", None),
        ("class F:\n    pass\n", "f", None),
        ("def f(x):\n    return x\n", "not a name", None),
    ],
)
def test_what_cannot_or_need_not_be_changed(code: str, name: str, parameters: tuple[str, ...] | None) -> None:
    assert fitted(code, name, parameters) is None


def test_names_may_trade_places() -> None:
    assert fitted("def f(a, b):\n    return a - b\n", "f", ("b", "a")) is None  # b is bound: left alone, never wrong
