"""Finds what a comment says a function must give, where that can be a program in the language and is certain.

A value: ``add(2, 3) -> 5``, also with ``=>``, ``→``, ``==``, ``===``, ``returns`` and ``// 5``, or in the line below
``>>> add(2, 3)``. An assertion of the language: ``assert_eq!(add(2, 3), 5)``, ``console.assert(add(2, 3) === 5)``.
Whatever stands in a call or as a value must be made of literals; an example that names a variable says nothing that can
be run.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from typing import Final

from planfirst.source.bare_examples import bare_examples

_OPENING, _CLOSING, _QUOTES = "([{", ")]}", "\"'`"
_SIGN = re.compile(r"`?;?\s*(?:->|=>|→|⇒|===?|=|//\s*(?:->|=>|→)?|returns?\b|gives\b|should (?:return|be|equal)\b)\s*")
_GOES_ON = re.compile(r"\s+(?:[\[{]|\w+\()")  # as in ``new int[] {1}`` and ``new Point(1)``
_PROMPT = re.compile(r"^(?:>>>|>)\s+")
_BULLET = re.compile(r"^(?:[*+-]|\d+[.)]|(?:e\.g\.|for example|example)[:,]?)\s+", re.IGNORECASE)
_ASSERTED: Final = {
    "javascript": re.compile(r"^(?:console\.)?assert(?:\.\w+)?\s*\(.*\)\s*;?$"),
    "java": re.compile(r"^assert\b.*;$"),
    "rust": re.compile(r"^assert(?:_eq|_ne)?!\s*\(.*\)\s*;?$"),
    "c": re.compile(r"^assert\s*\(.*\)\s*;?$"),
}
_ASSERTED_AS: Final = {"typescript": "javascript", "cpp": "c"}
# Words that may stand in an example beside literals and the function itself.
_WORDS: Final = frozenset(
    """
    true false null None nil undefined NaN Infinity True False NULL nullptr new of asList Some Ok Err vec from
    to_string int long double float char boolean bool string std vector map set int64 float64 int32
    assert assert_eq assert_ne console equal deepEqual strictEqual deepStrictEqual equals abs fabs strcmp sizeof
    length len size i32 i64 u8 u32 u64 usize f64 L l f d u
    """.split()  # noqa: SIM905 (a table of words)
)
_CLASS = re.compile(r"\bnew [A-Z]\w*|\b[A-Z]\w*(?=\.|::|\()")  # not an argument, but what is made or asked
_STRINGS = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`")
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*|(?<=\.)[A-Za-z_]\w*")
_CONSTANTS = {"true": "True", "false": "False", "null": "None", "nil": "None", "nullptr": "None", "NULL": "None"}
_UNKNOWN = object()


@dataclass(frozen=True, slots=True)
class Example:
    """One example.

    Attributes:
        text: as it stands in the comment.
        call: the expression; empty for an assertion.
        wanted: the value as it is written, or the assertion, without a semicolon.
        value: what ``wanted`` is in Python, where `is_plain`.
        is_plain: whether it is a literal that every language has.
    """

    text: str
    call: str
    wanted: str
    value: object = None
    is_plain: bool = False


def find(request: str, language: str, name: str) -> tuple[Example, ...]:
    """The examples in a comment that call the function ``name``; ``language`` is the editor's id."""
    lines = [line.strip().strip("`").strip() for line in request.split("\n")]
    found: list[Example] = []
    for n, line in enumerate(lines):
        below = lines[n + 1] if n + 1 < len(lines) else ""
        example = _in_line(_BULLET.sub("", line), below, language, name)
        if example is not None and example not in found:
            found.append(example)
    return tuple(found)


def without_call(request: str, language: str, name: str) -> tuple[Example, ...]:
    """The examples that leave the call out, as ``"a/b.txt" gives "b"``, for a function ``name`` of one parameter.

    Only numbers and texts count, and lists in languages that write them without a type.
    """
    kinds = (int, float, str, list) if _ASSERTED_AS.get(language, language) == "javascript" else (int, float, str)
    found: list[Example] = []
    for check in bare_examples(request, name, 1):
        given, wanted = _plain(check.call[len(name) + 1 : -1]), _plain(check.expected)
        if not (isinstance(given, kinds) and isinstance(wanted, kinds)):
            return ()
        call = f"{name}({json.dumps(given, ensure_ascii=False)})"
        value = json.dumps(wanted, ensure_ascii=False)
        found.append(Example(f"{call} -> {value}", call, value, wanted, True))
    return tuple(found)


def _in_line(line: str, below: str, language: str, name: str) -> Example | None:
    asserted = _ASSERTED.get(_ASSERTED_AS.get(language, language))
    if asserted and asserted.match(line) and re.search(rf"\b{re.escape(name)}\s*\(", line):
        return Example(line, "", line.rstrip("; ")) if _known(line, name) else None
    prompted = _PROMPT.match(line)
    begin = re.compile(rf"(?<![\w.])(?:new \w+\(\)\.|\w+(?:\.|::))?{re.escape(name)}\(").search(line)
    if begin is None:
        return None
    end = _balanced(line, begin.end() - 1)
    if end is None:
        return None
    call = line[begin.start() : end]
    rest = line[end:]
    sign = _SIGN.match(rest)
    if sign:
        wanted, text = _value(rest[sign.end() :]), line
    elif prompted and not rest.strip(" ;"):
        wanted, text = _value(below), f"{line}\n{below}"
    else:
        return None
    if not wanted or not _known(call, name) or not _known(wanted, name):
        return None
    value = _plain(wanted)
    return Example(text, call, wanted, None if value is _UNKNOWN else value, value is not _UNKNOWN)


def _value(text: str) -> str:
    """The value that a text begins with; empty where it does not end where a value should."""
    text = text.strip()
    depth, at = 0, 0
    while at < len(text):
        char = text[at]
        if char in _QUOTES:
            quoted = _STRINGS.match(text, at)
            if quoted is None:
                return ""
            at = quoted.end()
            continue
        depth += (char in _OPENING) - (char in _CLOSING)
        if depth < 0:
            return ""
        if depth == 0 and (char in ",;" or char.isspace()) and not _GOES_ON.match(text, at):
            break
        at += 1
    value, after = text[:at].rstrip("."), text[at:].strip(" ;.`")
    return value if depth == 0 and (not after or after[:1] in ",(#/" or after.startswith(("and ", "because "))) else ""


def _known(text: str, name: str) -> bool:
    words = _WORD.findall(_CLASS.sub("", _STRINGS.sub("''", text)))
    return all(word in _WORDS or word == name for word in words)


def _balanced(text: str, opening: int) -> int | None:
    """The position behind the bracket that closes the one at ``opening``."""
    depth, at = 0, opening
    while at < len(text):
        if text[at] in _QUOTES:
            quoted = _STRINGS.match(text, at)
            if quoted is None:
                return None
            at = quoted.end()
            continue
        depth += (text[at] in _OPENING) - (text[at] in _CLOSING)
        at += 1
        if depth == 0:
            return at
    return None


def _plain(text: str) -> object:
    if text.startswith("`"):
        return _UNKNOWN
    parts = re.split(f"({_STRINGS.pattern})", text)
    read = "".join(
        part if n % 2 else re.sub(r"\b[A-Za-z]+\b", lambda word: _CONSTANTS.get(word[0], word[0]), part)
        for n, part in enumerate(parts)
    )
    read = re.sub(r"\b(\d+)[lL]\b", r"\1", read)
    try:
        return ast.literal_eval(read)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return _UNKNOWN
