"""An answer's function in JavaScript or TypeScript that stays as it is: the one that was asked for calls it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from planfirst.source.definitions import Definition
from planfirst.source.syntax import Syntax, named, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_WORDS = frozenset(("identifier", "shorthand_property_identifier"))
_CALLED = frozenset(("identifier", "property_identifier", "field_identifier", "type_identifier"))
_EXPORT = re.compile(r"^export\s+(?:default\s+)?(?=(?:async\s+)?(?:function|const|let|var|class)\b)", re.MULTILINE)
_PLAIN = frozenset(("identifier", "required_parameter", "optional_parameter", "assignment_pattern"))


def with_helper(syntax: Syntax, node: Node, one: Definition, wanted: Definition) -> str | None:
    """The answer as a body that calls one of its functions with the wanted one's parameters; None where it cannot.

    Other languages have no parameters that may be left out, or no functions in functions.
    """
    if not syntax.shape.module.endswith(("javascript", "typescript")) or node.parent is None:
        return None
    if node.type not in ("function_declaration", "arrow_function", "function_expression"):
        return None  # a method, or one that gives its values one by one
    least, most = _takes(node)
    given = wanted.parameters
    names_all = all(_names_itself(parameter) for parameter in _parameters(_inner(wanted)))
    if not least <= len(given) <= most or not names_all or (_is_async(node) and not _is_async(_inner(wanted))):
        return None
    if one.node.parent != syntax.root or "=>" in (name := one.name):
        return None
    code = syntax.cut(0, len(syntax.data))
    if name == wanted.name:
        name = f"{wanted.name}With"
        if any(leaf.type in _WORDS and syntax.text(leaf) == name for leaf in walk(syntax.root)):
            return None
        code = renamed(syntax, node, one.name, name, {})
    call = f"{name}({', '.join(given)});"
    return f"{_EXPORT.sub('', code)}\n\n{'' if _gives_nothing(_inner(wanted)) else 'return '}{call}"


def renamed(syntax: Syntax, node: Node, old: str, name: str, new: Mapping[str, str]) -> str:
    """The code with a function of it named otherwise, and its parameters too.

    Args:
        new: the parameters' new names by the old ones.
    """
    edits: list[tuple[int, int, str]] = []
    for leaf in walk(syntax.root):
        if leaf.child_count:
            continue
        text = syntax.text(leaf)
        inside = node.start_byte <= leaf.start_byte < node.end_byte
        if text == old and leaf.type in _CALLED and name != old:
            edits.append((leaf.start_byte, leaf.end_byte, name))
        elif inside and text in new and leaf.type in _WORDS:
            instead = f"{text}: {new[text]}" if leaf.type.startswith("shorthand") else new[text]
            edits.append((leaf.start_byte, leaf.end_byte, instead))
    data = syntax.data
    for start, end, text in sorted(edits, reverse=True):
        data = data[:start] + text.encode() + data[end:]
    return data.decode("utf-8", "replace")


def _takes(node: Node) -> tuple[int, int]:
    """How many parameters a function needs, and how many it can take."""
    listed = _parameters(node)
    rest = any(_is_rest(one) for one in listed)
    free = [one for one in listed if one.type in ("optional_parameter", "assignment_pattern") or _has_value(one)]
    own = [one for one in listed if not _is_rest(one)]
    return len(own) - len(free), 1000 if rest else len(own)


def _parameters(node: Node | None) -> list[Node]:
    if node is None:
        return []
    single = node.child_by_field_name("parameter")
    listed = node.child_by_field_name("parameters")
    return [single] if single is not None else named(listed) if listed is not None else []


def _has_value(parameter: Node) -> bool:
    return parameter.child_by_field_name("value") is not None


def _is_rest(parameter: Node) -> bool:
    pattern = parameter.child_by_field_name("pattern") or parameter
    return pattern.type == "rest_pattern"


def _names_itself(parameter: Node) -> bool:
    """Whether a parameter is one plain name."""
    pattern = parameter.child_by_field_name("pattern") or parameter.child_by_field_name("left") or parameter
    return parameter.type in _PLAIN and pattern.type == "identifier"


def _inner(definition: Definition) -> Node | None:
    """The function itself."""
    return definition.body.parent if definition.body is not None else None


def _is_async(node: Node | None) -> bool:
    return node is not None and any(child.type == "async" for child in node.children)


def _gives_nothing(node: Node | None) -> bool:
    kind = node.child_by_field_name("return_type") if node is not None else None
    return kind is not None and (kind.text or b"").strip(b": ") in (b"void", b"Promise<void>")
