"""Comments that are headings: they name the part of a file that begins there, and ask for nothing."""

from __future__ import annotations

import re

_RULE = re.compile(r"^\W*([-=*#~_+/\\.:<>|])(?:\s?\1){2,}|([-=*#~_+/\\.:<>|])(?:\s?\2){2,}\W*$")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_MARKED = re.compile(r"(?:section|part|chapter|MARK|step \d+|phase \d+|stage \d+)\s*[-:–—.]\s*\S", re.IGNORECASE)
_REGION = re.compile(r"(?:end)?region\b", re.IGNORECASE)
_TODO = re.compile(r"\W*(?:TODO|FIXME|XXX)\b")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What parts of files are called, each in the plural or as a whole; none of them says what to do.
_PARTS = _words(
    "helpers utils utilities constants imports types interfaces enums exports globals variables macros includes "
    "getters setters accessors properties fields attributes members methods functions classes structs models "
    "views controllers routes handlers endpoints hooks components styles tests fixtures mocks settings "
    "configuration config options defaults internals privates publics statics overrides callbacks events "
    "listeners signals errors exceptions aliases typedefs prototypes declarations definitions dependencies "
    "middleware migrations queries mutations selectors reducers actions constructors destructors operators "
    "lifecycle main entrypoint setup teardown api cli gui ui database logging misc miscellaneous other notes data "
    "bootstrap initialization initialisation"
)
_BETWEEN = _words(
    "and & the of for private public protected internal static global local helper utility utils type class api "
    "test common shared core module package main custom abstract base data database input output file string math "
    "http error event instance entry point"
)
_MOST = 60  # characters of a heading


def is_heading(words: str) -> bool:
    """Whether the text of a comment is a heading: the name of a part, a word between rules, ``Section: parsing``.

    A short imperative, such as ``sort`` or ``Parse the file``, is none.
    """
    rows = [row for row in words.split("\n") if row.strip()]
    told = [row for row in rows if any(character.isalnum() for character in row)]
    if len(told) != 1 or len(told[0]) > _MOST or _TODO.match(told[0]):
        return False
    row = told[0].strip()
    if _REGION.match(row) and len(row.split()) <= 3:
        return True
    title = _EDGES.sub("", row)
    ruled = bool(_RULE.search(row)) or len(rows) > 1
    if ruled and len(title.split()) <= 3 and not title.endswith((".", "?")):
        return not _is_imperative(title) or row.upper() == row
    if _MARKED.match(row):
        return True
    return _is_part(title)


def _is_part(title: str) -> bool:
    """Whether each word is one that parts of files are called by, and the last names them."""
    each = [word.lower() for word in re.split(r"[\s/,]+", title) if word]
    if each[:2] == ["the", "other"]:
        return False  # beside some that are there
    return bool(each) and len(each) <= 4 and each[-1] in _PARTS and all(word in _PARTS | _BETWEEN for word in each)


def _is_imperative(title: str) -> bool:
    """Whether a title of several words tells to do something: it begins with a verb and has an article or the like."""
    each = title.lower().split()
    return len(each) > 1 and any(
        word in ("the", "a", "an", "all", "each", "every", "to", "it", "them") for word in each
    )
