"""Notices an answer that ends before its code does, and closes it where nothing but its last braces is missing."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from planfirst.source import lines as lined
from planfirst.source.comments import without_texts
from planfirst.source.foreign import reads
from planfirst.source.languages import Language
from planfirst.source.python import parses, syntax_error
from planfirst.source.shapes import SHAPES
from planfirst.source.syntax import syntax_of, walk
from planfirst.words import Message

_CLOSING = {"(": ")", "[": "]", "{": "}", "${": "}"}
_PREPROCESSED = ("c", "cpp")  # there, each branch of an #if may open the same brace
_DEFINES = re.compile(r"(?:async def|def|class)\b")
_DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_NEVER_ENDED = ("was never closed", "unterminated triple-quoted")  # what Python says of it


@dataclass(frozen=True, slots=True)
class Ending:
    """How an answer ends.

    Attributes:
        code: with the braces that were missing.
        said: for the user, where there is something to say.
        is_whole: False for code that breaks off.
    """

    code: str
    said: Message | None = None
    is_whole: bool = True


def ended(code: str, language: Language) -> Ending:
    """The code up to its end, flush left and with ``\\n`` line ends as it is given."""
    if language.id == "python":
        return (_without_last(code) or _broken_off(code)) if _breaks_off(code) else Ending(code)
    if language.block != ("/*", "*/") or (language.id in _PREPROCESSED and "#if" in code):
        return Ending(code)
    open_ = _left_open(code, language)
    if not open_ or (reads(code, language.id) if language.id in SHAPES else not _goes_deeper(code, open_)):
        return Ending(code)
    if any(bracket != "{" for bracket, _ in open_):
        return _broken_off(code) if language.id in SHAPES else Ending(code, Message("answer-breaks-off"))
    rows = code.split("\n")
    closed = "\n".join([*rows, *(f"{lined.leading(rows[row])}}}" for _, row in reversed(open_))])
    if language.id in SHAPES and not reads(closed, language.id):
        return _broken_off(code)
    return Ending(closed, Message("answer-closed"))


def _without_last(code: str) -> Ending | None:
    """The functions and classes of Python code that are whole, without the last one; None for other code."""
    rows = code.split("\n")
    last = next((n for n in range(len(rows) - 1, 0, -1) if rows[n].strip() and not rows[n][0].isspace()), 0)
    begun = rows[last]
    while last and rows[last - 1].startswith(("@", "#")):
        last -= 1
    whole = "\n".join(lined.trim(rows[:last]))
    tree = parses(whole)
    if tree is None or not tree.body or not _DEFINES.match(begun) or not isinstance(tree.body[-1], _DEFINITION):
        return None
    return Ending(whole, Message("answer-last-left-out", row=begun.strip()[:80]))


def _goes_deeper(code: str, open_: list[tuple[str, int]]) -> bool:
    """Whether the last row stands within the first bracket: where no grammar reads the code, brackets may deceive."""
    rows = code.rstrip().split("\n")
    return len(lined.leading(rows[-1])) > len(lined.leading(rows[open_[0][1]]))


def _broken_off(code: str) -> Ending:
    return Ending(code, Message("answer-breaks-off"), is_whole=False)


def _left_open(code: str, language: Language) -> list[tuple[str, int]]:
    """The brackets that nothing closes, outer ones first, each with its row; none where the others do not pair."""
    open_: list[tuple[str, int]] = []
    for bracket, row in _brackets(code, language):
        if bracket in _CLOSING:
            open_.append((bracket, row))
        elif not open_ or _CLOSING[open_.pop()[0]] != bracket:
            return []
    return open_


def _brackets(code: str, language: Language) -> list[tuple[str, int]]:
    kinds = {*_CLOSING, *_CLOSING.values()}
    syntax = syntax_of(code, language.id)
    if syntax is not None:
        leaves = (node for node in walk(syntax.root) if node.type in kinds and not node.is_missing)
        return [(node.type, syntax.first(node)) for node in leaves]
    rows = without_texts(code, language).split("\n")
    return [(letter, n) for n, row in enumerate(rows) for letter in row if letter in kinds]


def _breaks_off(code: str) -> bool:
    """Whether Python code ends within a bracket, a text or its last statement."""
    if parses(code) is not None:
        return False
    rows = code.rstrip().split("\n")
    if rows[-1].rstrip().endswith(":"):
        return parses("\n".join([*rows, f"{lined.leading(rows[-1])}    pass"])) is not None
    error = syntax_error("\n".join(rows))
    if error is None:
        return False
    is_last = error.lineno == len(rows)
    at_end = is_last and ((error.offset or 0) > len(rows[-1]) or error.msg.startswith("unterminated"))
    return at_end or any(said in error.msg for said in _NEVER_ENDED)
