"""Makes a program of a file and the examples in a comment: each example is tried, and says what it gave.

A program prints a line a step, behind a token: ``0 begin``, then ``0 ok`` or ``0 no`` with what was given. It is put
together so that the file stays as it is: in a file of its own that includes it, in an ``init`` that runs before
``main``, under ``#[test]``, or behind it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planfirst.verify.programs import golang, java, native, node, rust
from planfirst.verify.programs.examples import Example
from planfirst.verify.programs.literals import literal
from planfirst.verify.programs.toolchain import Missing, Toolchain

_FRAMES = Path(__file__).with_name("frames")
_MODULE = re.compile(r"^(?:import\s[^(]|export\s)", re.MULTILINE)
_PACKAGE = re.compile(r"^\s*package\s+([\w.]+)\s*;?", re.MULTILINE)
_CLASS = re.compile(r"\bclass\s+(\w+)")


@dataclass(frozen=True, slots=True)
class Harness:
    """A program to run, and the examples that it tries, in their order."""

    toolchain: Toolchain
    files: dict[str, bytes]
    examples: tuple[Example, ...]


def harness(
    language: str, text: str, name: str, examples: Sequence[Example], token: str, folders: Sequence[Path] = ()
) -> Harness | Missing:
    """The program for a file.

    Args:
        name: of the function that the examples call.
        folders: of the project, which may bring a compiler of its own.
    """
    tried = tuple(one for one in examples if _trial(0, one, language, "") is not None)
    owner = _owner(text, name) if language == "java" else ""
    calls = "\n".join(filter(None, (_trial(n, one, language, owner) for n, one in enumerate(tried))))
    frame = (_FRAMES / f"{language if language != 'typescript' else 'javascript'}.txt").read_text(encoding="utf-8")
    tests = frame.replace("@TOKEN@", token).replace("@CALLS@", calls)
    found, files = _put(language, text, tests, folders)
    if isinstance(found, Missing):
        return found
    return Harness(found, {path: content.encode("utf-8", "replace") for path, content in files.items()}, tried)


def _put(language: str, text: str, tests: str, folders: Sequence[Path]) -> tuple[Toolchain | Missing, dict[str, str]]:
    """The tool chain and the files."""
    found: Toolchain | Missing
    if language in ("javascript", "typescript"):
        is_module = bool(_MODULE.search(text))
        find = node.javascript if language == "javascript" else node.typescript
        found = find(folders, is_module)
        load = 'await import("node:util")' if is_module else 'require("node:util")'
        return found, {found.file: f"{text}\n{tests.replace('@UTIL@', load)}"} if isinstance(found, Toolchain) else {}
    if language == "java":
        package, file = _PACKAGE.search(text), java.file_of(text)
        found = java.java(file, f"{package[1]}.PlanfirstChecks" if package else "PlanfirstChecks")
        return found, {file: f"{text}\n{tests}"}
    if language == "go":
        of_main = _PACKAGE.sub("package main", text, count=1) if _PACKAGE.search(text) else f"package main\n{text}"
        own = "" if re.search(r"^func main\(\)", of_main, re.MULTILINE) else "\nfunc main() {}\n"
        return golang.go("answer.go", ("checks.go",)), {"answer.go": of_main + own, "checks.go": tests}
    if language == "rust":
        own = "" if re.search(r"^\s*fn main\(\)", text, re.MULTILINE) else "\nfn main() {}\n"
        return rust.rust("answer.rs", as_tests=True), {"answer.rs": f"{text}{own}\n{tests}"}
    find_native = native.c if language == "c" else native.cpp
    return find_native(f"checks.{language}"), {f"checks.{language}": tests, f"answer.{language}": text}


def _trial(n: int, example: Example, language: str, owner: str) -> str | None:
    """The call that tries one example; None where the language has no words for it."""
    if not example.call:
        return (
            _ASSERTIONS[language].format(n=n, wanted=_owned(example.wanted, owner)) if language in _ASSERTIONS else None
        )
    wanted = literal(example.value, language, example.wanted) if example.is_plain else example.wanted
    if wanted is None or language not in _VALUES:
        return None
    is_near = example.is_plain and isinstance(example.value, float)
    form = (_NEAR if is_near else _TEXT if isinstance(example.value, str) else {}).get(language) or _VALUES[language]
    return form.format(n=n, call=_owned(example.call, owner), wanted=wanted)


def _owner(text: str, name: str) -> str:
    """What stands before the call of a Java method: its class, or a new object of it."""
    defined = re.search(rf"^[^\n=.;(]*\b{re.escape(name)}\s*\([^;]*?\{{", text, re.MULTILINE | re.DOTALL)
    classes = _CLASS.findall(text[: defined.start()] if defined else text)
    if not classes or defined is None:
        return ""
    return f"{name}|{classes[-1]}" if re.search(r"\bstatic\b", defined[0]) else f"{name}|new {classes[-1]}()"


def _owned(expression: str, owner: str) -> str:
    name, _, before = owner.partition("|")
    return re.sub(rf"(?<![\w.]){name}\(", f"{before}.{name}(", expression) if before else expression


_JAVASCRIPT = "  planfirst.value({n}, () => {call}, () => {wanted})"
_VALUES = {
    "javascript": _JAVASCRIPT,
    "typescript": _JAVASCRIPT,
    "java": "        value({n}, () -> {call}, {wanted});",
    "go": "\tplanfirstValue({n}, func() any {{ return {call} }}, {wanted})",
    "rust": '    planfirst_value({n}, || {{ let got = {call}; (got == {wanted}, format!("{{:?}}", got)) }});',
    "c": "    PLANFIRST_VALUE({n}, {call}, {wanted});",
    "cpp": "    PLANFIRST_VALUE({n}, ({call}), {wanted});",
}
_NEAR = {
    "rust": "    planfirst_value({n}, || {{ let got = {call}; "
    '((got as f64 - {wanted}).abs() < 1e-9, format!("{{:?}}", got)) }});',
    "c": "    PLANFIRST_NEAR({n}, {call}, {wanted});",
    "cpp": "    PLANFIRST_NEAR({n}, {call}, {wanted});",
}
_TEXT = {"c": "    PLANFIRST_TEXT({n}, {call}, {wanted});"}
_JAVASCRIPT_ASSERTION = "  planfirst.assertion({n}, (assert, console) => {{ {wanted} }})"
_ASSERTIONS = {
    "javascript": _JAVASCRIPT_ASSERTION,
    "typescript": _JAVASCRIPT_ASSERTION,
    "java": "        value({n}, () -> {{ {wanted}; return true; }}, true);",
    "rust": "    planfirst_value({n}, || {{ {wanted}; (true, String::new()) }});",
    "c": "    PLANFIRST_ASSERTION({n}, {wanted});",
    "cpp": "    PLANFIRST_ASSERTION({n}, {wanted});",
}
