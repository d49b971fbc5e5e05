"""What a run came to: how many dialogues were tried and kept, why the others fell, and a picture of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from planfirst_lab import drawing
from planfirst_lab.statistics import wilson

Figures = dict[str, Any]


def figures(kept: Iterable[Mapping[str, Any]], dropped: Iterable[Mapping[str, Any]]) -> Figures:
    """The figures of a run, from the lines of both files."""
    good, bad = list(kept), list(dropped)
    rounds = Counter(line["rounds"] for line in good)
    broken = sum(line["broken answers"]["tried"] for line in good)
    failed = sum(line["broken answers"]["failed by the tests"] for line in good)
    stages = Counter(line["provenance"]["stage"] for line in good)
    tried = len(good) + len(bad)
    return {
        "tried": tried,
        "kept": len(good),
        "share": len(good) / tried if tried else 0.0,
        "interval": wilson(len(good), tried),
        "why the others fell": dict(Counter(line["reason"] for line in bad).most_common()),
        "kept by rounds": {str(n): rounds[n] for n in sorted(rounds)},
        "kept by stage": dict(stages),
        "broken answers": {"tried": broken, "failed by the tests": failed},
    }


def table(found: Figures) -> Table:
    """What became of the problems, one line for each end."""
    shown = Table(title=f"{found['tried']} problems tried, {found['kept']} dialogues kept")
    shown.add_column("what became of it")
    shown.add_column("dialogues", justify="right")
    for rounds, count in found["kept by rounds"].items():
        shown.add_row(f"kept, right in round {rounds}", str(count))
    for reason, count in found["why the others fell"].items():
        shown.add_row(reason, str(count))
    return shown


def draw(found: Figures, target: Path) -> None:
    """The same as a PNG; beside it student and teacher, where they were compared."""
    figure = drawing.figure(10, 4)
    ends, roles = figure.subplots(1, 2, width_ratios=(2, 1))
    rows = [(f"kept, round {n}", count, "#1f4e79") for n, count in found["kept by rounds"].items()]
    rows += [(reason, count, "#b0b0b0") for reason, count in found["why the others fell"].items()]
    for place, (_, count, colour) in enumerate(reversed(rows)):
        ends.barh(place, count, color=colour)
        ends.annotate(str(count), (count, place), va="center", xytext=(3, 0), textcoords="offset points")
    ends.set_yticks(range(len(rows)), [label for label, _, _ in reversed(rows)])
    ends.set(xlabel="dialogues", title=f"{found['tried']} tried, {found['kept']} kept")
    if held := found.get("held out"):
        for place, role in enumerate(("teacher", "student")):
            share, (low, high) = held[role]["passes"] / held["problems"], held[role]["interval"]
            reach = [[100 * max(0.0, share - low)], [100 * max(0.0, high - share)]]
            roles.bar(place, 100 * share, color="#1f4e79", width=0.6)
            roles.errorbar(place, 100 * share, yerr=reach, color="#444444", capsize=4)
        roles.set_xticks(range(2), ["teacher", "student"])
        roles.set(ylim=(0, 100), ylabel="passes in % (95 % interval)", title=f"Held out: {held['stage']}")
    else:
        roles.set_axis_off()
    figure.savefig(target)
