"""What size costs: a store of many rows against a bare FAISS flat scan of the same vectors, side by side.

``python tests/bench/store_size.py --rows 1000000`` takes some ten minutes on 2 cores, 5 GB of memory and 4 GB of disk;
``make bench`` takes fewer rows. The vectors are drawn, not embedded: ``rows / 50`` topics, normal in 384 numbers whose
spread falls as one over the square root of their number, turned by a random rotation; a row is its topic and 0.7 of
another such draw; then all are made unit vectors. The queries are drawn alike and are not in the store. So neighbours
overlap, and are as hard to find as in embeddings of real text or harder.

Each side is measured in a process of its own. Memory is what the process holds after opening, less what it held before.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planfirst.core.types import Pair

DIMENSION = 384
QUERIES = 200
COUNT = 10
Measured = dict[str, Any]


class Drawn:
    """An embedder whose vectors were drawn beforehand: a text begins with the number of its own."""

    identity = "drawn"
    dimension = DIMENSION

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        self._vectors = vectors

    def embed(
        self,
        texts: Sequence[str],
        *,
        progress: Callable[[int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> NDArray[np.float32]:
        return np.ascontiguousarray(self._vectors[[int(text.split()[0]) for text in texts]])


def draw(rows: int, folder: Path) -> None:
    """Writes ``vectors.npy`` and ``queries.npy``."""
    chance = np.random.default_rng(1)
    spread = (1 + np.arange(DIMENSION)) ** -0.5
    turn = np.linalg.qr(chance.standard_normal((DIMENSION, DIMENSION)))[0].astype(np.float32)
    topics = chance.standard_normal((max(1, rows // 50), DIMENSION), dtype=np.float32) * spread.astype(np.float32)
    for name, count in (("queries", QUERIES), ("vectors", rows)):
        out = np.lib.format.open_memmap(folder / f"{name}.npy", "w+", np.float32, (count, DIMENSION))
        for start in range(0, count, 20_000):
            size = min(20_000, count - start)
            noise = chance.standard_normal((size, DIMENSION), dtype=np.float32) * spread.astype(np.float32)
            drawn = (topics[chance.integers(0, len(topics), size)] + 0.7 * noise) @ turn
            out[start : start + size] = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        out.flush()


def pairs(rows: int) -> Iterator[Pair]:
    for n in range(rows):
        code = f"def example_{n}(values):\n    return [value * {n} for value in values]\n" * 3
        yield Pair(f"{n}", f"{n} how to multiply each value of a list by {n}", code, "drawn", "MIT", f"d#{n}")


# ------------------------------------------------------------------ each in a process of its own


def build(folder: Path, rows: int) -> Measured:
    """Builds the store; the drawn vectors stand in the place of an embedding model, whose time is not measured."""
    from planfirst.adapters.folder_store import FolderStore
    from planfirst.store.build import Given

    vectors = np.load(folder / "vectors.npy", mmap_mode="r")
    started = time.perf_counter()
    state = FolderStore(folder / "store").update(lambda present: {"drawn": Given(pairs(rows))}, Drawn(vectors))
    seconds = time.perf_counter() - started
    one = Given([Pair("one", "0 one more", "x = 1", "more", "MIT", "m")])
    started = time.perf_counter()
    FolderStore(folder / "store").update(lambda present: {"drawn": None, "one": one}, Drawn(vectors))
    return {"build_s": seconds, "add_one_s": time.perf_counter() - started, "indexes": dict(state.indexes)}


def ours(folder: Path, rows: int) -> Measured:
    """Opens the store and searches it."""
    import faiss  # noqa: F401 (its own memory is not the store's)

    from planfirst.adapters.faiss_store import FaissStore

    queries = np.load(folder / "queries.npy")
    before, started, processor = _held(), time.perf_counter(), time.process_time()
    store = FaissStore.open(folder / "store", Drawn(queries))
    opened, held, processor = time.perf_counter() - started, _held() - before, time.process_time() - processor
    times, found = [], []
    for n in range(QUERIES):
        started = time.perf_counter()
        hits = store.search(f"{n}", COUNT)
        times.append(time.perf_counter() - started)
        found.append([hit.pair.id for hit in hits])
    return {
        "open_s": opened,
        "open_processor_s": processor,
        "mb": held,
        "ms": 1000 * statistics.median(times),
        "found": found,
    }


def flat(folder: Path, rows: int) -> Measured:
    """A bare scan with one thread."""
    import faiss

    faiss.omp_set_num_threads(1)
    queries = np.load(folder / "queries.npy")
    vectors = np.load(folder / "vectors.npy", mmap_mode="r")
    before = _held()
    index = faiss.IndexFlatIP(DIMENSION)
    for start in range(0, rows, 20_000):
        index.add(np.ascontiguousarray(vectors[start : start + 20_000]))
    del vectors
    held = _held() - before
    times, found = [], []
    for n in range(QUERIES):
        started = time.perf_counter()
        _, hits = index.search(queries[n : n + 1], COUNT)
        times.append(time.perf_counter() - started)
        found.append([str(row) for row in hits[0]])
    return {"mb": held, "ms": 1000 * statistics.median(times), "found": found}


def _held() -> float:
    # What is its own, not what it has mapped from files.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("RssAnon:")[1].split()[0]) / 1024


# ------------------------------------------------------------------ the whole


def measure(rows: int) -> tuple[list[Measured], Measured]:
    """The rows of ``make bench``, and everything that was measured."""
    with tempfile.TemporaryDirectory(prefix="planfirst-bench-") as name:
        draw(rows, Path(name))
        parts = {what: _apart(what, Path(name), rows) for what in ("build", "flat", "ours")}
    recall = statistics.mean(
        len(set(a) & set(b)) / COUNT for a, b in zip(parts["ours"]["found"], parts["flat"]["found"], strict=True)
    )
    all_of_it = {what: {k: v for k, v in found.items() if k != "found"} for what, found in parts.items()}
    table = [
        _row(f"search in {rows:,} rows, a bare flat scan to ours", parts["flat"]["ms"], parts["ours"]["ms"], "5"),
        _row(f"recall at 10 in {rows:,} rows, ours to the flat scan's", recall, 1.0, "0.95"),
        _row(f"memory of {rows:,} rows, ours to the flat index", parts["ours"]["mb"], parts["flat"]["mb"], "0.45"),
    ]
    table[2]["target"] = "at most 0.45"
    return table, {"rows": rows, "recall": recall, **all_of_it}


def _row(title: str, one: float, other: float, least: str) -> Measured:
    ratio = one / other
    figures = {"ratio": ratio, "lowest": ratio, "highest": ratio, "ours": one, "other": other, "rounds": 1}
    return {"title": title, "target": f"at least {least}", **figures}


def _apart(what: str, folder: Path, rows: int) -> Measured:
    command = [sys.executable, __file__, "--part", what, "--folder", str(folder), "--rows", str(rows)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: Measured = json.loads(done.stdout)
    return found


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--part", choices=("build", "ours", "flat"))
    options.add_argument("--folder", type=Path)
    args = options.parse_args()
    if args.part:
        sys.stdout.write(json.dumps({"build": build, "ours": ours, "flat": flat}[args.part](args.folder, args.rows)))
        return
    table, everything = measure(args.rows)
    sys.stdout.write(json.dumps({"table": table, "all": everything}, indent=2) + "\n")


if __name__ == "__main__":
    main()
