"""Functions that a body calls and nothing defines. A model that is given a stub alone may write them behind it.

Text alone is looked at. A name that is wrongly taken for one of these costs the tokens of a line.
"""

from __future__ import annotations

import builtins
import re

from planfirst.core.types import Task

_CALL = re.compile(r"(?<![\w.>:$@\"'])(?:(?P<before>\w+)[ \t]+)?(?P<name>[A-Za-z_$][\w$]*)\(")
_NO_USE = frozenset(("def", "class", "function", "func", "fn", "new", "struct", "enum", "impl"))
_WORDS = frozenset(
    (
        *("if", "for", "while", "switch", "match", "catch", "return", "yield", "await", "async", "with", "and", "or"),
        *("not", "in", "is", "lambda", "print", "elif", "except", "assert", "del", "raise", "throw", "typeof", "void"),
        *("sizeof", "super", "this", "constructor", "require", "import", "function", "parseInt", "parseFloat"),
        *("isNaN", "isFinite", "fetch", "setTimeout", "setInterval", "clearTimeout", "structuredClone", "defer"),
        *("make", "append", "len", "cap", "copy", "panic", "delete", "min", "max", "new", "Some", "Ok", "Err", "drop"),
    )
)
_BOUND = re.compile(
    r"\b(?:def|class|function\*?|func|fn|struct|type|const|let|var|import|as|for)\s+[({\[&*]*(?:mut\s+)?(\w+)"
    r"|(\w+)\s*(?::[^=\n]+)?:?=(?!=)"
)
_TEXT = r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
_APART = {True: re.compile(rf"{_TEXT}|#[^\n]*"), False: re.compile(rf"{_TEXT}|`[^`]*`|//[^\n]*|/\*.*?\*/", re.DOTALL)}
_MARKS = ("#", "//", "/*", "*", '"', "'", "@")
_DEFINES = re.compile(
    r"(?:(?:export|default|public|private|protected|internal|static|final|async|inline|unsafe|pub(?:\([^)]*\))?)\s+)*"
    r"(?:(?:def|function\*?|func|fn)\s+(?P<function>\w+)"
    r"|(?:const|let|var)\s+(?P<value>\w+)\s*=\s*(?:async\s*)?(?:\(|\w+\s*=>|function)"
    r"|(?!(?:return|else|await|throw|yield|go|defer|new|case|in|not|and|or)\b)"
    r"(?:[A-Za-z_][\w<>\[\],.*&:?]*\s+)+[*&]*(?P<typed>\w+)\s*\([^;]*$)"
)


def end_with_helpers(answer: str, end: int, task: Task) -> int | None:
    """Where an answer ends whose body ends at ``end``: behind the functions that follow and are missing in it.

    None while that is not known, since the next line is not whole yet, or the function goes on.
    """
    while missing := _missing(answer[:end], task):
        at = end
        header = ""
        for line in answer[end:].splitlines(keepends=True):
            if not line.endswith(("\n", "\r")):
                return None
            if header:
                closed = _closes(line, header, task)
                at += len(line) if closed != "before" else 0
                if closed:
                    break
                continue
            at += len(line)
            said = line.strip()
            if not said or (said.startswith(_MARKS) and not said.startswith("```")):
                continue
            found = _DEFINES.match(said)
            if found is None or not missing & {one for one in found.groups() if one}:
                return end
            header = line
            if said.endswith("}") and said.count("{") == said.count("}"):
                break
        else:
            return None
        end = at
    return end


def _closes(line: str, header: str, task: Task) -> str:
    """Whether a function ends ``with`` a line or ``before`` it; empty if it goes on."""
    depth = len(header) - len(header.lstrip())
    if not line.strip() or len(line) - len(line.lstrip()) > depth:
        return ""
    if task.language == "python":
        return "" if line.lstrip()[0] in ")]}" else "before"
    return "with" if line.lstrip()[0] == "}" else "" if line.lstrip()[0] in "{)" else "before"


def _missing(code: str, task: Task) -> set[str]:
    """The names that a code calls and neither it nor anything that is known of the file has."""
    bare = _APART[task.language == "python"].sub('""', code)
    called = {found["name"] for found in _CALL.finditer(bare) if found["before"] not in _NO_USE}
    if not called:
        return called
    bound = {name for found in _BOUND.finditer(bare) for name in found.groups() if name}
    bound |= {
        name for row in bare.splitlines() if (found := _DEFINES.match(row.strip())) for name in found.groups() if name
    }
    rows = [row for row in task.header.splitlines() if not row.lstrip().startswith(_MARKS)]
    around = "\n".join((*rows[: 1 if task.language == "python" else None], task.signature, *task.imports))
    known = set(re.findall(r"\w+", "\n".join((around, *task.neighbours, *task.excerpts))))
    skipped = _WORDS | (set(dir(builtins)) if task.language == "python" else set())
    return {name for name in called - bound - known - skipped if not name[0].isupper()}
