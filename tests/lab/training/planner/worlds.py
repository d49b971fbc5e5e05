"""Small bases, rows and configurations for tests of the planner's training."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import torch

from planfirst.corpora.report import Report
from planfirst_lab.convert.folder import HfFolder
from planfirst_lab.convert.tokenizer import HfTokenizer
from planfirst_lab.training.planner import config
from planfirst_lab.training.planner.config import Config
from planfirst_lab.training.planner.rows import Encoder, Rows, prepare
from planfirst_lab.training.planner.student import Student

CPU = torch.device("cpu")
SNIPPET = "def lines(path):\n    with open(path) as file:\n        return file.read().splitlines()\n"


def rows_file(path: Path, count: int = 12, **changes: object) -> Path:
    """A file of augmented rows."""
    made = [
        {
            "question_id": str(n),
            "question": f"read file {n} and return its lines",
            "snippet": SNIPPET,
            "similarQuestion": f"the lines of text number {n}",
            "confidence": 0.5 + n / 100,
            "plan": f"1. Open file {n} with open.\n2. Return its lines with splitlines.",
            **changes,
        }
        for n in range(count)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in made), encoding="utf-8")
    return path


def small(**optimiser: object) -> Config:
    """A configuration of a few steps, in 32 bits unless a test wants it otherwise."""
    shipped = config.load()
    return replace(
        shipped,
        data=replace(shipped.data, profile="compact", held_out=0.2),
        weights=replace(shipped.weights, four_bit=False, sixteen_bit=False),
        optimiser=replace(
            shipped.optimiser,
            **{"epochs": 3, "rows": 4, "micro_rows": 2, "rate": 0.01, "warm_up": 1, "measure_every": 2, **optimiser},
        ),
    )


def encoded(base: Path, path: Path, longest: int = 1024) -> Rows:
    """The rows of a file for a base."""
    return prepare(path, Encoder(HfTokenizer(base), "compact", longest, 768), 0.2, 1, Report())


def student(base: Path, settings: Config) -> Student:
    """The base with a LoRA."""
    with HfFolder(base) as folder:
        shape = folder.shape
    return Student(base, shape.architecture, settings.weights, settings.lora, settings.seed, CPU)
