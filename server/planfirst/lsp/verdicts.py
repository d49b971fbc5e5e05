"""Attempts and verdicts as the editor gets them: as data, and as messages."""

from __future__ import annotations

from collections.abc import Sequence

from planfirst.lsp.messages import AttemptEvent, WireVerdict
from planfirst.verify.attempt import Attempt, Checking, Trying
from planfirst.verify.verification import Verification
from planfirst.words import Message, Words


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
        how=words(chosen.how) if chosen.how else "",
    )


def event_of(event: Trying | Checking | Attempt, trying: Trying, most: int, words: Words) -> AttemptEvent:
    """An attempt as an event; ``trying`` is how it was begun."""
    return AttemptEvent(
        kind="attempt",
        doing="write" if isinstance(event, Trying) else "check" if isinstance(event, Checking) else "failed",
        number=event.number,
        of=most,
        how=words(trying.how) if trying.how else "",
        output=words(event.verdict.output) if isinstance(event, Attempt) else "",
        secondsLeft=round(trying.seconds_left, 1),
        tokensLeft=trying.tokens_left,
    )


def doing_of(event: Trying | Checking | Attempt, trying: Trying, most: int) -> Message:
    """The same for a progress that shows words."""
    if isinstance(event, Checking):
        return Message("doing-check")
    if isinstance(event, Attempt):
        return Message("attempt-failed", number=event.number, output=event.verdict.output)
    seconds, tokens = round(trying.seconds_left), trying.tokens_left
    return Message("attempt", number=event.number, most=most, how=trying.how or "", seconds=seconds, tokens=tokens)


def verdict_message(verdict: WireVerdict) -> Message:
    """The verdict for an editor that shows messages."""
    output, tries = verdict["output"], verdict["attempts"]
    if verdict["status"] == "failed":
        return Message("verdict-failed" if verdict["placed"] else "verdict-not-placed", attempts=tries, output=output)
    if verdict["status"] == "passed":
        return Message("verdict-passed", held=verdict["held"], of=verdict["of"])
    if verdict["status"] == "read":
        said = "verdict-ran" if verdict["ran"] else "verdict-read"
        return Message(said, check=verdict["check"], output=output)
    return Message("verdict-not-checked", output=output)
