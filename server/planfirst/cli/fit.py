"""``planfirst models fit``: makes the copy of a model that is quickest here, and says what was tried."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from filelock import FileLock, Timeout
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from planfirst.cli.console import ended_like_ctrl_c, err, out, tell_progress
from planfirst.core.errors import ModelError
from planfirst.models import fitted
from planfirst.models.library import locate

if TYPE_CHECKING:
    from planfirst.models.fit.search import Outcome

_USED = "An editor uses it from the next start of its server; --set planner.fitted=false does not; --forget removes it."


def fit(
    model: Annotated[str, typer.Argument(help="A name, or the path of a GGUF file.")],
    seconds: Annotated[float, typer.Option("--seconds", min=1, max=86400, help="How long it may take.")] = 300.0,
    loss: Annotated[
        float,
        typer.Option("--loss", min=0, max=1, help="How much less likely a copy may find true code, in nats a token."),
    ] = 0.05,
    anew: Annotated[bool, typer.Option("--anew", help="Measure again what was measured before.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Remove what was made, and measure nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measures, keeps the best beside the original, and says what it is."""
    name, path, _ = locate(model)
    record = fitted.record_of(path)
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(record.with_suffix(".lock"), blocking=False):
            if forget:
                typer.echo(f"Removed what was fitted for {name}: {fitted.remove(path) / 1e6:,.0f} MB")
                return
            found, complete = _search(path, seconds, loss, anew)
    except Timeout as error:
        raise ModelError("fit-elsewhere", name=name) from error
    except OSError as error:
        raise ModelError("folder-not-written", folder=record.parent, reason=error.strerror or error) from error
    if as_json:
        copy = str(fitted.copy_of(path)) if found.copy else None
        data: dict[str, object] = {
            "model": name,
            "path": copy,
            "layout": found.layout,
            "running": asdict(found.running),
        }
        data |= {"complete": complete, "here": fitted.here(), "tried": list(found.figures)}
        sys.stdout.write(json.dumps(data, indent=2) + "\n")
        return
    _print(name, path, found, complete)


def _search(path: Path, seconds: float, loss: float, anew: bool) -> tuple[fitted.Fitted, bool]:
    from planfirst.adapters.cores import physical_cores
    from planfirst.adapters.llama import threads_for
    from planfirst.models.fit.search import Search
    from planfirst.workers.trials import ChildTrials

    ends = time.monotonic() + seconds
    with ended_like_ctrl_c(), _Shown(seconds) as shown:
        threads = thread_counts(threads_for(path.stat().st_size), physical_cores())
        trials = ChildTrials(sample())
        search = Search(path, trials, threads, lambda: ends - time.monotonic(), shown.begins, shown.decided, loss)
        return asyncio.run(search.run(anew))


def thread_counts(usual: int, cores: int) -> tuple[int, ...]:
    """The usual number first, then 1, 2, 4 and so on up to the number of cores."""
    counts = {1 << n for n in range(cores.bit_length()) if 1 << n <= cores} | {cores}
    return (usual, *sorted(counts - {usual}))


def sample() -> str:
    """The text that models are tried on: ordinary code, one recipe of each topic of the cookbook."""
    from planfirst.corpora import recipes

    first: dict[str, str] = {}
    for recipe in recipes.load():
        first.setdefault(recipe.topic, recipe.code)
    return "\n\n\n".join(first.values())


class _Shown:
    """A bar of the time on a terminal, and a line for each trial."""

    def __init__(self, seconds: float) -> None:
        columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
        self._bar = Progress(*columns, console=err, transient=True, disable=not err.is_interactive)
        self._seconds, self._began = seconds, time.monotonic()
        self._task = self._bar.add_task("Fitting", total=seconds)

    def __enter__(self) -> _Shown:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def begins(self, tried: str) -> None:
        """Shows what is tried now."""
        self._move(f"Trying {tried}")

    def decided(self, outcome: Outcome) -> None:
        """Says what came of it."""
        self._move("Fitting")
        kept = " Kept." if outcome.kept else ""
        err.print(f"{outcome.tried}: {outcome.says}{kept}", markup=False, soft_wrap=True)

    def _move(self, description: str) -> None:
        passed = min(time.monotonic() - self._began, self._seconds)
        self._bar.update(self._task, description=description, completed=passed)
        tell_progress(round(passed), round(self._seconds))


def _print(name: str, path: Path, found: fitted.Fitted, complete: bool) -> None:
    running = found.running
    ways = [f"threads: {running.threads}"] if running.threads else []
    ways += [f"layers on a graphics card: {running.gpu_layers}"] if running.gpu_layers else []
    ways += [f"batch: {running.batch}"]
    ways += ["flash attention"] if running.flash_attention else []
    ways += [] if running.mmap else ["read instead of mapped"]
    what = f"{found.layout}, in {fitted.copy_of(path)}" if found.copy else f"the original ({found.layout})"
    out.print(f"Best for {name} here: {what}; {', '.join(ways)}", markup=False, soft_wrap=True)
    if not complete:
        out.print("The time was too short for all trials; run the same command again to continue.", markup=False)
    if found.copy:
        out.print(f"It is used in place of {path}, which stays. {_USED}", markup=False, soft_wrap=True)
