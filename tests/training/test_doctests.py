from __future__ import annotations

import pytest

from planfirst.training.doctests import passes

TEST = ">>> double(2)\n4\n>>> double('a')\n'aa'"


@pytest.mark.parametrize(
    ("code", "good"),
    [
        ("def double(x):\n    return x + x", True),
        ("from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\ndef double(x):\n    return x * 2", True),
        ("def double(x):\n    return x * x", False),
        ("def twice(x):\n    return x + x", False),
        ("def double(x:", False),
        ("import sys\nsys.exit(0)", False),
    ],
)
def test_right_and_wrong_code(code: str, good: bool) -> None:
    assert passes(code, TEST) is good


def test_an_endless_loop_is_stopped() -> None:
    assert not passes("while True: pass", TEST, seconds=1.0)


def test_no_examples_is_no_pass() -> None:
    assert not passes("x = 1", "no examples here")
