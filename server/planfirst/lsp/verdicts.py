"""Attempts and verdicts as the editor hears of them: as data, and in words."""

from __future__ import annotations

from collections.abc import Sequence

from planfirst.lsp.messages import AttemptEvent, WireVerdict
from planfirst.lsp.words import Words
from planfirst.verify.attempt import Attempt, Checking, Trying
from planfirst.verify.verification import Verification


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
