"""What the embedding model costs on llama.cpp and on sentence-transformers: start, memory, one query, many texts.

``python tests/bench/embedding.py`` prints all figures as JSON. Every part runs in a process of its own, in turns, with
the threads that it takes by itself. The texts are what a store of recipes holds, lines and whole functions, shuffled.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

QUERY = "read a csv file into a list of dicts"
HEAVY = ("torch", "sentence-transformers")
BATCH = 32
Measured = dict[str, Any]
Encode = Callable[[list[str]], NDArray[np.float32]]


# ------------------------------------------------------------------ each in a process of its own


def ours(engine: str) -> Encode:
    from planfirst.embedders.open import open_embedder

    return open_embedder(engine=engine).embed


def bare(whole: bool) -> Encode:
    """sentence-transformers as its own page shows it: all texts in one call, or a loop over batches as they come."""
    from sentence_transformers import SentenceTransformer

    from planfirst.embedders.find import find_model

    model = SentenceTransformer(str(find_model("").folder), device="cpu", local_files_only=True)

    def encode(texts: list[str]) -> NDArray[np.float32]:
        size = len(texts) if whole else BATCH
        batches = [texts[start : start + size] for start in range(0, len(texts), size)]
        return np.concatenate(
            [model.encode(batch, normalize_embeddings=True, show_progress_bar=False) for batch in batches]
        )

    return encode


PARTS: dict[str, Callable[[], Encode]] = {
    "llama.cpp": lambda: ours("llama.cpp"),
    "sentence-transformers": lambda: ours("sentence-transformers"),
    "bare, all at once": lambda: bare(True),
    "bare, batches as they come": lambda: bare(False),
}


def part(name: str, folder: Path, began: float) -> Measured:
    encode = PARTS[name]()
    encode([QUERY])
    found: Measured = {"start_s": time.time() - began, **_held("start")}
    times = []
    for _ in range(60):
        started = time.perf_counter()
        encode([QUERY])
        times.append(time.perf_counter() - started)
    found["query_ms"] = 1000 * statistics.median(times)
    texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    started, processor = time.perf_counter(), time.process_time()
    vectors = encode(texts)
    found |= {"bulk_s": time.perf_counter() - started, "bulk_processor_s": time.process_time() - processor}
    np.save(folder / f"{name}.npy", vectors)
    return found | _held("bulk")


def _held(when: str) -> Measured:
    """Megabytes that are the process' own, and those that it has mapped from files."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    kb = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith("Rss")}
    return {f"{when}_own_mb": kb["RssAnon"] / 1024, f"{when}_mapped_mb": kb["RssFile"] / 1024}


# ------------------------------------------------------------------ what is installed


def installed() -> Measured:
    """Megabytes of all that planfirst requires, with the extra sentence-transformers and without."""
    light = _closure("planfirst")
    whole = light.union(*(_closure(name) for name in HEAVY))
    return {"whole_mb": _size(whole), "light_mb": _size(light), "whole": len(whole), "light": len(light)}


def _closure(root: str) -> set[str]:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    waiting, found = [root], set[str]()
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        found.add(name)
        for text in importlib.metadata.requires(name) or []:
            wanted = Requirement(text)
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                waiting.append(wanted.name)
    return found


def _size(names: set[str]) -> float:
    total = 0
    for name in names:
        for path in importlib.metadata.files(name) or []:
            at = Path(str(path.locate()))
            total += at.stat().st_size if at.is_file() else 0
    return total / 1e6


# ------------------------------------------------------------------ the whole


def measure(rounds: int = 3, texts: int = 256) -> tuple[list[Measured], Measured]:
    """The rows of ``make bench``, and everything that was measured."""
    from planfirst import corpora
    from planfirst.store.pairs import embedded_text

    with tempfile.TemporaryDirectory(prefix="planfirst-bench-") as name:
        folder = Path(name)
        drawn = random.Random(1).sample(sorted({embedded_text(pair) for pair in corpora.load("cookbook")}), texts)
        (folder / "texts.json").write_text(json.dumps(drawn), encoding="utf-8")
        _apart("llama.cpp", folder)  # converts the model, once in a lifetime
        runs: dict[str, list[Measured]] = {one: [] for one in PARTS}
        for turn in range(rounds):
            for one in list(PARTS)[:: 1 if turn % 2 else -1]:
                runs[one].append(_apart(one, folder))
        vectors = {one: np.load(folder / f"{one}.npy") for one in PARTS}
    light, heavy = runs["llama.cpp"], runs["sentence-transformers"]
    theirs = vectors["bare, all at once"]
    apart = float(np.abs(vectors["llama.cpp"] - theirs).max())
    cosine = float((vectors["llama.cpp"] * theirs).sum(axis=1).min())
    sizes = installed()
    table = [
        _row("one query: sentence-transformers to llama.cpp", heavy, light, "query_ms", "report"),
        _row("start to the first vector, likewise", heavy, light, "start_s", "report"),
        _row("memory of its own after many texts, likewise", heavy, light, "bulk_own_mb", "report"),
        *(
            _row(f"{texts} texts: {one}, to ours", runs[one], light, "bulk_s", "at least 1.5")
            for one in list(PARTS)[2:]
        ),
        *(
            _row(f"the same in processor time: {one}", runs[one], light, "bulk_processor_s", "report")
            for one in list(PARTS)[2:]
        ),
        _one("largest difference of a number, to the 0.001 that is allowed", apart, 0.001, "at most 1"),
        _one("installed megabytes, without torch and its like to with", sizes["light_mb"], sizes["whole_mb"], "report"),
    ]
    return table, {"runs": runs, "largest difference": apart, "least cosine": cosine, "installed": sizes}


def _row(title: str, one: list[Measured], other: list[Measured], key: str, target: str) -> Measured:
    ratios = sorted(a[key] / b[key] for a, b in zip(one, other, strict=True))
    return {
        "title": title,
        "ratio": statistics.median(ratios),
        "lowest": ratios[0],
        "highest": ratios[-1],
        "ours": statistics.median(run[key] for run in other),
        "other": statistics.median(run[key] for run in one),
        "target": target,
        "rounds": len(ratios),
    }


def _one(title: str, one: float, other: float, target: str) -> Measured:
    ratio = one / other
    figures = {"ratio": ratio, "lowest": ratio, "highest": ratio, "ours": one, "other": other, "rounds": 1}
    return {"title": title, "target": target, **figures}


def _apart(name: str, folder: Path) -> Measured:
    command = [sys.executable, __file__, "--part", name, "--folder", str(folder), "--began", str(time.time())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr}")
    found: Measured = json.loads(done.stdout)
    return found


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--texts", type=int, default=256)
    options.add_argument("--part", choices=list(PARTS))
    options.add_argument("--folder", type=Path)
    options.add_argument("--began", type=float)
    args = options.parse_args()
    if args.part:
        sys.stdout.write(json.dumps(part(args.part, args.folder, args.began)))
        return
    table, everything = measure(args.rounds, args.texts)
    sys.stdout.write(json.dumps({"table": table, "all": everything}, indent=2) + "\n")


if __name__ == "__main__":
    main()
