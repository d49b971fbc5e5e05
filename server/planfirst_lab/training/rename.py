"""Rewrites functions on their syntax trees: drops type hints, renames what is local, and tells near-copies apart."""

from __future__ import annotations

import ast
import random

from planfirst_lab.parsing import parsed

_POOL = """
a b c d data items values text result out key name path index start end size total left right first last node line lines
part parts chunk row rows table source target found current other left_over buffer seen mapping pairs value entry group
state config options obj thing word words char count number numbers x y z func arg args_ kw record fields
""".split()  # noqa: SIM905 - a list of words reads better as words
_VERBS = ("make", "get", "do", "run", "find", "build", "compute", "fetch", "create", "process", "handle", "collect")
_KEPT = {"self", "cls", "_", "args", "kwargs"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


class _Plain(ast.NodeTransformer):
    """Takes annotations away."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return ast.Pass()
        return ast.copy_location(ast.Assign([node.target], node.value), node)


class _Renamer(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self.names.get(node.arg, node.arg)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self.names.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.name = self.names.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        node.names = [self.names.get(name, name) for name in node.names]
        return node


def parse(code: str) -> Function | None:
    """The single function that the code consists of, or None."""
    tree = parsed(code)
    body = tree.body if tree else []
    return body[0] if len(body) == 1 and isinstance(body[0], ast.FunctionDef | ast.AsyncFunctionDef) else None


def plain(code: str) -> str | None:
    """The function as ``ast.unparse`` writes it, without type hints and decorators; None if it is not one function."""
    function = parse(code)
    if function is None:
        return None
    function.decorator_list = []
    return ast.unparse(ast.fix_missing_locations(_Plain().visit(function)))


def signature(code: str) -> str:
    """The ``def`` line of the first function in the code, as it stands if it is one line; or an empty text."""
    tree = parsed(code)
    for node in tree.body if tree else []:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            line = code.splitlines()[node.lineno - 1].strip()
            if line.endswith(":"):
                return line
            returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
            word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
            return f"{word} {node.name}({ast.unparse(node.args)}){returns}:"
    return ""


def renamed(code: str, random_: random.Random) -> str | None:
    """The function with other names for itself, its parameters and variables; None if it is not one function."""
    function = parse(code)
    if function is None:
        return None
    names = _locals(function)
    pool = [name for name in random_.sample(_POOL, len(_POOL)) if name not in names]
    keep = random_.choice((0.0, 0.3, 0.6))
    mapping = {name: pool.pop() for name in names if pool and random_.random() >= keep}
    mapping[function.name] = _function_name(function.name, random_)
    return ast.unparse(_Renamer(mapping).visit(function))


def disguised(code: str, random_: random.Random) -> str | None:
    """A module with other names for its functions and their parameters and variables; None if it does not parse.

    Names of classes, of fields and of what is imported stay. Names that are used as keywords of a call stay, too.
    """
    tree = parsed(code)
    if tree is None:
        return None
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    fixed = {node.asname or node.name for node in ast.walk(tree) if isinstance(node, ast.alias)}
    fixed |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg}
    fixed |= {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    names = [name for function in functions for name in _locals(function) if name not in fixed]
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    pool = [name for name in random_.sample(_POOL, len(_POOL)) if name not in used and name not in fixed]
    mapping = {name: pool.pop() for name in dict.fromkeys(names) if pool and random_.random() < 0.7}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            mapping[node.name] = _function_name(node.name, random_)
    return ast.unparse(_Renamer(mapping).visit(tree))


def fingerprint(code: str) -> str:
    """The same text for functions that differ only in names, hints and layout."""
    function = parse(code)
    if function is None:
        return code
    function.decorator_list = []
    function = _Plain().visit(function)
    names = {name: f"v{n}" for n, name in enumerate(_locals(function))}
    names[function.name] = "f"
    return ast.unparse(ast.fix_missing_locations(_Renamer(names).visit(function)))


def _locals(function: Function) -> list[str]:
    """Parameters and assigned names, in the order in which they appear."""
    found: dict[str, None] = {}
    shared = {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            found[node.arg] = None
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found[node.id] = None
    return [name for name in found if name not in _KEPT and name not in shared]


def _function_name(name: str, random_: random.Random) -> str:
    parts = [part for part in name.split("_") if part]
    verb = random_.choice(_VERBS)
    if len(parts) > 1 and random_.random() < 0.7:
        return "_".join([verb, *parts[1:]])
    return random_.choice((f"{verb}_{name}", f"{name}_{random_.choice(_POOL)}", f"{verb}_{random_.choice(_POOL)}"))
