"""The command line. It exits with 0 on success, 2 on bad use, 1 otherwise; an error is one line on standard error."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from planfirst import __version__
from planfirst.cli import ask, doctor, index, mcp, models, plans, plugins, sandbox, workflows
from planfirst.cli.chat import command as chat
from planfirst.cli.console import Sets, fail
from planfirst.core.errors import BadRequest, BadSetting, PlanfirstError

# The class of all mistakes in the use of a command; typer has no public name for it.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]
_INTERRUPTED = 130  # what typer makes of Ctrl-C

app = typer.Typer(
    help="Plans before it codes: finds a similar question, writes a plan, then the code. Offline.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command(help="Serve the Language Server Protocol over stdio.")
def serve() -> None:
    from planfirst.lsp.__main__ import main

    main()


@app.command(
    help="Drive the language server as an editor does; show every stage. Where no model is installed or chosen, one of "
    "491 MB is fetched first."
)
def demo(
    picture: Annotated[Path | None, typer.Option("--picture", help="Save what is shown as an SVG picture.")] = None,
    sets: Sets = None,
) -> None:
    from planfirst.cli.demo import demo as run_demo  # the types of LSP take half a second that nobody else should wait

    run_demo(picture, sets)


app.command("mcp", help="Serve the Model Context Protocol, for agents.")(mcp.mcp)
app.command("plan", help="Write a plan for a request.")(ask.plan)
app.command("prompt", help="Write the enhanced prompt for a request.")(ask.prompt)
app.command("generate", help="Plan, then write the code for a request.")(ask.generate)
app.command("summarise", help="Summarise a document.")(workflows.summarise)
app.command("analyse", help="Plan the analysis of a table, and write a program for it.")(workflows.analyse)
app.command("doctor", help="Check every part, and say how to fix what is wrong.")(doctor.doctor)
app.command("sandbox", help="Run a Python program that is not trusted; say how it ended.")(sandbox.sandbox)
app.add_typer(chat.app, name="chat")
app.add_typer(plans.app, name="plans")
app.add_typer(index.app, name="index")
app.add_typer(models.app, name="models")
plugins.add_commands(app, {"index": index.app, "models": models.app})


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"planfirst {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(False, "--version", help="Show the version.", callback=_show_version, is_eager=True),
) -> None:
    """What holds for every command."""


def run(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # JSON is UTF-8 everywhere; an argument that is not UTF-8 comes out as an escape, which JSON allows.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    logging.getLogger("planfirst").addHandler(logging.NullHandler())  # an error is told once, by us
    try:
        code = app(list(arguments), prog_name="planfirst", standalone_mode=False)
    except (BadRequest, BadSetting) as error:
        return fail(str(error), 2)
    except PlanfirstError as error:
        return fail(str(error), 1)
    except UsageError as error:
        message = getattr(error, "format_message", error.__str__)().rstrip(".")
        command = getattr(getattr(error, "ctx", None), "command_path", "planfirst")
        return fail(f"{message or 'The command cannot be understood'}. See `{command} --help`.", 2)
    except (KeyboardInterrupt, asyncio.CancelledError, typer.Abort):
        return fail("Stopped.", 1)
    except BrokenPipeError:
        return 1
    if code == _INTERRUPTED:
        return fail("Stopped.", 1)
    return code if isinstance(code, int) else 0
