"""What an editor offers at a place: code actions and code lenses. From the syntax alone; no model is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from lsprotocol import types as lsp

from planfirst.lsp.convert import Snapshot, place_of
from planfirst.lsp.messages import REWRITE, TITLES, WRITE_BELOW, Place, Verb, client_command, server_command
from planfirst.lsp.words import Words
from planfirst.source.locate import Spot

KIND = "refactor.rewrite.planfirst"
_LARGEST_SCAN = 2000  # lines; a code lens must not make a large file slow


class Wording(NamedTuple):
    """For whom it is offered.

    Attributes:
        ours: whether the client is our extension, which has commands of its own.
        words: puts texts into the user's language.
    """

    ours: bool
    words: Words


def command(verb: Verb, place: Place, wording: Wording) -> lsp.Command:
    """The command behind an entry: our extension's own where that is the client, else one that the server executes."""
    name = client_command(verb) if wording.ours else server_command(verb)
    return lsp.Command(title=wording.words(TITLES[verb]), command=name, arguments=[place])


def verbs(spot: Spot) -> tuple[Verb, ...]:
    """What can be done there, the likeliest first."""
    if spot.task.plan is not None:
        return ("generateFromPlan", "plan", "showPrompt", "insertPlan")
    return ("generate", "plan", "showPrompt", "insertPlan")


def code_actions(
    before: Snapshot, spot: Spot, first: int, last: int, wording: Wording, plan_is_known: bool, resolves: bool
) -> Iterator[lsp.CodeAction]:
    """The entries for a place.

    Inserting a plan that is known is a plain edit, which is only computed if the entry is chosen
    (``codeAction/resolve``).
    """
    place = place_of(first, last, before)
    for verb in verbs(spot):
        title = WRITE_BELOW if verb == "generate" and spot.described else TITLES[verb]
        action = lsp.CodeAction(title=wording.words(title), kind=KIND)
        if verb == "insertPlan" and plan_is_known and resolves:
            action.data = place
        else:
            action.command = command(verb, place, wording)
        yield action
        if verb == "generate" and spot.described:
            rewrite = command(verb, Place(**place, rewrite=True), wording)
            yield lsp.CodeAction(title=wording.words(REWRITE), kind=KIND, command=rewrite)


def wanted(only: Sequence[Any] | None) -> bool:
    """Whether a client that asks for some kinds of code action asks for ours."""
    return not only or any(kind == KIND or KIND.startswith(f"{kind}.") for kind in map(str, map(_value, only)))


def lenses(before: Snapshot, wording: Wording) -> Iterator[lsp.CodeLens]:
    """A lens above each comment that holds a plan."""
    lines = before.text.split("\n")
    line = 0
    while line < min(len(lines), _LARGEST_SCAN):
        spot = before.spot(line, line) if "Plan:" in lines[line] else None
        if spot is not None and spot.task.plan is not None:
            at = lsp.Range(lsp.Position(spot.first, 0), lsp.Position(spot.first, 0))
            place = place_of(spot.first, spot.last, before)
            yield lsp.CodeLens(at, command("generateFromPlan", place, wording))
            line = max(line, spot.last)
        line += 1


def _value(kind: Any) -> Any:
    return getattr(kind, "value", kind)
