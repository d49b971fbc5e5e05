"""The members of an answer that a type in the file does not have yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.definitions import definition_of
from planfirst.source.nodes import defined_in, inner_of, known_in, plain_of, types_of
from planfirst.source.part import Part, listed
from planfirst.source.surroundings import walk_types
from planfirst.source.syntax import Syntax, named, syntax_of, walk
from planfirst.words import Message

if TYPE_CHECKING:
    from tree_sitter import Node

Key = tuple[
    str, int, str
]  # a member's name, its parameters' count, -1 for what takes none, and types, where these count
_BESIDE = ("import", "package", "include", "using", "use_declaration")
_NAMES = frozenset(("identifier", "property_identifier", "private_property_identifier", "field_identifier"))
_LEADS = ("//", "/*", "*", "@", "#[")


def members_of_type(answer: Syntax, file: Syntax, around: Node, language: str) -> Part | None:
    """The new members of the answer's type, for a place within that type; None where it is written otherwise.

    The answer may write what is around the type, too; but no more than that, and imports.
    """
    own = definition_of(around, file)
    tops = [node for node in answer.root.named_children if node.type not in answer.shape.comments]
    rest = [node for node in tops if not any(word in node.type for word in _BESIDE)]
    same = [node for node in walk_types(answer) if node.type == around.type and _is_same(node, answer, around, file)]
    if not same and (len(rest) != 1 or inner_of(rest[0], answer, answer.shape.types) is None):
        return None
    outer = same[-1] if same else inner_of(rest[0], answer, answer.shape.types)
    if outer is None or (len(rest) > 1 and _adds(rest, outer, answer, file)):
        return None
    written = definition_of(outer, answer)
    if written.body is None or (written.name != own.name and language != "java"):
        return None
    has = _texts(own.body, file)
    rows: list[str] = []
    changed: list[str] = []
    last = -1
    for node in named(written.body):
        keys = _keys_of(node, answer)
        if node.type in answer.shape.comments or _begins(node, answer, written.name):
            continue
        if keys <= has.keys():
            changed += [key[0] for key in keys if has[key] != plain_of(node, answer)]
            continue
        first = answer.first(node)
        while first - 1 > last and answer.lines[first - 1].strip().startswith(_LEADS):
            first -= 1
        apart = bool(rows) and (first > last + 1 or _is_long(node, answer))
        last = answer.last(node)
        rows += [*([""] if apart else []), *(lined.bare(row) for row in answer.lines[first : last + 1])]
    if not rows:
        again = Message("answer-again", names=listed(changed))
        return Part("", refused=again if changed else Message("answer-repeats"))
    notices = (Message("answer-rewrote", names=listed(changed)),) if changed else ()
    imports = [answer.text(node).strip() for node in tops if "import" in node.type]
    return Part("\n".join([*imports, *([""] if imports else []), *lined.dedent(rows)]), notices)


def _is_same(node: Node, answer: Syntax, around: Node, file: Syntax) -> bool:
    """Whether a type of the answer is the file's: Rust has the functions of each of its traits in another."""
    ours, theirs = definition_of(around, file), definition_of(node, answer)
    fields = [(node.child_by_field_name(one), around.child_by_field_name(one)) for one in ("trait", "type")]
    same = all((a.text if a is not None else b"") == (b.text if b is not None else b"") for a, b in fields)
    return ours.name == theirs.name and (same or around.type != "impl_item")


def _adds(rest: list[Node], kind: Node, answer: Syntax, file: Syntax) -> bool:
    """Whether an answer defines more than its type, the file, and what tries it out."""
    known = known_in(file.root.named_children, file)
    others = [node for node in rest if not node.start_byte <= kind.start_byte < node.end_byte]
    return any(
        one.name != "main" and not known.has(node, answer)[0]
        for node in others
        if (one := defined_in(node, answer)) is not None
    )


def bare_members(code: str, file: Syntax, around: Node, language: str) -> Part | None:
    """The same for an answer that writes members without their type; None where the file has none of them."""
    own = definition_of(around, file)
    opening = next((child for child in own.body.children if child.type == "{"), None) if own.body is not None else None
    if opening is None:
        return None
    header = file.cut(own.start, opening.end_byte).replace("\n", " ")
    whole = syntax_of(f"{header}\n{code}\n}}{';' * (language in ('c', 'cpp'))}\n", language)
    if whole is None or whole.root.has_error or len(whole.root.named_children) != 1:
        return None
    written = next((node for node in walk_types(whole) if definition_of(node, whole).name == own.name), None)
    body = definition_of(written, whole).body if written is not None else None
    has = _texts(own.body, file).keys()
    members = [node for node in named(body) if node.type not in whole.shape.comments] if body is not None else []
    if not any(_keys_of(node, whole) <= has for node in members):
        return None
    return members_of_type(whole, file, around, language)


def _texts(body: Node | None, syntax: Syntax) -> dict[Key, str]:
    """The members in a body: what each is known by, and its text."""
    members = named(body) if body is not None else []
    return {key: plain_of(node, syntax) for node in members for key in _keys_of(node, syntax)}


def _keys_of(member: Node, syntax: Syntax) -> set[Key]:
    """What a member is known by; its text, where that is no name."""
    one = defined_in(member, syntax)
    if one is not None:
        return {(one.name, len(one.parameters), types_of(one, syntax))}
    name = member.child_by_field_name("name")
    if name is not None and member.child_by_field_name("parameters") is not None:
        one = definition_of(member, syntax)
        return {(syntax.text(name), len(one.parameters), types_of(one, syntax))}
    takes = any("function_declarator" in node.type for node in walk(member))  # C++: there can be several of a name
    if takes or member.type not in syntax.shape.fields:
        return {(plain_of(member, syntax), -1, "")}
    fields = ("name", "property", "declarator")
    found = [one for field in fields for one in member.children_by_field_name(field)]
    names = (next((leaf for leaf in walk(one) if leaf.type in _NAMES), None) for one in found)
    return {(syntax.text(one), -1, "") for one in names if one is not None} or {(plain_of(member, syntax), -1, "")}


def _begins(member: Node, syntax: Syntax, name: str) -> bool:
    """Whether a member makes new objects, or tries the type: the answer needs it, and the file has its own."""
    one = defined_in(member, syntax)
    return one is not None and (one.name in (name, "main", "constructor") or "constructor" in member.type)


def _is_long(member: Node, syntax: Syntax) -> bool:
    return syntax.last(member) > syntax.first(member)
