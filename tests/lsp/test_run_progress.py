"""What is told of attempts while they are made."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as lsp

from planfirst.core.types import Outcome, Task
from planfirst.lsp.ask import Ask
from planfirst.lsp.run_progress import RunProgress
from planfirst.verify.attempt import Attempt, Checking, Trying
from planfirst.verify.verdict import Verdict
from planfirst.words import ENGLISH, Message


class Heard:
    """A client that keeps what it is told."""

    words = ENGLISH

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def send_partial(self, token: lsp.ProgressToken, event: dict[str, Any]) -> None:
        self.told.append(event)

    def progress(self, token: lsp.ProgressToken) -> None:
        raise AssertionError("nobody asked for words")


def test_attempts_that_are_written_at_once_are_each_told_as_what_they_are() -> None:
    heard = Heard()
    ask = Ask("file:///a.py", 0, 0, partial_token="t")
    progress = RunProgress(heard, ask, Message("how-drawn"), 4)  # type: ignore[arg-type]
    hows = {2: Message("how-fed-back"), 3: Message("how-whole-answer")}
    for number, how in hows.items():
        progress.report(Trying(number, how, 9.0, 100))
    for number in (3, 2):
        progress.report(Checking(number))
        failed = Verdict("failed", "f(1) -> 2", "f(1) gave 3, not 2")
        progress.report(Attempt(number, hows[number], Outcome(Task("x")), failed, 5, 0.1))
    told = [(one["doing"], one["number"], one["how"]) for one in heard.told]
    second, third = (ENGLISH(how) for how in hows.values())
    assert second != third
    assert told == [
        ("write", 2, second),
        ("write", 3, third),
        ("check", 3, third),
        ("failed", 3, third),
        ("check", 2, second),
        ("failed", 2, second),
    ]
