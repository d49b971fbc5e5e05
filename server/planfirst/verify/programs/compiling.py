"""Says of code in a language that is compiled whether the compiler takes it. Nothing of it is run.

Only what the compiler says of the lines of the answer counts, and only if it finds no fault elsewhere and nothing is
missing that may stand in another file: then it is the answer that is wrong.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

from planfirst.core.errors import SandboxRefused
from planfirst.core.ports import Sandbox
from planfirst.core.types import Task
from planfirst.verify.destination import Destination
from planfirst.verify.programs import java, native, node, rust
from planfirst.verify.programs.judge import ABSENT, file_text
from planfirst.verify.programs.running import run
from planfirst.verify.programs.toolchain import Missing, Toolchain
from planfirst.verify.verdict import Verdict
from planfirst.words import Message

Find = Callable[[str, Sequence[Path]], Toolchain | Missing]

# By the editor's language id: the tool chain that reads a file, given its text and the folders of the project.
CHECKERS: Final[Mapping[str, Find]] = {
    "javascript": lambda text, folders: node.checking("javascript", folders),
    "typescript": lambda text, folders: node.checking("typescript", folders),
    "java": lambda text, folders: java.checking(text),
    "rust": lambda text, folders: rust.checking(),
    "c": lambda text, folders: native.checking("c", "program.c"),
    "cpp": lambda text, folders: native.checking("cpp", "program.cpp"),
}
COMPILES = Message("check-compiles")
_ERROR = re.compile(
    r"^[^\s:(]+[:(](?P<line>\d+)(?:[:,]\d+)?\)?: (?:fatal )?error(?:\[\w+\]| TS(?P<ts>\d+))?: (?P<said>.*)$",
    re.MULTILINE,
)
# A crate that Cargo would give; and another file of Java's package, whose classes need no import.
_ELSEWHERE = re.compile(r"undeclared crate or module|unlinked crate|unresolved module|file not found for module")
_CLASS = re.compile(r"^\s*symbol:\s+(?:class [A-Z]|variable [A-Z]\w*[a-z])", re.MULTILINE)
# What TypeScript says of modules, of the names of Node.js, of test runners and of the like: it was not shown them.
_NOT_SHOWN = frozenset((2307, 2503, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593, 2688, 2792, 2867, 2868, 7016))
_NO_SUCH_NAME = frozenset((2304, 2552))  # all that counts in JavaScript
_OF_NODE = re.compile(r"'(?:__dirname|__filename|global)'")


@dataclass(frozen=True, slots=True)
class _Fault:
    line: int  # from zero
    said: str


class Compiling:
    """Reads codes for one site with the compiler of their language.

    Args:
        folders: of the project, which may bring a compiler of its own.
    """

    def __init__(self, task: Task, destination: Destination, sandbox: Sandbox, folders: Sequence[Path] = ()) -> None:
        self._task, self._destination, self._sandbox = task, destination, sandbox
        self._folders = tuple(folders)

    async def __call__(self, code: str, read: Verdict) -> Verdict:
        """The verdict on a code that was read without finding a fault; that same one where no compiler can tell."""
        text = await asyncio.to_thread(file_text, self._task, self._destination, code)
        found = await asyncio.to_thread(CHECKERS[self._task.language], text, self._folders)
        if isinstance(found, Missing):
            return read
        try:
            ended = await run(self._sandbox, found, {found.file: text.encode("utf-8", "replace")})
        except (SandboxRefused, ValueError):
            return read
        if not ended.compile_error:
            return Verdict("read", COMPILES, read.output)
        faults = list(_faults(ended.compile_error, self._task.language))
        own = self._own_lines(text)
        if not faults or self._lacks_another_file(ended.compile_error) or any(one.line not in own for one in faults):
            return read
        row = text.splitlines()[min(faults[0].line, text.count("\n"))].strip()
        return Verdict("failed", COMPILES, f"{faults[0].said}: `{row}`" if row else faults[0].said)

    def _own_lines(self, text: str) -> frozenset[int]:
        """The lines that the answer brought, and those around them that a compiler names for it, from zero."""
        rows, site = text.splitlines(), self._destination.site
        if site is None:
            return frozenset(range(len(rows) + 1))
        before = self._destination.text.splitlines()
        own: set[int] = set()
        for tag, _, _, first, last in SequenceMatcher(None, before, rows, autojunk=False).get_opcodes():
            if tag in ("replace", "insert"):
                own.update(range(first, last + 1))
        if site.stub is not None:  # where a result is missing, that is said of the header
            header = before[site.stub.header_first : site.stub.header_last + 1]
            own.update(n for n, row in enumerate(rows) if row in header)
        return frozenset(own)

    def _lacks_another_file(self, said: str) -> bool:
        if self._task.language in ("javascript", "typescript"):
            return False  # such faults were left out
        if ABSENT.search(said) or _ELSEWHERE.search(said):
            return True
        path = self._destination.path
        beside = (
            self._task.language == "java"
            and path is not None
            and any(one.name != path.name for one in path.parent.glob("*.java"))
        )
        return beside and bool(_CLASS.search(said))


def _faults(said: str, language: str) -> Iterator[_Fault]:
    """What a compiler finds wrong, in its order."""
    for found in _ERROR.finditer(said):
        number = int(found["ts"] or 0)
        names_only = language == "javascript" and number not in _NO_SUCH_NAME
        if number in _NOT_SHOWN or names_only or (number in _NO_SUCH_NAME and _OF_NODE.search(found["said"])):
            continue
        yield _Fault(int(found["line"]) - 1, found["said"].rstrip(". "))
