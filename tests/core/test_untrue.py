from __future__ import annotations

import pytest

from planfirst.core.parts import parts_of
from planfirst.core.types import Task
from planfirst.core.untrue import is_untrue

CODE = "def __exit__(self, *error):\n    self.close()\n"


@pytest.mark.parametrize(
    ("step", "untrue"),
    [
        ("Define a class Probe that represents a network probe", True),
        ("Define a method open that creates a connection", True),
        ("Import necessary modules", True),
        ("Define a method that closes it", False),
        ("Define the method __exit__", False),
        ("Define a class method to close it", False),
        ("Close the socket", False),
    ],
)
def test_a_step_speaks_of_its_code(step: str, untrue: bool) -> None:
    assert is_untrue(step, CODE) == untrue


def test_what_the_code_has_is_true() -> None:
    assert not is_untrue("Define a class Probe", "class Probe:\n    pass\n")
    assert not is_untrue("Import what is needed", "import os\n")


def test_a_decorator_is_no_part_of_its_own() -> None:
    code = "@cached\n@named('a')\ndef f():\n    return 1\n\n@cached\ndef g():\n    return 2\n"
    assert [part.text.strip() for part in parts_of(code, Task("x"))] == [
        "@cached\n@named('a')\ndef f():\n    return 1",
        "@cached\ndef g():\n    return 2",
    ]
