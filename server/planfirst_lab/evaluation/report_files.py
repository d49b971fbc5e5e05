"""Leaves a benchmark's figures in its folder: ``report.json`` and ``report.html``."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from planfirst.core.errors import PlanfirstError
from planfirst_lab.evaluation import page, report
from planfirst_lab.evaluation.figures import Figures
from planfirst_lab.evaluation.page import Answers

HTML = "report.html"


def write(folder: Path, result: Figures, answers: Answers, console: Console) -> None:
    """Writes both; where the plots cannot be drawn, says so.

    Raises:
        PlanfirstError: the folder cannot be written.
    """
    try:
        aside = folder / f".{report.JSON}.part"
        aside.write_text(report.as_json(result), encoding="utf-8")
        aside.replace(folder / report.JSON)
        if missing := page.write(folder / HTML, result, answers):
            console.print(missing, style="yellow", markup=False, soft_wrap=True)
    except OSError as error:
        raise PlanfirstError(
            "plain",
            what=f"The folder {folder} cannot be written: {error.strerror or error}.",
            next="Choose another one with --out.",
        ) from error
