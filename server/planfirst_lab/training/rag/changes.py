"""Changes a copy of a repository after the training: functions get another name, or a parameter that a call must give.

The text is edited where the tree and the tokens say, so the files stay as they are otherwise and still parse.
"""

from __future__ import annotations

import ast
import io
import random
import shutil
import tokenize
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from planfirst_lab.parsing import parsed
from planfirst_lab.training.rag.snapshot import Snapshot
from planfirst_lab.training.rag.symbols import Function, Symbols, tree_of

_VERBS = {
    "get": "fetch", "make": "build", "is": "check", "create": "produce", "find": "locate", "read": "load",
    "load": "read", "parse": "decode", "write": "store", "has": "owns", "to": "into", "from": "out_of",
    "set": "assign", "add": "insert", "delete": "discard", "remove": "drop", "check": "verify", "select": "choose",
}  # fmt: skip
_ENDINGS = ("checked", "now", "within", "safely", "directly", "item")
_PARAMETERS = ("strict", "limit", "policy", "scope", "origin", "budget")


def changed(snapshot: Snapshot, symbols: Symbols, count: int, into: Path, seed: int) -> tuple[Snapshot, dict[str, str]]:
    """A copy below ``into`` with up to ``count`` functions changed, half of them in either way.

    Returns:
        The copy, and for each changed function's old name the new one (the same if its parameters changed).
    """
    random_ = random.Random(f"{seed}/{snapshot.name}")  # noqa: S311 - repeatable, not secret
    used = _uses(snapshot)
    candidates = [f for f in symbols.functions.values() if used[f.name] == 0 and f.required]
    chosen = random_.sample(candidates, min(count, len(candidates)))
    target = into / snapshot.name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(snapshot.folder, target)
    copy = replace(snapshot, folder=target)
    names: dict[str, str] = {}
    for n, function in enumerate(chosen):
        if n % 2 == 0:
            names[function.name] = _new_name(function.name, symbols, random_)
        elif _add_parameter(target / function.file, function, random_):
            names[function.name] = function.name
    _rename(copy, {old: new for old, new in names.items() if old != new})
    return copy, names


def _uses(snapshot: Snapshot) -> Counter[str]:
    """How often each name is an attribute, a parameter, a variable or a method, so that it may mean something else."""
    count: Counter[str] = Counter()
    for file in (*snapshot.files(tests=False), *snapshot.files(tests=True)):
        tree = tree_of(snapshot.folder / file)
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Attribute):
                count[node.attr] += 1
            elif isinstance(node, ast.arg | ast.keyword) and node.arg:
                count[node.arg] += 1
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                count[node.id] += 1
            elif isinstance(node, ast.ClassDef):
                count.update(part.name for part in node.body if isinstance(part, ast.FunctionDef))
    return count


def _new_name(name: str, symbols: Symbols, random_: random.Random) -> str:
    first, _, rest = name.partition("_")
    wanted = [f"{_VERBS[first]}_{rest}"] if rest and first in _VERBS else []
    wanted += [f"{name}_{ending}" for ending in random_.sample(_ENDINGS, len(_ENDINGS))]
    return next(new for new in wanted if new not in symbols.names)


def _rename(snapshot: Snapshot, names: dict[str, str]) -> None:
    for file in (*snapshot.files(tests=False), *snapshot.files(tests=True)):
        path = snapshot.folder / file
        try:
            text = path.read_text(encoding="utf-8-sig")
            if not any(name in text for name in names):
                continue
            lines = text.splitlines(keepends=True)
            tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
        except (UnicodeDecodeError, SyntaxError, tokenize.TokenError):
            continue
        for token in reversed(tokens):
            if token.type == tokenize.NAME and token.string in names:
                row, start = token.start[0] - 1, token.start[1]
                line = lines[row]
                lines[row] = line[:start] + names[token.string] + line[token.end[1] :]
        path.write_text("".join(lines), encoding="utf-8")


def _add_parameter(path: Path, function: Function, random_: random.Random) -> bool:
    """Adds a required parameter behind the others, and a check of it to the body; False if that is not possible."""
    text = path.read_text(encoding="utf-8-sig")
    tree = parsed(text)
    same = [n for n in (tree.body if tree else ()) if isinstance(n, ast.FunctionDef) and n.name == function.name]
    nodes = [n for n in same if ast.get_docstring(n) and len(n.body) > 1]  # not its overloads
    if not nodes or nodes[0].args.posonlyargs or not nodes[0].args.args:
        return False
    node, arguments = nodes[0], nodes[0].args
    taken = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} | {a.arg for a in _all(arguments)}
    free = [name for name in _PARAMETERS if name not in taken]
    needed = len(arguments.args) - len(arguments.defaults)
    if not free or not needed:
        return False
    name, last, first = random_.choice(free), arguments.args[needed - 1], node.body[1]
    lines = [line.encode() for line in text.splitlines(keepends=True)]
    indent = b" " * first.col_offset
    check = indent + f"if {name} is None:\n".encode() + indent + f"    raise ValueError('{name} is needed')\n".encode()
    lines.insert(first.lineno - 1, check)
    row, column = (last.end_lineno or last.lineno) - 1, last.end_col_offset or 0
    lines[row] = lines[row][:column] + f", {name}".encode() + lines[row][column:]
    result = b"".join(lines).decode()
    if parsed(result) is None:
        return False
    path.write_text(result, encoding="utf-8")
    return True


def _all(arguments: ast.arguments) -> Sequence[ast.arg]:
    further = [arg for arg in (arguments.vararg, arguments.kwarg) if arg]
    return [*arguments.args, *arguments.kwonlyargs, *further]
