"""``planfirst index``: the store of examples."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planfirst.adapters.stores import Store, store_at
from planfirst.build import Engine
from planfirst.cli.console import Sets, err, settings_from, show_progress
from planfirst.cli.workspaces import workspaces
from planfirst.core.errors import BadRequest, CorpusError
from planfirst.core.types import Example
from planfirst.corpora.columns import Options
from planfirst.corpora.origins import HUB, Kind, Origin
from planfirst.folders import store_folder
from planfirst.likelihood import match
from planfirst.settings import Settings
from planfirst.workers.proxies import Note, RetrieverWorker

if TYPE_CHECKING:  # with NumPy, which a command that only asks a child process does without
    from planfirst.store.manifest import CorpusEntry
    from planfirst.store.read import StoreStatus

app = typer.Typer(help="Build, change, inspect and search the store of examples.", rich_markup_mode=None)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Steps = Callable[[RetrieverWorker, Note], AsyncIterator[tuple[int, int]]]


@app.command(
    help="Build the store: the corpora that come with Planfirst, and all that were added, read again. Stop with "
    "Ctrl-C: the old store stays as it is, and the next build continues where this one stopped."
)
def build(
    corpora: Annotated[
        list[str] | None, typer.Argument(help="cookbook, functions; without any, those in the settings.")
    ] = None,
    sets: Sets = None,
) -> None:
    settings = settings_from(sets)
    asyncio.run(build_store(settings, corpora or list(settings.retriever.corpora)))
    _print_status(settings, False)


@app.command(
    help="Add a corpus: a table of questions and code (JSONL, CSV, Parquet), a folder of tables, a folder of source "
    "code, or a data set on the hub. Adding it again reads it again; only what is new is embedded."
)
def add(
    address: Annotated[
        str, typer.Argument(metavar="PATH|hf:OWNER/NAME[/SUBSET]", help="What to add; omit it with --python.")
    ] = "",
    name: Annotated[str, typer.Option("--name", help="What to call it; by default its own name.")] = "",
    question_column: Annotated[str, typer.Option("--question-column", help="The column with the question.")] = "",
    code_column: Annotated[str, typer.Option("--code-column", help="The column with the code.")] = "",
    licence: Annotated[str, typer.Option("--licence", help="The licence of its code, as an SPDX identifier.")] = "",
    tables: Annotated[bool, typer.Option("--tables", help="Read a folder's tables though it holds code.")] = False,
    python: Annotated[
        Path | None, typer.Option("--python", help="Add the packages that this Python interpreter has installed.")
    ] = None,
    package: Annotated[
        list[str] | None, typer.Option("--package", help="With --python: only this package. Can be repeated.")
    ] = None,
    sets: Sets = None,
) -> None:
    settings = settings_from(sets)
    if bool(address) == bool(python):
        raise BadRequest("add-ambiguous")
    if package and not python:
        raise BadRequest("add-package-alone")
    options = Options(question_column, code_column, licence)
    origin = (
        Origin("packages", _absolute(str(python)), only=tuple(package or ()))
        if python
        else _origin(address, options, tables)
    )
    called = name or origin.default_name
    title = f"Adding {called}"
    _change(settings, title, lambda retriever, note: retriever.add(called, origin.to_record(), note))
    _print_status(settings, False)


@app.command(help="Take a corpus out of the store; its examples are gone at once.")
def remove(
    name: Annotated[str, typer.Argument(help="The corpus, as `planfirst index status` shows it.")], sets: Sets = None
) -> None:
    settings = settings_from(sets)
    _store(settings).remove(name)
    _print_status(settings, False)


app.command(help="Show what is kept of folders that were opened in an editor, or forget one of them.")(workspaces)


@app.command(help="Show what is in the store.")
def status(as_json: AsJson = False, sets: Sets = None) -> None:
    _print_status(settings_from(sets), as_json)


@app.command(help="Check every byte of the store, and by a sample whether the vectors belong to their examples.")
def verify(
    sample: Annotated[int, typer.Option("--sample", min=0, help="How many examples are embedded again.")] = 64,
    as_json: AsJson = False,
    sets: Sets = None,
) -> None:
    settings = settings_from(sets)
    _store(settings).check()  # damage is told before a model is loaded
    found = asyncio.run(_verify(settings, sample))
    if as_json:
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        return
    sys.stdout.write(
        f"All {found['status']['count']} examples match their checksums; {found['sampled']} were embedded again, "
        f"the least similar with cosine {found['lowest']:.4f}.\n"
    )


@app.command(help="Write the examples as JSON lines; `planfirst index add` can read them.")
def export(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist. - is standard output.")],
    corpus: Annotated[list[str] | None, typer.Option("--corpus", help="Only this corpus. Can be repeated.")] = None,
    sets: Sets = None,
) -> None:
    settings = settings_from(sets)
    count = _store(settings).export(file, corpus or [])
    if str(file) != "-":
        sys.stdout.write(f"{count} examples in {file}\n")


@app.command(help="Show the examples nearest to a question.")
def search(
    query: Annotated[str, typer.Argument(help="What to look for, in your own words.")],
    count: Annotated[int, typer.Option("--count", min=1, max=100, help="How many.")] = 5,
    as_json: AsJson = False,
    sets: Sets = None,
) -> None:
    if not query.strip():
        raise BadRequest("search-empty")
    settings = settings_from(sets)
    _store(settings).status()  # a store that is not there is told before a model is loaded
    examples = asyncio.run(_search(settings, query, count))
    if as_json:
        sys.stdout.write(
            json.dumps(
                [{**asdict(example), "match": match(example)} for example in examples], ensure_ascii=False, indent=2
            )
            + "\n"
        )
        return
    for example in examples:
        pair = example.pair
        found = f"{example.score:.3f}  {match(example):<11}"
        sys.stdout.write(f"{found}  {pair.question}  ({pair.source}, {pair.licence}, {pair.place})\n")


async def build_store(settings: Settings, corpora: list[str]) -> None:
    """Builds the store in a retriever process, with a progress bar."""
    await _run(settings, "Building the store", lambda retriever, note: retriever.build(corpora, note))


def _change(settings: Settings, title: str, steps: Steps) -> None:
    asyncio.run(_run(settings, title, steps))


async def _run(settings: Settings, title: str, steps: Steps) -> None:
    engine = Engine(settings)
    try:
        await show_progress(title, steps(engine.retriever(), _say))
    except asyncio.CancelledError:
        kept = _store(settings).waiting()
        if kept:
            _say(f"{kept} embedded texts are kept; run the same command again to continue.")
        raise
    finally:
        await engine.close()


def _say(text: str) -> None:
    err.print(text, markup=False, soft_wrap=True)


async def _verify(settings: Settings, sample: int) -> dict[str, Any]:
    engine = Engine(settings)
    try:
        with err.status("Checking the store"):
            return await engine.retriever().verify(sample)
    finally:
        await engine.close()


async def _search(settings: Settings, query: str, count: int) -> list[Example]:
    engine = Engine(settings)
    try:
        with err.status("Searching"):
            return await engine.retriever().search(query, count)
    finally:
        await engine.close()


def _origin(address: str, options: Options, tables: bool) -> Origin:
    if address.startswith(HUB):
        return Origin("hub", address.removeprefix(HUB).strip("/"), options)
    path = Path(_absolute(address))
    if not path.exists():
        raise CorpusError("corpus-path-missing", path=path)
    kind: Kind = "table"
    if path.is_dir() and not tables:
        from planfirst.corpora.code.files import holds_code

        kind = "code" if holds_code(path) else "table"
    return Origin(kind, str(path), options)


def _absolute(path: str) -> str:
    return os.path.abspath(Path(path).expanduser())  # noqa: PTH100 (a virtual environment's python stays the link it is)


def _print_status(settings: Settings, as_json: bool) -> None:
    store = _store(settings)
    state = store.status()
    kept = store.waiting()
    if as_json:
        sys.stdout.write(json.dumps({"folder": store.shown, **asdict(state), "waiting": kept}, indent=2) + "\n")
        return
    corpora = ", ".join(f"{name} {entry.count}" for name, entry in state.corpora.items())
    sys.stdout.write(
        f"{state.count} examples ({corpora}), {state.size / 1e6:.1f} MB in {store.shown}\n"
        f"generation {state.generation}, built {state.created}, embedding {state.embedding}\n"
        f"searched {_how(state)}\n"
    )
    for name, entry in state.corpora.items():
        if entry.origin:
            sys.stdout.write(f"{name} is from {_shown(entry)}\n")
    if kept:
        sys.stdout.write(f"{kept} embedded texts of a stopped build are kept; run the same command again to continue\n")


def _store(settings: Settings) -> Store:
    configured = settings.retriever.store
    return store_at(configured, store_folder(configured), settings.retriever.index)


def _how(state: StoreStatus) -> str:
    ways = {
        "flat": "by looking at every vector",
        "ivf": "in the nearest lists of an inverted file",
        "hnsw": "along a graph",
    }
    parts = [f"{ways.get(kind, kind)} ({rows} rows)" for kind, rows in state.indexes.items()]
    return ", ".join(parts) or "by looking at every vector"


def _shown(entry: CorpusEntry) -> str:
    try:
        return Origin.from_record(entry.origin).shown
    except CorpusError:
        return "a newer version of Planfirst"
