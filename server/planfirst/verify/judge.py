"""Judges whether code does what it should: reads it first, then runs its checks in the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from planfirst.core.begun import spoken
from planfirst.core.errors import SandboxRefused
from planfirst.core.ports import Sandbox
from planfirst.core.runs import RunLimits
from planfirst.source.done_there import uncalled
from planfirst.source.examples import Check
from planfirst.source.languages import Language
from planfirst.source.placement import Placement
from planfirst.source.shapes import SHAPES
from planfirst.verify import reading, reading_nodes, static
from planfirst.verify.crash import LIMITS as LIMITS_OF_A_SCRIPT
from planfirst.verify.crash import crash
from planfirst.verify.destination import Destination
from planfirst.verify.running import LIMITS, WORK, Layout, Ran, run
from planfirst.verify.verdict import Verdict, reason
from planfirst.words import Message, Value

_USES = f"{WORK}/answer.py"
_NO_CHECKS = Message("check-without-example")
_OF_A_SCRIPT = Message("check-script")


class Judge:
    """Judges codes for one site.

    Args:
        sandbox: None when nothing may be run, or nothing can.
        why_not: in that case, the reason.
        doubting: whether faults count that do not keep code in other languages than Python from running.
    """

    def __init__(
        self,
        destination: Destination,
        checks: Sequence[Check],
        sandbox: Sandbox | None,
        why_not: Value = "",
        limits: RunLimits = LIMITS,
        doubting: bool = True,
    ) -> None:
        self._destination, self._checks, self._sandbox = destination, tuple(checks), sandbox
        self._why_not, self._limits, self._doubting = why_not, limits, doubting
        self._alone: Ran | None = None  # what came of the file without the code

    async def __call__(self, code: str) -> Verdict:
        """The verdict on a code. Never raises: if the sandbox cannot be used after all, nothing was checked."""
        if not code.strip():
            return Verdict("failed", Message("check-code"), Message("code-empty"), placed=False)
        placement = await asyncio.to_thread(self._destination.placement, code)
        if placement.refused:
            return Verdict("failed", Message("check-place"), placement.refused, placed=False)
        after, language = self._destination.part(placement.result)
        if language.id not in SHAPES:
            return Verdict("not checked", "", Message("check-language-unknown", language=spoken(language.id)))
        if language.id != "python":
            return await asyncio.to_thread(self._read, placement, after, language)
        return await self._judged(code, placement.result)

    def _read(self, placement: Placement, after: str, language: Language) -> Verdict:
        """The verdict on code in a language with braces."""
        found = [placement.warning] if placement.warning is not None else []
        place = self._destination
        if self._doubting:
            found += reading_nodes.doubts(place.part(place.text)[0], after, place.site, language)
        if found and self._doubting:
            return Verdict("failed", Message("check-syntax"), tuple(found[:3]))
        return Verdict("read", Message("check-syntax"), _NO_CHECKS)

    async def _judged(self, code: str, after: str) -> Verdict:
        at = self._destination
        faults = await asyncio.to_thread(static.faults, at.before, after, at.finds, at.lacks, at.sets)
        if faults or reading.says_nothing(code):
            return Verdict("failed", static.READ, tuple(faults[:3]) or Message("code-comments-only"))
        if self._sandbox is None or not self._checks:
            doubts = await asyncio.to_thread(reading.doubts, at.before, after, at.wanted)
            if at.is_to_be_done:
                doubts += [Message("code-uncalled", name=name) for name in uncalled(at.new_part(code), at.before)]
                doubts += reading.made_up(at.before, after)
            if doubts:
                return Verdict("failed", static.READ, tuple(doubts[:3]))
        if self._sandbox is None:
            if not self._checks:
                is_script = at.site is not None and at.site.task.statements
                return Verdict("read", static.READ, self._why_not or (_OF_A_SCRIPT if is_script else _NO_CHECKS))
            return Verdict("not checked", _all(self._checks), self._why_not)
        try:
            if not self._checks:
                return await self._uses(self._sandbox, code, after)
            return await self._run(self._sandbox, code, after)
        except (SandboxRefused, ValueError) as error:
            return Verdict("not checked", _all(self._checks) or static.READ, reason(error))

    async def _uses(self, sandbox: Sandbox, code: str, after: str) -> Verdict:
        """Without checks: what it takes from the standard library must be there, and a script must not crash by it."""
        uses = static.module_uses(code)
        if not uses:
            return await self._whole(sandbox, after)
        checks = [Check("value", f"{m}.{a}", f"_has({m!r}, {a!r})", "True") for m, a in uses]
        ran = await run(sandbox, Layout({_USES: _HAS.encode()}, _USES), checks, self._limits)
        for (module, name), result in zip(uses, ran.results, strict=False):
            said = result.said
            if result.of and not result.held and isinstance(said, Message) and said.args.get("got") == "False":
                return Verdict("failed", static.READ, Message("code-not-in-module", name=name, module=module), ran=True)
        return await self._whole(sandbox, after)

    async def _whole(self, sandbox: Sandbox, after: str) -> Verdict:
        """What comes of a script that is run as it is, in an empty folder and with nothing typed."""
        at = self._destination
        if at.site is None or not at.site.task.statements:
            return Verdict("read", static.READ, _NO_CHECKS)
        error = await self._program(sandbox, after)
        if error is None:
            return Verdict("read", Message("check-ran-through"), _OF_A_SCRIPT, ran=True)
        blamed = crash(error, await self._program(sandbox, at.before), at.before, at.sets)
        if blamed is not None:
            return Verdict("failed", Message("check-runs"), blamed, ran=True)
        return Verdict("read", static.READ, _OF_A_SCRIPT)

    async def _program(self, sandbox: Sandbox, text: str) -> Message | None:
        """Why a text of the file does not come to its end as a program."""
        layout = await asyncio.to_thread(self._destination.layout, text, ())
        return (await run(sandbox, layout, (), LIMITS_OF_A_SCRIPT, program=True)).load_error

    async def _run(self, sandbox: Sandbox, code: str, after: str) -> Verdict:
        layout = await asyncio.to_thread(self._destination.layout, after, self._checks)
        ran = await run(sandbox, layout, self._checks, self._limits)
        if ran.load_error and (ran.missing or await self._without(sandbox)):
            alone = self._destination.alone(code)
            if alone is None:
                return self._cannot(ran)
            checks = [check for check in self._checks if check.kind != "tests"]
            ran = await run(sandbox, alone, checks, self._limits)
            if not checks or ran.missing:
                return self._cannot(ran)
        if ran.load_error:
            return Verdict("failed", Message("check-loads"), ran.load_error, 0, 1, True)
        return _verdict(self._checks, ran)

    async def _without(self, sandbox: Sandbox) -> Message | None:
        """Why the file cannot be loaded even without the code."""
        if self._destination.site is None:
            return None
        if self._alone is None:
            layout = await asyncio.to_thread(self._destination.layout, self._destination.text, ())
            self._alone = await run(sandbox, layout, (), self._limits)
        return self._alone.load_error

    def _cannot(self, ran: Ran) -> Verdict:
        """A module that the code itself brings in is one that another code may do without."""
        alone = self._alone.load_error if self._alone else None
        why = Message("check-module-missing", name=ran.missing) if ran.missing else None
        why = why or Message("check-file-broken", reason=alone or "-")
        own = bool(ran.missing) and ran.missing.partition(".")[0] not in static.imported(self._destination.text)
        return Verdict("not checked", _all(self._checks), why, again=own)


def _verdict(checks: Sequence[Check], ran: Ran) -> Verdict:
    done = [(check, result) for check, result in zip(checks, ran.results, strict=False) if not result.missing]
    if ran.results and not done:
        missing = next((result.missing for result in ran.results), "")
        return Verdict("not checked", _all(checks), Message("check-module-missing", name=missing))
    held, of = sum(result.held for _, result in done), sum(result.of for _, result in done)
    for check, result in done:
        if result.held < result.of:
            return Verdict("failed", check.text.strip(), result.said, held, of, ran=True)
    if held == 0 or len(ran.results) < len(checks):
        return Verdict("failed", _all(checks), Message("check-ended-early"), held, max(of, 1), ran=True)
    return Verdict("passed", _all([check for check, _ in done]), "", held, of, ran=True)


def _all(checks: Sequence[Check]) -> str:
    return "\n".join(check.text.strip() for check in checks)


_HAS = """
import importlib.util


def _has(module, name):
    found = importlib.import_module(module)
    try:
        return hasattr(found, name) or bool(importlib.util.find_spec(f"{module}.{name}"))
    except ModuleNotFoundError:
        return False
"""
