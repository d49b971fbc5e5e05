"""A table of StaQC's shape and size: every row is read, quickly and without holding the table in memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.corpora.staqc_shape import ROWS, write

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("staqc")
    write(folder)
    return folder


def measured(*arguments: Path) -> dict[str, Any]:
    script = Path(__file__).with_name("staqc_shape.py")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, script, *arguments], capture_output=True, text=True, check=True, env=environment
    )
    found: dict[str, Any] = json.loads(done.stdout)
    print(done.stdout, done.stderr)
    return found | {"said": done.stderr}


def test_reading_parquet(tables: Path) -> None:
    found = measured(tables / "staqc.parquet")
    assert found["pairs"] == ROWS
    assert found["read_seconds"] < 60
    assert found["read_mb"] < 250


def test_reading_csv(tables: Path) -> None:
    found = measured(tables / "staqc.csv")
    assert found["pairs"] == ROWS
    assert found["read_mb"] < 100


def test_a_folder_of_all_formats_with_bad_rows(tables: Path) -> None:
    found = measured(tables / "mixed")
    assert found["pairs"] == ROWS
    assert found["left_out"] == 29
    first, *shown = found["said"].splitlines()
    assert first == (
        "85294 examples read, 29 left out: code is empty 5, question is empty 4, code is missing 4, row is not JSON 4, "
        "row is not a JSON object 4, code is too long 4, row is not UTF-8 4."
    )
    assert shown[0] == "  a.jsonl:2: code is empty"
    assert shown[1] == "  a.jsonl:1003: question is empty"
    assert shown[-1] == "  and 24 more"


def test_reading_json_lines_and_a_whole_build(tables: Path, tmp_path: Path) -> None:
    found = measured(tables / "staqc.jsonl", tmp_path / "store")
    assert found["pairs"] == found["stored"] == found["left"] == ROWS
    assert found["read_seconds"] < 60
    assert found["read_mb"] < 100
    assert found["build_mb"] < 1200
