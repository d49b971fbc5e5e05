"""Tells how ways of searching compare: as a table, as JSON and as a plot. It counts nothing."""

from __future__ import annotations

import json
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from planfirst_lab import drawing
from planfirst_lab.evaluation.figures import Figures
from planfirst_lab.evaluation.report import save

PLOT = "retrieval.png"
_COLOURS = {True: "#0f766e", False: "#1f4e79"}


def write(folder: Path, result: Figures, console: Console) -> None:
    """Writes ``report.json`` and ``retrieval.png``; where the plot cannot be drawn, says so.

    Raises:
        PlanfirstError: the folder cannot be written.
    """
    save(folder, _json(result), lambda: plot(result, folder / PLOT), console)


def as_json(result: Figures) -> str:
    """The figures by method, with a newline at the end."""
    return _json(result["methods"])


def table(result: Figures) -> Table:
    """The figures for a person."""
    corpus, queries = result["corpus"], result["queries"]
    shown = Table(
        title=f"{queries['n']} queries of {queries['file']} among {corpus['rows']} rows of {corpus['file']}",
        box=SIMPLE_HEAD,
        title_justify="left",
        caption_justify="left",
        title_style="bold",
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for name in ("method", "recall@1", "recall@10", "MRR", "less dense", "ms", "× dense"):
        shown.add_column(name, justify="left" if name == "method" else "right", no_wrap=True)
    for name, found in result["methods"].items():
        low, high = found["mrr minus dense interval"]
        shown.add_row(
            f"{name} *" if found["default"] else name,
            *(_with_interval(found, key) for key in ("recall@1", "recall@10", "mrr")),
            "" if name == "dense" else f"{found['mrr minus dense']:+.3f}\n{low:+.3f} {high:+.3f}",
            f"{1000 * found['seconds']:.1f}",
            f"{found['times dense']:.2f}",
        )
    shown.caption = (
        "* what the product does. Recall: the share of queries of which something relevant is among the first 1 or 10. "
        "Below each: its 95 % bootstrap interval over queries, of differences paired. Times are medians of queries "
        "asked of each method in turn, from the text to the order of all rows. "
        f"Embedding: {result['embedding']}; rows and queries skipped: {result['skipped']}."
    )
    return shown


def plot(result: Figures, target: Path) -> None:
    """The mean reciprocal rank of each method, with its interval.

    Raises:
        PlanfirstError: matplotlib is not installed.
    """
    found = result["methods"]
    figure = drawing.figure(8, 1.2 + 0.45 * len(found))
    axes = figure.add_subplot()
    for place, one in enumerate(found.values()):
        low, high = one["mrr interval"]
        reach = [[max(0.0, one["mrr"] - low)], [max(0.0, high - one["mrr"])]]
        axes.barh(place, one["mrr"], color=_COLOURS[one["default"]], height=0.62)
        axes.errorbar(one["mrr"], place, xerr=reach, color="#444444", capsize=4, linewidth=1.2)
        axes.annotate(f"{one['mrr']:.3f}", (0.01, place), color="white", va="center", fontsize=9)
    axes.set_yticks(range(len(found)), list(found))
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel("mean reciprocal rank (95 % interval)")
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)
    axes.set_title(f"{result['queries']['n']} queries among {result['corpus']['rows']} rows", fontsize=11)
    figure.savefig(target)


def _with_interval(found: Figures, name: str) -> str:
    low, high = found[f"{name} interval"]
    return f"{found[name]:.3f}\n{low:.2f}-{high:.2f}"


def _json(record: Figures) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"
