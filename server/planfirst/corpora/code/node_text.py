"""The text of nodes: whole, moved to the left margin, or without some of its parts."""

from __future__ import annotations

from textwrap import dedent

from tree_sitter import Node


def text_without(node: Node, *out: Node | None) -> str:
    """The node's text without some nodes within it: a body becomes ``...``, a docstring goes with its line."""
    data = node.text or b""
    for part in sorted((p for p in out if p is not None), key=lambda p: -p.start_byte):
        start, end = part.start_byte - node.start_byte, part.end_byte - node.start_byte
        if part.type == "expression_statement":
            line = data.rfind(b"\n", 0, start) + 1
            data = data[:line] + data[end:].lstrip(b"\r\n") if not data[line:start].strip() else data
        else:
            data = data[:start] + (b"{ ... }" if data[start : start + 1] == b"{" else b"...") + data[end:]
    return _at_margin(data.decode("utf-8", "replace"), node.start_point[1])


def text_between(data: bytes, first: Node, last: Node) -> str:
    """The text of a file from one node to another."""
    return _at_margin(data[first.start_byte : last.end_byte].decode("utf-8", "replace"), first.start_point[1])


def _at_margin(text: str, column: int) -> str:
    """The first line has lost its indentation; the others lose as much."""
    first, *rest = text.replace("\r\n", "\n").split("\n")
    lines = [line[column:] if not line[:column].strip() else line.lstrip() for line in rest]
    return "\n".join(line.rstrip() for line in [first, *lines]).strip("\n")


def text_of(node: Node | None) -> str:
    """The text as it stands in the file; empty for no node."""
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def unquoted(node: Node) -> str:
    """What a Python string says, without its quotes and indentation."""
    text = text_of(node).lstrip("rRuUbBfF")
    for quote in ('"""', "'''", '"', "'"):
        if text.startswith(quote):
            return dedent(text.removeprefix(quote).removesuffix(quote))
    return text
