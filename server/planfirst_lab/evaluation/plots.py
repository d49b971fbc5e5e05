"""Draws a benchmark's figures as SVG that stands in a page."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from planfirst_lab.drawing import need_matplotlib
from planfirst_lab.evaluation.figures import Figures

COLOURS = {
    "bare": "#9ca3af",
    "plain": "#6b7280",
    "declared": "#0891b2",
    "example": "#0f766e",
    "plan": "#b45309",
    "planned": "#92400e",
    "adapted": "#a16207",
    "followed": "#78350f",
    "full": "#1d4ed8",
    "left_out": "#7c3aed",
    "verified": "#be123c",
}
_GRID = "#d5d9e0"
_INK = "#1f2937"


def draw(result: Figures) -> dict[str, str]:
    """The plots by name; those for which there are no figures are left out.

    Raises:
        PlanfirstError: matplotlib is not installed.
    """
    need_matplotlib()
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    drawn: dict[str, str] = {}
    plots: dict[str, Callable[[Any, Figures], bool]] = {
        "arms": _arms,
        "pass_at_k": _pass_at_k,
        "latency": _latency,
        "similarity": _similarity,
    }
    for name, plot in plots.items():
        # Text stays text; the salt makes the same figures the same bytes, and ids that differ between plots of a page.
        with rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.size": 10, "font.family": "sans-serif"}):
            figure = Figure(figsize=(7.2, 3.9), layout="constrained")
            FigureCanvasSVG(figure)
            axes = figure.add_subplot()
            if plot(axes, result):
                _tidy(axes)
                target = io.StringIO()
                figure.savefig(target, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
                drawn[name] = target.getvalue()[target.getvalue().index("<svg") :]
    return drawn


def _arms(axes: Any, result: Figures) -> bool:
    """pass@1 by arm, with intervals."""
    arms = result["arms"]
    places = range(len(arms))
    values = [100 * arm["pass@1"] for arm in arms.values()]
    reach = [
        [100 * max(0.0, arm["pass@1"] - arm["interval"][0]) for arm in arms.values()],
        [100 * max(0.0, arm["interval"][1] - arm["pass@1"]) for arm in arms.values()],
    ]
    axes.bar(places, values, color=[COLOURS[name] for name in arms], width=0.6)
    axes.errorbar(places, values, yerr=reach, fmt="none", ecolor=_INK, capsize=5, linewidth=1.3)
    tops = [100 * arm["interval"][1] for arm in arms.values()]
    for place, value, top in zip(places, values, tops, strict=True):
        axes.annotate(f"{value:.1f}", (place, top), (0, 5), textcoords="offset points", ha="center", color=_INK)
    axes.set_xticks(places, list(arms))
    axes.set_ylim(0, min(104.0, max(5.0, 1.2 * max(tops))))
    axes.set_ylabel("pass@1 in %, 95 % interval")
    return True


def _pass_at_k(axes: Any, result: Figures) -> bool:
    """pass@k against k, a line an arm."""
    curves = {name: arm["pass@k"] for name, arm in result["arms"].items() if len(arm["pass@k"]) > 1}
    for name, curve in curves.items():
        ks = [int(k) for k in curve]
        axes.plot(ks, [100 * point["value"] for point in curve.values()], "o-", color=COLOURS[name], label=name)
        low, high = ([100 * point["interval"][n] for point in curve.values()] for n in (0, 1))
        axes.fill_between(ks, low, high, color=COLOURS[name], alpha=0.12, linewidth=0)
    if curves:
        axes.set_xscale("log")
        axes.set_xticks(ks, [str(k) for k in ks])
        axes.minorticks_off()
        axes.set_xlabel("k, samples drawn")
        axes.set_ylabel("pass@k in %")
        axes.set_ylim(bottom=0)
        axes.legend(frameon=False)
    return bool(curves)


def _latency(axes: Any, result: Figures) -> bool:
    """Median times by arm: to the first token, to that of code, to the end; a line to the 95th percentile."""
    arms = {name: arm for name, arm in result["arms"].items() if arm["seconds"]["n"]}
    parts = (("first_token", "first token", 0.35), ("first_code", "first token of code", 0.6), ("seconds", "end", 1.0))
    for row, (name, arm) in enumerate(arms.items()):
        for n, (part, _, strength) in enumerate(parts):
            took = arm[part]
            if took["n"]:
                place = row + 0.26 * (n - 1)
                axes.barh(place, took["median"], height=0.23, color=COLOURS[name], alpha=strength)
                axes.plot([took["median"], took["p95"]], [place, place], color=_INK, linewidth=1)
                axes.plot([took["p95"]], [place], "|", color=_INK, markersize=6)
    axes.set_yticks(range(len(arms)), list(arms))
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.set_xlabel("seconds; from the top: first token, first token of code, end; line to the 95th percentile")
    return bool(arms)


def _similarity(axes: Any, result: Figures) -> bool:
    """What the example brought, against its similarity: means of bins with intervals, and every task as a dot."""
    found = result["similarity"]
    if found is None or not found["bins"]:
        return False
    colour = COLOURS[found["first"]]
    for n, point in enumerate(found["points"]):
        jitter = ((n * 37) % 21 - 10) / 10 * 2.5  # so that equal ones can be told apart
        axes.plot([point["score"]], [100 * point["benefit"] + jitter], ".", color=colour, alpha=0.25, markersize=5)
    for bin_ in found["bins"]:
        middle, value = (bin_["low"] + bin_["high"]) / 2, 100 * bin_["benefit"]
        low, high = (100 * end for end in bin_["interval"])
        axes.plot([bin_["low"], bin_["high"]], [value, value], color=_INK, linewidth=2)
        axes.plot([middle, middle], [low, high], color=_INK, linewidth=1.2)
        axes.annotate(f"n = {bin_['n']}", (middle, 112), ha="center", va="bottom", fontsize=8, color=_INK)
    axes.axhline(0, color=_INK, linewidth=0.8)
    axes.set_ylim(-125, 125)
    axes.set_xlabel("cosine similarity of the example")
    axes.set_ylabel(f"{found['first']} less {found['second']}, points")
    return True


def _tidy(axes: Any) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(_GRID)
    axes.grid(axis="x" if axes.yaxis_inverted() else "y", color=_GRID, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_INK, length=0)
