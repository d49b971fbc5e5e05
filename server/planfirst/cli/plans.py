"""``planfirst plans``: plans as files in your workspace, run a step at a time; you see each as a diff and decide."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.syntax import Syntax

from planfirst.build import Engine
from planfirst.chat.tasks import fenced
from planfirst.cli.console import Sets, err, out, settings_from, tell
from planfirst.cli.example import used
from planfirst.cli.outcome import outcome_of
from planfirst.cli.plan_saving import saved
from planfirst.cli.verified import verified
from planfirst.core.begun import label
from planfirst.core.errors import BadRequest
from planfirst.core.types import Outcome
from planfirst.plans import files
from planfirst.plans.checkpoints import Checkpoint, Checkpoints
from planfirst.plans.document import PlanDocument, Step, parse, with_result
from planfirst.settings import Settings
from planfirst.source.alone import alone
from planfirst.source.diff import unified
from planfirst.source.languages import language_of
from planfirst.source.lines import split
from planfirst.source.locate import locate
from planfirst.source.unsafe import escaped
from planfirst.verify.destination import Destination
from planfirst.verify.project import project_of

app = typer.Typer(help="Save a plan as a file, run it step by step, and undo it.", rich_markup_mode=None)
File = Annotated[Path, typer.Argument(metavar="FILE", help="The plan's file.", show_default=False)]
Yes = Annotated[bool, typer.Option("--yes", help="Write without asking.")]


@app.command(help="Write a plan for a request, into a new file below .planfirst/plans.")
def save(
    request: Annotated[str, typer.Argument(help="What the code should do, in your own words.")],
    file: Annotated[str, typer.Option("--file", help="The source file that steps are about which name none.")] = "",
    sets: Sets = None,
) -> None:
    if not request.strip():
        raise BadRequest("request-empty")
    outcome = asyncio.run(_planned(request, settings_from(sets)))
    root = Path.cwd().resolve()
    out.print(str(saved(outcome, root, file).relative_to(root)), markup=False, soft_wrap=True)


@app.command(help="Show the steps of a plan: which are done, and the file of each.")
def show(file: File) -> None:
    _, document = _read(file)
    for step in document.steps:
        row = f"{'x' if step.done else ' '} {step.number}. {step.text}{f'  ({step.file})' if step.file else ''}"
        out.print(escaped(row), markup=False, soft_wrap=True)


@app.command(help="Run the steps that are not done. Each is shown as a diff; you are asked before it is written.")
def run(
    file: File,
    first: Annotated[int, typer.Option("--from", metavar="STEP", help="Begin again with this step.", min=0)] = 0,
    yes: Yes = False,
    sets: Sets = None,
) -> None:
    settings = settings_from(sets)
    _, document = _read(file)
    if first > len(document.steps):
        raise BadRequest("plan-step-missing", step=first, count=len(document.steps))
    if not yes and not sys.stdin.isatty():
        raise BadRequest("plan-unconfirmed")
    root = Path.cwd().resolve()
    steps = [step for step in document.steps if (step.number >= first if first else not step.done)]
    for step in steps:  # all of them before the first model is asked
        if not step.file:
            raise BadRequest("plan-step-without-file", step=step.text)
        files.inside(root, step.file)
    if first and not _taken_back(file, root, first, yes):
        return
    for step in steps:
        if not _run_step(file, step, root, settings, yes):
            return
    tell("Every step is done." if steps else "There is no step left to run; --from begins again with one.")


@app.command(help="Give back every file as it was before the first step was written.")
def undo(file: File) -> None:
    root = Path.cwd().resolve()
    _undone(file, Checkpoints(root, file).undo())


@dataclass(frozen=True, slots=True)
class _Made:
    """What a step made.

    Attributes:
        after: the file with its code; None where the code cannot go in.
        about: the example that was used, and the verdict.
    """

    code: str = ""
    after: bytes | None = None
    model: str = ""
    about: str = ""


def _taken_back(file: Path, root: Path, first: int, yes: bool) -> bool:
    """Takes out what these steps have written before; False if you do not want that.

    Where a file has changed since, that stays, and new code goes in beside it.
    """
    checkpoints = Checkpoints(root, file)
    written = sorted({one.step for one in checkpoints.all() if one.step >= first})
    if not written:
        return True
    steps = f"Step {written[0]} is" if len(written) == 1 else f"Steps {', '.join(map(str, written))} are"
    tell(f"{steps} written already.")
    if not yes and err.input("Take that out first? [y]es, [q]uit: ", markup=False).strip().lower() not in ("y", "yes"):
        return False
    try:
        _undone(file, checkpoints.undo(first))
    except BadRequest as error:
        if error.code != "plan-undo-changed":
            raise
        tell(f"{error.what} New code goes in beside it.")
    return True


def _undone(file: Path, undone: list[Checkpoint]) -> None:
    """Notes in the plan, and says, what was undone; a step that has changed since keeps its place."""
    for one in undone:
        _, document = _read(file)
        step = next((step for step in document.steps if step.number == one.step), None)
        if step is not None:
            _note(file, step, "", done=False)
        tell(f"Step {one.step} is undone in {one.file}.")


def _run_step(file: Path, step: Step, root: Path, settings: Settings, yes: bool) -> bool:
    """Whether to go on with the next step."""
    path = files.inside(root, step.file)
    before = files.read(path)
    tell(f"Step {step.number}: {step.text} ({step.file})")
    made = _code(step, path, root, before, settings)
    after = made.after
    if after is None:
        tell(f"This step has no code that can go into {step.file}; the plan stops here.")
        raise SystemExit(1)
    diff = unified(files.text_of(before, path), files.text_of(after, path), step.file)
    if out.is_terminal:
        out.print(Syntax(escaped(diff), "diff", theme="ansi_dark", word_wrap=True))
    else:
        out.file.write(diff)
    if not yes:
        chosen = err.input("Write it? [y]es, [n]o, [q]uit: ", markup=False).strip().lower()
        if chosen not in ("y", "yes"):
            tell("It is not written.")
            return chosen in ("n", "no")
    checkpoints = Checkpoints(root, file)
    checkpoints.add(step.number, step.file, before, after)
    try:
        files.write(path, after, before)
    except BadRequest:
        checkpoints.drop_last()
        raise
    language = label(language_of("", step.file).id)
    _note(file, step, f"{step.file}, by {made.model}\n\n{fenced(made.code, language)}\n\n{made.about}")
    return True


def _code(step: Step, path: Path, root: Path, before: bytes | None, settings: Settings) -> _Made:
    """Lets the model write a step's code; the step goes into the file as a comment above it."""
    language = language_of("", step.file)
    text = files.text_of(before, path)
    end = "\r\n" if "\r\n" in text else "\n"
    if text.strip():
        text += (end if not text.endswith("\n") else "") + 2 * end
    opening, closing = (f"{language.line} ", "") if language.line else (language.block or ("", ""))
    text += f"{opening}{step.request}{closing}{end}"
    last = len(split(text)) - 1
    site = locate(text, last, last, language)
    if site is None:
        return _Made()
    destination = Destination(text, site, project_of(path, [root]), language, path)
    outcome, verdict = asyncio.run(verified(site.task, destination, settings, may_run=settings.verify.run == "on"))
    made = outcome.generation
    code = made.code if made else ""
    placed = destination.placement(code)
    for notice in filter(None, (*placed.notices, placed.warning, placed.refused)):
        tell(notice)
    if made is None or placed.refused or not placed.edits:
        return _Made(code)
    mark = b"\xef\xbb\xbf" if before and before.startswith(b"\xef\xbb\xbf") else b""
    about = f"{used(outcome)}\n\nVerdict: {verdict['status']}. {verdict['output'] or verdict['check']}".rstrip()
    return _Made(code, mark + placed.result.encode("utf-8", "replace"), made.model, about)


def _note(file: Path, step: Step, result: str, done: bool = True) -> None:
    """Puts a result into the plan as it is now; what you have changed in it meanwhile stays."""
    data, document = _read(file)
    now = next((one for one in document.steps if one.number == step.number and one.text == step.text), None)
    if now is None:
        tell(f"The plan no longer has step {step.number} as it was, so nothing is noted in it.")
        return
    changed = with_result(document, now, result, done)
    files.write(file, changed.text.encode("utf-8", "replace"), data)


def _read(file: Path) -> tuple[bytes, PlanDocument]:
    data = files.read(file)
    if data is None:
        raise BadRequest("file-unreadable", file=file, reason="there is no such file")
    return data, parse(files.text_of(data, file), file.name)


async def _planned(request: str, settings: Settings) -> Outcome:
    return await outcome_of(Engine(settings), alone(request.strip()), "plan")
