"""A function or type as a file or an answer has it, for comparing the two."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.definitions import Definition, definition_of, name_of
from planfirst.source.nodes import inner_of
from planfirst.source.shapes import Shape
from planfirst.source.standing import statement_at
from planfirst.source.syntax import Syntax, named, walk

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Form:
    """The node of a function, a type or an ``impl``, without what stands around it."""

    node: Node
    syntax: Syntax

    @property
    def definition(self) -> Definition:
        """What it says."""
        return definition_of(self.node, self.syntax)

    @property
    def is_type(self) -> bool:
        """Whether it holds members."""
        return self.node.type in _types(self.syntax.shape)

    @property
    def is_python(self) -> bool:
        """Whether it is Python."""
        return self.syntax.shape.module == "tree_sitter_python"

    @property
    def name(self) -> str:
        """Its name; of an ``impl`` all that stands before its body. Empty for none."""
        body = self.node.child_by_field_name("body")
        if self.node.type != "impl_item" or body is None:
            return name_of(self.node, self.syntax)
        return " ".join(self.syntax.cut(self.node.start_byte, body.start_byte).split())

    @property
    def whole(self) -> Node:
        """With what stands around it, such as its decorators."""
        node = self.node
        while node.parent is not None and node.parent.type in self.syntax.shape.wrappers:
            node = node.parent
        return node

    @property
    def text(self) -> str:
        """Its text, with what stands around it."""
        return self.syntax.text(self.whole)

    @property
    def first(self) -> int:
        """Its first line."""
        return self.syntax.first(self.whole)

    @property
    def rows(self) -> list[str]:
        """Its lines, with what stands around it, as they are indented there."""
        return [lined.bare(line) for line in self.syntax.lines[self.first : self.syntax.last(self.whole) + 1]]

    @property
    def marks(self) -> list[str]:
        """The decorators and annotations above it that have rows of their own."""
        found = [self.syntax.text(one) for one in named(self.whole) if "decorator" in one.type]
        return found or list(takewhile(lambda row: row.startswith("@"), lined.dedent(self.rows)))

    @property
    def methods(self) -> set[str]:
        """The names of the functions in it."""
        return {name_of(one, self.syntax) for one in walk(self.node) if one.type in self.syntax.shape.functions}


def form_at(syntax: Syntax, line: int) -> Form | None:
    """The function, type or ``impl`` that begins at a line."""
    node = statement_at(syntax, line)
    inner = inner_of(node, syntax, syntax.shape.functions | _types(syntax.shape)) if node is not None else None
    return Form(inner, syntax) if inner is not None else None


def forms_in(syntax: Syntax) -> list[Form]:
    """All of them that have a name, in their order."""
    # In JavaScript the word `class` is a node of the same type as a class expression, but no named one.
    kinds = syntax.shape.functions | _types(syntax.shape)
    return [
        form for one in walk(syntax.root) if one.is_named and one.type in kinds and (form := Form(one, syntax)).name
    ]


def _types(shape: Shape) -> frozenset[str]:
    return shape.types | {"impl_item"}
