"""Writes the model card from what was measured. It measures nothing itself."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from planfirst_lab.evaluation import report
from planfirst_lab.evaluation.ask import Sample
from planfirst_lab.evaluation.figures import Figures
from planfirst_lab.training.check import Report
from planfirst_lab.training.checkpoint import Progress
from planfirst_lab.training.config import Config
from planfirst_lab.training.plot import running_mean

_TEMPLATE = Path(__file__).with_name("card.md.j2")


def write(
    target: Path,
    model: Path,
    config: Config,
    sources: Path,
    losses: Path,
    progress: Progress,
    row_tokens: int,
    machine: str,
    check: Report,
    result: Figures,
    shown: Sequence[Sample],
    notes: str = "",
) -> None:
    """Writes the card.

    Args:
        sources: the JSON that `data.prepare` left.
        losses: the CSV that the loop left.
        row_tokens: tokens of all rows together, to tell the passes.
        result: what `planfirst_lab.evaluation.starter.evaluate` gave; ``shown``: answers that are printed.
        notes: what else should be known about this run, as Markdown.
    """
    entries = json.loads(sources.read_text(encoding="utf-8"))
    counts = {key: value for entry in entries if "source" not in entry for key, value in entry.items()}
    with losses.open(encoding="utf-8", newline="") as file:
        curve = [float(row["loss"]) for row in csv.DictReader(file)]
    template = Environment(undefined=StrictUndefined, trim_blocks=False, autoescape=False).from_string(  # noqa: S701 - Markdown
        _TEMPLATE.read_text(encoding="utf-8")
    )
    text = template.render(
        shape=config.model,
        parameters=config.model.parameters,
        plan=config.optimiser,
        seed=config.seed,
        data=config.data,
        notes=notes,
        percent=lambda share: f"{share:.0%}",
        file=model.name,
        megabytes=model.stat().st_size / 1e6,
        sources=[entry for entry in entries if "source" in entry],
        rows=counts["rows"],
        cookbook_rows=counts["of them from the cookbook"],
        left_out=counts["left out in all"],
        left_out_requests=counts["left out requests"],
        progress={**_known(progress), "steps": progress.step},
        epochs=progress.tokens / row_tokens,
        machine=machine,
        loss=running_mean(curve)[-1] if curve else float("nan"),
        check=check,
        result=result,
        table=report.markdown(result),
        sentences=report.sentences(result),
        samples=shown,
    )
    target.write_text(text.rstrip("\n") + "\n", encoding="utf-8")


def _known(progress: Progress) -> dict[str, float]:
    return {"tokens": progress.tokens, "answers": progress.answers, "seconds": max(progress.seconds, 1e-9)}
