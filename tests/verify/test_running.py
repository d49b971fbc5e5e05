"""What is made of the ways in which a run can end, without a sandbox."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from planfirst.adapters.sandbox.scripted import ScriptedSandbox
from planfirst.core.errors import SandboxRefused
from planfirst.core.runs import RunResult
from planfirst.source.examples import checks_in
from planfirst.verify.judge import Judge
from planfirst.verify.running import LIMITS, Layout, run
from planfirst.words import Message
from tests.verify.destinations import ENDED, destination

CHECKS = checks_in("f(1) -> 1\nf(2) -> 2").checks
LAYOUT = Layout({"work/answer.py": b""}, "work/answer.py")


class Answering(ScriptedSandbox):
    """Writes the steps that it is given with the token that it is told."""

    def __init__(self, ending: RunResult, *steps: dict[str, object]) -> None:
        super().__init__(ending)
        self._steps, self._ending = steps, ending

    async def run(self, *given: object, **more: object) -> RunResult:
        token = json.loads(given[3])["token"]  # type: ignore[arg-type]
        lines = [f"\n{token} {json.dumps(step)}\n" for step in self._steps]
        return replace(self._ending, stdout="noise" + "".join(lines))


LOADED: dict[str, object] = {"step": "loaded", "error": "", "missing": ""}
HELD: dict[str, object] = {"step": "checked", "check": 0, "held": 1, "of": 1, "said": "", "missing": ""}
BEGUN: dict[str, object] = {"step": "check", "check": 1}


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        (replace(ENDED, exit_code=None, signal=9, limit="wall"), Message("program-too-long", seconds=LIMITS.wall)),
        (replace(ENDED, exit_code=None, signal=9, limit="cpu"), Message("program-too-much-time", seconds=LIMITS.cpu)),
        (replace(ENDED, exit_code=None, signal=9, limit="memory"), Message("program-limit", limit="memory")),
        (replace(ENDED, exit_code=None, signal=9, limit="open_files"), Message("program-limit", limit="open files")),
        (replace(ENDED, exit_code=None, signal=11), Message("program-signal", signal="SIGSEGV")),
        (replace(ENDED, exit_code=3), Message("program-exit-code", status=3)),
    ],
)
async def test_a_check_that_never_came_back_says_why(ending: RunResult, said: Message) -> None:
    ran = await run(Answering(ending, LOADED, HELD, BEGUN), LAYOUT, CHECKS)
    assert [result.held for result in ran.results] == [1, 0]
    assert ran.results[1].said == said
    ran = await run(Answering(ending), LAYOUT, CHECKS)
    assert ran.load_error == said
    assert ran.results == ()


async def test_a_half_written_line_is_passed_over() -> None:
    sandbox = Answering(ENDED, LOADED, HELD)
    ran = await run(sandbox, LAYOUT, CHECKS[:1])
    assert (ran.load_error, ran.results[0].held) == (None, 1)


async def test_the_code_never_sees_the_token() -> None:
    sandbox = ScriptedSandbox(ENDED)
    await run(sandbox, LAYOUT, CHECKS)
    await run(sandbox, LAYOUT, CHECKS)
    tokens = [json.loads(stdin)["token"] for _, stdin in sandbox.runs]
    assert tokens[0] != tokens[1]
    assert all(len(token) == 32 for token in tokens)
    assert not any(token.encode() in body for token in tokens for files, _ in sandbox.runs for body in files.values())


async def test_a_sandbox_that_fails_after_all_leaves_the_code_unchecked() -> None:
    refused = ScriptedSandbox(SandboxRefused("plain", what="It is gone.", next="Get it back."))
    verdict = await Judge(destination("# f(1) -> 1\n", 0), CHECKS, refused)("def f(n):\n    return n")
    assert (verdict.status, str(verdict.output)) == ("not checked", "It is gone. Get it back.")


async def test_without_a_sandbox_code_is_read_only() -> None:
    judge = Judge(destination("# f(1) -> 1\n", 0), CHECKS, None, "Nobody allowed it.")
    verdict = await judge("def f(n):\n    return n")
    assert (verdict.status, verdict.output, verdict.ran) == ("not checked", "Nobody allowed it.", False)
    assert (await judge("def f(n):\n    return m")).status == "failed"
    verdict = await Judge(destination("# do\n", 0), (), None)("x = 1")
    assert (verdict.status, verdict.check) == ("read", Message("check-names"))


async def test_a_verdict_is_better_the_more_holds() -> None:
    none = await Judge(destination("# f(1) -> 1\n", 0), CHECKS, Answering(ENDED, LOADED))("def f(n):\n    return n")
    half = await Judge(
        destination("# f(1) -> 1\n", 0), CHECKS, Answering(ENDED, LOADED, HELD, {**HELD, "held": 0, "said": "no"})
    )("def f(n):\n    return n")
    full = await Judge(destination("# f(1) -> 1\n", 0), CHECKS, Answering(ENDED, LOADED, HELD, HELD))(
        "def f(n):\n    return n"
    )
    assert none.rank < half.rank < full.rank
    assert (none.status, half.status, full.status) == ("failed", "failed", "passed")
