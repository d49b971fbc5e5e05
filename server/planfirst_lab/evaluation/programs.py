"""Checks a program in another language than Python: it must come to the end of its tests, in the sandbox."""

from __future__ import annotations

import secrets
from pathlib import Path

from planfirst.core.ports import Sandbox
from planfirst.core.runs import RunLimits
from planfirst.verify.programs import registry
from planfirst.verify.programs.running import run
from planfirst.verify.programs.toolchain import Missing, Toolchain
from planfirst_lab.evaluation import tuples

_SAID = 300  # characters of an error
# Behind the tests, so it is printed only when none of them threw, and the program did not end before.
_LAST = 'process.stdout.write("\\n{token}\\n")\n'
_MAIN = """
class Main {{
    public static void main(String[] args) throws Throwable {{
        Problem.main(args);
        System.out.println("\\n{token}");
    }}
}}
"""


def toolchain(language: str) -> Toolchain | Missing:
    """What runs a benchmark's programs in this language."""
    return registry.find(language, [Path.cwd()])


async def failure(program: str, tests: str, language: str, sandbox: Sandbox, limits: RunLimits) -> str:
    """Why a program does not pass its tests, in a clause; empty when it does.

    Raises:
        SandboxRefused: no sandbox can be set up; nothing was run.
    """
    found = toolchain(language)
    if isinstance(found, Missing):
        return str(found.said)
    token = secrets.token_hex(16)
    last = (_MAIN if language == "java" else _LAST).format(token=token)
    files = {found.file: f"{program}\n{tests}\n{last}".encode("utf-8", "replace")}
    if language == "java":
        files |= tuples.FILES
    ended = await run(sandbox, found, files, limits)
    if ended.compile_error:
        return _short(f"it does not compile: {ended.compile_error}")
    if ended.code != 0:
        said = ended.done.stderr.strip()
        return _short(f"{ended.why} {said}")
    return "" if token in ended.done.stdout.split("\n") else "it ended before its tests did"


def _short(text: str) -> str:
    return " ".join(text.split())[:_SAID]
