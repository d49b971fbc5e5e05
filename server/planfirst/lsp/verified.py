"""Verified generation for a place in a document: from the editor's terms to `verify`, and back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pygls.uris import to_fs_path

from planfirst.lsp.convert import Snapshot
from planfirst.lsp.messages import Ask, AttemptEvent, WireVerdict
from planfirst.lsp.words import Words
from planfirst.source.locate import Spot
from planfirst.verify.attempts import Attempt, Budget, Checking, Trying
from planfirst.verify.scene import Scene
from planfirst.verify.verification import Verification, verification
from planfirst.verify.workspace import workspace_of

if TYPE_CHECKING:
    from planfirst.lsp.server import PlanfirstServer


async def prepared(
    server: PlanfirstServer,
    ask: Ask,
    before: Snapshot,
    spot: Spot,
    trusted: bool,
    permit: Callable[[], Awaitable[bool]],
) -> Verification:
    """What the code for a spot will be checked with.

    Args:
        trusted: whether something may be run in this workspace at all.
        permit: asks the user, where the setting says so.
    """
    setting = server.settings.verify.run

    async def allowed(worth_asking: bool) -> bool:
        if setting != "ask":
            return setting == "on"
        return ask.may_run or (worth_asking and await permit())

    workspace = workspace_of(before.path, folders_of(server)) if before.path and trusted else None
    found = await verification(
        spot.task,
        Scene(before.text, spot, workspace, before.language),
        server.engine.sandbox,
        trusted=trusted,
        permit=allowed,
    )
    if found.refused:
        server.say_once(f"{found.refused} Until then code is read, and not run.")
    if setting == "off" and found.needs == "permission":
        return replace(found, needs="")  # the user has decided
    return found


def budget_of(server: PlanfirstServer) -> Budget:
    """What all attempts at one request may take."""
    settings = server.settings.verify
    return Budget(settings.seconds, settings.tokens, settings.attempts)


def verdict_of(found: Verification, made: Sequence[Attempt], chosen: Attempt, words: Words) -> WireVerdict:
    """The verdict on the attempt that is offered."""
    verdict = chosen.verdict
    return WireVerdict(
        status=verdict.status,
        check=words(verdict.check),
        output=words(verdict.output),
        held=verdict.held,
        of=verdict.of,
        ran=verdict.ran,
        placed=verdict.placed,
        needs=found.needs,
        attempts=len(made),
        how=chosen.how,
    )


def event_of(event: Trying | Checking | Attempt, last: Trying, most: int) -> AttemptEvent:
    """An attempt as an event; ``last`` is the one that began last."""
    return AttemptEvent(
        kind="attempt",
        doing="write" if isinstance(event, Trying) else "check" if isinstance(event, Checking) else "failed",
        number=event.number,
        of=most,
        how=last.how,
        output=event.verdict.output if isinstance(event, Attempt) else "",
        secondsLeft=round(last.seconds_left, 1),
        tokensLeft=last.tokens_left,
    )


def words_of(event: AttemptEvent) -> str:
    """The same for a progress that shows words."""
    if event["doing"] == "check":
        return "Checking the code"
    if event["doing"] == "failed":
        return f"Attempt {event['number']} fails: {event['output']}"
    left = f"{event['secondsLeft']:.0f} s and {event['tokensLeft']} tokens left"
    return f"Attempt {event['number']} of at most {event['of']}, {event['how']} ({left})"


def said_of(verdict: WireVerdict) -> str:
    """The verdict in one or two sentences, for an editor that shows messages."""
    tries = f" after {verdict['attempts']} attempts" if verdict["attempts"] > 1 else ""
    if verdict["status"] == "failed":
        if not verdict["placed"]:
            return f"Nothing was written{tries}. {verdict['output']}"
        return f"The code fails its check{tries}. Read it before you keep it. {verdict['output']}"
    if verdict["status"] == "passed":
        return f"The code passes its checks{tries} ({verdict['held']} of {verdict['of']})."
    if verdict["status"] == "read":
        return f"Not run{tries}. {verdict['check']} {verdict['output']}"
    return f"The code was not checked. {verdict['output']}"


def folders_of(server: PlanfirstServer) -> list[Path]:
    """The folders that are opened in the editor."""
    folders = [to_fs_path(uri) for uri in server.workspace.folders]
    root = [server.workspace.root_path] if not folders else []
    return [Path(folder) for folder in [*folders, *root] if folder]
