"""Commands that another distribution adds to ours, by entry points of the group ``planfirst.commands``.

The name of an entry point is the command's: ``eval``, or ``models.tune`` for ``planfirst models tune``. Its object is a
`typer.Typer` or a function, whose docstring is the help.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Final

import typer

from planfirst.core.errors import PlanfirstError

GROUP: Final = "planfirst.commands"
# What our laboratory adds, so that a command says where it is to be had in place of "no such command".
LABORATORY: Final = {
    "eval": "Measure what retrieval, plan and model are worth.",
    "train": "Train models.",
    "data": "Make data to train with.",
    "models.tune": "Measure how a model is best asked, and keep that with it.",
    "models.convert": "Make a GGUF file of a Hugging Face folder.",
}
# Whatever is asked of a command that is not there, --help too, has one answer.
_ANYTHING: Final = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def add_commands(root: typer.Typer, groups: Mapping[str, typer.Typer]) -> None:
    """Adds what other distributions bring, and a command that says what to install for what they do not.

    Args:
        groups: those below ``root`` that may be added to, by name.
    """
    brought = {point.name: point for point in entry_points(group=GROUP)}
    for name in dict.fromkeys((*LABORATORY, *brought)):
        group, _, command = name.rpartition(".")
        target = groups.get(group) if group else root
        if target is None:
            continue
        if name in brought:
            _add(target, command, brought[name])
        else:
            summary = f"{LABORATORY[name]} Needs planfirst-lab."
            target.command(command, help=summary, context_settings=_ANYTHING)(_lacking(name))


def _add(target: typer.Typer, command: str, point: EntryPoint) -> None:
    try:
        added = point.load()
    except Exception as error:  # of another's code anything may come, and the other commands go on
        target.command(command, help="Cannot be loaded.", context_settings=_ANYTHING)(_broken(point, error))
        return
    if isinstance(added, typer.Typer):
        target.add_typer(added, name=command)
    else:
        target.command(command)(added)


def _lacking(name: str) -> Callable[[], None]:
    def command() -> None:
        raise PlanfirstError("command-in-laboratory", command=name.replace(".", " "))

    return command


def _broken(point: EntryPoint, reason: Exception) -> Callable[[], None]:
    def command() -> None:
        owner = point.dist.name if point.dist else point.value
        raise PlanfirstError("command-broken", command=point.name.replace(".", " "), package=owner, reason=str(reason))

    return command
