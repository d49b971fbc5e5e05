"""How the time of a search and the memory of a store grow with its rows, beside a bare FAISS flat scan: a plot.

``python tests/bench/growth.py --out docs/pictures/growth.png`` goes from 10,000 to 1,000,000 rows, which takes half an
hour on 2 cores. What is drawn and how it is measured stands in `store_size`. ``--json`` keeps the figures, and goes on
with those that are there.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import matplotlib as mpl
import store_size

mpl.use("Agg")
from matplotlib import pyplot as plt

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
OURS, FLAT = "#1d4ed8", "#6b7280"


def measured(sizes: list[int], kept: Path | None) -> list[dict[str, Any]]:
    """One entry a size, as `store_size.measure` gives it; what ``kept`` holds is not measured again."""
    found: list[dict[str, Any]] = json.loads(kept.read_text(encoding="utf-8")) if kept and kept.is_file() else []
    for rows in sizes:
        if any(one["rows"] == rows for one in found):
            continue
        found.append(store_size.measure(rows)[1])
        if kept:
            kept.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return sorted((one for one in found if one["rows"] in sizes), key=lambda one: one["rows"])


def draw(found: list[dict[str, Any]], out: Path) -> None:
    """Two panels with logarithmic axes; an approximate index is marked with its recall."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    rows = [one["rows"] for one in found]
    for axis, key, title in ((axes[0], "ms", "a search, milliseconds"), (axes[1], "mb", "memory, MB")):
        axis.loglog(rows, [one["flat"][key] for one in found], "o-", color=FLAT, label="a bare FAISS flat scan")
        axis.loglog(rows, [one["ours"][key] for one in found], "o-", color=OURS, label="the store")
        axis.set(xlabel="rows of 384 numbers", title=title)
        axis.grid(alpha=0.3)
        for one in found:
            if one["recall"] < 1:
                place = (one["rows"], one["ours"][key])
                text = f"recall {one['recall']:.3f}"
                axis.annotate(text, place, (8, -12), textcoords="offset points", fontsize=8, color=OURS)
        axis.set_xlim(rows[0] / 1.4, rows[-1] * 2.6)
    axes[0].legend(frameon=False)
    figure.savefig(out, dpi=110)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--json", type=Path)
    args = options.parse_args()
    draw(measured(list(args.sizes), args.json), args.out)


if __name__ == "__main__":
    main()
