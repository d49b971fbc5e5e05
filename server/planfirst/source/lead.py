"""What leads to a request within a class, a function or a block: the rows from its header down to the comment.

An answer that begins with them goes on where the code is to stand. A small model that begins anew writes the whole
class or function again, which takes long, and loses its way.
"""

from __future__ import annotations

import ast

from planfirst.source import lines as lined
from planfirst.source.definitions import definition_of
from planfirst.source.languages import Language
from planfirst.source.python import enclosing, header, parses
from planfirst.source.surroundings import definition_around
from planfirst.source.syntax import syntax_of

_MOST_ROWS = 40
_MOST_CHARACTERS = 1500  # of what cannot be cut to a budget


def lead_to(text: str, first: int, last: int, language: Language) -> str:
    """The rows, flush left; of a long type only its header and the comment.

    Empty at the margin, behind other code, and in a long function.

    Args:
        first, last: the rows of the comment, from zero.
    """
    rows = [lined.bare(row) for row in lined.split(text)]
    marks = tuple(mark for mark in (language.line, *(language.block or ())[:1]) if mark)
    if not marks or not rows[first].lstrip().startswith(marks):
        return ""
    around = _python_around(rows, first, last) if language.id == "python" else _around(text, first, language)
    if around is None:
        return ""
    top, end = around
    for above in (first - 1, end):
        found = lined.dedent([*rows[top : above + 1], *rows[first : last + 1]]) if top <= above < first else []
        said = "\n".join(found)
        if found and len(found) <= _MOST_ROWS and len(said) <= _MOST_CHARACTERS and "```" not in said:
            return said if len(lined.leading(found[-1])) > len(lined.leading(found[0])) else ""
    return ""


def _python_around(rows: list[str], first: int, last: int) -> tuple[int, int] | None:
    """The first row of the innermost definition around a comment, and the last of a class's header; else -1.

    Outside of definitions it is the statement around, at the top level. A block that holds nothing but the comment does
    not parse.
    """
    indent = lined.leading(rows[first])
    tree = parses("\n".join(rows)) or parses("\n".join([*rows[: last + 1], f"{indent}pass", *rows[last + 1 :]]))
    found = enclosing(tree, first, len(indent)) if tree is not None else []
    if not found:
        around = [node for node in tree.body if node.lineno <= first] if tree is not None and indent else []
        return (around[-1].lineno - 1, -1) if around else None
    top = found[-1].lineno - 1
    return top, header(rows, top)[1] if isinstance(found[-1], ast.ClassDef) else -1


def _around(text: str, row: int, language: Language) -> tuple[int, int] | None:
    """The same in a language with braces."""
    syntax = syntax_of(text, language.id)
    node, is_type = definition_around(syntax, row) if syntax is not None else (None, False)
    if node is None or syntax is None:
        return None
    body = definition_of(node, syntax).body
    return syntax.first(node), syntax.line(body.start_byte) if is_type and body is not None else -1
