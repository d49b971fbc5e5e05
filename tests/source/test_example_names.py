from __future__ import annotations

import pytest

from planfirst.source.example_names import with_names

EXAMPLE = (
    "from __future__ import annotations\nimport time\nimport numpy as np\nfrom datetime import UTC, datetime\n\nx = 1\n"
)
BODY = "def f(t):\n    return t.replace(tzinfo=UTC)"


@pytest.mark.parametrize(
    ("code", "file", "added"),
    [
        (BODY, "", ["from datetime import UTC"]),
        (BODY, "from datetime import datetime, timezone\n", ["from datetime import UTC"]),
        (
            "y = time.time() + np.pi\nz = datetime",
            "",
            ["import time", "import numpy as np", "from datetime import datetime"],
        ),
        ("def f(x: 'datetime') -> None: ...", "", ["from datetime import datetime"]),
        (BODY, "UTC = 1\n", []),  # the file's own
        (f"from datetime import timezone\nUTC = timezone.utc\n{BODY}", "", []),
        ("def f(time):\n    return time", "", []),
        ("def f(:", "", []),
        ("print(x)", "", []),
    ],
)
def test_names_of_the_example_are_imported(code: str, file: str, added: list[str]) -> None:
    result = with_names(code, EXAMPLE, file)
    assert result == ("\n".join([*added, "", code]) if added else code)


def test_future_imports_stay_first() -> None:
    code = f"from __future__ import annotations\nimport os\n{BODY}"
    assert with_names(code, EXAMPLE).split("\n")[:3] == [
        "from __future__ import annotations",
        "from datetime import UTC",
        "import os",
    ]
    assert with_names(BODY, "def (") == BODY


FLAGS = """import os
import re
from collections.abc import Mapping

TRUE = {"1", "yes"}
WORD = re.compile("[a-z]+")


def cut(text: str) -> str:
    \"\"\"The first word.\"\"\"
    found = WORD.search(text)
    return found[0] if found else ""


@lru_cache
class Box:
    pass


def env_flag(name: str, environ: Mapping[str, str] = os.environ) -> bool:
    return cut(environ.get(name, "")) in TRUE
"""


def test_constants_of_the_example_come_along() -> None:
    code = "def is_on(word):\n    return word in TRUE"
    assert with_names(code, FLAGS) == f'TRUE = {{"1", "yes"}}\n\n{code}'
    assert with_names(code, FLAGS, definitions=False) == code
    assert with_names(code, FLAGS, "TRUE = {True}\n") == code, "the file has its own"


def test_what_they_need_comes_along_too() -> None:
    code = "import sys\n\n\ndef is_on(word):\n    return cut(word) in TRUE"
    result = with_names(code, FLAGS)
    names: dict[str, object] = {}
    exec(result, names)
    assert names["is_on"]("yes sir")  # type: ignore[operator]
    assert result.startswith("import re\nimport sys\n\nTRUE = ")
    assert '"""The first word."""' in result, "it is not written as it stands there"
    assert "env_flag" not in result
    assert "import os" not in result


def test_decorators_come_along_and_variables_do_not() -> None:
    example = "from functools import cache\n\nrows = [1]\n\n\n@cache\ndef few():\n    return 2\n"
    code = "def f():\n    return few(), rows"
    assert with_names(code, example) == (f"from functools import cache\n\n@cache\ndef few():\n    return 2\n\n{code}")


def test_a_function_of_the_example_can_be_called() -> None:
    names: dict[str, object] = {}
    exec(with_names("def on(name):\n    return env_flag(name, {name: 'yes'})", FLAGS), names)
    assert names["on"]("X")  # type: ignore[operator]
