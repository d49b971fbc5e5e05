"""A table of the shape and size of StaQC's `sca_python`, and what it takes to read it: ``python staqc_shape.py TABLE``.

With a folder as second argument a store of it is built there. The memory is read from /proc, so this is for Linux.
"""

from __future__ import annotations

import csv
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

ROWS = 85_294
# Each of them is left out for a reason of its own; the last two are a row of a megabyte and one in another encoding.
BAD = (
    b'{"question": "no code is here", "snippet": "  "}\n',
    b'{"question": "", "snippet": "x = 1"}\n',
    b'{"question": "neither of them"}\n',
    b'{"question": "cut short", "snip\n',
    b'["question", "snippet"]\n',
    b'{"question": "a large one", "snippet": "' + b"x" * (1 << 20) + b'"}\n',
    '{"question": "für alle", "snippet": "x = 1"}\n'.encode("latin-1"),
)
_WORDS = ("read", "write", "file", "list", "dict", "sort", "column", "frame", "plot", "regex", "join", "split", "time")


def rows(count: int = ROWS) -> list[dict[str, Any]]:
    """Rows with the columns of the data set; questions and snippets are of about its lengths."""
    chance = random.Random(7)
    made = []
    for number in range(count):
        question = " ".join(chance.choices(_WORDS, k=9)) + f" in python {number}?"
        lines = int(chance.lognormvariate(2, 0.8)) + 1
        code = "\n".join(f"{' '.join(chance.choices(_WORDS, k=2))}_{number} = {line}" for line in range(lines))
        made.append({"id": number, "question_id": 34_000_000 + number, "question": question, "snippet": code})
    return made


def write(folder: Path) -> None:
    """The table as JSON lines, as CSV and as Parquet, and in several files with bad rows among the good ones."""
    import pyarrow as pa
    from pyarrow import parquet

    table = rows()
    with (folder / "staqc.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in table)
    parquet.write_table(pa.Table.from_pylist(table), folder / "staqc.parquet")
    with (folder / "staqc.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    mixed = folder / "mixed"
    mixed.mkdir()
    third = len(table) // 3
    with (mixed / "a.jsonl").open("wb") as out:
        for number, row in enumerate(table[:third]):
            out.write(json.dumps(row).encode() + b"\n")
            if number % 1000 == 0:
                out.write(BAD[number // 1000 % len(BAD)])
    with (mixed / "b.csv").open("w", encoding="utf-16", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table[third : 2 * third])
    parquet.write_table(pa.Table.from_pylist(table[2 * third :]), mixed / "c.parquet")


def measure(path: Path, build_in: Path | None) -> dict[str, float]:
    """Seconds and megabytes for reading the table pair by pair, and for building a store of it."""
    from planfirst.core.types import Pair
    from planfirst.corpora.columns import Options
    from planfirst.corpora.report import Report
    from planfirst.corpora.tables import pairs_in
    from planfirst.embedders.hashed import HashedEmbedder
    from planfirst.store import read
    from planfirst.store.build import Given, build, remove, update

    if path.suffix == ".parquet":
        import pyarrow.parquet  # noqa: F401 (its own memory is not the reading's)
    before, start = _peak(), time.perf_counter()
    report = Report()
    count = sum(1 for _ in pairs_in(path, "staqc", Options(), report))
    if report.left_out:
        print("\n".join(report.lines()), file=sys.stderr)
    found = {
        "pairs": count,
        "left_out": report.left_out.total(),
        "read_seconds": time.perf_counter() - start,
        "read_mb": _peak() - before,
    }
    if build_in:
        before, start = _peak(), time.perf_counter()
        embedder = HashedEmbedder(384)
        build(build_in, {"staqc": pairs_in(path, "staqc", Options(), Report())}, embedder)
        found |= {"build_seconds": time.perf_counter() - start, "build_mb": _peak() - before}
        start = time.perf_counter()
        found |= {"stored": len(read.load(build_in, embedder.identity).pairs)}
        found |= {"load_seconds": time.perf_counter() - start}
        start = time.perf_counter()
        few = Given([Pair("1", "one more", "x = 1", "few", "MIT", "")])
        update(build_in, lambda present: {**dict.fromkeys(present.corpora), "few": few}, embedder)
        found |= {"add_one_seconds": time.perf_counter() - start}
        start = time.perf_counter()
        found |= {"left": remove(build_in, "few").count, "remove_seconds": time.perf_counter() - start}
    return found


def _peak() -> float:
    # Not getrusage: its peak begins with that of the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    print(json.dumps(measure(Path(sys.argv[1]), target)))
