"""Removes from generated Python code what the file has already, and what only tries out the new code.

An answer may repeat the whole file. What it repeats is told by comparing definitions; a definition that the file has in
another form stays as the user wrote it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Sequence
from difflib import SequenceMatcher

from planfirst.source import lines as lined
from planfirst.source.done_there import done_there, is_asked_for
from planfirst.source.guards import is_guard, without_guard
from planfirst.source.part import Part, listed
from planfirst.source.python import Definition, enclosing, known_as, names_bound, parses
from planfirst.source.site import Site
from planfirst.source.units import Unit, dump, loaded, plain, units_of, without
from planfirst.words import Message

_DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_IMPORT = ast.Import | ast.ImportFrom
_MANY = 5  # nodes of a value: a list of two numbers has four


def new_code(text: str, site: Site, code: str) -> Part:
    """What is new in the answer to a comment: Python code, flush left, for a file that may not parse."""
    tree = parses(code)
    if tree is None or not tree.body:
        return Part(code)
    only = tree.body[0] if len(tree.body) == 1 else None
    if isinstance(only, ast.ClassDef) and site.stub is not None and site.stub.definition.name == only.name:
        return Part(code)  # nothing but the class that is to be written
    file = parses(text)
    around = enclosing(file, site.last + 1, len(site.indent)) if file else []
    for outer in reversed(around):
        again = _again(tree, around, outer)
        if again is not None:
            return _inside(code, tree, outer, again, site, text)
    units = units_of(tree)
    known = _known(file, around)
    comments = _comments(text, site)
    dropped, changed = _repeated(units, known, file, site)
    is_nested = any(isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) for one in around)
    scope = {name for one in around for node in ast.walk(one) for name in names_bound(node)}
    tried = _tried(units, dropped, scope if is_nested else None, site.task.request)
    if site.task.statements:
        tried = [unit for unit in tried if not is_asked_for(unit, text, site)]
    if without_guard(text, code, site.last, site.indent) == code:
        tried = [unit for unit in tried if not _is_guard(unit)]  # at the end of a program it is of use
    rest = [unit for unit in units if unit not in dropped and unit not in tried]
    if not any(_is_new(unit) for unit in rest):
        if dropped and not [unit for unit in tried if not _is_guard(unit)]:
            return Part("", refused=_nothing_new(changed))
        if not dropped:
            tried = []
    part = Part(without(code, units, [*dropped, *tried], comments), _notices(code, changed, tried, file))
    return done_there(part, text, site) if site.task.statements else part


def _is_new(unit: Unit) -> bool:
    return any(not isinstance(node, _IMPORT) for node in unit.nodes)


def _is_guard(unit: Unit) -> bool:
    return any(is_guard(node) for node in unit.nodes)


def _nothing_new(changed: list[str]) -> Message:
    if changed:
        return Message("answer-again", names=listed(changed))
    return Message("answer-repeats")


def _notices(code: str, changed: list[str], tried: Sequence[Unit], file: ast.Module | None) -> tuple[Message, ...]:
    notices = []
    if changed:
        notices.append(Message("answer-rewrote", names=listed(changed)))
    told = [unit for unit in tried if not (_is_guard(unit) and _has_guard(file))]
    if told:
        row = code.split("\n")[told[0].first].strip()
        notices.append(Message("answer-trial-left-out", row=row[:80]))
    return tuple(notices)


def _has_guard(file: ast.Module | None) -> bool:
    return file is not None and any(is_guard(node) for node in file.body)


def _known(file: ast.Module | None, around: Sequence[Definition]) -> dict[str, Definition]:
    """The definitions that the code would stand beside, and those of the module."""
    found: dict[str, Definition] = {}
    bodies: list[Iterable[ast.stmt]] = [file.body] if file else []
    if around:
        bodies.append(around[-1].body)
    for node in (node for body in bodies for node in body):
        if isinstance(node, _DEFINITION):
            found[known_as(node)] = node
    return found


def _comments(text: str, site: Site) -> set[str]:
    rows = lined.split(text)[site.first : site.last + 1] if site.kind != "selection" else []
    return {said for row in rows if row.lstrip().startswith("#") and (said := plain(row))}


def _repeated(
    units: Sequence[Unit], known: dict[str, Definition], file: ast.Module | None, site: Site
) -> tuple[list[Unit], list[str]]:
    """The statements that the file has, and the names of those that it has in another form."""
    has = {dump(node) for node in file.body} if file else set()
    dropped, changed = [], []
    is_file = any(isinstance(node, _DEFINITION) for unit in units for node in unit.nodes)
    given = _set_there(file, site) if not site.indent else set()
    for n, unit in enumerate(units):
        (node, *others) = unit.nodes
        if others or isinstance(node, _IMPORT):
            continue
        if isinstance(node, _DEFINITION) and (name := known_as(node)) in known:
            dropped.append(unit)
            if dump(node) != dump(known[name]):
                changed.append(node.name)
        elif is_file and (dump(node) in has or (n == 0 and _is_text(node) and file is not None and file.body)):
            dropped.append(unit)
        elif dump(node) in has and (names := _assigned(unit)) and names <= _values(file):
            dropped.append(unit)  # the same constant once more
        elif _is_sample(node) and (names := _assigned(unit)) and names <= given and unit is not units[-1]:
            dropped.append(unit)
            changed += sorted(names)
    if dropped:
        for unit in units:
            names = _assigned(unit)
            if names and unit not in dropped and names <= _values(file):
                dropped.append(unit)
                changed += sorted(names)
    return dropped, changed


def _assigned(unit: Unit) -> set[str]:
    """The names that a statement sets, if that is all it does."""
    (node, *others) = unit.nodes
    plain = isinstance(node, ast.Assign | ast.AnnAssign) and not others
    return {name for one in ast.walk(node) for name in names_bound(one)} if plain else set()


def _is_sample(node: ast.stmt) -> bool:
    """Whether a statement sets a list or the like of several values that are written out: data to try the code with."""
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    if not isinstance(value, ast.List | ast.Dict | ast.Tuple | ast.Set) or sum(1 for _ in ast.walk(value)) < _MANY:
        return False
    return not any(isinstance(one, ast.Name | ast.Call | ast.comprehension) for one in ast.walk(value))


def _set_there(file: ast.Module | None, site: Site) -> set[str]:
    """The names that a script sets above the request, other than to something empty, and that the request leaves."""
    words = set(re.findall(r"\w+", site.task.request))
    found: set[str] = set()
    for node in file.body if file else []:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) and node.lineno <= site.first else None
        if value is not None and len(list(ast.walk(value))) > 2:  # the empty list has two nodes
            found |= {name for one in ast.walk(node) for name in names_bound(one)}
    return found - words


def _values(file: ast.Module | None) -> set[str]:
    """The names that the file sets at its top, in capitals: no code sets a constant twice."""
    nodes = [node for node in (file.body if file else []) if isinstance(node, ast.Assign | ast.AnnAssign)]
    return {name for node in nodes for one in ast.walk(node) for name in names_bound(one) if name.isupper()}


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _tried(units: Sequence[Unit], dropped: list[Unit], scope: set[str] | None, request: str) -> list[Unit]:
    """The statements that run or test the definitions of the answer.

    Args:
        scope: the names of the function that the code will stand in; None outside of functions.
    """
    defined = [unit for unit in units if any(isinstance(node, _DEFINITION) for node in unit.nodes)]
    if not defined:
        return []
    names = {node.name for unit in defined for node in unit.nodes if isinstance(node, _DEFINITION)}
    used = {name for unit in defined for node in unit.nodes for name in _free(node)}
    later = [unit for unit in units[units.index(defined[0]) + 1 :] if unit not in defined and unit not in dropped]
    found: list[Unit] = []
    gone: set[str] = set()
    for unit in later:
        if all(isinstance(node, _IMPORT) for node in unit.nodes):
            continue
        bound = {name for node in unit.nodes for one in ast.walk(node) for name in names_bound(one)}
        reads = {name for node in unit.nodes for name in loaded(node)}
        around = scope is not None and reads <= (scope | names | bound) - gone and bool(reads & (scope - names))
        if around and reads & names and not _prints(unit):
            continue  # it goes on with what stands around it
        asked_for = reads & names and any(len(name) > 2 and name in request.split() for name in bound)
        is_needed = bound & used or asked_for or "__all__" in bound
        is_value = all(isinstance(node, ast.Assign | ast.AnnAssign) for node in unit.nodes)
        if not is_value or (not is_needed and (reads & (names | gone) or unit.first > defined[-1].last)):
            found.append(unit)
            gone |= bound
    return found


def _free(node: ast.stmt) -> set[str]:
    """The names that a definition takes from around it."""
    return loaded(node) - {name for one in ast.walk(node) for name in names_bound(one)}


def _prints(unit: Unit) -> bool:
    return any(isinstance(node, ast.Assert) or "print" in loaded(node) or is_guard(node) for node in unit.nodes)


def _again(tree: ast.Module, around: Sequence[Definition], outer: Definition) -> Definition | None:
    """The definition around the comment as the answer writes it."""
    found: Definition | None = None
    body: Sequence[ast.stmt] = tree.body
    for one in around[: list(around).index(outer) + 1]:
        same = [node for node in body if isinstance(node, _DEFINITION) and node.name == one.name]
        if same:
            found, body = same[-1], same[-1].body
        elif found is not None or one is outer:
            found = None
    return found if found is not None and found.name == outer.name else None


def _inside(code: str, tree: ast.Module, outer: Definition, again: Definition, site: Site, text: str) -> Part:
    """What is new in the answer's form of the definition that the comment stands in."""
    if isinstance(outer, ast.ClassDef):
        has = {name for node in outer.body for name in _member_names(node)}
        new = [node for node in again.body if not _is_text(node) and not _member_names(node) & has]
        new = [node for node in new if not isinstance(node, ast.Pass)]
    else:
        old = [dump(node) for node in outer.body if not _is_text(node) and not isinstance(node, ast.Pass)]
        now = [node for node in again.body if not _is_text(node) and not isinstance(node, ast.Pass)]
        blocks = SequenceMatcher(None, old, list(map(dump, now)), autojunk=False).get_matching_blocks()
        if sum(block.size for block in blocks) < len(old):
            return Part("", refused=Message("answer-all-anew", name=outer.name))
        same = {n for block in blocks for n in range(block.b, block.b + block.size)}
        rest = [n for n in range(len(now)) if n not in same]
        new = [now[n] for n in rest]
        if rest and rest[-1] - rest[0] >= len(rest):
            return Part("", refused=Message("answer-elsewhere", name=outer.name))
    if not new:
        return Part("", refused=_nothing_new([]))
    imports = [node for node in tree.body if isinstance(node, _IMPORT)]
    pieces = [ast.get_source_segment(code, node) or "" for node in imports]
    body = _rows(code, new)
    comments = _comments(text, site)
    rows = [row for row in body if not (row.lstrip().startswith("#") and plain(row) in comments)]
    return Part("\n".join([*pieces, *([""] if pieces else []), *lined.trim(rows)]))


def _rows(code: str, nodes: Collection[ast.stmt]) -> list[str]:
    """The rows of statements of one block, flush left, with the comments above each."""
    rows, found = code.split("\n"), list[str]()
    for node in nodes:
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))]) - 1
        top = first
        while top and rows[top - 1].lstrip().startswith("#"):
            top -= 1
        if found and isinstance(node, _DEFINITION):
            found.append("")
        found += rows[top : node.end_lineno]
    return lined.dedent(found)


def _member_names(node: ast.stmt) -> set[str]:
    if isinstance(node, _DEFINITION):
        return {known_as(node)}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return {name for one in ast.walk(node) for name in names_bound(one)}
    return set()
