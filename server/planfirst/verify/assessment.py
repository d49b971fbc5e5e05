"""Judges each code once; one that fails is judged in another form, too, where there is one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from planfirst.verify.verdict import Verdict
from planfirst.words import Message

Judge = Callable[[str], Awaitable[Verdict]]
Fit = Callable[[str], str | None]


def of_a_part(verdict: Verdict) -> Verdict:
    """The verdict on code that its token limit ended: it has failed, unless its checks hold all the same."""
    if verdict.status == "passed":
        return verdict
    return replace(verdict, status="failed", output=Message("code-cut-off"))


class Assessment:
    """The codes of one request and their verdicts."""

    def __init__(self, judge: Judge, fit: Fit | None) -> None:
        self._judge = judge
        self._fit = fit
        self._known: dict[str, tuple[str, Verdict]] = {}

    async def of(self, code: str) -> tuple[str, Verdict]:
        """The form of a code that holds most, and its verdict."""
        if code not in self._known:
            verdict = await self._judge(code)
            found = code, verdict
            other = self._fit(code) if self._fit and verdict.status == "failed" else None
            if other is not None:
                judged = await self._judge(other)
                found = (other, judged) if judged.rank >= verdict.rank else found
            self._known[code] = found
        return self._known[code]
