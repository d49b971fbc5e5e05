"""The command line. It exits with 0 on success, 2 on bad use, 1 otherwise; an error is one line on standard error."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import typer

from planfirst import __version__
from planfirst.cli import ask, demo, doctor, index, models, train
from planfirst.cli.console import fail
from planfirst.core.errors import BadRequest, BadSetting, PlanfirstError

# The class of all mistakes in the use of a command; typer has no public name for it.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]

app = typer.Typer(
    help="Plans before it codes: finds a similar question, writes a plan, then the code. Offline.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve", help="Serve the Language Server Protocol on standard input and output.")(demo.serve)
app.command("demo", help="Drive the language server as an editor does, and show every stage.")(demo.demo)
app.command("plan", help="Write a plan for a request.")(ask.plan)
app.command("prompt", help="Write the enhanced prompt for a request.")(ask.prompt)
app.command("generate", help="Plan, then write the code for a request.")(ask.generate)
app.command("doctor", help="Check that everything is in place, and say how to mend what is not.")(doctor.doctor)
app.add_typer(index.app, name="index")
app.add_typer(models.app, name="models")
app.add_typer(train.app, name="train")


@app.callback(invoke_without_command=True)
def root(version: bool = typer.Option(False, "--version", help="Show the version.")) -> None:
    """What holds for every command."""
    if version:
        typer.echo(f"planfirst {__version__}")


def run(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit code."""
    try:
        code = app(list(arguments), prog_name="planfirst", standalone_mode=False)
    except (BadRequest, BadSetting) as error:
        return fail(str(error), 2)
    except PlanfirstError as error:
        return fail(str(error), 1)
    except UsageError as error:
        message = getattr(error, "format_message", error.__str__)().rstrip(".")
        return fail(f"{message}. See `planfirst --help`." if message else "See `planfirst --help`.", 2)
    except (KeyboardInterrupt, asyncio.CancelledError, typer.Abort):
        return fail("Stopped.", 1)
    except BrokenPipeError:
        return 1
    return code if isinstance(code, int) else 0
