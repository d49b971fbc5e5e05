from __future__ import annotations

import pytest

from planfirst.source.unimported import unimported


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
