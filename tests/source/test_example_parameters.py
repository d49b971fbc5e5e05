from __future__ import annotations

import pytest

from planfirst.source.example_parameters import with_own_parameters

EXAMPLE = """import os

LIMIT = 3


def env_flag(name, default=False, environ=os.environ, *, strict=True):
    return environ.get(name, default)


class Walker:
    def walk(self, value, prefix=""):
        return value, prefix
"""


@pytest.mark.parametrize(
    ("code", "file", "wanted"),
    [
        (
            "def is_on(key):\n    word = environ.get(key)\n    return word or default",
            "",
            "def is_on(key):\n    word = os.environ.get(key)\n    return word or False",
        ),
        ("def is_on(key):\n    return os.getenv(name)", "", "def is_on(key):\n    return os.getenv(key)"),
        (
            "def f(data, prefix):\n    return value, '한', value",
            "",
            "def f(data, prefix):\n    return data, '한', data",
        ),
        ("def f(self, data):\n    return value", "", "def f(self, data):\n    return data"),
        ("def f(prefix):\n    return value", "", None),  # the only parameter is another one's
        ("def f():\n    return strict", "", "def f():\n    return True"),
        ("def f(data):\n    return value", "value = 2\n", None),
        ("def f(data):\n    value = data\n    return value", "", None),
        ("def f(data):\n    return LIMIT, other", "", None),
        ('def f(data):\n    return f"{value}"', "", None),
        ("def f(data):\n    return value\n\ndef g(x):\n    return x", "", None),
        ("def f(data:", "", None),
    ],
)
def test_names_of_the_examples_parameters_become_those_of_the_function(
    code: str, file: str, wanted: str | None
) -> None:
    result = with_own_parameters(code, EXAMPLE, file)
    if wanted is None and 'f"' in code and result != code:  # Python 3.12 says where a name within an f-string stands
        assert result == code.replace("value", "data")
        return
    assert result == (wanted or code)


def test_a_default_keeps_together_where_a_name_stood() -> None:
    example = "def f(a, shift=-1, key=lambda x: x):\n    return shift"
    code = "def g(b):\n    return shift ** 2, key(b)"
    assert with_own_parameters(code, example) == "def g(b):\n    return (-1) ** 2, (lambda x: x)(b)"
