from __future__ import annotations

import json
from pathlib import Path

import pytest

from planfirst.core.errors import BadSetting
from planfirst_lab.evaluation.mbpp import load, signature

PROBLEMS = [
    {
        "task_id": 7,
        "prompt": "Write a function to add the square root of one number to another. ",
        "code": "import math\ndef helper(x): return x\n"
        "def add_root(first: int, second=4):\n    return first + math.sqrt(second)",
        "test_imports": ["import math"],
        "test_list": ["assert add_root(1, 4) == 3", "assert math.isclose(add_root(0, 2), 1.414, rel_tol=0.01)"],
    }
]


def test_a_problem_becomes_an_item(tmp_path: Path) -> None:
    path = tmp_path / "mbpp.json"
    path.write_text(json.dumps(PROBLEMS), encoding="utf-8")
    (item,) = load(path)
    assert item.id == "mbpp/7"
    assert item.task.request == "Write a function to add the square root of one number to another."
    assert item.task.signature == "def add_root(first, second):"
    assert "sqrt" not in item.task.signature + item.task.request
    assert item.own is None
    assert item.check.text.splitlines()[0] == "import math"


def test_signatures_of_all_kinds() -> None:
    code = "def f(a, /, b, *c, d=1, **e): pass\ndef g(*, a): pass"
    assert signature(code, "assert f(1)") == "def f(a, b, *c, d, **e):"
    assert signature(code, "assert g(a=1)") == "def g(*, a):"


@pytest.mark.parametrize("text", ["", "[1]", "{}x", '[{"task_id": 1}]', json.dumps([{**PROBLEMS[0], "code": "x = 1"}])])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadSetting, match=r"sanitized-mbpp\.json"):
        load(path)
    with pytest.raises(BadSetting, match="cannot be used"):
        load(tmp_path / "none.json")
