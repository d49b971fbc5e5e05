"""Problems of our own in the forms of the public benchmarks, each with one task."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HUMANEVAL = {
    "task_id": "HumanEval/7",
    "prompt": "import math\n\n\ndef half(n: float) -> float:\n    return n / 2\n\n\n"
    'def root_of_half(n: float) -> float:\n    """The square root of half of a number.\n\n    >>> root_of_half(8)\n'
    '    2.0\n    """\n',
    "entry_point": "root_of_half",
    "canonical_solution": "    return math.sqrt(half(n))\n",
    "test": "\n\nMETADATA = {}\n\n\ndef check(candidate):\n    assert candidate(8) == 2.0\n"
    "    assert abs(candidate(1) - half(2) * math.sqrt(0.5)) < 1e-9\n",
}
HUMANEVAL_PLUS = {key: value for key, value in HUMANEVAL.items() if key != "test"} | {
    "base_input": [[8]],
    "plus_input": [[1], [32.0]],
    "atol": 0,
}
MBPP = {
    "task_id": 7,
    "prompt": "Write a function to add the square root of one number to another. ",
    "code": "import math\ndef helper(x): return x\n"
    "def add_root(first: int, second=4):\n    return first + math.sqrt(second)",
    "test_imports": ["import math"],
    "test_list": ["assert add_root(1, 4) == 3", "assert math.isclose(add_root(0, 2), 1.414, rel_tol=0.01)"],
}
MBPP_FULL = {
    "task_id": 8,
    "text": "Write a function to give the value of a box.",
    "code": "class Box:\r\n    value = 3\r\ndef value_of(box):\r\n    return box.value",
    "test_setup_code": "box = Box()\nbox.value = 5",
    "test_list": ["assert value_of(box) == 5", "assert value_of(Box) == 3"],
    "challenge_test_list": [],
}
MBPP_PLUS = MBPP | {
    "test": "inputs = [[1, 4], [0, 9]]\nresults = [3.0, 3.0]\n"
    "for arguments, wanted in zip(inputs, results):\n    assert add_root(*arguments) == wanted\n"
}
ODEX = {
    "task_id": 3844801,
    "prompt": "def f_1(words):\n\treturn ",
    "suffix": "",
    "canonical_solution": "' '.join(words)",
    "test_start": "\nimport string\n\ndef check(candidate):",
    "test": ["\n    assert candidate(['a', 'b']) == 'a b'\n", "\n    assert candidate([]) == ''\n"],
    "entry_point": "f_1",
    "intent": "join the \"words\" in `words` with a blank, not with '\\n'",
    "library": ["string"],
}
OWN = {
    "id": "double",
    "request": "double a number",
    "tests": ">>> double(2)\n4",
    "signature": "def double(n):",
    "reference": "def double(n):\n    return 2 * n",
}


def written(path: Path, *rows: dict[str, Any]) -> Path:
    """A file of JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
