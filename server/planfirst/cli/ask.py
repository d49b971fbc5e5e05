"""``planfirst plan``, ``prompt`` and ``generate``: a request on the command line, or a comment in a file."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from planfirst.build import Engine
from planfirst.cli.console import Sets, settings_from
from planfirst.cli.outcome import outcome_of
from planfirst.cli.verified import verified
from planfirst.core.errors import BadRequest
from planfirst.core.types import Goal, Outcome
from planfirst.likelihood import match
from planfirst.settings import Settings
from planfirst.source.unsafe import escaped
from planfirst.verify.located import Located, at_line, by_itself

Request = Annotated[str, typer.Argument(help="What the code should do, in your own words.", show_default=False)]
File = Annotated[
    Path | None,
    typer.Option("--file", help="Instead of a request, a source file that holds it as a comment; with --line."),
]
Line = Annotated[int | None, typer.Option("--line", help="The line of that comment, from 1.")]
Verify = Annotated[
    bool,
    typer.Option(
        "--verify", help="Run the code in a sandbox against the examples in the request, and try again if it fails."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]


def plan(
    request: Request = "", file: File = None, line: Line = None, as_json: AsJson = False, sets: Sets = None
) -> None:
    """Write a plan."""
    _answer("plan", request, file, line, as_json, sets)


def prompt(
    request: Request = "", file: File = None, line: Line = None, as_json: AsJson = False, sets: Sets = None
) -> None:
    """Write the enhanced prompt."""
    _answer("prompt", request, file, line, as_json, sets)


def generate(
    request: Request = "",
    file: File = None,
    line: Line = None,
    as_json: AsJson = False,
    verify: Verify = False,
    sets: Sets = None,
) -> None:
    """Write the code; with ``verify``, exit with 1 when it fails its checks."""
    if not verify:
        _answer("generate", request, file, line, as_json, sets)
        return
    located = _located(request, file, line)
    outcome, verdict = asyncio.run(verified(located.task, located.destination, settings_from(sets)))
    if as_json:
        sys.stdout.write(json.dumps(_as_json(outcome) | {"verdict": verdict}, ensure_ascii=False, indent=2) + "\n")
    else:
        _show(_as_text(outcome, "generate"))
    if verdict["status"] == "failed":
        raise SystemExit(1)


def _answer(
    goal: Goal, request: str, file: Path | None, line: int | None, as_json: bool, sets: list[str] | None
) -> None:
    outcome = asyncio.run(_run(_located(request, file, line), goal, settings_from(sets)))
    if as_json:
        sys.stdout.write(json.dumps(_as_json(outcome), ensure_ascii=False, indent=2) + "\n")
    else:
        _show(_as_text(outcome, goal))


def _show(text: str) -> None:
    """Writes an answer; on a terminal, characters that would steer it are shown as escapes."""
    sys.stdout.write((escaped(text) if sys.stdout.isatty() else text) + "\n")


def _located(request: str, file: Path | None, line: int | None) -> Located:
    if (request.strip() and file) or (file is None) != (line is None):
        raise BadRequest("ask-ambiguous")
    if file is None or line is None:
        return by_itself(request)
    return at_line(file.absolute(), line, Path.cwd(), str(file))


async def _run(located: Located, goal: Goal, settings: Settings) -> Outcome:
    engine = Engine(settings)
    project = located.destination.project
    task = engine.ruled(located.task, project.file, [project.root]) if project else located.task
    return await outcome_of(engine, task, goal, located.destination.new_part)


def _as_text(outcome: Outcome, goal: Goal) -> str:
    if goal == "plan":
        return outcome.plan.numbered() if outcome.plan else ""
    if goal == "prompt":
        return outcome.prompt.text if outcome.prompt else ""
    return outcome.generation.code if outcome.generation else ""


def _as_json(outcome: Outcome) -> dict[str, Any]:
    generation = outcome.generation
    return {
        "request": outcome.task.request,
        "examples": [
            {
                "question": example.pair.question,
                "code": example.pair.code,
                "score": round(example.score, 4),
                "match": match(example),
                "source": example.pair.source,
                "licence": example.pair.licence,
                "place": example.pair.place,
                "used": example is outcome.example,
            }
            for example in outcome.examples
        ],
        "plan": list(outcome.plan.steps) if outcome.plan else [],
        "prompt": outcome.prompt.text if outcome.prompt else "",
        "code": generation.code if generation else "",
        "model": generation.model if generation else outcome.planner,
        "notices": [str(notice) for notice in outcome.notices],
        "timings_ms": {stage: round(seconds * 1000, 1) for stage, seconds in outcome.seconds.items()},
    }
