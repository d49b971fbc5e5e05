"""A small store, and ways to tamper with it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planfirst.core.types import Pair
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.store.build import build
from planfirst.store.segment import ROW, line_check

Spawn = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def embedder() -> HashedEmbedder:
    return HashedEmbedder(32)


@pytest.fixture
def pairs() -> list[Pair]:
    questions = ["read a csv file", "sort a list of words", "draw a circle", "파일을 읽기 🎈", "count lines in a file"]
    return [
        Pair(f"p{n}", question, f"def f{n}():\n    return {n}", "test", "MIT", f"t.toml#{n}")
        for n, question in enumerate(questions)
    ]


@pytest.fixture
def built(tmp_path: Path, pairs: list[Pair], embedder: HashedEmbedder) -> Path:
    """The folder of a store with one generation, ``g-000001``."""
    folder = tmp_path / "store"
    build(folder, {"first": pairs[:2], "second": pairs[2:]}, embedder)
    return folder


@pytest.fixture
def reseal() -> Callable[..., None]:
    """Tampers with a store and then makes all sizes and checksums right, as somebody who knows the format would."""

    def apply(folder: Path, manifest: Callable[[dict[str, Any]], object] = lambda record: None, **files: bytes) -> None:
        generation = folder / "g-000001"
        record = json.loads((generation / "manifest.json").read_bytes())
        entries = record["segments"][0]["files"]
        if "pairs" in files:
            files["rows"] = _table(files["pairs"])
        for key, data in files.items():
            name = {"vectors": "vectors.f32", "pairs": "pairs.jsonl", "rows": "rows.bin"}[key]
            (generation / name).write_bytes(data)
            entries[name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        manifest(record)
        text = json.dumps(record).encode()
        (generation / "manifest.json").write_bytes(text)
        (folder / "CURRENT").write_text(f"g-000001 {hashlib.sha256(text).hexdigest()}\n", encoding="ascii")

    return apply


def _table(lines: bytes) -> bytes:
    whole = lines.splitlines(keepends=True)
    table = np.zeros(len(whole), dtype=ROW)
    table["start"] = np.cumsum([0, *map(len, whole)])[:-1]
    for row, line in enumerate(whole):
        table[row]["line"] = np.void(line_check(line))
    return table.tobytes()


@pytest.fixture
def spawn() -> Spawn:
    """Starts one of the programmes in ``children.py``."""

    def start(what: str, folder: Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("children.py")), what, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )

    return start
