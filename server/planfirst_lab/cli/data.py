"""``planfirst data``: making data to train with."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from planfirst.cli.console import err

app = typer.Typer(help="Make data to train with.", rich_markup_mode=None)


@app.callback()
def data() -> None:
    """Keeps ``verify-instruct`` a subcommand while it is the only one."""


@app.command(
    "verify-instruct",
    help="Make dialogues of a question, code, and errors fixed, kept only if unit tests pass that broken code fails. "
    "All code runs in the sandbox. Stop with Ctrl-C; run it again to continue.",
)
def verify_instruct(
    questioner: Annotated[
        str, typer.Option("--questioner", help="offline, a model, or URL#MODEL of an endpoint.")
    ] = "offline",
    teacher: Annotated[str, typer.Option("--teacher", help="Who answers first; the same.")] = "offline",
    student: Annotated[
        str, typer.Option("--student", help="A model that answers once it is measurably better than the teacher.")
    ] = "",
    problems: Annotated[int | None, typer.Option("--problems", min=1, help="How many to try; without it, all.")] = None,
    out: Annotated[Path, typer.Option("--out", help="A folder for data, statistics and plot.")] = Path(
        "build/instruct"
    ),
    config: Annotated[Path | None, typer.Option("--config", help="A TOML file; without it, the shipped one.")] = None,
    human_eval: Annotated[
        Path | None, typer.Option("--humaneval", help="HumanEval.jsonl, whose copies are left out.")
    ] = None,
    mbpp: Annotated[Path | None, typer.Option("--mbpp", help="sanitized-mbpp.json or mbpp.jsonl, likewise.")] = None,
    packages: Annotated[
        bool, typer.Option("--allow-packages", help="Install packages that code imports, over the network.")
    ] = False,
    store: Annotated[bool, typer.Option("--examples/--no-examples", help="Show models the nearest recipe.")] = True,
    hosts: Annotated[
        list[str] | None, typer.Option("--allow-host", help="A host that an endpoint may be on. Can be repeated.")
    ] = None,
) -> None:
    from planfirst_lab.training.command import require_extra

    require_extra()
    from planfirst_lab.training.instruct.command import Options
    from planfirst_lab.training.instruct.command import verify_instruct as verify

    given = Options(
        questioner, teacher, student, problems, out, config, human_eval, mbpp, packages, store, tuple(hosts or ())
    )
    asyncio.run(verify(given, err))
