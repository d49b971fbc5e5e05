"""Moves imports out of generated Python code, and adds the missing ones at the top of the file."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from planfirst.source import lines as lined
from planfirst.source.edits import Draft
from planfirst.source.header import after_docstring, import_row, spaced
from planfirst.source.python import enclosing, names_bound, parses

_NESTING = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True)
class Name:
    """One imported name. ``attribute`` is empty for ``import module``; ``alias`` is empty without ``as``."""

    module: str
    attribute: str
    alias: str

    @property
    def bound(self) -> str:
        """The name that the import binds."""
        return self.alias or self.attribute or self.module.partition(".")[0]

    @property
    def target(self) -> str:
        """What that name stands for, as a dotted path."""
        if self.attribute:
            return f"{self.module}.{self.attribute}"
        return self.module if self.alias else self.module.partition(".")[0]


@dataclass(slots=True)
class _Bound:
    """What a file binds where the code will stand: any names, and which of them by which imports."""

    names: set[str] = field(default_factory=set)
    sure: set[str] = field(default_factory=set)  # those that are there whenever the code runs
    targets: set[tuple[str, str]] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)

    def has(self, name: Name) -> bool:
        """Whether the file has this import already."""
        if (name.bound, name.target) not in self.targets or name.bound not in self.sure:
            return False
        if name.attribute or name.alias or "." not in name.module or name.module == "os.path":
            return True
        return any(module == name.module or module.startswith(f"{name.module}.") for module in self.modules)

    def clashes(self, name: Name) -> bool:
        """Whether the file uses the name for something else."""
        return name.bound in self.names and (name.bound, name.target) not in self.targets


def hoist(text: str, code: str, row: int, last: int, indent: str) -> tuple[str, list[Draft]]:
    """Parts generated code from its imports.

    Args:
        code: flush left, with ``\\n`` line ends.
        row: the first line of the request.
        last: its last line; below it stands the code.
        indent: the indentation of the code.

    Returns:
        The code without the imports that the file has or gets, and the edits that add those. All stays as it is when
        file or code does not parse. An import stays in the code when its name means something else in the file, or
        when the place for imports is below the code and would come too late.
    """
    tree, generated = _tree(text, last, indent), parses(code)
    if tree is None or generated is None:
        return code, []
    around = enclosing(tree, last + 1, len(indent))
    nested = any(isinstance(node, _NESTING) for node in around)
    statements = [node for node in generated.body if _is_movable(node, generated.body)]
    bound = _bound_at(tree, row, nested)
    outer = _names_around(tree, row) if indent else set()
    wanted = [
        *_names(statements),
        *_unbound_modules(generated, bound, outer),
        *_typed_only(tree, generated, bound, outer),
    ]
    missing = [name for name in dict.fromkeys(wanted) if not bound.has(name)]
    future = [name for name in missing if name.module == "__future__"]
    clashing = [name for name in missing if name not in future and (bound.clashes(name) or name.bound in outer)]
    added = [name for name in missing if name not in future and name not in clashing]
    lines = lined.split(text)
    target = import_row(tree, lines, row, last, nested)
    if text.startswith("\ufeff") and 0 in (target, after_docstring(tree, lines, row, last)):
        return code, []  # nothing may stand before a byte order mark
    if target is None:
        clashing, added = clashing + added, []
    rest = _without(code, statements)
    if not rest and parses(text) is None:  # the function has no other body than these imports
        return code, []
    kept = _statements(clashing)
    code = "\n".join(
        kept + ([""] if kept and rest and rest[0].startswith(("def ", "class ", "@", "async ")) else []) + rest
    )
    return code, list(_drafts(tree, lines, row, last, _statements(future), _statements(added), target))


def _tree(text: str, last: int, indent: str) -> ast.Module | None:
    """The file's tree; that of a function whose body is nothing but the request as well."""
    lines = lined.split(text)
    if parses(text) or last >= len(lines) or not lines[last].lstrip().startswith("#"):
        return parses(text)
    lines[last] = f"{indent}pass\n"
    return parses("".join(lines))


def _drafts(
    tree: ast.Module, lines: list[str], row: int, last: int, future: list[str], added: list[str], target: int | None
) -> Iterator[Draft]:
    top = after_docstring(tree, lines, row, last)
    if future and added and target == top:
        future, added = [*future, "", *added], []
    for position, rows in ((top, future), (target, added)):
        if rows and position is not None:
            yield Draft(position, position, tuple(spaced(tree, lines, position, rows)))


def _is_movable(node: ast.stmt, body: Sequence[ast.stmt]) -> bool:
    """Whether it is an import that shares no line with another kind of statement."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return False
    others = (other for other in body if not isinstance(other, ast.Import | ast.ImportFrom))
    last = node.end_lineno or node.lineno
    return all(other.lineno > last or (other.end_lineno or other.lineno) < node.lineno for other in others)


def _names(nodes: Iterable[ast.AST]) -> Iterator[Name]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (Name(alias.name, "", alias.asname or "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (Name(module, alias.name, alias.asname or "") for alias in node.names)


def _bound_at(tree: ast.Module, row: int, nested: bool) -> _Bound:
    """A function's code sees all of the module; code outside of functions only what is above it."""
    bound = _Bound()
    visible = [node for node in tree.body if nested or node.lineno - 1 <= row]
    stack: list[ast.AST] = list(visible)
    while stack:
        node = stack.pop()
        bound.names.update(names_bound(node))
        for name in _names([node]):
            bound.targets.add((name.bound, name.target))
            if not name.attribute:
                bound.modules.add(name.module)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            stack.extend(ast.iter_child_nodes(node))
    bound.sure = _sure(visible)
    return bound


def _sure(body: Sequence[ast.stmt]) -> set[str]:
    """The names that statements bind on every way through them.

    An import under ``TYPE_CHECKING`` is never run; one in a ``try`` is there where each handler binds its name, or
    leaves.
    """
    found: set[str] = set()
    for node in body:
        if isinstance(node, ast.If):
            both = _sure(node.body) & _sure(node.orelse)
            found |= _sure(node.orelse) if _is_for_types(node.test) else both
        elif isinstance(node, ast.Try | ast.TryStar):
            ways = [_sure(one.body) for one in node.handlers if not _leaves(one.body)]
            found |= _sure(node.finalbody)
            found |= (_sure(node.body) | _sure(node.orelse)).intersection(*ways)
        elif isinstance(node, ast.With | ast.AsyncWith):
            found |= _sure(node.body)
        elif not isinstance(node, ast.For | ast.AsyncFor | ast.While):
            nested = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            parts: Iterable[ast.AST] = [node] if nested else ast.walk(node)
            found |= {name for one in parts for name in names_bound(one)}
    return found


def _is_for_types(test: ast.expr) -> bool:
    return "TYPE_CHECKING" in (getattr(test, "id", ""), getattr(test, "attr", "")) or (
        isinstance(test, ast.Constant) and not test.value
    )


def _leaves(body: Sequence[ast.stmt]) -> bool:
    if body and isinstance(body[-1], ast.If):
        return _leaves(body[-1].body) and _leaves(body[-1].orelse)
    return bool(body) and isinstance(body[-1], ast.Raise | ast.Return | ast.Continue)


def _typed_only(tree: ast.Module, code: ast.Module, bound: _Bound, outer: set[str]) -> Iterator[Name]:
    """What the code uses at run time, and the file imports where only a type checker sees it."""
    typed = _typed(code)
    read = {node.id for node in ast.walk(code) if isinstance(node, ast.Name) and id(node) not in typed}
    own = {name for node in ast.walk(code) for name in names_bound(node)}
    for node in tree.body:
        if isinstance(node, ast.If) and _is_for_types(node.test):
            for name in _names(node.body):
                if name.bound in read - own - bound.sure - outer:
                    yield name


def _typed(tree: ast.Module) -> set[int]:
    """The nodes that stand in annotations, by their identity."""
    notes = (getattr(node, key, None) for node in ast.walk(tree) for key in ("annotation", "returns"))
    return {id(one) for note in notes if isinstance(note, ast.AST) for one in ast.walk(note)}


def _names_around(tree: ast.Module, row: int) -> set[str]:
    """Every name bound in the top-level statement that a row belongs to."""
    above = [node for node in tree.body if node.lineno - 1 <= row]
    return {name for node in ast.walk(above[-1]) for name in names_bound(node)} if above else set()


def _unbound_modules(tree: ast.Module, bound: _Bound, outer: set[str]) -> Iterator[Name]:
    """Modules of the standard library that the code uses as ``module.attribute`` without importing them."""
    own = {name for node in ast.walk(tree) for name in names_bound(node)} | outer
    typed = _typed(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = node.value.id
            there = bound.names if id(node.value) in typed else bound.sure
            if name in sys.stdlib_module_names and name not in own and name not in there:
                yield Name(name, "", "")


def _statements(names: Sequence[Name]) -> list[str]:
    """One statement for each module."""
    found: dict[str, list[str]] = {}
    for name in names:
        text = (name.attribute or name.module) + (f" as {name.alias}" if name.alias else "")
        key = f"from {name.module} import " if name.attribute else f"import {text}"
        found.setdefault(key, []).extend([text] if name.attribute else [])
    return [key + ", ".join(parts) for key, parts in found.items()]


def _without(code: str, statements: Sequence[ast.stmt]) -> list[str]:
    gone = {n for node in statements for n in range(node.lineno - 1, node.end_lineno or node.lineno)}
    return lined.trim([row for n, row in enumerate(code.split("\n")) if n not in gone])
