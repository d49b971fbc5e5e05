"""Benchmark files as texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planfirst.core.errors import BadSetting
from planfirst_lab.training.benchmark_files import KnownTask, load
from tests.lab.evaluation.samples import HUMANEVAL, HUMANEVAL_PLUS, MBPP, MBPP_FULL, ODEX, OWN, written

JAVA = {
    "name": "HumanEval_900_half",
    "language": "java",
    "prompt": "import java.util.*;\nclass Problem {\n    // Half of a number.\n    // >>> half((8l))\n    // (4l)\n"
    "    public static long half(long n) {\n",
    "tests": "    }\n    public static void main(String[] args) {\n    assert(half(8l) == 4l);\n    }\n\n}\n",
}


@pytest.mark.parametrize(
    ("row", "id_", "asked"),
    [
        (HUMANEVAL, "humaneval/7", "The square root of half of a number."),
        (HUMANEVAL_PLUS, "humaneval/7", "The square root of half of a number."),
        (MBPP, "mbpp/7", "Write a function to add the square root of one number to another."),
        (MBPP_FULL, "mbpp/8", "Write a function to give the value of a box."),
        (ODEX, "odex/3844801", "join the \"words\" in `words` with a blank, not with '\\n'"),
        (OWN, "double", "double a number"),
        (JAVA, "multipl-e/java/HumanEval_900_half", "Half of a number."),
    ],
)
def test_what_a_task_asks_is_known_without_its_examples(
    row: dict[str, Any], id_: str, asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # nothing is there that could run Java
    (task,) = load(written(tmp_path / "a.jsonl", row))
    assert (task.id, task.asked) == (id_, asked)
    assert {text for text in row.values() if isinstance(text, str)} <= set(task.texts)


def test_texts_in_lists_count_and_one_number_may_stand_there_twice(tmp_path: Path) -> None:
    (one, two) = load(written(tmp_path / "a.jsonl", MBPP, MBPP | {"code": "def add_root(a, b): ..."}))
    assert set(MBPP["test_list"]) <= set(one.texts)
    assert "def add_root(a, b): ..." in two.texts
    assert isinstance(two, KnownTask)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"row 1.*Give a file of HumanEval"):
        load(written(tmp_path / "a.jsonl", {"question": "x"}))
    with pytest.raises(BadSetting, match="cannot be used"):
        load(tmp_path / "none.jsonl")
