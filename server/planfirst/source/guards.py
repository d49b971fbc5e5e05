"""The block of a Python module that runs only when the module is run as a program."""

from __future__ import annotations

import ast

from planfirst.source import lines as lined
from planfirst.source.python import parses, statements


def without_guard(text: str, code: str, last: int, indent: str) -> str:
    """Generated code without its ``if __name__ == "__main__":``, where one more would be of no use.

    That is within a block, above other code, and in a file that has one. Code that is nothing else gives the block's
    body.

    Args:
        text: the file.
        last: the line that the code goes below, and its indentation.
    """
    tree = parses(code)
    guards = [node for node in tree.body if is_guard(node)] if tree else []
    if tree is None or not guards or not (indent or _has_guard(text) or goes_on(text, last)):
        return code
    rows = code.split("\n")
    if len(guards) == len(tree.body) == 1 and isinstance(guards[0], ast.If):
        first = guards[0].body[0]
        body = rows[first.lineno - 1 : guards[0].body[-1].end_lineno]
        return "\n".join(lined.dedent(body)) if first.lineno > guards[0].lineno else code
    for node in reversed(guards):
        del rows[node.lineno - 1 : node.end_lineno]
    return "\n".join(rows).rstrip()


def is_guard(node: ast.stmt) -> bool:
    """Whether a statement is ``if __name__ == "__main__":``."""
    match node:
        case ast.If(
            test=ast.Compare(left=ast.Name(id="__name__"), comparators=[ast.Constant(value="__main__")]), orelse=[]
        ):
            return True
        case _:
            return False


def _has_guard(text: str) -> bool:
    tree = parses(text)
    return "__main__" in text and tree is not None and any(is_guard(node) for node in statements(tree))


def goes_on(text: str, last: int) -> bool:
    """Whether other code than comments follows a line."""
    below = (line.strip() for line in lined.split(text)[last + 1 :])
    return any(line and not line.startswith("#") for line in below)
