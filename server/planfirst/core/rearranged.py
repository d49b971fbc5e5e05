"""A plan of which steps were only taken out or put elsewhere: the lines of its draft go with them, without a model."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence

from planfirst.core.parts import leading, leaves
from planfirst.core.types import Plan

_WORD = re.compile(r"(?<![\w.])[^\W\d]\w*")  # no attribute
_CALLED = re.compile(r"(?<![\w.])([^\W\d]\w*)\s*\(")
_SET = re.compile(r"\b([^\W\d]\w*)\s*:?=(?!=)|\b(?:def|class|function|func|fn)\s+([^\W\d]\w*)")
_NO_NAMES = frozenset(keyword.kwlist) | {
    *(
        "let",
        "const",
        "var",
        "auto",
        "function",
        "func",
        "fn",
        "end",
        "then",
        "do",
        "done",
        "fi",
        "switch",
        "case",
        "of",
    ),
    *("new", "null", "nil", "undefined", "true", "false", "int", "long", "float", "double", "char", "bool", "boolean"),
    *("string", "str", "void", "this", "self", "echo", "local"),
}


def rearranged(edited: Plan, known: Plan) -> Plan | None:
    """The changed plan with a draft that follows it exactly.

    None where a step is new, where lines are not known for every step, or where the code would not hold by itself: a
    name would be used before it is set, or lines would stand behind a return.
    """
    if not known.is_drafted or set(edited.steps) - set(known.steps) or len(set(known.steps)) < len(known.steps):
        return None
    start = known.draft.find(known.parts[0])
    end = start
    for part in known.parts:
        at = known.draft.find(part, end)
        if at < 0 or known.draft[end:at].strip():
            return None
        end = at + len(part)
    lines = {step: part.strip("\r\n") + "\n" for step, part in zip(known.steps, known.parts, strict=True)}
    kept = [lines[step] for step in edited.steps]
    above, below = known.draft[:start], known.draft[end:]
    if len({leading(part) for part in lines.values()}) > 1 or any(map(leaves, kept[:-1])):
        return None
    if leaves(known.parts[-1]) and not leaves(kept[-1]):
        return None
    if _breaks(above, list(lines.values()), kept, below):
        return None
    return Plan(edited.steps, above + "".join(kept) + below.lstrip("\r\n"), tuple(kept))


def _breaks(above: str, parts: Sequence[str], kept: Sequence[str], below: str) -> bool:
    """Whether a name that comes up in one part is used by lines that the part does not stand before any more."""
    known = _words(above)
    for part in parts:
        for name in _names(part) - known:
            users = [n for n, one in enumerate(kept) if name in _words(one)]
            first = kept.index(part) if part in kept else len(kept)
            if any(n < first for n in users) or (part not in kept and name in _words(below)):
                return True
        known |= _words(part)
    return False


def _names(part: str) -> set[str]:
    """The words in some lines that may be names which they bring: what is only called there is known from elsewhere."""
    brought = {name for names in _SET.findall(part) for name in names if name}
    return _words(part) - set(_CALLED.findall(part)) | brought


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text)) - _NO_NAMES
