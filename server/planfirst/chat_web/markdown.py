"""Markdown as a tree that the page builds its elements from.

What a model writes never becomes HTML: the tree names elements, the page makes those that it knows, and text is text.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from planfirst.source.unsafe import escaped

_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("strikethrough").enable("table")
_ELEMENTS = {
    "paragraph": "p",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "blockquote",
    "strong": "strong",
    "em": "em",
    "s": "s",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tr": "tr",
    "th": "th",
    "td": "td",
}
Node = str | list[Any]
"""A text; or an element: its name, its attributes, and what is in it."""


@lru_cache(maxsize=256)
def tree_of(text: str) -> tuple[Node, ...]:
    """The blocks of a text. Characters that hide something are escapes."""
    return tuple(_nodes(SyntaxTreeNode(_PARSER.parse(escaped(text.replace("\r", ""))))))


def _nodes(parent: SyntaxTreeNode) -> list[Node]:
    return [node for child in parent.children for node in _made(child)]


def _made(node: SyntaxTreeNode) -> list[Node]:
    if node.type in _ELEMENTS:
        attributes = {"start": str(node.attrs["start"])} if "start" in node.attrs else {}
        return [[_ELEMENTS[node.type], attributes, *_nodes(node)]]
    match node.type:
        case "heading":
            return [[f"h{min(6, int(node.tag[1]) + 2)}", {}, *_nodes(node)]]  # below those of the page
        case "fence" | "code_block":
            label = node.info.split()[:1] if node.type == "fence" else []
            return [["pre", {"label": label[0] if label else ""}, node.content]]
        case "code_inline":
            return [["code", {}, node.content]]
        case "softbreak":
            return ["\n"]
        case "hardbreak":
            return [["br", {}]]
        case "hr":
            return [["hr", {}]]
        case "link":
            return _link(_nodes(node), str(node.attrs.get("href", "")))
        case "image":  # never fetched
            return _link([node.content or "…"], str(node.attrs.get("src", "")))
    return _nodes(node) if node.children else [node.content]


def _link(inside: list[Node], address: str) -> list[Node]:
    """A link with its address to be read, since its text may say anything; one to elsewhere than the web is text."""
    if address.lower().startswith(("http://", "https://")):
        shown: list[Node] = [] if inside == [address] else [f" ({address})"]
        return [["a", {"href": address}, *inside, *shown]]
    return [*inside, f" ({address})"]
