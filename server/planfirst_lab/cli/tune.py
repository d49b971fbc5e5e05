"""``planfirst models tune``: measures how a model is best asked, and shows what was chosen and why."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from planfirst.cli.console import Sets, err, out, settings_from, tell_progress

if TYPE_CHECKING:
    from planfirst_lab.evaluation.tuning.choice import Decision
    from planfirst_lab.evaluation.tuning.command import Result

TITLES = {
    "begun": "Beginning the answer",
    "example": "Showing an example",
    "min_score": "Which examples help",
    "stub_score": "The same for declared functions",
    "plan": "Planning",
    "plan_tokens": "Length of a plan",
    "candidates": "Drawing more answers",
}


def tune(
    model: Annotated[
        str, typer.Argument(metavar="MODEL|URL", help="A name, the path of a GGUF file, or the URL of a server.")
    ],
    minutes: Annotated[
        float, typer.Option("--minutes", min=0.01, max=1440, help="How long it may take; the next run continues.")
    ] = 20.0,
    at_once: Annotated[int, typer.Option("--at-once", min=1, max=8, help="Answers that are written at a time.")] = 4,
    store: Annotated[Path | None, typer.Option("--store", help="A store's folder; without it, the usual one.")] = None,
    folder: Annotated[Path | None, typer.Option("--out", help="Where the answers are kept.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    sets: Sets = None,
) -> None:
    """Measure how a model is best asked, and keep that with it. Run it again to continue."""
    from planfirst_lab.evaluation.tuning import command

    options = command.Options(model, minutes, at_once, store, folder, settings_from(sets))
    with _Shown(minutes) as shown:
        result = command.tune(options, shown)
    if as_json:
        sys.stdout.write(json.dumps(_as_data(result), indent=2) + "\n")
        return
    _print(result, options.of_a_server)


class _Shown:
    """A bar for each decision on a terminal; elsewhere a line when it is made."""

    def __init__(self, minutes: float) -> None:
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        self._bar = Progress(*columns, console=err, transient=True, disable=not err.is_interactive)
        self._task: TaskID | None = None
        self._seconds, self._began = minutes * 60, time.monotonic()

    def __enter__(self) -> _Shown:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def begins(self, field: str, trials: int) -> None:
        """Shows a new bar in the place of the last."""
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(TITLES[field], total=trials)

    def goes_on(self) -> None:
        """Moves the bar on; an editor is told of the time, which is what bounds it."""
        if self._task is not None:
            self._bar.advance(self._task)
        passed = min(time.monotonic() - self._began, self._seconds)
        tell_progress(round(passed), round(self._seconds))

    def decided(self, decision: Decision) -> None:
        """Says what was chosen and why."""
        err.print(f"{TITLES[decision.field]}: {decision.chosen}. {decision.says}", markup=False, soft_wrap=True)


def _print(result: Result, of_a_server: bool) -> None:
    out.print(f"{result.answers} answers, {result.seconds / 60:.1f} minutes. What was chosen:", markup=False)
    for each in fields(result.profile):
        before, now = getattr(result.before, each.name), getattr(result.profile, each.name)
        changed = "" if before == now else f"  (was {_shown(before)})"
        out.print(f"  {each.name:<15} {_shown(now)}{changed}", markup=False, soft_wrap=True)
    open_ = [decision.field for decision in result.decisions if not decision.told]
    if open_:
        out.print(f"Not told apart: {', '.join(open_)}. Run the same command again for more tasks.", markup=False)
    out.print(f"It is written in {result.file}; delete that to go back.", markup=False, soft_wrap=True)
    if of_a_server:
        out.print(f"Use it with --set generator.profile={result.file}", markup=False, soft_wrap=True)


def _shown(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _as_data(result: Result) -> dict[str, object]:
    return {
        "profile": asdict(result.profile),
        "before": asdict(result.before),
        "decisions": [decision.figure() | {"told": decision.told} for decision in result.decisions],
        "file": str(result.file),
        "answers": result.answers,
        "seconds": round(result.seconds, 1),
    }
