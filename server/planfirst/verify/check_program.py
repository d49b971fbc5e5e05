"""What runs in the sandbox: loads the file that holds the generated code, then runs the checks on it.

It is never imported: its text is the program that the sandbox runs. It reads its orders from standard input, and writes
a line for each step, led by a token that it was given; so a check that never ends can be named. The code starts in an
empty folder of its own. Slow modules are imported where they are needed, since most runs are short.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import json
import math
import os
import re
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

_LONGEST = 600  # characters of one message
_LONGEST_LINE = 150
_HERE = os.getcwd()  # noqa: PTH109 - pathlib would double the time to start
_OWN = os.path.join(_HERE, "work", "")  # noqa: PTH118
_CHECK = "check"  # what the text of a check is compiled as


def main() -> None:
    given = json.loads(sys.stdin.buffer.readline())
    say = _speaker(given["token"])
    sys.path[:0] = [_at(folder) for folder in given["path"]]
    os.mkdir("here")  # noqa: PTH102
    os.chdir("here")
    os.environ["HOME"] = os.environ["TMPDIR"] = os.getcwd()  # noqa: PTH109
    say({"step": "load"})
    try:
        module = _as_program(_at(given["file"])) if given["program"] else _load(_at(given["file"]), given["module"])
    except BaseException as error:
        say({"step": "loaded", "error": _told(error), "missing": _missing(error)})
        return
    say({"step": "loaded", "error": "", "missing": ""})
    for n, check in enumerate(given["checks"]):
        say({"step": "check", "check": n})
        try:
            held, of, said, missing = _KINDS[check["kind"]](check | {"exact": given["exact"]}, module)
        except BaseException as error:
            held, of, said, missing = 0, 1, _told(error), _missing(error)
        say(
            {
                "step": "checked",
                "check": n,
                "held": held,
                "of": of,
                "said": said if isinstance(said, dict) else said[:_LONGEST],
                "missing": missing,
            }
        )


def _at(path: str) -> str:
    return os.path.join(_HERE, path)  # noqa: PTH118


def _speaker(token: str) -> Callable[[dict[str, Any]], None]:
    """Writes to a copy of standard output, which the code may close or replace."""
    out = os.dup(1)

    def say(what: dict[str, Any]) -> None:
        line = f"\n{token} {json.dumps(what)}\n".encode()
        while line:
            line = line[os.write(out, line) :]

    return say


def _as_program(file: str) -> types.ModuleType:
    """Runs the file as a program; no check follows."""
    import runpy

    runpy.run_path(file, run_name="__main__")
    return sys.modules["__main__"]


def _load(file: str, name: str) -> types.ModuleType:
    """The module in a file; by its dotted name where it has one, so that what imports it gets the same."""
    if name:
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location("answer", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["answer"] = module  # dataclasses and typing look a class's module up
    spec.loader.exec_module(module)
    return module


Said = str | dict[str, Any]  # a text, or a message
Result = tuple[int, int, Said, str]  # how many held, of how many, what the first that did not gave, which module lacks


def _message(code: str, **args: str) -> Said:
    """A message as data; planfirst.words, which has its words, is not here."""
    return {"code": code, "args": {name: text[:_LONGEST] for name, text in args.items()}}


def _by_doctest(check: dict[str, Any], module: types.ModuleType) -> Result:
    import doctest

    wrong: list[Said] = []
    values: list[Any] = []

    def show(value: Any) -> None:
        values.append(value)
        usual(value)

    class Lenient(doctest.OutputChecker):
        def check_output(self, want: str, got: str, optionflags: int) -> bool:
            value = values[-1] if values else None
            values.clear()
            if super().check_output(want, got, optionflags):
                return True
            try:  # whoever writes a comment does not mind which quotes repr takes, nor that a Counter is no plain dict
                given = ast.literal_eval(got.strip()) if value is None else value
                return _same(given, ast.literal_eval(want.strip()))
            except Exception:
                return False

    class Runner(doctest.DocTestRunner):
        def report_failure(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
            wrong.append(
                _message("check-gave", call=example.source.strip(), got=_ended(got) or "-", wanted=_ended(example.want))
            )

        def report_unexpected_exception(
            self, out: Any, test: doctest.DocTest, example: doctest.Example, exc_info: Any
        ) -> None:
            wrong.append(_message("check-error", call=example.source.strip(), error=_told(exc_info[1])))

    test = doctest.DocTestParser().get_doctest(check["text"], module.__dict__, "example", None, 0)
    usual, sys.__displayhook__ = sys.__displayhook__, show  # which doctest uses
    try:
        done = Runner(checker=None if check["exact"] else Lenient(), verbose=False).run(test, out=lambda said: None)
    finally:
        sys.__displayhook__ = usual
    return done.attempted - done.failed, done.attempted, wrong[0] if wrong else "", ""


def _ended(output: str) -> str:
    """What an example printed; of a traceback, the error."""
    lines = output.strip().splitlines()
    if not output.startswith("Traceback"):
        return output.strip()
    return "\n".join(lines[1 + max((n for n, line in enumerate(lines) if line.startswith("  ")), default=0) :])


def _by_value(check: dict[str, Any], module: types.ModuleType) -> Result:
    want = ast.literal_eval(check["expected"])
    got = _called(check, module)
    held = _same(got, want)
    return (
        int(held),
        1,
        "" if held else _message("check-gave", call=check["call"], got=_short(got), wanted=_short(want)),
        "",
    )


def _by_raises(check: dict[str, Any], module: types.ModuleType) -> Result:
    try:
        got = _called(check, module)
    except BaseException as error:
        held = check["expected"] in [kind.__name__ for kind in type(error).__mro__]
        said = _message("check-gave", call=check["call"], got=_told(error), wanted=check["expected"])
        return int(held), 1, "" if held else said, ""
    return 0, 1, _message("check-raised-nothing", call=check["call"], got=_short(got), wanted=check["expected"]), ""


def _by_assert(check: dict[str, Any], module: types.ModuleType) -> Result:
    """One assert, or a script of them."""
    try:
        exec(compile(check["text"], _CHECK, "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    except AssertionError as error:
        call = _statement(check["text"], error)
        if not str(error):
            return 0, 1, _message("check-does-not-hold", call=call), ""
        return 0, 1, _message("check-does-not-hold-since", call=call, error=_short(error)), ""
    except BaseException as error:
        call = _statement(check["text"], error)
        return 0, 1, _message("check-error", call=call, error=_told(error)), _missing(error)
    return 1, 1, "", ""


def _statement(text: str, error: BaseException) -> str:
    """The statement of a check that was running when the error came, without what it is a part of."""
    rows = [frame.lineno or 0 for frame in traceback.extract_tb(error.__traceback__) if frame.filename == _CHECK]
    if not rows:
        return text.strip()[:_LONGEST_LINE]
    around = [
        (node.end_lineno or node.lineno, node.lineno)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.stmt) and node.lineno <= rows[-1] <= (node.end_lineno or node.lineno)
    ]
    last, first = min(around, key=lambda span: span[0] - span[1], default=(rows[-1], rows[-1]))
    return "\n".join(text.splitlines()[first - 1 : last]).strip()[:_LONGEST_LINE]


def _by_tests(check: dict[str, Any], module: types.ModuleType) -> Result:
    if importlib.util.find_spec("pytest"):
        return _by_pytest(check)
    spec = importlib.util.spec_from_file_location("project_tests", _at(check["file"]))
    assert spec is not None
    assert spec.loader is not None
    tests = importlib.util.module_from_spec(spec)
    sys.modules["project_tests"] = tests
    spec.loader.exec_module(tests)
    held, of, said, lacks = 0, 0, "", "pytest"
    for name in check["names"]:
        why, ran = _one_test(tests, name)
        if _lacks(why):
            lacks = _lacks(why)
            continue
        of += ran
        held += ran and not why
        said = said or (f"{name}: {why}" if why and ran else "")
    return held, of, said, "" if of else lacks


def _one_test(tests: types.ModuleType, name: str) -> tuple[str, bool]:
    """Why a test fails, and whether it could be run: what takes parameters needs pytest."""
    import unittest

    owner, _, method = name.rpartition(".")
    kind = getattr(tests, owner) if owner else None
    if kind is not None and issubclass(kind, unittest.TestCase):
        result = unittest.TestResult()
        kind(method).run(result)
        faults = [text for _, text in result.failures + result.errors]
        return faults[0].strip().splitlines()[-1] if faults else "", result.testsRun > 0
    function = getattr(kind(), method) if kind is not None else getattr(tests, name)
    if inspect.signature(function).parameters:
        return "", False
    try:
        done = function()
        if inspect.iscoroutine(done):
            _finished(done)
    except BaseException as error:
        return _told(error), True
    return "", True


def _by_pytest(check: dict[str, Any]) -> Result:
    import pytest

    class Reports:
        held, of, said, lacks = 0, 0, "", "pytest"

        def pytest_runtest_logreport(self, report: Any) -> None:
            if report.failed:
                crash = getattr(report.longrepr, "reprcrash", None)
                self.failed(crash.message if crash else "", report.nodeid.rpartition("::")[2])
            elif report.when == "call":
                self.of += 1
                self.held += report.passed

        def pytest_collectreport(self, report: Any) -> None:
            if report.failed:
                last = str(report.longrepr).strip().splitlines()[-1]
                self.failed(last.removeprefix("E").strip(), check["file"].removeprefix("work/"))

        def failed(self, why: str, where: str) -> None:
            self.lacks = _lacks(why) or self.lacks
            if not _lacks(why):
                self.of += 1
                self.said = self.said or f"{where}: {why}"

    reports = Reports()
    names = [f"{_at(check['file'])}::{name.replace('.', '::')}" for name in check["names"]]
    pytest.main(
        ["-q", "--no-header", "--tb=short", "-p", "no:cacheprovider", "-o", "addopts=", f"--rootdir={_OWN}", *names],
        plugins=[reports],
    )
    return reports.held, reports.of, reports.said, "" if reports.of else reports.lacks


_KINDS: dict[str, Callable[[dict[str, Any], types.ModuleType], Result]] = {
    "doctest": _by_doctest,
    "value": _by_value,
    "raises": _by_raises,
    "assert": _by_assert,
    "tests": _by_tests,
}


def _called(check: dict[str, Any], module: types.ModuleType) -> Any:
    got = eval(compile(check["call"], _CHECK, "eval", dont_inherit=True), module.__dict__)  # noqa: S307
    return _finished(got) if inspect.iscoroutine(got) else got


def _finished(coroutine: Any) -> Any:
    import asyncio

    return asyncio.run(coroutine)


def _same(got: Any, want: Any) -> bool:
    if isinstance(got, float) and isinstance(want, int | float):
        return math.isclose(got, want, rel_tol=1e-9, abs_tol=1e-12)
    return bool(got == want)


def _told(error: BaseException) -> str:
    """The error with its message, and the line of the project's code that it comes from."""
    named = type(error).__name__ + (f": {_short(error)}" if str(error) else "")
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(_OWN)]
    return f"{named} (at `{own[-1].line}`)" if own and own[-1].line else named


def _short(value: Any) -> str:
    text = str(value) if isinstance(value, BaseException) else repr(value)
    return text if len(text) <= 200 else f"{text[:199]}…"


def _lacks(why: str) -> str:
    """What a test needs that the sandbox does not have: a file of the project or a module."""
    found = re.match(r"(?:FileNotFoundError: .*|ModuleNotFoundError: No module named )'([^']+)'", why)
    return found[1] if found else ""


def _missing(error: BaseException) -> str:
    """The module that is not there, if that is the error."""
    return (error.name or "") if isinstance(error, ModuleNotFoundError) else ""


if __name__ == "__main__":
    main()
    os._exit(0)  # threads that the code left running are not waited for
