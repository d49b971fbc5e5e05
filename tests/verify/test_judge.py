"""Verdicts on codes, given in the real sandbox."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.core.runs import RunLimits
from planfirst.source.examples import checks_in
from planfirst.verify.destination import Destination
from planfirst.verify.judge import Judge
from planfirst.verify.running import LIMITS
from planfirst.verify.verdict import Verdict
from planfirst.words import ENGLISH, Message
from tests.verify.destinations import destination, in_sandbox, write

pytestmark = in_sandbox
QUICK = RunLimits(wall=20.0, cpu=2.0)
PYTEST = LIMITS  # the product's own: pytest takes more than two seconds of a slow core
DOC = '    """Double it.\n\n    >>> double(2)\n    4\n    >>> double("a")\n    "aa"\n    """\n'
EXITED = str(Message("program-exit-code", status=0))
STUB = f"import json\n\n\ndef double(n):\n{DOC}"
Judged = Callable[..., Awaitable[Verdict]]


@pytest.fixture
def judged() -> Judged:
    async def judged(target: Destination, code: str, limits: RunLimits = QUICK) -> Verdict:
        request = target.site.task.request if target.site else ""
        checks = checks_in(request).checks
        if target.project and target.site:
            checks += tuple(target.project.tests("double", target.text))
        return await Judge(target, checks, await find_sandbox(), limits=limits)(code)

    return judged


async def test_what_holds_passes(judged: Judged) -> None:
    verdict = await judged(destination(STUB, 4), "return n * 2")
    assert (verdict.status, verdict.held, verdict.of, verdict.ran) == ("passed", 2, 2, True)
    assert ">>> double(2)" in verdict.check


async def test_the_files_own_tests_are_run(judged: Judged, tmp_path: Path) -> None:
    own = "class T(u.TestCase):\n    def test_it(self):\n        self.assertEqual(double(2), 4)\n"
    text = f"import unittest as u\n\n\n{own}\n\ndef double(n):\n    # twice n\n    pass\n\n\nif __name__ == '__main__':\n    u.main()\n"
    target = destination(text, 9, tmp_path)
    verdict = await judged(target, "return 2 * n")
    assert (verdict.status, verdict.check) == ("passed", "stock.py: T.test_it")
    verdict = await judged(target, "return n")
    assert verdict.status == "failed"
    assert "2 != 4" in ENGLISH(verdict.output)


async def test_what_does_not_hold_is_shown(judged: Judged) -> None:
    verdict = await judged(destination(STUB, 4), "return n + 2")
    assert (verdict.status, verdict.held, verdict.of) == ("failed", 1, 2)
    assert ENGLISH(verdict.output).startswith('double("a") gave TypeError: ')
    assert "`return n + 2`" in ENGLISH(verdict.output)


@pytest.mark.parametrize(
    ("request_", "code", "said"),
    [
        ("double(2) -> 4", "def double(n):\n    return n", "double(2) gave 2, not 4"),
        ("double(-1) raises ValueError", "def double(n):\n    return n", "did not raise ValueError"),
        (
            "twice as much\n# assert double(2) == 4",
            "def double(n):\n    return n",
            "assert double(2) == 4 does not hold",
        ),
        (
            "twice as much\n# assert double(2) == 4",
            "def double(n):\n    raise KeyError(n)",
            "assert double(2) == 4 gave KeyError: 2",
        ),
        ("double(2) -> 4", "raise OSError('no')\n\n\ndef double(n):\n    return 4", "Loading it gave OSError: no"),
        (
            "double(2) -> 4",
            "import os\nos._exit(0)\n\n\ndef double(n):\n    return 4",
            EXITED,
        ),
        (
            '>>> double("a")\n# Traceback (most recent call last):\n# ValueError: no number',
            "def double(n):\n    raise ValueError('no')",
            'double("a") gave ValueError: no, not ValueError: no number',
        ),
        ("double(2) -> 4", "def double(n):\n    while True: pass", "processor time"),
        ("double(2) -> 4", "def double(n):\n    return double(n)", "RecursionError"),
        ("double(2) -> 4", "def double(n):\n    raise SystemExit(0)", "SystemExit"),
        (
            "double(2) -> 4",
            "import os\n\n\ndef double(n):\n    os._exit(0)",
            EXITED,
        ),
        ("double(2) -> 4", "def double(n):\n    return bytearray(10**10)", "MemoryError"),
        ("double(2) -> 4", "import os\nos.close(1)\n\n\ndef double(n):\n    return 5", "gave 5, not 4"),
        ("double(2) -> 4", "def double(n):\n    return open('/etc/shadow').read()", "Error"),
    ],
)
async def test_wrong_code_fails(judged: Judged, request_: str, code: str, said: str) -> None:
    verdict = await judged(destination(f"# {request_}\n", 0), code)
    assert verdict.status == "failed"
    assert said in ENGLISH(verdict.output)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ("double(2) -> 4", "def double(n):\n    return n * 2"),
        ("double(0.15) -> 0.3", "def double(n):\n    return n * 2"),
        ("double(0.1) -> 0.2", "async def double(n):\n    return n + n"),
        ("double(None) raises TypeError", "def double(n):\n    return n * 2"),
        ("double(1) -> [1, 1]", "print('noise' * 99)\n\n\ndef double(n):\n    print(n)\n    return [n, n]"),
    ],
)
async def test_right_code_passes(judged: Judged, request_: str, code: str) -> None:
    assert (await judged(destination(f"# {request_}\n", 0), code)).status == "passed"


async def test_a_thread_that_never_ends_holds_nothing_up(judged: Judged) -> None:
    code = "import threading, time\n\nthreading.Thread(target=time.sleep, args=(600,)).start()\n\n\n"
    started = time.monotonic()
    assert (
        await judged(destination("# double(2) -> 4\n", 0), f"{code}def double(n):\n    return n * 2")
    ).status == "passed"
    assert time.monotonic() - started < QUICK.wall


async def test_code_starts_in_an_empty_folder(judged: Judged) -> None:
    listing = "import os\n\n\ndef double(n):\n    return os.listdir(), os.listdir(os.environ['TMPDIR'])"
    verdict = await judged(destination("# double(1) -> ([], [])\n", 0), listing)
    assert (verdict.status, verdict.output) == ("passed", "")


async def test_a_token_cannot_be_guessed(judged: Judged) -> None:
    forged = 'import os\n\n\ndef double(n):\n    os.write(1, b\'\\n{"step": "checked", "held": 1, "of": 1}\\n\')\n'
    assert (await judged(destination("# double(2) -> 4\n", 0), forged)).status == "failed"


async def test_code_that_is_wrong_to_read_is_not_run(judged: Judged) -> None:
    verdict = await judged(destination(STUB, 4), "return missing")
    assert (verdict.status, verdict.ran, verdict.output) == (
        "failed",
        False,
        (Message("code-undefined", name="missing"),),
    )
    assert (await judged(destination(STUB, 4), " ")).status == "failed"


async def test_without_checks_what_is_taken_from_a_module_must_be_there(judged: Judged) -> None:
    target = destination("# list the files\n", 0)
    verdict = await judged(target, "import os\nfrom xml import etree\n\n\ndef f():\n    return os.walk_dir('.'), etree")
    assert verdict.output == Message("code-not-in-module", name="walk_dir", module="os")
    good = await judged(target, "import os\nfrom xml import etree\n\n\ndef f():\n    return os.walk('.'), etree")
    assert (good.status, good.ran) == ("read", False)


async def test_the_project_is_there(judged: Judged, tmp_path: Path) -> None:
    files = {"shop/__init__.py": "", "shop/rates.py": "RATE = 2\n", "shop/base.py": "from .rates import RATE\n"}
    write(tmp_path, files)
    text = 'from .base import RATE\n\n\ndef double(n):\n    """Use the rate.\n\n    double(2) -> 4\n    """\n'
    target = destination(text, 3, tmp_path, "shop/stock.py")
    assert (await judged(target, "return n * RATE")).status == "passed"
    assert (await judged(target, "return n * RATE * 2")).output == Message(
        "check-gave", call="double(2)", got="8", wanted="4"
    )


TESTS = """
import unittest
from stock import double


def test_numbers():
    assert double(3) == 6


class Strings(unittest.TestCase):
    def test_text(self):
        self.assertEqual(double("a"), "aa")
"""


async def test_tests_of_the_project_are_run(judged: Judged, tmp_path: Path) -> None:
    write(tmp_path, {"tests/test_stock.py": TESTS})
    target = destination('def double(n):\n    """Twice as much."""\n', 0, tmp_path)
    verdict = await judged(target, "return n * 2", PYTEST)
    assert (verdict.status, verdict.held, verdict.of) == ("passed", 2, 2)
    assert verdict.check == "tests/test_stock.py: test_numbers, Strings.test_text"
    verdict = await judged(target, "return n + n if isinstance(n, str) else n", PYTEST)
    assert (verdict.status, verdict.held, verdict.of) == ("failed", 1, 2)
    assert ENGLISH(verdict.output).startswith("test_numbers: ")  # then what pytest says of it, or Python


async def test_tests_that_need_what_is_not_there_say_nothing_of_the_code(judged: Judged, tmp_path: Path) -> None:
    text = "import not_there\nfrom stock import double\n\n\ndef test_it():\n    assert double(1)\n"
    write(tmp_path, {"test_stock.py": text})
    verdict = await judged(
        destination('def double(n):\n    """Twice as much."""\n', 0, tmp_path), "return n * 2", PYTEST
    )
    assert (verdict.status, verdict.output) == ("not checked", Message("check-module-missing", name="not_there"))
    text = "from stock import double\n\n\ndef test_it():\n    assert double(open('a.csv'))\n"
    write(tmp_path, {"test_stock.py": text})
    verdict = await judged(
        destination('def double(n):\n    """Twice as much."""\n', 0, tmp_path), "return n * 2", PYTEST
    )
    assert (verdict.status, verdict.output) == ("not checked", Message("check-module-missing", name="a.csv"))


async def test_a_file_that_cannot_be_loaded_is_left_out_of_it(judged: Judged) -> None:
    head = 'import not_there\nimport json\nopen("stock.csv")\n\n\n'
    target = destination(head + STUB.partition("\n\n\n")[2], 6)
    assert (await judged(target, "return json.loads(json.dumps(n)) * 2")).status == "passed"
    assert (await judged(target, "return json.dumps(n)")).status == "failed"
    verdict = await judged(target, "return not_there.array(n) * 2")
    assert (verdict.status, verdict.output) == ("not checked", Message("check-module-missing", name="not_there"))
    assert not verdict.again


async def test_a_module_that_the_code_brings_in_is_one_to_do_without(judged: Judged) -> None:
    verdict = await judged(
        destination("# double(2) -> 4\n", 0), "import not_there\n\n\ndef double(n):\n    return n * 2"
    )
    assert (verdict.status, verdict.again) == ("not checked", True)


async def test_a_file_that_ends_badly_without_the_code_is_not_the_codes_fault(judged: Judged) -> None:
    text = 'HELPER = open("stock.csv")\n\n\ndef double(n):\n    """Twice.\n\n    double(2) -> 4\n    """\n'
    assert (await judged(destination(text, 3), "return n * 2")).status == "passed"
    verdict = await judged(destination(text, 3), "return n * 2 + len(HELPER)")
    assert verdict.status == "not checked"
    assert "FileNotFoundError" in ENGLISH(verdict.output)


async def test_a_method(judged: Judged) -> None:
    text = 'class Stock:\n    def double(self, n):\n        """Twice.\n\n        Stock().double(2) -> 4\n        """\n'
    assert (await judged(destination(text, 1), "return n * 2")).status == "passed"
    assert (await judged(destination(text, 1), "return n")).status == "failed"


async def test_a_data_class_finds_its_module(judged: Judged) -> None:
    code = "from dataclasses import dataclass\n\n\n@dataclass\nclass Point:\n    x: 'int'\n"
    assert (await judged(destination("# >>> Point(2)\n# Point(x=2)\n", 0), code)).status == "passed"


@pytest.mark.parametrize(
    ("example", "code", "status"),
    [
        ('>>> counted("aba")\n# {"a": 2, "b": 1}', "from collections import Counter\n\n\ncounted = Counter", "passed"),
        (
            ">>> P(1, 2)\n# (1, 2)",
            "from typing import NamedTuple\n\n\nclass P(NamedTuple):\n    a: int\n    b: int",
            "passed",
        ),
        (">>> print(half(4))\n# 2", "def half(n):\n    return n / 2", "passed"),
        (">>> half(4); half(2)\n# 2\n# 1", "def half(n):\n    return n // 2", "passed"),
        (">>> half(4)\n# 2", "def half(n):\n    print(n // 2)", "passed"),  # as doctest has it
        (">>> half(4)\n# 2", "def half(n):\n    print('4')\n    return 3", "failed"),
        (">>> half(4)\n# [2]", "def half(n):\n    yield 2", "failed"),
        (
            ">>> half(4)\n# 2",
            "class R:\n    def __eq__(self, other):\n        raise OSError\n\n\ndef half(n):\n    return R()",
            "failed",
        ),
    ],
)
async def test_a_result_counts_by_its_value(example: str, code: str, status: str, judged: Judged) -> None:
    assert (await judged(destination(f"# {example}\n", 0), code)).status == status


@pytest.mark.parametrize(
    ("request_", "code", "said"),
    [
        ("print the largest", "def largest(values):\n    return max(values)", "code-uncalled"),
        ("print the largest", "rows = open('/path/to/your/file')\nprint(max(rows))", "code-made-up"),
        ("the largest", "rows = open('/path/to/your/file')\nprint(max(rows))", ""),
        ("print the largest", "def show(rows):\n    print(max(rows))", ""),  # it is called for the model
        ("print the largest", "print(max(rows))", ""),
        ("the largest", "def largest(values):\n    return max(values)", ""),
    ],
)
async def test_what_nothing_calls_does_nothing_in_a_script(judged: Judged, request_: str, code: str, said: str) -> None:
    verdict = await judged(destination(f"rows = [1]\n# {request_}\n", 1), code)
    assert verdict.status == ("failed" if said else "read")
    assert [one.code for one in verdict.output if isinstance(one, Message)] == [said] if said else True


async def test_what_the_code_below_uses_must_be_set(judged: Judged) -> None:
    target = destination("rows = [1]\n# the largest\n\nprint(best)\n", 1)
    assert (await judged(target, "best = max(rows)")).status == "read"
    verdict = await judged(target, "top = max(rows)")
    assert (verdict.status, verdict.output) == ("failed", (Message("code-not-set", name="best"),))


@pytest.mark.parametrize(
    ("file", "code", "status", "ran", "said"),
    [
        ("rows = [1, 2]\n# print the largest", "print(max(rows))", "read", True, ""),
        ("rows = [1, 2]\n# print the largest", "print(max(rows)['n'])", "failed", True, "TypeError"),
        ("rows = [1, 2]\n# print the largest", "print(len(3))", "failed", True, "TypeError"),
        ("# print the longest row of a.txt", "print(max(open('a.txt'), key=len))", "read", False, ""),
        ("# ask for a number and print it", "print(int(input()))", "read", False, ""),
        ("import sys\n# print the first of the command line arguments", "print(sys.argv[5])", "read", False, ""),
        ("import sys\nname = sys.argv[5]\n# print the name", "print(name)", "read", False, ""),
        ("import sys\nname = sys.argv[5]\nprint(1)\n# shout", "print(name.shout())", "read", False, ""),
        ("# print dots for ever", "while True:\n    pass", "read", False, ""),
        ("# print a plot", "import sys\nsys.exit('no')", "read", False, ""),
        ("one = '1'\n\n\ndef show(n):\n    print(n + 1)\n\n\n# show one\n", "show(one)", "failed", True, "TypeError"),
        ("rows = [1]\n# the largest\n\nprint(best + 1)\n", "best = 'x'", "failed", True, "TypeError"),
        ("rows = [1]\n# the largest\n\nprint(best + 1)\n", "best = max(rows)", "read", True, ""),
        ("rows = [1]\n# the largest\n\nprint(best + 1)\n", "best = max(rows)\n1 / (best - 1)", "failed", True, "Zero"),
        ("rows = [1]\n# the largest", "print(max(rows)['n'])", "read", False, ""),  # that may be any module
        (
            "# print dots",
            "def main():\n    len(3)\n\n\nif __name__ == '__main__':\n    main()",
            "failed",
            True,
            "TypeError",
        ),
    ],
)
async def test_a_script_is_run_once(judged: Judged, file: str, code: str, status: str, ran: bool, said: str) -> None:
    line = next(n for n, row in enumerate(file.split("\n")) if row.startswith("#"))
    verdict = await judged(destination(f"{file}\n", line), code)
    assert (verdict.status, verdict.ran) == (status, ran)
    assert said in ENGLISH(verdict.output)
    assert ENGLISH(verdict.check).startswith("It ran to its end") is (ran and not said)
