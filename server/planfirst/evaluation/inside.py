"""What the child process of a check runs: limits on itself, then the code, then the doctest or the asserts.

It is run as a file, isolated, and imports nothing of Planfirst. The last thing it writes is a token that it was given,
followed by the verdict as JSON.
"""

from __future__ import annotations

import doctest
import json
import os
import sys
import types
from typing import Any


def limit(caps: dict[str, int]) -> None:
    """Sets the resource limits; nothing where the platform has none."""
    try:
        import resource
    except ImportError:
        return
    for name, most in (
        ("RLIMIT_CPU", caps["cpu"]),
        ("RLIMIT_AS", caps["memory"]),
        ("RLIMIT_FSIZE", caps["file"]),
        ("RLIMIT_CORE", 0),
    ):
        resource.setrlimit(getattr(resource, name), (most, most))


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
    if check["kind"] == "doctest":
        return by_doctest(check["text"], namespace)
    return by_asserts(check["text"], namespace)


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
            exec(compile(line, "checks.py", "exec", dont_inherit=True), namespace)  # noqa: S102 - it is the purpose
        except BaseException as error:
            return f"{line.strip()} gave {named(error)}"
    return "" if any(line.startswith("assert") for line in lines) else "no assert was run"


def named(error: BaseException) -> str:
    """An exception in one line."""
    try:
        text = " ".join(str(error).split())
    except BaseException:
        text = ""
    return f"{type(error).__name__}: {text}"[:200]


def main() -> None:
    given = json.load(sys.stdin)
    limit(given["caps"])
    try:
        error = judge(given["code"], given["check"])
    except BaseException as fault:
        error = f"the check itself gave {named(fault)}"
    out = sys.__stdout__
    if out is not None:
        out.write(given["token"] + json.dumps({"passed": not error, "error": " ".join(error.split())}))
        out.flush()
    os._exit(0)  # threads that the code left running are not waited for


if __name__ == "__main__":
    main()
