"""Draws the loss curve. It knows only the CSV file that the loop writes."""

from __future__ import annotations

import csv
from pathlib import Path

from planfirst_lab import drawing

_SHARE = 0.02  # of the steps that are averaged on either side


def curve(source: Path, target: Path, title: str = "Training the starter model", held_out: Path | None = None) -> None:
    """Draws loss over tokens as a PNG: each step faintly, a running mean clearly.

    Args:
        held_out: a CSV file with the loss on rows that are not learned from, drawn as points; None for none.
    """
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    tokens = [int(row["tokens"]) / 1e6 for row in rows]
    losses = [float(row["loss"]) for row in rows]
    figure = drawing.figure(8, 4.5)
    axes = figure.add_subplot()
    axes.plot(tokens, losses, color="#9db8d2", linewidth=0.6, label="each step")
    axes.plot(tokens, running_mean(losses), color="#1f4e79", linewidth=1.8, label="running mean")
    if held_out is not None:
        with held_out.open(encoding="utf-8", newline="") as file:
            points = [(int(row["tokens"]) / 1e6, float(row["loss"])) for row in csv.DictReader(file)]
        axes.plot(*zip(*points, strict=True), color="#b5542d", marker="o", markersize=4, label="held-out rows")
    axes.set_xlabel("million tokens seen")
    axes.set_ylabel("loss on the answers (nats a token)")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend()
    axes.set_title(title)
    figure.savefig(target)


def running_mean(values: list[float]) -> list[float]:
    """Each value replaced by the mean of its neighbourhood; as long as ``values``."""
    reach = max(1, int(len(values) * _SHARE))
    sums = [0.0]
    for value in values:
        sums.append(sums[-1] + value)
    means: list[float] = []
    for n in range(len(values)):
        low, high = max(0, n - reach), min(len(values), n + reach + 1)
        means.append((sums[high] - sums[low]) / (high - low))
    return means
