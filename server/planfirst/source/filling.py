"""The body that an answer gives for a function or type that stands in the file: its rows, where they go."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.definitions import definition_of
from planfirst.source.indent import kept_rows, moved_to, shown_unit, spaced, step_of
from planfirst.source.languages import Language
from planfirst.source.likeness import most_alike
from planfirst.source.nodes import known_in
from planfirst.source.python import parses
from planfirst.source.shapes import SHAPES
from planfirst.source.stubs import Stub
from planfirst.source.syntax import Syntax, named, syntax_of

if TYPE_CHECKING:
    from tree_sitter import Node

_LABEL = re.compile(r"\s*(?:public|protected|private)\s*:\s*")
_LEAVES = frozenset(("{", "}", "${"))
# What `import_nodes` looks after.
_TAKEN = frozenset(("import_declaration", "package_declaration", "use_declaration", "using_declaration"))


@dataclass(frozen=True, slots=True)
class Body:
    """A body, cut out of an answer.

    Attributes:
        rows: its rows where they are to stand; blank ones at its ends are part of it.
        one_line: the same, when it stands beside its header in the answer; else None.
        above, beside: rows of other definitions that the answer has before and behind this one, flush left.
    """

    rows: tuple[str, ...]
    one_line: str | None = None
    above: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


def body_in(code: str, stub: Stub, text: str, language: Language) -> Body | None:
    """The body that an answer gives for a stub, if it holds the stub's header or another definition of that name.

    So does one that is no more than a body, but closes the stub's brace.

    Args:
        code: flush left, with ``\\n`` line ends.
        text: the file.
    """
    end = _header_end(code, stub, language)
    if end is None and language.id != "python" and language.id in SHAPES:
        whole = f"{stub.text}\n{code}"
        if _closing(whole, len(stub.text), language) < len(whole):
            code, end = whole, len(stub.text)
    if end is None:
        return None
    if language.id == "python":
        return _moved(code, end, len(code), stub, text, language)
    close = _closing(code, end, language)
    above = () if code.startswith(stub.text) else others_in(code, 0, end, text, language)
    beside = others_in(code, close + 1, len(code), text, language) if close < len(code) else ()
    return replace(_moved(code, end, close, stub, text, language), above=above, beside=beside)


def _header_end(code: str, stub: Stub, language: Language) -> int | None:
    """Where the body begins in an answer, in characters."""
    if code.startswith(stub.text):
        if language.id != "python" or _is_one(code, stub.text):
            return len(stub.text)
        return None if stub.kind == "function" else _named_end(code, stub, language)
    if language.id == "python" and stub.kind == "function":
        return None
    return _named_end(code, stub, language)


def _is_one(code: str, stub: str) -> bool:
    """Whether Python code is nothing but the definition that it begins with."""
    tree = parses(code)
    if tree is not None:
        return len(tree.body) == 1
    rest = code[len(stub) :].split("\n")[1:]
    return all(not row.strip() or row[:1].isspace() for row in rest)


def _named_end(code: str, stub: Stub, language: Language) -> int | None:
    """The same in an answer that begins otherwise: behind the header of the definition with the stub's name."""
    syntax = syntax_of(code, language.id)
    if syntax is None:
        return None
    wanted = syntax.shape.types if stub.kind == "type" else syntax.shape.functions
    found = [
        (node, definition_of(node, syntax)) for node in syntax.touching(0, len(syntax.lines)) if node.type in wanted
    ]
    found = [
        (node, one) for node, one in found if one.body is not None and one.name and one.name == stub.definition.name
    ]
    if language.id == "python":
        found = [(node, one) for node, one in found if _is_last(node, syntax)][:1]
    if not found:
        return None
    node, one = most_alike(found, syntax, stub.definition) if stub.kind == "function" else found[0]
    byte = _behind_header(node, one.body, syntax, language) if one.body is not None else None
    return len(syntax.data[:byte].decode("utf-8", "replace")) if byte is not None else None


def _is_last(node: Node, syntax: Syntax) -> bool:
    return not syntax.data[node.end_byte :].strip()


def _behind_header(node: Node, body: Node, syntax: Syntax, language: Language) -> int | None:
    if language.id != "python":
        return next((child.end_byte for child in body.children if child.type == "{"), None)
    first = named(body)[0] if named(body) else None
    inner = first.named_children if first is not None and first.type == "expression_statement" else []
    if first is not None and len(inner) == 1 and inner[0].type == "string":
        return first.end_byte
    return next((child.end_byte for child in node.children if child.type == ":"), None)


def _closing(code: str, start: int, language: Language) -> int:
    """Where the brace stands that closes the one before ``start``; the code's length when there is none."""
    syntax = syntax_of(code, language.id)
    if syntax is None:
        return len(code)
    first = len(code[:start].encode("utf-8", "replace"))
    depth, todo = 1, [syntax.root]
    while todo:
        node = todo.pop()
        if node.end_byte <= first:
            continue
        if node.child_count:
            todo += reversed(node.children)
        elif node.type in _LEAVES and not node.is_missing and node.start_byte >= first:
            depth += 1 if node.type != "}" else -1
            if depth == 0:
                return len(syntax.data[: node.start_byte].decode("utf-8", "replace"))
    return len(code)


def others_in(code: str, start: int, end: int, text: str, language: Language) -> tuple[str, ...]:
    """The definitions that lie wholly in a part of the code and that the file lacks, with the comments above them."""
    syntax, file = syntax_of(code, language.id), syntax_of(text, language.id)
    known = known_in(file.root.named_children, file) if file is not None else None
    if syntax is None or not code[start:end].strip():
        return ()
    first, last = (len(code[:at].encode("utf-8", "replace")) for at in (start, end))
    rows: list[str] = []
    for node in syntax.root.named_children:
        top = syntax.first(node)
        if node.start_byte < first or node.end_byte > last or not syntax.begins_line(node.start_byte):
            continue
        if top == syntax.line(first) and start:
            continue  # beside the brace
        if not defines(node, syntax) or (known is not None and known.has(node, syntax)[0]):
            continue
        rows += ["", *with_comments(node, syntax)]
    return tuple(rows)


def with_comments(node: Node, syntax: Syntax) -> list[str]:
    """The rows of a statement at the top, and of the comments and attributes directly above it."""
    top = syntax.first(node)
    while top and syntax.lines[top - 1].startswith(("//", "/*", " *", "#[", "@")):
        top -= 1
    return [lined.bare(row) for row in syntax.lines[top : syntax.last(node) + 1]]


def defines(node: Node, syntax: Syntax) -> bool:
    """Whether a statement at the top defines something."""
    if node.type in _TAKEN or node.type in syntax.shape.marks or node.is_error:
        return False
    if node.type.endswith(("_declaration", "_item", "_definition", "_def", "_specifier")) or node.type == "declaration":
        return True
    return any(inner.type in syntax.shape.functions | syntax.shape.types for inner in _wrapped(node, syntax))


def _wrapped(node: Node, syntax: Syntax) -> list[Node]:
    found = [node]
    while found[-1].type in syntax.shape.wrappers and found[-1].named_children:
        found.append(found[-1].named_children[-1])
    return found


def _moved(code: str, start: int, end: int, stub: Stub, text: str, language: Language) -> Body:
    raw = code[start:end].split("\n")
    top = code[:start].count("\n")
    one_line = raw[0] if len(raw) == 1 and raw[0].strip() else None
    if len(raw) > 1:
        raw[-1] = raw[-1].rstrip()  # what stands before the closing brace
        if not raw[-1]:
            raw.pop()
    head, rows = raw[0].strip(), raw[1:]
    kept = frozenset(n - top - 1 for n in kept_rows(code, language) if n > top)
    outer = lined.leading(lined.split(text)[stub.header_first])
    inner = stub.indent.removeprefix(outer)
    if language.id == "cpp":  # ``public:`` stands where the class does
        labels = {n: f"{outer}{row.strip()}" for n, row in enumerate(rows) if _LABEL.fullmatch(row)}
        kept |= labels.keys()
        rows = [labels.get(n, row) for n, row in enumerate(rows)]
    if step := step_of(text, stub.indent, language):
        rows = [row if n in kept else spaced(row, step) for n, row in enumerate(rows)]
    base = next((lined.leading(row) for n, row in enumerate(rows) if row.strip() and n not in kept), inner)
    if base == inner or (base and not shown_unit(text, outer, language)):
        rows = [row if n in kept or not row else outer + row for n, row in enumerate(rows)]
    else:
        rows = _from(base, rows, kept, stub.indent, text, language)
    if head:
        rows.insert(0, stub.indent + head)
    return Body(tuple(rows), one_line)


def _from(base: str, rows: list[str], kept: frozenset[int], indent: str, text: str, language: Language) -> list[str]:
    """Rows whose own indentation is not the file's."""
    less = [row if n in kept else _less(row, base) for n, row in enumerate(rows)]
    if kept and language.id == "python":
        return [row if n in kept or not row.strip() else indent + row for n, row in enumerate(less)]
    return moved_to("\n".join(less), indent, text, language)


def _less(row: str, base: str) -> str:
    """A row without the indentation of the first; of rows that mix tabs and spaces, without what they share of it."""
    shared = next((n for n, (one, other) in enumerate(zip(row, base, strict=False)) if one != other), len(base))
    return row[shared:]
