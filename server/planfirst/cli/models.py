"""``planfirst models``: which models there are, and getting more of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from planfirst.cli.console import err, out
from planfirst.core.errors import ModelMissing
from planfirst.models import import_file, installed, manifest, models_folder
from planfirst.models import verify as verify_model

app = typer.Typer(help="List, fetch, import and check models.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list", help="Show the models that are installed, and those that can be fetched by name.")
def list_models(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    here = {model.name: model for model in installed()}
    rows = [asdict(model) | {"path": str(model.path), "installed": True} for model in here.values()]
    rows += [asdict(entry) | {"installed": False} for entry in manifest() if entry.name not in here]
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
        return
    table = Table("Model", "Size", "Licence", "Roles", "State", box=None, pad_edge=False)
    for row in rows:
        state = row.get("problem") or ("installed" if row["installed"] else "planfirst models pull " + str(row["name"]))
        table.add_row(row["name"], _size(row["size"]), row["licence"] or "not known", ", ".join(row["roles"]), state)
    out.print(table)


@app.command(
    help="Fetch a model by name through the Hugging Face Hub. An interrupted download goes on where it stopped."
)
def pull(name: str) -> None:
    from planfirst.adapters.hub import pull as fetch

    known = {entry.name: entry for entry in manifest()}
    if name not in known:
        raise ModelMissing(f"There is no model named {name!r} to fetch.", f"Known are {', '.join(sorted(known))}.")
    with _bar(f"Fetching {name}") as progress:
        path = fetch(known[name], models_folder(), progress)
    out.print(f"{name} is in {path}", markup=False)


@app.command("import", help="Take over a GGUF file from this machine, for one without network.")
def import_model(
    file: Path,
    name: Annotated[str | None, typer.Option("--name", help="What to call it; without it, the file's name.")] = None,
) -> None:
    path = import_file(file, name)
    out.print(f"Imported as {path.stem}; use it with --set planner.model={path.stem}", markup=False)


@app.command(help="Check a model's header, size and checksum. Without a name, check all that are installed.")
def verify(name: Annotated[str | None, typer.Argument(help="A name, or the path of a GGUF file.")] = None) -> None:
    for each in [name] if name else [model.name for model in installed()]:
        with _bar(f"Checking {each}") as progress:
            verdict = verify_model(each, progress)
        out.print(str(verdict), markup=False)


@contextmanager
def _bar(title: str) -> Iterator[Callable[[int, int], None]]:
    columns = TextColumn(title), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)


def _size(size: int) -> str:
    return f"{size / 1e6:,.0f} MB" if size >= 1e6 else f"{size / 1e3:,.0f} kB"
