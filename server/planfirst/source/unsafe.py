"""Characters and imports that generated code must not slip into a file."""

from __future__ import annotations

import re
import unicodedata

from planfirst.words import Message

# What turns the direction of reading, breaks words where nobody sees it, or steers a terminal.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_PATHS = re.compile(
    r"""^[ \t]*(?:import\b[^'"\n]*|export\b[^'"\n]*\bfrom\s*|\#\s*include\s*|.*\brequire\s*\(\s*|.*\bimport\s*\(\s*
    |include(?:_once)?\s*\(?\s*|require(?:_once|_relative)?\s*\(?\s*|source\s+|\}\s*from\s*
    |mod\s.*|\#\[path\s*=\s*|_?\s*)?["'<](?P<path>[^"'<>\n]+)["'>]""",
    re.MULTILINE | re.VERBOSE,
)
_IMPORTING = re.compile(r"\b(?:import|include|require\w*|from|source|path)\b")
_RELATIVE = re.compile(r"^[ \t]*from[ \t]+(\.{2,})", re.MULTILINE)
_ABSOLUTE = re.compile(r"/(?!/)|~/|file:|[A-Za-z]:[\\/]|\\\\")
_MOST_UP = 3  # folders that an import may go up where the file's own depth is not known


def unseen(code: str) -> Message | None:
    """Why code with control characters or marks that change the direction of reading is refused."""
    found = _UNSEEN.search(code)
    if found is None:
        return None
    line = code.count("\n", 0, found.start()) + 1
    name = unicodedata.name(found[0], "a control character").lower()
    return Message("answer-unseen", line=line, character=f"U+{ord(found[0]):04X} ({name})")


def escaped(code: str) -> str:
    """The code with such characters as escapes, to be looked at."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", code)


def leads_out(code: str, depth: int | None = None) -> Message | None:
    """Why code with an import from outside of the project is refused.

    Args:
        depth: how many folders the file is below the project's; None where that is not known.
    """
    most = _MOST_UP if depth is None else depth
    for found in _PATHS.finditer(code):
        path, line = found["path"].strip(), found[0]
        if not _IMPORTING.search(line):
            continue
        parts = re.split(r"[\\/]", path)
        up = 0
        for n in range(len(parts)):
            up = max(up, parts[: n + 1].count("..") - sum(bool(p.strip(".")) for p in parts[: n + 1]))
        is_system = "<" in line
        if up > most or (_ABSOLUTE.match(path) and not is_system):
            return Message("answer-imports-outside", path=path)
    for found in _RELATIVE.finditer(code):
        if len(found[1]) - 1 > most:
            return Message("answer-imports-outside", path=found[1])
    return None
