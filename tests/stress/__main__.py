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

from tests.stress.runs import RUNS, Long


async def one_round(run: Long, seed: int, model: Path | None) -> dict[str, Any]:
    """What came of one round."""
    with tempfile.TemporaryDirectory() as home:
        return await run.round(seed, Path(home), model)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.stress")
    options.add_argument("names", nargs="*", default=list(RUNS), choices=[*RUNS, []], metavar="NAME")
    options.add_argument("--rounds", type=int, help="only so many rounds of each")
    options.add_argument("--model", type=Path, help="a real model's GGUF file, for the runs in which a model answers")
    options.add_argument("--out", type=Path, default=Path("build/stress"))
    args = options.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    bad = False
    for name in args.names:
        run = RUNS[name]
        journal = args.out / (f"{name}-{args.model.stem}.jsonl" if args.model and run.has_model else f"{name}.jsonl")
        rows = [json.loads(line) for line in journal.read_text().splitlines()] if journal.is_file() else []
        for seed in range(len(rows), args.rounds or -(-run.in_all // run.a_round)):
            started = time.monotonic()
            row = {"seed": seed, **asyncio.run(one_round(run, seed, args.model))}
            rows.append({**row, "seconds": round(time.monotonic() - started, 1)})
            with journal.open("a") as file:
                file.write(json.dumps(rows[-1]) + "\n")
            sys.stdout.write(f"{name} {seed}: {rows[-1]}\n")
            sys.stdout.flush()
        found = [text for row in rows for text in row["found"]]
        counts = (
            [key for key, value in rows[0].items() if key != "seed" and isinstance(value, int | float)] if rows else []
        )
        sums = {key: sum(row[key] for row in rows) for key in counts}
        sys.stdout.write(f"{name}: {sums}, {len(found)} found\n")
        bad |= bool(found)
    sys.exit(bad)


if __name__ == "__main__":
    main()
