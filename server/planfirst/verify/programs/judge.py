"""Says of code in another language than Python whether the examples in its comment hold, by running it."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from planfirst.core.errors import SandboxRefused
from planfirst.core.ports import Sandbox
from planfirst.core.runs import RunLimits
from planfirst.core.types import Task
from planfirst.source.definitions import Definition
from planfirst.source.languages import language_of
from planfirst.source.place import place_code
from planfirst.verify.destination import Destination
from planfirst.verify.programs.examples import Example, find, without_call
from planfirst.verify.programs.harness import Harness, harness
from planfirst.verify.programs.registry import FINDERS
from planfirst.verify.programs.running import LIMITS, Ended, run
from planfirst.verify.programs.toolchain import Missing
from planfirst.verify.verdict import Verdict, reason
from planfirst.words import Message, Value

READ = Message("check-without-example")
# How compilers and Node.js say that a file stands on another, or on a package.
ABSENT = re.compile(
    r"package [\w.]+ does not exist|No such file or directory|file not found|is not in (?:GOROOT|std)|"
    r"cannot find package|unresolved import|can't find crate|Cannot find (?:module|package)|ERR_MODULE_NOT_FOUND"
)
_ERROR = re.compile(r"^\w*Error\b.*", re.MULTILINE)
_NAME = re.compile(r"(\w+)\s*(?:<[^<>]*>)?\s*\(")


class ProgramJudge:
    """Judges codes for one site.

    Args:
        examples: what the comment says the function must give.
        sandbox: None when nothing may be run, or nothing can.
        why_not: in that case, the reason, for the user.
        folders: of the project, which may bring a compiler of its own.
    """

    def __init__(
        self,
        task: Task,
        destination: Destination,
        examples: Sequence[Example],
        sandbox: Sandbox | None,
        why_not: Value = "",
        folders: Sequence[Path] = (),
        limits: RunLimits = LIMITS,
    ) -> None:
        self._task, self._destination, self._examples = task, destination, tuple(examples)
        self._sandbox, self._why_not = sandbox, why_not
        self._folders, self._limits = tuple(folders), limits

    async def __call__(self, code: str) -> Verdict:
        """The verdict on a code. Never raises: what cannot be run was not checked."""
        if not code.strip():
            return Verdict("failed", Message("check-code"), Message("code-empty"))
        check = "\n".join(example.text for example in self._examples)
        if not self._examples:
            return Verdict("not checked", "", READ)
        if self._sandbox is None:
            return Verdict("not checked", check, self._why_not)
        token = secrets.token_hex(16)
        try:
            made = await asyncio.to_thread(self._made, code, self._examples, token)
            if isinstance(made, Missing):
                return Verdict("not checked", check, made.said)
            if not made.examples:
                return Verdict("not checked", check, READ)
            ended = await run(self._sandbox, made.toolchain, made.files, self._limits)
            if ended.compile_error:
                return await self._refused(self._sandbox, code, check, ended)
        except (SandboxRefused, ValueError) as error:
            return Verdict("not checked", check, reason(error))
        return _verdict(made.examples, ended, token)

    def _made(self, code: str, examples: Sequence[Example], token: str) -> Harness | Missing:
        text, name = file_text(self._task, self._destination, code), name_of(self._task)
        return harness(self._task.language, text, name, examples, token, self._folders)

    async def _refused(self, sandbox: Sandbox, code: str, check: str, ended: Ended) -> Verdict:
        """It does not compile: whether that is the code's fault, or that of an example, or something is missing."""
        alone = await asyncio.to_thread(self._made, code, (), secrets.token_hex(16))
        if isinstance(alone, Missing):
            return Verdict("not checked", check, alone.said)
        again = await run(sandbox, alone.toolchain, alone.files, self._limits)
        if not again.compile_error:
            said = _first(ended.compile_error)
            return Verdict("not checked", check, Message("check-examples-do-not-compile", said=said))
        said = _first(again.compile_error)
        if ABSENT.search(again.compile_error):
            return Verdict("not checked", check, Message("check-file-needs", said=said), again=True)
        return Verdict("failed", Message("check-compiles"), said, 0, 1, ran=True)


def examples_of(task: Task, definition: Definition | None = None) -> tuple[Example, ...]:
    """The examples in a task's comment; none where its language is not run, or its function has no name yet.

    Args:
        definition: the function that is to be written, if it stands in a file.
    """
    name = name_of(task)
    if not name or task.language not in FINDERS:
        return ()
    found = find(task.request, task.language, name)
    if definition is None:
        return found
    if definition.owner and task.language != "java":  # a method needs an object, which only Java's are given
        return tuple(one for one in found if not one.call.startswith(f"{name}("))
    one = len(definition.parameters) == 1 and not definition.owner
    return found or (without_call(task.request, task.language, name) if one else ())


def name_of(task: Task) -> str:
    """The name of the function that a task asks for; empty where its stub names none."""
    for line in reversed(task.stub.split("\n")):
        found = _NAME.findall(line)
        if found and not line.lstrip().startswith(("//", "*", "/*")):
            names = [name for name in found if name not in ("func", "function", "if", "for", "while")]
            return str(names[0]) if names else ""
    return ""


def file_text(task: Task, destination: Destination, code: str) -> str:
    """The file with the code in it; where there is no file, what a file would need around it."""
    if destination.site is not None:
        return place_code(destination.text, destination.site, code, language_of(task.language)).result
    name = name_of(task)
    is_whole = not task.stub or re.search(rf"\b{re.escape(name)}\b\s*(?:=|:|<|\()[^;]*?[{{>]", code)
    text = code if is_whole else f"{task.stub}\n{code}\n}}"
    if task.language == "java" and not re.search(r"^(?:public\s+|final\s+)*class\s", text, re.MULTILINE):
        text = f"class Answer {{\n{text}\n}}"
    return "\n".join([*task.imports, text])


def _verdict(examples: Sequence[Example], ended: Ended, token: str) -> Verdict:
    said: dict[int, str] = {}
    for line in ended.done.stdout.split("\n"):
        if line.startswith(f"{token} "):
            number, _, rest = line.removeprefix(f"{token} ").partition(" ")
            if number.isdigit():
                said[int(number)] = rest
    if not said and ABSENT.search(ended.done.stderr):
        check = "\n".join(example.text for example in examples)
        return Verdict("not checked", check, Message("check-file-needs-module"), again=True)
    if not said and ended.code:
        error = _ERROR.search(ended.done.stderr)
        return Verdict("failed", Message("check-loads"), error[0] if error else ended.why or "", 0, 1, ran=True)
    held, of = sum(rest == "ok" for rest in said.values()), len(examples)
    for n, example in enumerate(examples):
        if said.get(n) == "ok":
            continue
        tried, gave = example.call or example.wanted, said.get(n, "begin")
        if gave == "begin":
            output = Message("check-no-end", call=tried, why=ended.why or Message("check-ended-early"))
        else:
            output = Message("check-error", call=tried, error=gave.removeprefix("no "))
        return Verdict("failed", example.text, output, held, of, ran=True)
    return Verdict("passed", "\n".join(example.text for example in examples), "", held, of, ran=True)


def _first(said: str) -> str:
    """The first line of what a compiler says that names an error, in one line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return next((line for line in lines if "error" in line.lower()), lines[0] if lines else "it said nothing")
