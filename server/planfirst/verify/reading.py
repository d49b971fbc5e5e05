"""Faults that do not keep Python code from running: code that is never reached, never used, or hides another name.

Found by comparing the file with and without the generated code, so that you never hear of what you wrote yourself.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from planfirst.source.python import Function, docstring_of, names_bound, parses
from planfirst.verify.reading_calls import endless, misfits
from planfirst.verify.reading_members import unknown_members
from planfirst.verify.reading_results import without_result
from planfirst.words import Message

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_LEAVES = ast.Return | ast.Raise | ast.Break | ast.Continue
_BLOCKS = ("body", "orelse", "finalbody")
UNWRITTEN = re.compile(
    r"#\s*(?:\.\.\.\s*)?(?:todo\b.{0,20}(?:implement|write)\b.{0,20}|implement(?:ation)? (?:goes )?here"
    r"|(?:add|insert|put|write|your)\s(?:the |your )?(?:own )?(?:code|logic|implementation)"
    r"(?: (?:goes )?(?:here|below))?|(?:the )?(?:rest|remainder) of (?:the|your) \w+"
    r"|(?:existing|remaining|other) code)(?: (?:here|unchanged|stays?|remains?|is|the|same|as|before|goes))*\W*$",
    re.IGNORECASE | re.MULTILINE,
)
_MADE_UP = re.compile(r"""["']([^"'\s]*\bpath[/\\]+to[/\\]+[^"'\n]*)["']""")
_OBLIGED = ("abstractmethod", "overload", "override")
_CONTEXT_MANAGERS = frozenset(("contextmanager", "asynccontextmanager"))
_CALLED_BACK_WITH = frozenset(("event", "context", "ctx", "request", "sender", "signum", "frame", "args", "kwargs"))


def doubts(before: str, after: str, name: str = "") -> list[Message]:
    """What is wrong with added code, by reading it, though it would run.

    Args:
        before, after: the file without and with the code.
        name: the function that was asked for, which the file has already; empty for none.
    """
    tree, old = parses(after), parses(before)
    if tree is None:
        return []
    known = set(_found(old, before)) if old is not None else set()
    found = [text for text in dict.fromkeys(_found(tree, after)) if text not in known]
    had = {node.name for node in ast.walk(old) if isinstance(node, _DEFINITION)} if old is not None else set()
    now, then = _unwritten(tree), _unwritten(old) if old is not None else Counter[str]()
    for node, owner in _functions(tree):
        if node.name in had and node.name != name:
            continue
        if _is_placeholder(node):
            if now[node.name] >= then[node.name]:  # else it is another one of that name, which was there
                found.append(Message("code-unwritten", name=node.name))
        elif _lacks_yield(node):
            found.append(Message("code-no-yield", name=node.name))
        else:
            if endless(node, owner):
                found.append(Message("code-endless", name=node.name))
            missing = without_result(node)
            found += [missing] if missing is not None else _ignoring(node, owner)
    return list(dict.fromkeys([*found, *_hiding(old, tree), *unknown_members(old, tree)]))


def made_up(before: str, after: str) -> list[Message]:
    """Paths of no place, such as ``/path/to/your/folder``, that added code has in it."""
    return [Message("code-made-up", path=path) for path in dict.fromkeys(_MADE_UP.findall(after)) if path not in before]


def says_nothing(code: str) -> bool:
    """Whether Python code holds no statement but texts: comments alone, or a plan in quotes."""
    tree = parses(code)
    return tree is not None and all(
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is not ...
        for node in tree.body
    )


def _found(tree: ast.Module, text: str) -> Iterator[Message]:
    for node in ast.walk(tree):
        for field in _BLOCKS:
            body = getattr(node, field, None)
            if isinstance(body, list):
                yield from _unreached(body)
                yield from _again(body)
        if isinstance(node, _FUNCTION):
            yield from _unused(node)
    yield from misfits(tree)
    for comment in UNWRITTEN.findall(text):
        yield Message("code-placeholder", comment=comment.strip())


def _unreached(body: Sequence[ast.stmt]) -> Iterator[Message]:
    for node, below in pairwise(body):
        if isinstance(node, _LEAVES) and not _makes_generator(below):
            yield Message("code-unreached", statement=ast.unparse(node)[:60])
            return


def _makes_generator(node: ast.stmt) -> bool:
    """A bare ``yield`` that nothing reaches still makes a generator."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield)


def _again(body: Sequence[ast.stmt]) -> Iterator[Message]:
    """Names that are defined twice in a block; decorators may join the two."""
    seen: dict[str, ast.stmt] = {}
    for node in body:
        if isinstance(node, _DEFINITION):
            if node.name in seen and not node.decorator_list:
                yield Message("code-defined-twice", name=node.name)
            seen[node.name] = node


def _unused(function: Function) -> Iterator[Message]:
    """Functions within a function that nothing in it names."""
    inner = [node for node in function.body if isinstance(node, _FUNCTION) and not node.decorator_list]
    for node in inner:
        others = [one for one in function.body if one is not node]
        read = {one.id for other in others for one in ast.walk(other) if isinstance(one, ast.Name)}
        shared = {name for other in others for one in ast.walk(other) for name in _shared(one)}
        if node.name not in read | shared:
            yield Message("code-unused", name=node.name, function=function.name)


def _shared(node: ast.AST) -> list[str]:
    """Names that a function shares with what is around it; ``locals()`` shares all, which nobody can follow."""
    return list(node.names) if isinstance(node, ast.Global | ast.Nonlocal) else []


def _functions(tree: ast.Module) -> Iterator[tuple[Function, ast.ClassDef | None]]:
    """The functions of the module and the methods of its classes, with their class."""
    stack: list[tuple[ast.stmt, ast.ClassDef | None]] = [(node, None) for node in tree.body]
    while stack:
        node, owner = stack.pop(0)
        if isinstance(node, _FUNCTION):
            yield node, owner
        elif isinstance(node, ast.ClassDef) and not _is_protocol(node):
            stack += [(one, node) for one in node.body]


def _unwritten(tree: ast.Module) -> Counter[str]:
    """How many functions of each name are still to be written."""
    return Counter(node.name for node in ast.walk(tree) if isinstance(node, _FUNCTION) and _is_empty(node))


def _is_empty(node: Function) -> bool:
    rest = node.body[1:] if docstring_of(node) else node.body
    return all(_stands_for_more(one) for one in rest)


def _is_protocol(node: ast.ClassDef) -> bool:
    return any(getattr(base, "id", getattr(base, "attr", "")) in ("Protocol", "ABC") for base in node.bases)


def _is_obliged(node: Function) -> bool:
    """Whether something else says which parameters a function has, or that it has no body."""
    return any(getattr(one, "id", getattr(one, "attr", "")) in _OBLIGED for one in node.decorator_list)


def _is_placeholder(node: Function) -> bool:
    rest = node.body[1:] if docstring_of(node) else node.body
    if _is_obliged(node) or not rest:
        return not _is_obliged(node)
    return all(_stands_for_more(one) for one in rest) and node.name != "__init__"


def _stands_for_more(node: ast.stmt) -> bool:
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.Name(id=name) | ast.Call(func=ast.Name(id=name))):
            return name == "NotImplementedError"
        case _:
            return False


def _lacks_yield(node: Function) -> bool:
    """Whether a function is to be a context manager, and yields nothing."""
    names = {getattr(one, "id", getattr(one, "attr", "")) for one in node.decorator_list}
    yields = any(isinstance(one, ast.Yield | ast.YieldFrom) for part in node.body for one in ast.walk(part))
    return bool(names & _CONTEXT_MANAGERS) and not yields


def _ignoring(node: Function, owner: ast.ClassDef | None) -> Iterator[Message]:
    """A function that uses nothing, or not all, of what it is given.

    What a method takes may be said by a base of its class, and what a function takes by whoever calls it back.
    """
    given = [one.arg for one in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]]
    given = [name for name in given if name not in ("self", "cls") and not name.startswith("_")]
    if not given or node.decorator_list or node.name.startswith("__"):
        return
    read = {one.id for part in node.body for one in ast.walk(part) if isinstance(one, ast.Name)}
    inherits = owner is not None and bool(owner.bases) and bool({"self", "cls"} & read)
    if {"locals", "vars", "super"} & read or inherits:
        return
    ignored = [name for name in given if name not in read]
    if ignored == given:
        yield Message("code-ignores-parameters", name=node.name)
    elif owner is None:
        for name in ignored:
            if name not in _CALLED_BACK_WITH:
                yield Message("code-ignores-parameter", name=node.name, parameter=name)


def _hiding(old: ast.Module | None, tree: ast.Module) -> Iterator[Message]:
    """Definitions of the module that are new and hide what had their name."""
    before = (
        {name for node in old.body for one in _own(node) for name in names_bound(one)} if old is not None else set()
    )
    imported = {name for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom) for name in _names(node)}
    for node in tree.body:
        for name in [node.name] if isinstance(node, _DEFINITION) else []:
            if name in imported:
                yield Message("code-hides-import", name=name)
            elif hasattr(builtins, name) and name not in before:
                yield Message("code-hides-builtin", name=name)


def _own(node: ast.stmt) -> Iterator[ast.AST]:
    yield node
    if not isinstance(node, _DEFINITION):
        yield from ast.walk(node)


def _names(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    for alias in node.names:
        yield from names_bound(alias)
