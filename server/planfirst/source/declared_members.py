"""What a class, an interface, a trait or a file of C only declares, directly below the comment that asks for its body.

There is one of it: the code takes the place of the declaration, where it is the code for that.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.site import Site
from planfirst.source.standing import statement_at
from planfirst.source.syntax import Syntax, syntax_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_DECLARATORS = {  # the node with the name, by the kinds of a member without a body
    **dict.fromkeys(
        ("c", "cpp"),
        (("field_declaration", "declaration", "template_declaration"), "function_declarator", "declarator"),
    ),
    "java": (("method_declaration",), "method_declaration", "name"),
    "rust": (("function_signature_item",), "function_signature_item", "name"),
    **dict.fromkeys(
        ("typescript", "typescriptreact"), (("abstract_method_signature",), "abstract_method_signature", "name")
    ),
}
_BODIES = ("field_declaration_list", "interface_body", "declaration_list", "class_body")
_TOPS = ("translation_unit", "preproc_ifdef")  # where C declares a function


def in_its_place(text: str, site: Site, code: str, language: str) -> tuple[Site, str]:
    """The site with the declaration below its comment as what is to be replaced, and the code as it goes there.

    Both as they are where nothing is declared there, or the code is for another member.
    """
    if language not in _DECLARATORS or site.kind != "comment" or site.body is not None or site.at is not None:
        return site, code
    syntax = syntax_of(text, language)
    node = statement_at(syntax, site.last + 1) if syntax and site.last + 1 < len(syntax.lines) else None
    if syntax is None or node is None or node.parent is None or not _is_declared(node, language):
        return site, code
    rest = lined.bare(syntax.lines[syntax.last(node)])[syntax.column(node.end_byte) :].strip(" ;")
    name = _name(node, syntax, language)
    if not name or rest or not _has_body(code, name):
        return site, code
    if node.parent.type == "interface_body":
        code = _as_default(code, name)
    return replace(site, body=(syntax.first(node), syntax.last(node))), code


def _as_default(code: str, name: str) -> str:
    """A method with a body as an interface of Java has it."""
    others = r"(?!\s|(?:public|default|static|private|return)\b)"
    named = rf"(?=[\w<>\[\],.? ]+\s{re.escape(name)}\s*\()"
    header = re.compile(rf"^([ \t]*(?:public\s+)?){others}{named}", re.MULTILINE)
    return header.sub(r"\1default ", code, count=1)


def _is_declared(node: Node, language: str) -> bool:
    kinds, _, _ = _DECLARATORS[language]
    parent = node.parent
    is_member = parent is not None and parent.type in (*_BODIES, *_TOPS) and node.type in kinds
    without = node.child_by_field_name("body") is None and node.child_by_field_name("default_value") is None
    return is_member and without


def _name(node: Node, syntax: Syntax, language: str) -> str:
    _, kind, field = _DECLARATORS[language]
    declarator = next((one for one in walk(node) if one.type == kind), None)
    name = declarator.child_by_field_name(field) if declarator is not None else None
    return syntax.text(name) if name is not None else ""


def _has_body(code: str, name: str) -> bool:
    return bool(re.search(rf"(?<![\w.>]){re.escape(name)}\s*(?:<[^<>()]*>)?\s*\([^;{{}}]*\)[^;{{}}()]*\{{", code))
