"""Commands, for editors without our extension: they answer at once, and what comes of them is shown or applied."""

from __future__ import annotations

import asyncio
import logging
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from planfirst.core.errors import PlanfirstError
from planfirst.core.types import Goal, Outcome
from planfirst.folders import data_folder
from planfirst.lsp.messages import TITLES, Ask, Verb
from planfirst.lsp.verified import said_of

if TYPE_CHECKING:
    from planfirst.lsp.jobs import Finished
    from planfirst.lsp.server import PlanfirstServer

log = logging.getLogger(__name__)
_GOALS: dict[Verb, Goal] = {
    "plan": "plan",
    "generate": "generate",
    "showPrompt": "prompt",
    "insertPlan": "plan",
    "generateFromPlan": "generate",
}


async def run(server: PlanfirstServer, verb: Verb, ask: Ask) -> None:
    """Does the work of a command and delivers it. What goes wrong is told to the user and never raised."""
    try:
        token = await _progress_token(server)
        finished = await server.jobs.run(replace(ask, work_token=token), _GOALS[verb], verb == "generateFromPlan")
        await _deliver(server, verb, finished)
    except PlanfirstError as error:
        server.say(str(error), lsp.MessageType.Error)
    except asyncio.CancelledError:
        server.say("Cancelled; nothing was written.", lsp.MessageType.Info)
    except Exception:
        log.exception("command %s failed", verb)
        server.say("Something unexpected went wrong. The server's log has the details.", lsp.MessageType.Error)


async def _progress_token(server: PlanfirstServer) -> str | None:
    """A progress the client shows, with a Cancel that reaches this job; None if the client has no such thing."""
    window = server.client_capabilities.window
    if not (window and window.work_done_progress):
        return None
    token = str(uuid.uuid4())
    await server.work_done_progress.create_async(token)
    return token


async def _deliver(server: PlanfirstServer, verb: Verb, finished: Finished) -> None:
    for notice in (*finished.outcome.notices, *finished.notices):
        server.say(notice)
    refused = finished.verdict is not None and not finished.verdict["placed"]
    if finished.verdict is not None and (finished.edit is not None or refused):
        is_good = finished.verdict["status"] in ("passed", "read")
        server.say(said_of(finished.verdict), lsp.MessageType.Info if is_good else lsp.MessageType.Warning)
    if verb == "showPrompt":
        await _show_prompt(server, finished.outcome)
    elif verb == "plan" and finished.outcome.plan:
        server.say(f"{server.words('Plan')}:\n{finished.outcome.plan.numbered()}", lsp.MessageType.Info)
    elif verb != "plan":
        await _apply(server, verb, finished)


async def _apply(server: PlanfirstServer, verb: Verb, finished: Finished) -> None:
    """Applies the edit; what the editor does not take is kept in a file."""
    reason = "the document has moved on"
    before = finished.before
    if finished.edit is not None and before.unchanged(server.document(before.uri)):
        # Looked at once more: between the edit's making and now, other messages may have been read.
        answer = await server.workspace_apply_edit_async(
            lsp.ApplyWorkspaceEditParams(edit=finished.edit, label=server.words(TITLES[verb]))
        )
        if answer.applied:
            return
        reason = answer.failure_reason or "the editor refused the edit"
    outcome = finished.outcome
    if finished.verdict is not None and not finished.verdict["placed"]:
        if outcome.generation and outcome.generation.code:
            server.say(f"The code is kept in {_keep_text('kept.txt', outcome.generation.code)}.", lsp.MessageType.Info)
        return
    text = outcome.generation.code if outcome.generation else outcome.plan.numbered() if outcome.plan else ""
    if text:
        server.say(f"Not written, since {reason}. The text is kept in {_keep_text('kept.txt', text)}.")


async def _show_prompt(server: PlanfirstServer, outcome: Outcome) -> None:
    assert outcome.prompt is not None  # the goal was a prompt
    path = _keep_text("prompt.md", outcome.prompt.text)
    window = server.client_capabilities.window
    if window and window.show_document and window.show_document.support:
        await server.window_show_document_async(lsp.ShowDocumentParams(uri=path.as_uri(), take_focus=True))
    else:
        server.say(f"The enhanced prompt is in {path}.", lsp.MessageType.Info)


def _keep_text(name: str, text: str) -> Path:
    path = data_folder() / "kept" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path
