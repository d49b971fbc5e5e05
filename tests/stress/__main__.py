"""`python -m tests.stress`: the long runs, in rounds that are kept one by one, so that a run that was stopped goes on.

Each round has a seed of its own: the same round finds the same thing again. Exits with 1 if anything was found.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.random_llama import LONG_NAME, write_random_llama
from tests.stress import chaos, edit_storm, fuzz_bytes, fuzz_protocol

# Of each: how many in one round, and how many in all.
RUNS = {"protocol": (1000, 20_000), "bytes": (15, 300), "edits": (100, 5000), "chaos": (25, 500)}


async def one_round(name: str, count: int, seed: int) -> dict[str, Any]:
    """What came of one round."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        if name == "protocol":
            return await fuzz_protocol.run(count, seed, folder)
        if name == "bytes":
            return await fuzz_bytes.run(count, seed, folder)
        model = write_random_llama(folder / "random.gguf", writes=LONG_NAME)
        return await (edit_storm if name == "edits" else chaos).run(count, seed, folder, model)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.stress")
    options.add_argument("names", nargs="*", default=list(RUNS), choices=[*RUNS, []], metavar="NAME")
    options.add_argument("--rounds", type=int, help="only so many rounds of each")
    options.add_argument("--out", type=Path, default=Path("build/stress"))
    args = options.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    bad = False
    for name in args.names:
        count, total = RUNS[name]
        journal = args.out / f"{name}.jsonl"
        rows = [json.loads(line) for line in journal.read_text().splitlines()] if journal.is_file() else []
        for seed in range(len(rows), args.rounds or -(-total // count)):
            started = time.monotonic()
            row = {"seed": seed, **asyncio.run(one_round(name, count, seed))}
            rows.append({**row, "seconds": round(time.monotonic() - started, 1)})
            with journal.open("a") as file:
                file.write(json.dumps(rows[-1]) + "\n")
            sys.stdout.write(f"{name} {seed}: {rows[-1]}\n")
            sys.stdout.flush()
        found = [text for row in rows for text in row["found"]]
        sums = {key: sum(row[key] for row in rows) for key in rows[0] if key not in ("seed", "found")} if rows else {}
        sys.stdout.write(f"{name}: {sums}, {len(found)} found\n")
        bad |= bool(found)
    sys.exit(bad)


if __name__ == "__main__":
    main()
