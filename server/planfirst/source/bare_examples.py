"""Examples that omit the call, as in ``3723 -> "1h 02m"``, in a request for the body of one function.

Beside an empty function people write what goes in and what comes out. A number in the middle of a sentence may mean
anything. So there it counts only where a separator sets it off; a row that holds nothing else counts with whatever it
has.
"""

from __future__ import annotations

import ast
import re

from planfirst.source.examples import Check

_ARROW = re.compile(r"\s*(?:[-=]+>|[→⇒➞➔➜⟶⟹]|\b(?:returns|gives|becomes)\b)\s*")
_BEFORE = re.compile(r"(?:^|[\s,;:(])(?=\S)")  # where a literal may begin
_BEHIND = re.compile(r"(?=[\s,;.)]|$)")  # where one may end
_REST = re.compile(r"(?:[\s,;.:()]|\band\b|\be\.?g\.?|\bfor example\b|\bexamples?\b)+", re.IGNORECASE)
_SET_OFF = re.compile(r"""(?:^|[;:(]|(?:^|[^\d"'\])}]),|\band|\bor|\blike|\be\.?g\.?|\bexamples?)\s*$""", re.IGNORECASE)
_ENDED = re.compile(r"\s*(?:[,;.)](?:\s|$)|$|and\b)")
_PARTS = (
    *(ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.expr_context),
    *(ast.UnaryOp, ast.BinOp, ast.unaryop, ast.operator),
)  # fmt: skip
_LONGEST, _MOST = 400, 12  # characters of a row that is looked at; examples of it


def bare_examples(request: str, name: str, parameters: int) -> tuple[Check, ...]:
    """The examples of a request for a function, as checks that call it. Never raises.

    Args:
        name: the function's.
        parameters: how many it must be given; several are written as ``2, 3 -> 6``, one example a row.
    """
    if parameters < 1:
        return ()
    return tuple(
        Check("value", f"{name}({given}) -> {wanted}", f"{name}({given})", wanted)
        for row in request.split("\n")
        if len(row) <= _LONGEST and ">>>" not in row
        for given, wanted in _of_row(row.replace("`", " "), parameters)
    )


def _of_row(row: str, parameters: int) -> list[tuple[str, str]]:
    arrows = list(_ARROW.finditer(row))[:_MOST]
    if parameters > 1 and len(arrows) != 1:
        return []
    pairs: list[tuple[str, str]] = []
    rest, at, sure = "", 0, True
    for n, arrow in enumerate(arrows):
        until = arrows[n + 1].start() if n + 1 < len(arrows) else len(row)
        given = _last(row[at : arrow.start()], parameters)
        wanted = _first(row[arrow.end() : until])
        if not given or not wanted:
            return []
        before = row[at : arrow.start()].removesuffix(given)
        rest, at = rest + before, arrow.end() + len(wanted)
        is_word = arrow[0].strip().isalpha()
        sure &= _is_marked(given) or bool(_SET_OFF.search(before))
        sure &= _is_marked(wanted) or (not is_word and bool(_ENDED.match(row[at:])))
        pairs.append((given, wanted))
    whole = not _REST.sub("", rest + row[at:])
    return pairs if whole or sure else []


def _last(text: str, parameters: int) -> str:
    """The longest literal that a text ends with; with several parameters, as many of them, with commas."""
    for match in _BEFORE.finditer(text):
        found = text[match.end() :].strip()
        if _is_literal(found) if parameters == 1 else _values(found) == parameters:
            return found
    return ""


def _first(text: str) -> str:
    """The longest literal that a text begins with."""
    ends = [match.start() for match in _BEHIND.finditer(text)]
    return next((text[:end].rstrip() for end in reversed(ends) if _is_literal(text[:end])), "")


def _is_literal(text: str) -> bool:
    return bool(text.strip()) and (_values(text) == 0)


def _values(text: str) -> int:
    """Of values with commas between them, how many; 0 for a single one, and -1 for what is none.

    A value is a literal, or what can be reckoned from numbers, as in ``3 * 1024**2``.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return -1
    if not all(isinstance(node, _PARTS) for node in ast.walk(tree)):
        return -1
    return len(tree.elts) if isinstance(tree, ast.Tuple) and not text.strip().startswith("(") else 0


def _is_marked(text: str) -> bool:
    """Whether a literal cannot be a number or a word of the sentence."""
    return text.strip()[:1] in {'"', "'", "[", "{", "("}
