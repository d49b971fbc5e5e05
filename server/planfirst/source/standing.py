"""Where a comment stands in the syntax: whether code fits below it, and which code it describes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.definitions import definition_of
from planfirst.source.languages import Language
from planfirst.source.placeholders import is_blank
from planfirst.source.shapes import SHAPES
from planfirst.source.syntax import Syntax, named, syntax_of

if TYPE_CHECKING:
    from tree_sitter import Node

_CLAUSES = frozenset(("elif_clause", "else_clause", "except_clause", "except_group_clause", "finally_clause"))

_ELEMENTS = ("jsx_element", "jsx_self_closing_element", "jsx_fragment", "jsx_expression")
_OPENING = ("jsx_opening_element", "jsx_self_closing_element")
_BLOCKS = ("_definition", "_statement", "preproc_if", "preproc_ifdef")  # statements that hold others


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the code that a comment asks for can stand.

    Attributes:
        at: the line that it goes above, and its indentation; None where it goes directly below the comment.
        described: the lines of the code that the comment stands directly above, inclusive; None for none.
        instead: the lines of the placeholder that the code takes the place of; None for none.
    """

    at: tuple[int, str] | None = None
    described: tuple[int, int] | None = None
    instead: tuple[int, int] | None = None


def standing(text: str, first: int, last: int, column: int, trailing: bool, language: Language) -> Standing | None:
    """Where the code of a comment goes; None where no code fits.

    Args:
        first, last: the comment's lines.
        column: where it begins in the first.
        trailing: whether code stands before it.
    """
    syntax = syntax_of(text, language.id)
    if syntax is None:
        return Standing(None, None if trailing or language.id in SHAPES else _paragraph(text, last, column, language))
    start = syntax.byte(first, column)
    start += syntax.data[start : start + 1] == b"{"  # of a comment among JSX elements
    node = syntax.root.named_descendant_for_byte_range(start, start + 1)
    while node is not None and node.parent is not None and node.type not in syntax.shape.comments:
        if node.start_byte < start:
            break
        node = node.parent
    if node is None or node.type not in syntax.shape.comments:
        return Standing()  # the tree is broken here, or reads it otherwise
    fits = _fits(node, column, trailing, syntax)
    if fits is True:
        if (blank := _placeholder_below(syntax, last, None if trailing else column, language)) is not None:
            return Standing(instead=blank)
        return Standing(None, None if trailing else _described(syntax, node, last, column, language))
    above = _statement_above(node, syntax)
    if above is None:
        return None
    line = syntax.first(above)
    if not syntax.begins_line(above.start_byte) or line > first:
        return None
    return Standing((line, lined.leading(syntax.lines[line])))


def is_in_parameters(text: str, line: int, column: int, language: Language) -> bool:
    """Whether a comment stands in a list of parameters or another place where it describes a part of a header."""
    syntax = syntax_of(text, language.id)
    if syntax is None:
        return False
    start = syntax.byte(line, column)
    node = syntax.root.named_descendant_for_byte_range(start, start + 1)
    while node is not None and node.type not in syntax.shape.holders:
        if "parameter" in node.type:
            return True
        node = node.parent
    return False


def top_of(text: str, line: int, language: Language) -> tuple[int, bool] | None:
    """Above which line code goes that is to stand before the statement at the top which a line belongs to.

    Returns:
        The line, above the comments that belong to the statement, and whether a type stands between that and the line.
    """
    syntax = syntax_of(text, language.id)
    if syntax is None:
        return None
    start = syntax.byte(line, len(lined.leading(syntax.lines[line])))
    around = [node for node in syntax.touching(line, line) if node.start_byte <= start < node.end_byte]
    if len(around) < 2:
        return None
    inner = any(node.type in syntax.shape.types and node.start_byte < start for node in around)
    siblings, here = syntax.beside(around[1])
    at = syntax.first(around[1])
    for above in reversed(siblings[:here]):
        if above.type not in syntax.shape.comments | syntax.shape.marks or syntax.last(above) != at - 1:
            break
        if not syntax.begins_line(above.start_byte):
            break
        at = syntax.first(above)
    return at, inner


def function_around(syntax: Syntax, first: int, last: int) -> Node | None:
    """The innermost function with a name that some lines stand in, behind its header."""
    found = None
    for node in syntax.touching(first, last):
        if node.type in syntax.shape.functions and syntax.first(node) < first and last < syntax.last(node) + 1:
            found = node
        elif node.type in syntax.shape.types and found is not None and syntax.first(node) > syntax.first(found):
            found = None
    return found if found is not None and definition_of(found, syntax).name else None


def _fits(node: Node, column: int, trailing: bool, syntax: Syntax) -> bool:
    """Whether a statement or a member may stand where a comment does."""
    parent = node.parent
    if parent is None or parent.is_error:
        return True
    shape = syntax.shape
    if parent.type in _OPENING:
        return not trailing
    if parent.type == "jsx_expression":
        return parent.parent is not None and parent.parent.type in ("jsx_element", "jsx_fragment", *_OPENING)
    if parent.type == "enum_body":  # Java's members stand behind its constants
        siblings, here = syntax.beside(node)
        return any(one.type == "enum_body_declarations" for one in siblings[:here])
    if parent.type not in shape.cases and shape.module != "tree_sitter_python":
        return parent.type in shape.holders
    siblings, here = syntax.beside(node)
    before = next((one for one in reversed(siblings[:here]) if one.type not in shape.comments), None)
    after = next((one for one in siblings[here + 1 :] if one.type not in shape.comments), None)
    if parent.type in shape.cases:
        label = before is not None and ("case" in before.type or "group" in before.type or "default" in before.type)
        return label and before is not None and (trailing or column > syntax.column(before.start_byte))
    if parent.type not in shape.holders:
        return False
    if parent.type == "module":
        return True
    if after is not None and (after.type in _CLAUSES or after.type == "case_clause"):
        return trailing or column > syntax.column(after.start_byte)
    return parent.type != "decorated_definition"


def _statement_above(node: Node, syntax: Syntax) -> Node | None:
    """The statement around a comment; None where nothing fits above it."""
    shape = syntax.shape
    above = node.parent
    while above is not None and above.parent is not None:
        if above.type in shape.closed:
            return None
        holder = above.parent
        inner = shape.module != "tree_sitter_python" or holder.type in ("module", "block")
        if holder.type in shape.holders and inner and above.type not in _CLAUSES and above.type != "case_clause":
            return above
        above = holder
    return None


def _described(syntax: Syntax, node: Node, last: int, column: int, language: Language) -> tuple[int, int] | None:
    """The statements below a comment, up to a blank line, another comment or a definition."""
    line = last + 1
    while line < len(syntax.lines) and language.line and _is_comment(syntax.lines[line], language):
        if "%%" in syntax.lines[line]:
            return None  # the next cell of a notebook
        line += 1
    if line >= len(syntax.lines) or not syntax.lines[line].strip():
        return None
    if len(lined.leading(syntax.lines[line])) != column:
        return None
    first = statement_at(syntax, line)
    if first is None:
        return None
    end = syntax.last(first)
    if _is_definition(first, syntax):
        return line, end
    while end + 1 < len(syntax.lines) and syntax.lines[end + 1].strip():
        below = statement_at(syntax, end + 1)
        if below is None or below.parent != first.parent or _is_definition(below, syntax):
            break
        end = syntax.last(below)
    return line, end


def _paragraph(text: str, last: int, column: int, language: Language) -> tuple[int, int] | None:
    """The rows below a comment up to a blank one, another comment or the end of their block, in any language."""
    rows = [lined.bare(line) for line in lined.split(text)[last + 1 :]]
    if not rows or len(lined.leading(rows[0])) != column or (language.line and _is_comment(rows[0], language)):
        return None
    ends = (
        n
        for n, row in enumerate(rows)
        if not row.strip() or len(lined.leading(row)) < column or (language.line and _is_comment(row, language))
    )
    count = next(ends, len(rows))
    return (last + 1, last + count) if count else None


def _placeholder_below(syntax: Syntax, last: int, column: int | None, language: Language) -> tuple[int, int] | None:
    """The lines of the placeholder that is all there is in a block, directly below a comment.

    Args:
        column: of the comment; None where it stands behind the block's header.
    """
    line = last + 1
    if line >= len(syntax.lines) or not syntax.lines[line].strip():
        return None
    own = len(lined.leading(syntax.lines[line]))
    header = syntax.lines[last]
    if own != column and (column is not None or own <= len(lined.leading(header))):
        return None
    node = statement_at(syntax, line)
    if node is None or node.parent is None or not is_blank(syntax.text(node), language.id):
        return None
    end = syntax.last(node)
    rest = lined.bare(syntax.lines[end])[syntax.column(node.end_byte) :].strip(" \t;")
    others = [one for one in named(node.parent) if one != node and one.type not in syntax.shape.comments]
    alone = not any(syntax.begins_line(one.start_byte) and one.start_byte > node.parent.start_byte for one in others)
    inner = node.parent.parent is not None and not rest and alone
    return (line, end) if inner else None


def _is_comment(line: str, language: Language) -> bool:
    return line.lstrip().startswith(language.line)


def statement_at(syntax: Syntax, line: int) -> Node | None:
    """The outermost statement or member that begins a line."""
    start = syntax.byte(line, len(lined.leading(syntax.lines[line])))
    ignored = syntax.shape.comments | syntax.shape.holders | {"statement_list"}
    for node, parent in syntax.nested(line, line):
        if node.start_byte != start or parent is None or node.is_error or not node.is_named:
            continue
        jsx = node.type in _ELEMENTS and parent.type in _ELEMENTS
        block = node.type in ignored and not node.type.endswith(_BLOCKS)
        if (parent.type in syntax.shape.holders or jsx) and not block:
            return node
    return None


def _is_definition(node: Node, syntax: Syntax) -> bool:
    """Whether a statement or member is a function or type, with what stands around it, such as a decorator."""
    shape = syntax.shape
    if node.type in shape.functions | shape.types:
        return True
    return node.type in shape.wrappers and any(_is_definition(child, syntax) for child in named(node))
