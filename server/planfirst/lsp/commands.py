"""Commands for editors without our extension. They answer at once; the result is shown or applied later."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

from lsprotocol import types as lsp

from planfirst.core.errors import PlanfirstError
from planfirst.core.types import Goal, Outcome
from planfirst.folders import data_folder
from planfirst.lsp.ask import Ask
from planfirst.lsp.client import Client
from planfirst.lsp.command_names import TITLES, Verb
from planfirst.lsp.messages import QUIET_CODES
from planfirst.lsp.run import Run
from planfirst.lsp.runner import Runner
from planfirst.lsp.session import Session
from planfirst.lsp.verdicts import verdict_message
from planfirst.words import Message, Value

log = logging.getLogger(__name__)
_GOALS: dict[Verb, Goal] = {
    "plan": "plan",
    "generate": "generate",
    "showPrompt": "prompt",
    "insertPlan": "plan",
    "generateFromPlan": "generate",
}


class Commands:
    """The commands of one connection."""

    def __init__(self, session: Session, client: Client, runner: Runner) -> None:
        self._session = session
        self._client = client
        self._runner = runner

    async def execute(self, verb: Verb, ask: Ask) -> None:
        """Runs a command and delivers its result. Errors are shown to you, never raised."""
        say = self._client.say
        try:
            ask = replace(ask, work_token=await self._client.new_progress())
            run = await self._runner.run(ask, _GOALS[verb], verb == "generateFromPlan")
            await self._deliver(verb, run)
        except PlanfirstError as error:
            say(error.message, lsp.MessageType.Error)
        except asyncio.CancelledError:
            say(Message("run-cancelled"), lsp.MessageType.Info)
        except Exception:
            log.exception("command %s failed", verb)
            say(Message("run-fault"), lsp.MessageType.Error)

    async def _deliver(self, verb: Verb, run: Run) -> None:
        say, outcome, verdict = self._client.say, run.outcome, run.verdict
        for notice in (*outcome.notices, *run.notices):
            (self._client.log if notice.code in QUIET_CODES else say)(notice)
        if verdict is not None and (run.edit is not None or not verdict["placed"]):
            is_good = verdict["status"] in ("passed", "read")
            say(verdict_message(verdict), lsp.MessageType.Info if is_good else lsp.MessageType.Warning)
        if verb == "showPrompt":
            await self._show_prompt(outcome)
        elif verb == "plan" and outcome.plan:
            say(Message("plan-shown", plan=outcome.plan.numbered()), lsp.MessageType.Info)
        elif verb != "plan":
            await self._apply(verb, run)

    async def _apply(self, verb: Verb, run: Run) -> None:
        """Applies the edit; if the editor refuses it, the code is saved to a file."""
        reason: Value = Message("edit-outdated")
        before, outcome, verdict = run.before, run.outcome, run.verdict
        if run.edit is not None and before.unchanged(self._session.document(before.uri)):
            # Looked at once more: between the edit's making and now, other messages may have been read.
            answer = await self._client.apply(run.edit, Message(TITLES[verb]))
            if answer.applied:
                return
            reason = answer.failure_reason or Message("edit-refused")
        code = outcome.generation.code if outcome.generation else ""
        if verdict is not None and not verdict["placed"]:
            if code:
                self._client.say(Message("code-kept", file=_keep_text("kept.txt", code)), lsp.MessageType.Info)
            return
        text = code if outcome.generation else outcome.plan.numbered() if outcome.plan else ""
        if text:
            self._client.say(Message("edit-kept", reason=reason, file=_keep_text("kept.txt", text)))

    async def _show_prompt(self, outcome: Outcome) -> None:
        assert outcome.prompt is not None  # the goal was a prompt
        path = _keep_text("prompt.md", outcome.prompt.text)
        if not await self._client.show(path):
            self._client.say(Message("prompt-shown", file=path), lsp.MessageType.Info)


def _keep_text(name: str, text: str) -> Path:
    path = data_folder() / "kept" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path
