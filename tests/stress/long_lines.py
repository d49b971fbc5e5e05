"""One very long line, in a file and in an answer: reading takes a time that grows with its length, not with its square.

Each kind of line is measured in a process of its own, in processor time, since other work on the machine must not
count, and ended after a while, since native code cannot be stopped.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

from planfirst.core import draft
from planfirst.core.generate import extract_code, stub_name
from planfirst.core.parts import parts_of
from planfirst.core.telling import Telling
from planfirst.core.types import Prompt
from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.source.place import place_code
from planfirst.verify import reading, reading_nodes, static

_LENGTHS = (10_000, 40_000)  # characters
_SPARE = 1.0  # seconds that may be added to four times the time
_LONGEST = 10.0  # seconds of processor time for the longer one
_PATIENCE = 300.0  # seconds by the clock, on a machine that does much else
_LANGUAGES = ("python", "javascript", "typescript", "typescriptreact", "java", "go", "rust", "c", "cpp")
# What the line repeats, with dots between.
_REPEATED = (
    "(·[·{·)·<·>·f(·f[·{a:·(a,·a<b>(·()=>{·fn a(){·def f(): ·class A{·if(a)·if a: ·else ·for(;;)·while a{·match a{·"
    "case 1:·switch(a){·?a:·a?b:·a:·a.b·.a()·a,·a=·a;·a+·a ·-·!·&·*·x=>·->·::·|·@a ·#[a]·lambda:·\"·'·`·\\·//·/*·*/·"
    "#·/·$·${·\"\"\"·'''·<a>·</a>·<a b=·{/*·0x·1.·é·　·\t"
)
_STUBS = {
    "python": "def total(xs):\n    ...\n",
    "javascript": "function total(xs) {\n}\n",
    "typescript": "function total(xs: number[]): number {\n}\n",
    "typescriptreact": "function total(xs: number[]): number {\n}\n",
    "java": "class A {\n    int total(int[] xs) {\n    }\n}\n",
    "go": "package a\n\nfunc total(xs []int) int {\n}\n",
    "rust": "fn total(xs: &[i32]) -> i32 {\n    todo!()\n}\n",
    "c": "int total(int *xs, int n) {\n}\n",
    "cpp": "int total(std::vector<int> xs) {\n}\n",
}


async def run(count: int, seed: int, folder: Path) -> dict[str, Any]:
    """So many kinds of line, the seed's share of all; says the longest time that one took, in seconds."""
    kinds = list(product(_LANGUAGES, _REPEATED.split("·")))
    random.Random(0).shuffle(kinds)
    longest = 0.0
    found: list[str] = []
    mine = [kinds[n % len(kinds)] for n in range(seed * count, (seed + 1) * count)]
    for language, piece in mine:
        times = await _measured(language, piece)
        if isinstance(times, str):
            found.append(f"{language} {piece!r}: {times}")
            continue
        for use, (shorter, longer) in times.items():
            longest = max(longest, longer)
            if longer > min(_LONGEST, shorter * _LENGTHS[1] / _LENGTHS[0] + _SPARE):
                found.append(f"{language} {piece!r} {use}: {shorter} and {longer} s")
    return {"lines": len(mine), "longest": longest, "found": found[:20]}


async def _measured(language: str, piece: str) -> dict[str, tuple[float, float]] | str:
    """Seconds of processor time of each use, for both lengths; why there are none, if there are none."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.stress.long_lines", language, piece),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    try:
        async with asyncio.timeout(_PATIENCE):
            out, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return f"no end in {_PATIENCE:g} s"
    if process.returncode != 0:
        return f"the process ended with {process.returncode}"
    return {use: (times[0], times[1]) for use, times in json.loads(out).items()}


def _uses(language: str, line: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is done with such a line: requests beside it, placing code beside it, and answers that are one."""
    mark = "#" if language == "python" else "//"
    stub, request = _STUBS[language], f"{mark} sort the list"
    known = language_of(language)
    above, below = f"{line}\n{request}\n{stub}", f"{request}\n{line}\n{stub}"
    header = next(row for row, text in enumerate(stub.splitlines()) if "total" in text)
    code = stub.replace("...", "return 0").replace("todo!()", "0")

    def request_at(text: str, row: int) -> None:
        locate(text, row, row, known)

    def answered(text: str, row: int, answer: str) -> None:
        site = locate(text, row, row, known)
        if site is None:
            return
        taken = extract_code(f"```{language}\n{answer}\n```", language, stub_name(site.task.header))
        placement = place_code(text, site, taken, known)
        if language == "python":
            static.faults(text, placement.result, lambda module: True)
            reading.doubts(text, placement.result)
        else:
            reading_nodes.doubts(text, placement.result, site, known)
        list(Telling(Prompt("", ""), site.task, None).hear(taken, taken))
        if parts := parts_of(taken, site.task):
            draft.prompt_for(draft.Draft(Prompt("", ""), taken, taken), parts[-1], site.task)
            draft.plan_of(taken, [draft.as_step(part.said, part, request) for part in parts], parts)

    yield "request below", lambda: request_at(above, line.count("\n") + 1)
    yield "request above", lambda: request_at(below, 0)
    yield "stub below", lambda: request_at(f"{line}\n{stub}", line.count("\n") + 1 + header)
    yield "code below", lambda: answered(above, line.count("\n") + 1, code)
    yield "code above", lambda: answered(below, 0, code)
    yield "answer", lambda: answered(f"{request}\n{stub}", 0, line)
    yield "answer within", lambda: answered(f"{request}\n{stub}", 0, code + line)


def main(language: str, piece: str) -> None:
    """Prints the seconds of each use, for both lengths."""
    times: dict[str, list[float]] = {}
    for use, _ in _uses(language, ""):
        for length in _LENGTHS:
            doing = dict(_uses(language, piece * (length // len(piece))))[use]
            began = time.process_time()
            doing()
            times.setdefault(use, []).append(round(time.process_time() - began, 3))
    sys.stdout.write(json.dumps(times))


if __name__ == "__main__":
    main(*sys.argv[1:])
