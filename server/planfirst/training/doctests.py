"""Runs a recipe's doctest on generated code, in a process of its own with limits.

What this does not stop: reading files that the user can read, writing files (of a limited size), the network, and
starting processes. It keeps an endless loop or a memory hog from harming the run that measures; it is no sandbox.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import tempfile

_RUN = """
import doctest, json, sys, types
try:
    import resource
    for limit, most in (("RLIMIT_CPU", 10), ("RLIMIT_AS", 4 << 30), ("RLIMIT_FSIZE", 64 << 20)):
        resource.setrlimit(getattr(resource, limit), (most, most))
except ImportError:
    pass
given = json.load(sys.stdin)
answer = types.ModuleType("answer")
sys.modules["answer"] = answer
exec(compile(given["code"], "answer.py", "exec"), answer.__dict__)
test = doctest.DocTestParser().get_doctest(given["doctest"], answer.__dict__, "recipe", None, 0)
result = doctest.DocTestRunner(verbose=False).run(test, out=lambda text: None)
if result.attempted and not result.failed:
    sys.__stdout__.write(given["passed"])
"""


def passes(code: str, doctest: str, seconds: float = 20.0) -> bool:
    """Whether the code runs and every example of the doctest gives what it should.

    Args:
        seconds: wall-clock limit; the process is killed after it.
    """
    passed = secrets.token_hex(16)  # so that code which merely ends, or prints, does not count
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter, and running the code is the purpose
                [sys.executable, "-I", "-X", "utf8", "-c", _RUN],
                input=json.dumps({"code": code, "doctest": doctest, "passed": passed}),
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                cwd=folder,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
    return done.stdout.endswith(passed)
