"""What the answers come to: shares with intervals, comparisons, a table and a plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from planfirst_lab import drawing
from planfirst_lab.evaluation.summary import interval, percent
from planfirst_lab.statistics import mcnemar, paired_difference, wilson
from planfirst_lab.training.plot import running_mean
from planfirst_lab.training.rag.measure import Answered

Figures = dict[str, Any]
MEASURES = ("exact", "calls", "named", "exists")
_TITLES = {
    "none": "no retrieval",
    "one": "the best hit",
    "several": "several hits",
    "stale": "index from before",
    "fresh": "index up to date",
}

_COLOURS = {"before": "#b0b0b0", "after": "#1f4e79", "rule": "#d9b26f"}


def figures(answers: Sequence[Answered]) -> Figures:
    """The shares of one arm, whole and by kind of question, and by whether the right hit was shown."""
    kinds = sorted({each.asked.question.kind for each in answers})
    repositories = sorted({each.asked.question.repository for each in answers})
    return {
        **_shares(answers),
        "by kind": {kind: _shares([a for a in answers if a.asked.question.kind == kind]) for kind in kinds},
        "by repository": {
            name: _shares([a for a in answers if a.asked.question.repository == name]) for name in repositories
        },
        "right hit first": _shares([a for a in answers if a.asked.rank == 1]),
        "right hit shown below another": _shares([a for a in answers if a.asked.rank > 1]),
        "right hit not shown": _shares([a for a in answers if a.asked.rank == 0]),
    }


def compared(first: Sequence[Answered], second: Sequence[Answered]) -> Figures:
    """The differences ``first - second`` over the same questions: with intervals, and McNemar's p-value."""
    found: Figures = {}
    for name in MEASURES:
        one = [bool(getattr(each.comparison, name)) for each in first]
        other = [bool(getattr(each.comparison, name)) for each in second]
        difference, likely = paired_difference([float(x) for x in one], [float(x) for x in other])
        only = sum(a and not b for a, b in zip(one, other, strict=True))
        only_other = sum(b and not a for a, b in zip(one, other, strict=True))
        found[name] = {"difference": difference, "interval": likely, "p": mcnemar(only, only_other)}
    return found


def table(title: str, arms: Mapping[str, Mapping[str, Figures]]) -> Table:
    """One row for each arm and model.

    Args:
        arms: by arm, then by model, the figures.
    """
    shown = Table(title=title)
    for column in ("retrieval", "model", "n", *MEASURES):
        shown.add_column(column)
    for arm, models in arms.items():
        for model, each in models.items():
            cells = [f"{percent(each[m]['share'])} ({interval(each[m]['interval'])})" for m in MEASURES]
            shown.add_row(_TITLES[arm], model, str(each["n"]), *cells)
    return shown


def draw(result: Figures, losses: Sequence[tuple[int, float]], target: Path) -> None:
    """The loss, and exact answers by arm before and after, as one PNG."""
    figure = drawing.figure(12, 4.2)
    curve, main, changed = figure.subplots(1, 3)
    tokens = [count / 1e6 for count, _ in losses]
    curve.plot(tokens, [loss for _, loss in losses], color="#9db8d2", linewidth=0.6)
    curve.plot(tokens, running_mean([loss for _, loss in losses]), color="#1f4e79", linewidth=1.8)
    curve.set(xlabel="million tokens seen", ylabel="loss on the answers (nats a token)", title="Tuning", ylim=(0, None))
    _bars(main, result["held out"], "Functions of held-out files")
    _bars(changed, result["changed"], "Functions changed after the tuning")
    figure.savefig(target)


def _bars(axes: Any, arms: Mapping[str, Mapping[str, Figures]], title: str) -> None:
    for n, arm in enumerate(arms):
        for side, (model, colour) in enumerate(_COLOURS.items()):
            exact = arms[arm][model]["exact"]
            share, (low, high) = exact["share"], exact["interval"]
            reach = [[100 * max(0.0, share - low)], [100 * max(0.0, high - share)]]
            label = model if n == 0 else None
            axes.bar(n + 0.28 * side, 100 * share, width=0.26, color=colour, label=label)
            axes.errorbar(n + 0.28 * side, 100 * share, yerr=reach, color="#444444", capsize=3, linewidth=1)
    axes.set_xticks([n + 0.28 for n in range(len(arms))], [_TITLES[arm].replace(" ", "\n", 1) for arm in arms])
    axes.set_ylim(0, 100)
    axes.set_ylabel("exact answers in % (95 % interval)")
    axes.set_title(title)
    axes.legend()


def _shares(answers: Sequence[Answered]) -> Figures:
    n = len(answers)
    found: Figures = {"n": n}
    for name in MEASURES:
        count = sum(bool(getattr(each.comparison, name)) for each in answers)
        found[name] = {"share": count / n if n else 0.0, "interval": wilson(count, n)}
    return found
