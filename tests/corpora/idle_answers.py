"""Which doctests refuse an answer that does nothing; a program that runs by itself.

It reads a list of ``[id, code, doctest]`` as JSON from standard input, and prints the ids whose doctest does not
notice. Each runs in a process of its own, since a doctest may wait for ever, or fill the memory, where nothing is done.
They are our own recipes, so a fork will do, which takes a hundredth of a sandbox's time.
"""

from __future__ import annotations

import doctest
import json
import os
import resource
import signal
import sys
import tempfile

SECONDS = 5


def main() -> None:
    for name, code, text in json.load(sys.stdin):
        with tempfile.TemporaryDirectory() as folder:
            child = os.fork()
            if child == 0:
                _answer(code, text, folder)
            _, status = os.waitpid(child, 0)
        if status == 0:
            print(name, flush=True)


def _answer(code: str, text: str, folder: str) -> None:
    """Ends this process, with 0 if the doctest holds."""
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    signal.alarm(SECONDS)
    os.chdir(folder)
    tempfile.tempdir = folder
    status = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        namespace: dict[str, object] = {"__name__": "recipe"}
        exec(compile(code, "recipe", "exec"), namespace)
        test = doctest.DocTestParser().get_doctest(text, namespace, "recipe", None, 0)
        status = int(bool(doctest.DocTestRunner(verbose=False).run(test, out=lambda line: None).failed))
    finally:
        os._exit(status)


main()
