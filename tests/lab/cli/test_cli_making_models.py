"""``planfirst train augment``, ``train planner`` and ``models convert`` as a person calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command_line import complaint, in_process, last_line, planfirst
from tests.lab.small_hf import write_hf

pytestmark = pytest.mark.real


def test_rows_are_made_and_what_was_rejected_is_told(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.csv"
    corpus.write_text('question,code\nreturn the sum of the numbers,"return sum(x)"\nbroken,"def ("\n', "utf-8")
    done = planfirst("train", "augment", "--corpus", corpus, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "2 examples read, 0 left out" in done.stderr
    assert "1 rows, 1 rejected; teacher offline, at no cost" in done.stderr
    (row,) = (tmp_path / "out" / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(row)["question"] == "return the sum of the numbers"


def test_what_cannot_be_done_is_one_line(tmp_path: Path) -> None:
    said = complaint(in_process("models", "convert", tmp_path, "--out", tmp_path / "x.gguf"), 1)
    assert said.startswith("There is no tokenizer.json")
    said = complaint(in_process("models", "convert", tmp_path, "--out", tmp_path / "x.gguf", "--type", "q5"), 2)
    assert "q4_k_m" in said
    done = in_process(
        "train", "planner", "--base", tmp_path / "none", "--data", tmp_path / "none.jsonl", "--device", "cpu"
    )
    assert last_line(done, 1).startswith("There is no model")
    done = in_process(
        "train", "augment", "--corpus", "cookbook", "--teacher", "http://192.0.2.7/v1#x", "--out", tmp_path
    )
    assert "do not allow that host" in done.stderr
    assert done.returncode == 1


def test_a_folder_becomes_a_file_that_is_used(tmp_path: Path) -> None:
    base = write_hf(tmp_path / "base", "qwen2")
    done = planfirst("models", "convert", base, "--out", tmp_path / "small.gguf", "--threads", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Equal to PyTorch: 200 texts in tokens, ")
    assert "small.md" in done.stdout
    assert "its header is whole" in in_process("models", "verify", tmp_path / "small.gguf").stdout
