"""What runs in the sandbox for a check: first the code, then the doctest, the asserts or the script that judge it.

It is never imported: its text is the program that a sandbox is given. It reads what to do from standard input, and the
last thing it writes is a token that it was given, followed by the verdict as JSON.
"""

from __future__ import annotations

import doctest
import json
import os
import sys
import traceback
import types
from typing import Any

_CHECK = "check.py"
_WORK = "work"
_PROGRAM = "program.py"  # as the sandbox calls it; run anywhere else, it stops there


def judge(code: str, check: dict[str, str]) -> str:
    """Why the code fails, in one line; empty when it passes."""
    answer = types.ModuleType("answer")
    sys.modules["answer"] = answer  # dataclasses and typing look a class's module up
    namespace = answer.__dict__
    try:
        # dont_inherit: this file's own future imports must not change how the code reads.
        exec(compile(code, "answer.py", "exec", dont_inherit=True), namespace)  # noqa: S102 - it is the purpose
    except BaseException as error:
        return f"running it gave {named(error)}"
    kinds = {"doctest": by_doctest, "asserts": by_asserts, "script": by_script}
    return kinds[check["kind"]](check["text"], namespace)


def by_doctest(text: str, namespace: dict[str, Any]) -> str:
    """The first example that does not hold."""
    wrong: list[str] = []

    class Runner(doctest.DocTestRunner):
        def report_failure(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
            wrong.append(f"{example.source.strip()} gave {got.strip()!r}, not {example.want.strip()!r}")

        def report_unexpected_exception(
            self, out: Any, test: doctest.DocTest, example: doctest.Example, exc_info: Any
        ) -> None:
            wrong.append(f"{example.source.strip()} gave {named(exc_info[1])}")

    test = doctest.DocTestParser().get_doctest(text, namespace, "recipe", None, 0)
    result = Runner(verbose=False).run(test, out=lambda said: None)
    if wrong:
        return wrong[0]
    return "" if result.attempted and not result.failed else "no example was run"


def by_asserts(text: str, namespace: dict[str, Any]) -> str:
    """What the first line that does not hold gave."""
    lines = [line for line in text.splitlines() if line.strip()]
    for line in lines:
        try:
            exec(compile(line, _CHECK, "exec", dont_inherit=True), namespace)  # noqa: S102 - it is the purpose
        except BaseException as error:
            return f"{line.strip()} gave {named(error)}"
    return "" if any(line.startswith("assert") for line in lines) else "no assert was run"


def by_script(text: str, namespace: dict[str, Any]) -> str:
    """What the script gave, and its line that was running then."""
    try:
        exec(compile(text, _CHECK, "exec", dont_inherit=True), namespace)  # noqa: S102 - it is the purpose
    except BaseException as error:
        return f"{_line(text, error)} gave {named(error)}"
    return ""


def _line(text: str, error: BaseException) -> str:
    rows = [frame.lineno or 0 for frame in traceback.extract_tb(error.__traceback__) if frame.filename == _CHECK]
    lines = text.splitlines()
    return lines[rows[-1] - 1].strip()[:150] if rows and 0 < rows[-1] <= len(lines) else "the check"


def named(error: BaseException) -> str:
    """An exception in one line."""
    try:
        text = " ".join(str(error).split())
    except BaseException:
        text = ""
    return f"{type(error).__name__}: {text}"[:200] if text else type(error).__name__


def main() -> None:
    said = os.dup(1)  # the code may close its own
    given = json.load(sys.stdin)
    # pathlib would double the time to start.
    os.remove(_PROGRAM)  # noqa: PTH107 (itself, so that the code starts in an empty folder)
    os.mkdir(_WORK)  # noqa: PTH102
    os.chdir(_WORK)
    os.environ["TMPDIR"] = os.environ["HOME"] = os.getcwd()  # noqa: PTH109
    try:
        error = judge(given["code"], given["check"])
    except BaseException as fault:
        error = f"the check itself gave {named(fault)}"
    verdict = given["token"] + json.dumps({"passed": not error, "error": " ".join(error.split())})
    os.write(said, verdict.encode())
    os._exit(0)  # threads that the code left running are not waited for


if __name__ == "__main__":
    main()
