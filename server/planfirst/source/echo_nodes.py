"""Finds what is new in an answer in a language with braces, by its tree; `echo` does it for Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.containers import containers_around, members_of, unwrapped
from planfirst.source.definitions import definition_of
from planfirst.source.import_nodes import is_beside
from planfirst.source.new_members import bare_members, members_of_type
from planfirst.source.nodes import Known, defined_in, inner_of, known_in
from planfirst.source.part import Part, listed
from planfirst.source.shapes import ECMA
from planfirst.source.site import Site
from planfirst.source.syntax import Syntax, named, syntax_of, walk
from planfirst.words import Message

if TYPE_CHECKING:
    from tree_sitter import Node

_TEST = re.compile(r"(?:Test|Benchmark|Example)[A-Z_]\w*$")
_RUNS = frozenset(("expression_statement", "if_statement", "for_statement", "for_in_statement", "call_expression"))
_VALUES = frozenset(("lexical_declaration", "variable_declaration"))
_BESIDE = re.compile("import|package|include|using")
_KEPT = re.compile(r"(?:module\.)?exports\b|export\b|['\"]use ")
_EXPORTED = re.compile(r"module\.exports(?=\s*=(?!=))|export\s+default(?=\s+\w+;?\s*$)")


def new_nodes(text: str, site: Site, code: str, language: str) -> Part:
    """What is new in an answer: code with a tree, flush left. What has syntax errors is left as it is."""
    file = syntax_of(text, language)
    containers = containers_around(file, site.first) if file is not None else []
    if file is not None and containers and site.stub is None:
        code = unwrapped(code, containers, file, language)
    answer = syntax_of(f"{code}\n", language)  # a type in Go ends with its line
    if answer is None or file is None:
        return Part(code)
    wanted = site.stub.definition.name if site.stub is not None else ""
    around = type_around(file, site)
    if around is not None and site.stub is None and (fewer := bare_members(code, file, around, language)) is not None:
        return fewer
    if answer.root.has_error:
        return Part(code)
    if around is not None and (site.stub is None or (site.stub.kind == "type" and not _is_written(answer, wanted))):
        members = members_of_type(answer, file, around, language)
        if members is not None:
            return members
    has = _known(file, around, members_of(containers[-1], file) if containers else [])
    every = [node for node in answer.root.named_children if node.type not in answer.shape.comments]
    nodes = [node for node in every if node.type not in answer.shape.marks]
    found = {node.id: defined_in(node, answer) for node in nodes}
    others = [one for one in found.values() if one is not None and one.name != "main" and one.name != wanted]
    others_said = any(found[node.id] is not None for node in nodes)
    dropped: list[Node] = []
    changed: list[str] = []
    tried: list[Node] = []
    seen = False
    is_module = language in ECMA and not site.task.statements
    at_top = language in ECMA and around is None and not site.indent
    tries_in_main = bool(others or wanted) and not site.task.statements
    has_tests = any(_TEST.match(name) for _, name, _, _ in has.defined)
    used = {answer.text(leaf) for node in nodes if found[node.id] for leaf in walk(node) if leaf.type == "identifier"}
    all_exported = {said for node in file.root.named_children if (said := _exports(node, file))}
    for node in nodes:
        one = found[node.id]
        if one is not None and one.name != wanted:
            seen = True
            known, rewritten = has.has(node, answer)
            if known:
                dropped.append(node)
                changed += filter(None, [rewritten])
            elif (one.name == "main" and tries_in_main) or (_TEST.match(one.name) and not has_tests):
                tried.append(node)
        elif one is not None:
            seen = True
        elif language in ECMA and seen and _exports(node, answer) in all_exported:
            dropped.append(node)
        elif trait := has.implemented(node, answer):
            dropped.append(node)
            changed.append(trait)
        elif is_beside(node, answer):
            pass
        elif (others_said or (at_top and node.type == "lexical_declaration")) and has.has(node, answer)[0]:
            dropped.append(node)
            changed += filter(None, [has.has(node, answer)[1]])
        elif _is_tests(node, answer) or (is_module and seen and _only_tries(node, answer, used)):
            tried.append(node)
    gone = _with_marks(every, [*dropped, *tried], answer)
    rows = _without(code, answer, gone, _said(text, site), file)
    left_out = {node.id for node in (*dropped, *tried)}
    rest = [node for node in nodes if node.id not in left_out]
    if not "".join(rows).strip() or (dropped and all(_BESIDE.search(node.type) for node in rest)):
        again = Message("answer-again", names=listed(changed))
        return Part("", refused=again if changed else Message("answer-repeats"))
    notices = [Message("answer-rewrote", names=listed(changed))] if changed else []
    if tried:
        row = answer.lines[answer.first(tried[0])].strip()
        notices.append(Message("answer-trial-left-out", row=row[:80]))
    return Part("\n".join(rows), tuple(notices))


def _with_marks(every: list[Node], gone: list[Node], answer: Syntax) -> list[Node]:
    """The statements that are left out, with the attributes that stand above them."""
    found: list[Node] = []
    out = {node.id for node in gone}
    below = None
    for node in reversed(every):
        if node.id in out or (node.type in answer.shape.marks and below is not None and below.id in out):
            out.add(node.id)
            found.append(node)
        below = node
    return found


def _is_written(answer: Syntax, name: str) -> bool:
    """Whether an answer holds the type of that name, whose body is taken as it is laid out there."""
    types = (node for node in answer.root.named_children if node.type not in answer.shape.comments)
    inner = (inner_of(node, answer, answer.shape.types) for node in types)
    return any(one is not None and definition_of(one, answer).name == name for one in inner)


def _is_tests(node: Node, answer: Syntax) -> bool:
    name = node.child_by_field_name("name") if node.type == "mod_item" else None
    return name is not None and answer.text(name) == "tests"


def _only_tries(node: Node, answer: Syntax, used: set[str]) -> bool:
    """Whether a statement at the top runs what is defined above it."""
    text = answer.text(node)
    if _KEPT.match(text):
        return False
    if node.type in _VALUES:
        calls = any(one.type in ("call_expression", "new_expression") for one in walk(node)) and "require(" not in text
        declared = [one.child_by_field_name("name") for one in node.named_children if one.type == "variable_declarator"]
        return calls and not any(one is not None and answer.text(one) in used for one in declared)
    return node.type in _RUNS


def _exports(node: Node, syntax: Syntax) -> str:
    """What a statement exports all of a module by, which a module does once; empty for another statement."""
    found = _EXPORTED.match(syntax.text(node))
    return " ".join(found[0].split()) if found else ""


def type_around(file: Syntax, site: Site) -> Node | None:
    """The innermost type that code at a site stands in, if no function stands between."""
    byte = file.byte(site.first, 0)
    found: Node | None = None
    for node in file.touching(site.first, site.first):
        if not node.start_byte < byte < node.end_byte:
            continue
        if node.type in file.shape.types:
            found = node
        elif node.type in file.shape.functions:
            found = None
    return found


def _known(file: Syntax, around: Node | None, beside: list[Node]) -> Known:
    """What stands at the top of a file, in the module or namespace around, and in the type around."""
    body = definition_of(around, file).body if around is not None else None
    return known_in([*file.root.named_children, *beside, *(named(body) if body is not None else [])], file)


def _said(text: str, site: Site) -> set[str]:
    rows = lined.split(text)[site.first : site.last + 1] if site.kind != "selection" else []
    return {said for row in rows if (said := _comment(row))}


def _comment(row: str) -> str:
    found = re.fullmatch(r"\s*(?:///?|/\*\*?|\*)\s*(.*?)\s*(?:\*/)?\s*", row)
    said = " ".join(found[1].split()).casefold() if found else ""
    return said if any(character.isalnum() for character in said) else ""  # the end of a comment says nothing


def _repeating(rows: list[str], comments: set[str]) -> set[int]:
    """The rows of the comments at the margin that say nothing but what the request says, each as a whole."""
    found: set[int] = set()
    n = 0
    while n < len(rows):
        end = n
        if rows[n].startswith("/*"):
            end = next((m for m in range(n, len(rows)) if "*/" in rows[m]), n)
        said = [words for row in rows[n : end + 1] if (words := _comment(row))]
        if said and not rows[n][:1].isspace() and all(words in comments for words in said):
            found.update(range(n, end + 1))
        n = end + 1
    return found


def _without(code: str, answer: Syntax, gone: list[Node], comments: set[str], file: Syntax) -> list[str]:
    """The rows without some nodes, the comments that belong to them, and comments that say what the request says.

    A comment at the end that the file has belongs to what the answer would have repeated next.
    """
    rows = code.split("\n")
    left: set[int] = set()
    for node in gone:
        first = answer.first(node)
        left.update(range(first, answer.last(node) + 1))
        while first and rows[first - 1].strip().startswith(("//", "/*", "*", "#[", "@")):
            first -= 1
            left.add(first)
    there = {line.strip() for line in file.lines}
    for node in reversed(answer.root.named_children):
        if node.type not in answer.shape.comments or not there.issuperset(
            map(str.strip, answer.text(node).split("\n"))
        ):
            break
        left.update(range(answer.first(node), answer.last(node) + 1))
    left |= _repeating(rows, comments)
    return lined.trim([row for n, row in enumerate(rows) if n not in left]) if left else rows
