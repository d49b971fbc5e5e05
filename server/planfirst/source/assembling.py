"""Assembles the code for one Python function: the function of an answer, and what it needs of the rest."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planfirst.source.calling import reads, self_of
from planfirst.source.guards import is_guard
from planfirst.source.python import Function, names_bound, parses
from planfirst.source.renaming import renamed
from planfirst.source.units import dump, loaded

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
IMPORT = ast.Import | ast.ImportFrom


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that parses, and the file that it is for.

    Attributes:
        text: the file.
        code, tree: the answer.
    """

    text: str
    code: str
    tree: ast.Module

    @property
    def rows(self) -> list[str]:
        """The answer's lines."""
        return self.code.split("\n")

    def source(self, node: ast.AST) -> str:
        """A node as it is written."""
        return ast.get_source_segment(self.code, node) or ""


def with_helper(answer: Answer, chosen: Function, owner: ast.ClassDef | None, wanted: str, call: str) -> str:
    """A function that has the answer's function within it, and calls it.

    Args:
        owner: the class that the answer's function is a method of.
        wanted: the header of the function to be written.
        call: of `calling.call_of`.
    """
    own = wanted.partition("(")[0].split()[-1]
    name = chosen.name if chosen.name != own else f"_{chosen.name}"
    if name != chosen.name:
        changed = renamed(answer.code, answer.tree, chosen, name, {})
        tree = parses(changed) if changed is not None else None
        answer = Answer(answer.text, changed, tree) if changed is not None and tree is not None else answer
    places: list[ast.AST] = [answer.tree]
    if owner is not None:
        places = [node for node in ast.walk(answer.tree) if isinstance(node, ast.ClassDef) and node.name == owner.name]
    names = (name, chosen.name)
    helper = [
        node for place in places for node in ast.walk(place) if isinstance(node, FUNCTION) and node.name in names
    ][-1]
    imports, helpers = _needs(answer, helper, owner, loaded(helper))
    inner = [*[row for one in helpers for row in [*one, ""]], *whole(answer, helper, flush=True), ""]
    rows = [wanted.strip(), *(f"    {row}" if row.strip() else "" for row in inner)]
    return "\n".join([*imports, *([""] if imports else []), *rows, f"    {call.replace('@', helper.name, 1)}"])


def assembled(answer: Answer, chosen: Function, owner: ast.ClassDef | None, beside: Sequence[Function] = ()) -> str:
    """The code with no more than the function, and what it needs.

    Args:
        beside: methods that are put beside it elsewhere; what they need comes along.
    """
    used = reads(chosen).union(*(loaded(one) for one in beside))
    imports, helpers = _needs(answer, chosen, owner, used)
    body = answer.tree.body
    if (
        owner is None
        and chosen in body
        and not any(map(is_guard, body))
        and len(imports) + len(helpers) + 1 == len(body)
    ):
        return answer.code
    rows = [*imports, *([""] if imports else [])]
    for helper in helpers:
        rows += [*helper, "", ""]
    return "\n".join([*rows, *whole(answer, chosen, flush=True)])


def called_methods(answer: Answer, chosen: Function, owner: ast.ClassDef | None) -> list[Function]:
    """Methods of the answer that its function calls, directly or not, and the file does not have.

    They stand in the answer's class, or beside the function where that is written without its class.
    """
    body = owner.body if owner is not None else answer.tree.body
    theirs = {node.name: node for node in body if isinstance(node, FUNCTION) and node.name != chosen.name}
    if owner is None:
        theirs = {name: node for name, node in theirs.items() if self_of(node)} if self_of(chosen) else {}
    file = parses(answer.text)
    ours = {node.name for node in ast.walk(file) if isinstance(node, FUNCTION)} if file else set()
    called = {"self", "cls", owner.name if owner is not None else "self"}
    found: dict[str, Function] = {}
    todo: list[Function] = [chosen]
    while todo:
        for name in _attributes(todo.pop(), called):
            if name in theirs and name not in ours and name not in found:
                found[name] = theirs[name]
                todo.append(theirs[name])
    return list(found.values())


def whole(answer: Answer, node: ast.stmt, flush: bool = False) -> list[str]:
    """The rows of a statement, with decorators and the comments directly above."""
    rows = answer.rows
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(one.lineno for one in decorators)]) - 1
    while first and rows[first - 1].startswith("#"):
        first -= 1
    rows = rows[first : node.end_lineno]
    indent = len(rows[0]) - len(rows[0].lstrip())
    return [row[indent:] if not row[:indent].strip() else row for row in rows] if flush and indent else rows


def _attributes(function: Function, of: set[str]) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in of:
            yield node.attr


def _needs(
    answer: Answer, chosen: Function, owner: ast.ClassDef | None, used: set[str]
) -> tuple[list[str], list[list[str]]]:
    """The imports and the other definitions that a function uses, directly or not, as rows.

    Args:
        used: the names that the function itself uses.
    """
    file = parses(answer.text)
    has = {dump(node) for node in file.body} if file else set()
    used = set(used)
    for _ in answer.tree.body:
        more = {name for node in _beside(answer, chosen, owner) if _bound(node) & used for name in loaded(node)}
        if more <= used:
            break
        used |= more
    helpers = [
        whole(answer, node) for node in _beside(answer, chosen, owner) if _bound(node) & used and dump(node) not in has
    ]
    imports = [
        answer.source(node)
        for node in answer.tree.body
        if isinstance(node, IMPORT) and (_imported(node) & used or _is_future(node) or "*" in _imported(node))
    ]
    return imports, helpers


def _beside(answer: Answer, chosen: Function, owner: ast.ClassDef | None) -> list[ast.stmt]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
    found = [node for node in answer.tree.body if isinstance(node, kinds) and node not in (chosen, owner)]
    return [node for node in found if not isinstance(node, FUNCTION) or node.name != chosen.name]


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    return {name for one in ast.walk(node) for name in names_bound(one)}


def _imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    return {alias.asname or alias.name.partition(".")[0] for alias in node.names}


def _is_future(node: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"
