"""A stand-in for the sandbox port that runs nothing: it answers from a script. For tests of those who use a sandbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planfirst.core.errors import PlanfirstError
from planfirst.core.runs import RunLimits, RunResult


class ScriptedSandbox:
    """Answers each run with the next result of a script, the last one again and again.

    Attributes:
        runs: the files and the standard input of each run, in order.
    """

    name = "scripted"

    def __init__(self, *results: RunResult | PlanfirstError) -> None:
        self.runs: list[tuple[dict[str, bytes], bytes]] = []
        self._results = list(results)

    async def run(
        self,
        program: str,
        files: Mapping[str, bytes],
        limits: RunLimits,
        stdin: bytes = b"",
        shown: Sequence[str] = (),
    ) -> RunResult:
        self.runs.append((dict(files), stdin))
        result = self._results.pop(0) if len(self._results) > 1 else self._results[0]
        if isinstance(result, PlanfirstError):
            raise result
        return result
