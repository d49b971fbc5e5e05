"""The imports that generated code lacks."""

from __future__ import annotations

import builtins
import importlib

import pytest

from planfirst.source.unimported import _BESIDE, _NAMES, unimported


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("def f(t):\n    return re.findall('a', t)", ["import re"]),
        (
            "def f(t):\n    return Counter(t).most_common(int(math.sqrt(9)))",
            ["from collections import Counter", "import math"],
        ),
        ("def f() -> Optional[Path]:\n    return None", ["from pathlib import Path", "from typing import Optional"]),
        ("x = datetime.now()", ["from datetime import datetime"]),
        ("x = datetime.datetime.now()", ["import datetime"]),
        ("x = datetime.timedelta(days=1)", ["import datetime"]),
        ("x = os.path.join('a', 'b')", ["import os"]),
        ("x = numpy.array([1])", []),
        ("import re\nx = re.compile('')", []),
        ("def f(string):\n    return string.upper()", []),
        ("def f():\n    for json in x:\n        print(json.name)", []),
        ("try:\n    pass\nexcept E as time:\n    print(time.args)", []),
        ("json = 1\nx = json.real", []),
        ("x = json", []),
        ("from os import *\nx = re.compile('')", []),
        ("def f(:", []),
        ("x = sorted(rows)", []),
        ("match x:\n    case [re, *os]:\n        print(re.a, os.b)", []),
    ],
)
def test_what_is_missing(code: str, wanted: list[str]) -> None:
    assert unimported("", code) == wanted


@pytest.mark.parametrize(
    "file", ["import re\n", "from x import re\n", "def re():\n    pass\n", "re = 1\n", "from x import *\n"]
)
def test_what_the_file_has_is_not_missing(file: str) -> None:
    assert unimported(file, "x = re.compile('')") == []


def test_nothing_is_said_of_a_file_that_does_not_parse() -> None:
    assert unimported("def f(:\n", "x = re.compile('')") == []


@pytest.mark.parametrize(
    ("file", "code", "wanted"),
    [
        ("from decimal import Decimal\n", "x = Decimal(1).quantize(y, ROUND_HALF_UP)", ["ROUND_HALF_UP", "decimal"]),
        ("from statistics import median\n", "def f(v):\n    return mean(v)", ["mean", "statistics"]),
        ("from itertools import islice\n", "x = list(chain('a', 'b'))", ["chain", "itertools"]),
        ("", "from itertools import islice\nx = list(chain('a', 'b'))", ["chain", "itertools"]),
        ("", "x = list(chain('a', 'b'))", []),  # it could be anybody's
        ("import statistics\n", "x = mean([1])", []),
        ("from statistics import median\nmean = sum\n", "x = mean([1])", []),
    ],
)
def test_what_stands_beside_an_imported_name_is_known(file: str, code: str, wanted: list[str]) -> None:
    expected = [f"from {wanted[1]} import {wanted[0]}"] if wanted else []
    assert unimported(file, code) == expected


@pytest.mark.parametrize("module", [*_NAMES, *_BESIDE])
def test_every_name_is_in_its_module(module: str) -> None:
    names = f"{_NAMES.get(module, '')} {_BESIDE.get(module, '')}".split()
    assert [name for name in names if not hasattr(importlib.import_module(module), name)] == []
    assert not [name for name in _NAMES.get(module, "").split() if hasattr(builtins, name)]
