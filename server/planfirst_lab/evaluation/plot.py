"""Draws pass@1 by arm with its intervals."""

from __future__ import annotations

from pathlib import Path

from planfirst_lab import drawing
from planfirst_lab.evaluation.figures import Figures

_NAMES = {
    "in_store": "example\n+ plan",
    "example": "example\nonly",
    "plan": "plan\nonly",
    "left_out": "own recipe\nleft out",
    "plain": "plain",
}


def pass_at_one(result: Figures, target: Path) -> None:
    """One bar an arm, greedy; those of MBPP in another colour.

    Raises:
        PlanfirstError: matplotlib is not installed.
    """
    bars = [(label, result[name], "#1f4e79") for name, label in _NAMES.items()]
    bars += [(f"MBPP\n{name}", result["mbpp"][name], "#8a5a00") for name in ("full", "plain") if "mbpp" in result]
    figure = drawing.figure(8, 4.5)
    axes = figure.add_subplot()
    for place, (_, arm, colour) in enumerate(bars):
        share, (low, high) = arm["pass@1"], arm["interval"]
        axes.bar(place, 100 * share, color=colour, width=0.65)
        reach = [[100 * max(0.0, share - low)], [100 * max(0.0, high - share)]]
        axes.errorbar(place, 100 * share, yerr=reach, color="#444444", capsize=4, linewidth=1.2)
        axes.annotate(f"{100 * share:.0f}", (place - 0.3, 100 * share + 1), fontsize=9)
    axes.set_xticks(range(len(bars)), [label for label, _, _ in bars])
    axes.set_ylim(0, 100)
    axes.set_ylabel("pass@1 in % (95 % interval)")
    axes.grid(axis="y", alpha=0.3)
    axes.set_axisbelow(True)
    axes.set_title(f"pass@1 by arm: {result['model']['name']}, {result['in_store']['n']} held-out requests")
    figure.savefig(target)
