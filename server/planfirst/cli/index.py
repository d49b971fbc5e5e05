"""``planfirst index``: the store of examples."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from planfirst.build import Engine
from planfirst.cli.console import Sets, err, settings_from, show_progress
from planfirst.core.errors import BadRequest
from planfirst.core.types import Example
from planfirst.folders import store_folder
from planfirst.settings import Settings
from planfirst.store.read import status as store_status

app = typer.Typer(help="Build, inspect and search the store of examples.", rich_markup_mode=None)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command(help="Build the store from its corpora. Stop with Ctrl-C: the old store stays as it is.")
def build(
    corpora: Annotated[
        list[str] | None, typer.Argument(help="cookbook, functions; without any, those in the settings.")
    ] = None,
    sets: Sets = None,
) -> None:
    settings = settings_from(sets)
    asyncio.run(build_store(settings, corpora or list(settings.retriever.corpora)))
    _print_status(settings, False)


@app.command(help="Show what is in the store.")
def status(as_json: AsJson = False, sets: Sets = None) -> None:
    _print_status(settings_from(sets), as_json)


@app.command(help="Show the examples nearest to a question.")
def search(
    query: Annotated[str, typer.Argument(help="What to look for, in your own words.")],
    count: Annotated[int, typer.Option("--count", min=1, max=100, help="How many.")] = 5,
    as_json: AsJson = False,
    sets: Sets = None,
) -> None:
    if not query.strip():
        raise BadRequest("The question is empty.", "Write what to look for.")
    settings = settings_from(sets)
    store_status(store_folder(settings.retriever.store))  # a store that is not there is told before a model is loaded
    examples = asyncio.run(_search(settings, query, count))
    if as_json:
        sys.stdout.write(json.dumps([asdict(example) for example in examples], ensure_ascii=False, indent=2) + "\n")
        return
    for example in examples:
        pair = example.pair
        sys.stdout.write(f"{example.score:.3f}  {pair.question}  ({pair.source}, {pair.licence}, {pair.place})\n")


async def build_store(settings: Settings, corpora: list[str]) -> None:
    """Builds the store in a retriever process, with a progress bar."""
    engine = Engine(settings)
    try:
        await show_progress("Building the store", engine.retriever().build(corpora))
    finally:
        await engine.close()


async def _search(settings: Settings, query: str, count: int) -> list[Example]:
    engine = Engine(settings)
    try:
        with err.status("Searching"):
            return await engine.retriever().search(query, count)
    finally:
        await engine.close()


def _print_status(settings: Settings, as_json: bool) -> None:
    folder = store_folder(settings.retriever.store)
    state = store_status(folder)
    if as_json:
        sys.stdout.write(json.dumps({"folder": str(folder), **asdict(state)}, indent=2) + "\n")
        return
    corpora = ", ".join(f"{name} {entry.count}" for name, entry in state.corpora.items())
    sys.stdout.write(
        f"{state.count} examples ({corpora}), {state.size / 1e6:.1f} MB in {folder}\n"
        f"generation {state.generation}, built {state.created}, embedding {state.embedding}\n"
    )
