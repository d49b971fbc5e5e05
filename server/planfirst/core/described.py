"""A line of code in words, for a step that nobody has worded: what it does, with its expressions as they stand."""

from __future__ import annotations

import re

_LONGEST = 120  # characters of a step
_DECLARES = r"(?:(?:const|let|var|auto|final|static|mut|val)\s+)*"
_IN = r"(?:\bin\b|\bof\b|\s:\s|:=\s*range)"
_FORMS = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"return\b\s*(?P<a>.+)", "Return {a}"),
        (r"yield\b\s*(?P<a>.+)", "Yield {a}"),
        (r"(?:raise|throw)\s+(?:new\s+)?(?P<a>.+)", "Raise {a}"),
        (r"(?:else\s+|el)?if\b\s*(?P<a>.+)", "Check whether {a}"),
        (r"while\b\s*(?P<a>.+)", "Repeat while {a}"),
        (r"for\b\s*\(?(?P<a>[^;]+;[^;]+;[^;]+?)\)?", "Repeat for {a}"),
        (rf"(?:async\s+)?for\b\s*(?:await\s*)?\(.*?{_IN}\s*(?P<a>.+)\)", "Go through {a}"),
        (rf"(?:async\s+)?for\b.*?{_IN}\s*(?P<a>.+)", "Go through {a}"),
        (r"(?:async\s+)?with\s+(?P<a>.+?)\s+as\s+(?P<b>\w+)", "Use {a} as {b}"),
        (r"with\s+(?P<a>.+)", "Use {a}"),
        (r"(?:try|do)", "Try what may fail"),
        (r"(?P<a>[\w.\[\]\"'>-]+)\s*\+=\s*(?P<b>.+)", "Add {b} to {a}"),
        (
            rf"{_DECLARES}(?:[\w<>\[\],:*& ]+\s)?\*?(?P<a>[\w.\[\]]+)(?:\s*:\s*[^=]+)?\s*:?=(?!=)\s*(?P<b>.+)",
            "Set {a} to {b}",
        ),
        (r"(?:export\s+)?(?:async\s+)?(?:def|function|func|fn|class)\s+(?P<a>\w+).*", "Define {a}"),
    )
)


def described(row: str) -> str:
    """What a line of code does; the line itself where it is of no common form, or long.

    Args:
        row: without white space around it; empty for none.
    """
    if len(row) > _LONGEST:
        return f"{row[:_LONGEST].rstrip()} …"
    said = row.rstrip("{;: \t")
    for form, words in _FORMS:
        if found := form.fullmatch(said):
            parts = found.groupdict()
            if parts.get("a", "").startswith("(") and parts["a"].endswith(")") and not words.startswith("Return"):
                parts["a"] = parts["a"][1:-1]
            return words.format(**parts)
    return row or "Do nothing"
