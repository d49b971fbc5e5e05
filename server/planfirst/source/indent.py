"""Moves code to an indentation and to the tabs of its file, without touching multi-line strings."""

from __future__ import annotations

import token
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from planfirst.source import lines as lined
from planfirst.source.languages import Language
from planfirst.source.python import docstring_rows, string_rows, tokens_of
from planfirst.source.syntax import syntax_of, walk

_UNIT = 4
_MOST_READ = 100_000  # characters that tell how a file is indented


def tidy(code: str) -> str:
    """Code with ``\\n`` line ends, flush left, without blank lines around it."""
    rows = lined.trim([lined.bare(line) for line in lined.split(code)])
    return "\n".join(lined.dedent(rows) if rows and rows[0][:1].isspace() else rows)


def uses_tabs(text: str, indent: str, language: Language) -> bool:
    """Whether code at this indentation is to use tabs: as the site does, or else the file, or else the language."""
    if indent:
        return "\t" in indent
    lines = lined.split(text)
    tabs = sum(line.startswith("\t") for line in lines)
    spaces = sum(line.startswith("  ") for line in lines)
    return tabs > spaces if tabs or spaces else language.indent == "\t"


def indented(code: str, indent: str, tabs: bool, language: Language, step: str = "") -> list[str]:
    """The rows of code that is flush left, moved to an indentation.

    In Python, rows inside a multi-line string stay as they are, so that its value does; those of a docstring move,
    since its reader takes the indentation away. Code that does not tokenise moves as a whole.

    Args:
        step: what takes the place of a tab that the code begins a level with; empty where tabs stay.
    """
    fixed = kept_rows(code, language)
    rows = code.split("\n")
    if step:
        rows = [row if n in fixed else spaced(row, step) for n, row in enumerate(rows)]
    unit = _unit(code, [row for n, row in enumerate(rows) if n not in fixed], language) if tabs else 0
    return [row if n in fixed else _moved(row, indent, unit) for n, row in enumerate(rows)]


def moved_to(code: str, indent: str, text: str, language: Language) -> list[str]:
    """The rows of code that is flush left, moved to an indentation of a file, with that file's tabs or spaces."""
    return indented(code, indent, uses_tabs(text, indent, language), language, step_of(text, indent, language))


def step_of(text: str, indent: str, language: Language) -> str:
    """What takes the place of a tab in a file that is seen to be indented by spaces; empty in another."""
    lines = lined.split(text[:_MOST_READ])
    if any("\t" in lined.leading(line) for line in lines):
        return ""
    return shown_unit(text, indent, language).replace("\t", "")


def spaced(row: str, step: str) -> str:
    """A row whose leading tabs are levels of spaces."""
    lead = lined.leading(row)
    return lead.replace("\t", step) + row[len(lead) :] if "\t" in lead else row


def fixed_rows(code: str) -> frozenset[int]:
    """The rows of Python code that must not be moved."""
    return string_rows(code) - docstring_rows(code)


def _moved(row: str, indent: str, unit: int) -> str:
    if not row.strip():
        return ""
    if unit:
        text = row.lstrip(" ")
        levels, rest = divmod(len(row) - len(text), unit)
        row = "\t" * levels + " " * rest + text
    return indent + row


def _unit(code: str, rows: Sequence[str], language: Language) -> int:
    """How many spaces the code uses for one level."""
    widths = []
    if language.id == "python":
        widths = [len(item.string) for item in tokens_of(code) or () if item.type == token.INDENT]
    if not widths:
        widths = [len(row) - len(row.lstrip(" ")) for row in rows]
    return min((width for width in widths if width > 1), default=_UNIT)


def unit_of(text: str, indent: str, language: Language) -> str:
    """One level of indentation as the file has it, or else the language."""
    return shown_unit(text, indent, language) or language.indent


def shown_unit(text: str, indent: str, language: Language) -> str:
    """One level of indentation as the file has it; empty where no line is indented more than the one above it.

    What stands below the beginning of a block tells it, and only where there is none, what stands below any line.
    """
    if uses_tabs(text, indent, language):
        return "\t"
    rows = [line.rstrip() for line in lined.split(text[:_MOST_READ]) if line.strip()]
    widths = [len(lined.leading(row).expandtabs()) for row in rows]
    opener = ":" if language.id == "python" else "{"
    steps = [
        (row.endswith(opener), after - before) for row, (before, after) in zip(rows, pairwise(widths), strict=False)
    ]
    for begins in (True, False):
        found = Counter(step for opens, step in steps if 1 < step <= 8 and opens >= begins)
        if found:
            return " " * found.most_common(1)[0][0]
    return ""


def kept_rows(code: str, language: Language) -> frozenset[int]:
    """The rows of code that must not be moved, in any language: they begin in a string, or must stand at the left."""
    if language.id == "python":
        return fixed_rows(code)
    syntax = syntax_of(code, language.id)
    if syntax is None:
        return frozenset()
    rows: set[int] = set()
    for node in walk(syntax.root):
        if node.type in syntax.shape.texts:
            rows.update(range(syntax.first(node) + 1, syntax.line(node.end_byte) + 1))
    if language.id in ("c", "cpp"):
        rows.update(n for n, row in enumerate(code.split("\n")) if row.startswith("#"))
    return frozenset(rows)
