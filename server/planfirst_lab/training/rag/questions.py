"""Questions about a repository whose answer is a call, found in docstrings, call sites, tests and the README.

Nothing is imported or run: sources are parsed. A question belongs to the file that defines the function it asks for.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from planfirst_lab.parsing import parsed
from planfirst_lab.training.rag import given
from planfirst_lab.training.rag.snapshot import README, Snapshot
from planfirst_lab.training.rag.symbols import Function, FunctionNode, Symbols, symbols_of, tree_of

KINDS = ("docstring", given.KIND, "call site", "test", "readme")
_LONGEST = 70  # characters of an answer
_MOST_ARGUMENTS = 4
_PER_FUNCTION = 3  # questions of one kind about one function, so that none dominates
_FENCE = re.compile(r"```(?:python|py|pycon)?\s*\n(.*?)```", re.DOTALL)
_PROMPT = re.compile(r"^(?:>>> |\.\.\. )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answer.

    Attributes:
        id: unique over all repositories.
        kind: one of `KINDS`.
        function: the function that is asked for.
        text: what is asked, in the words of the source.
        given: the arguments, as they stand between the parentheses of the answer; empty where that is left open.
        signature: the ``def`` line in which the answer is to stand; empty for none.
        answer: an expression that calls the function.
        apart: the place in the store that would give the answer away, as ``file:name``; empty for none.
    """

    id: str
    repository: str
    kind: str
    function: Function
    text: str
    answer: str
    given: str = ""
    signature: str = ""
    apart: str = ""


def questions_of(snapshot: Snapshot, symbols: Symbols | None = None) -> list[Question]:
    """All questions of a repository, in an order that depends on its files alone."""
    symbols = symbols or symbols_of(snapshot)
    found: list[Question] = []
    count: dict[tuple[str, str], int] = {}
    sources = (
        _docstrings(symbols),
        _given(snapshot, symbols),
        _call_sites(snapshot, symbols),
        _tests(snapshot, symbols),
        _readme(snapshot, symbols),
    )
    for source in sources:
        for kind, function, text, answer, arguments, signature, apart in source:
            n = count.get((kind, function.name), 0)
            if n < _PER_FUNCTION and len(answer) <= _LONGEST:
                count[kind, function.name] = n + 1
                name = f"{snapshot.name}/{kind}/{function.name}/{n}"
                found.append(Question(name, snapshot.name, kind, function, text, answer, arguments, signature, apart))
    return found


_Found = Iterator[tuple[str, Function, str, str, str, str, str]]


def _docstrings(symbols: Symbols) -> _Found:
    for function in symbols.functions.values():
        yield "docstring", function, function.sentence, function.call, "", "", ""


def _given(snapshot: Snapshot, symbols: Symbols) -> _Found:
    """The docstrings' questions, with what the call is given."""
    for function in symbols.functions.values():
        if 1 <= len(function.required) <= given.MOST:
            random_ = random.Random(f"{snapshot.name}/{function.name}")  # noqa: S311 - repeatable, not secret
            arguments = given.arguments(function.required, random_)
            yield given.KIND, function, function.sentence, f"{function.name}({arguments})", arguments, "", ""


def _call_sites(snapshot: Snapshot, symbols: Symbols) -> _Found:
    """Calls whose arguments are the caller's parameters, so that its ``def`` line says all that the answer needs."""
    for file in snapshot.files(tests=False):
        tree = tree_of(snapshot.folder / file)
        for node in ast.walk(tree) if tree else ():
            if not isinstance(node, FunctionNode):
                continue
            known = {arg.arg for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
            for call in ast.walk(node):
                function = _called(call, symbols)
                if function and function.name != node.name and _built_of(call, known):
                    apart = f"{file}:{node.name}"
                    yield "call site", function, function.sentence, ast.unparse(call), "", _header(node), apart


def _tests(snapshot: Snapshot, symbols: Symbols) -> _Found:
    """Asserted calls with literal arguments."""
    for file in snapshot.files(tests=True):
        tree = tree_of(snapshot.folder / file)
        for node in ast.walk(tree) if tree else ():
            if not isinstance(node, ast.Assert):
                continue
            for call in ast.walk(node.test):
                function = _called(call, symbols)
                if function and isinstance(call, ast.Call) and call.args and _built_of(call, set()):
                    call.func = ast.Name(function.name)
                    answer = ast.unparse(call)
                    arguments = answer.removeprefix(f"{function.name}(").removesuffix(")")
                    yield "test", function, function.sentence, answer, arguments, "", ""


def _readme(snapshot: Snapshot, symbols: Symbols) -> _Found:
    path = snapshot.folder / README
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    before = 0
    for block in _FENCE.finditer(text):
        said = _last_sentence(text[before : block.start()])
        before = block.end()
        code = block[1]
        if _PROMPT.search(code):
            code = "\n".join(line[4:] for line in code.splitlines() if _PROMPT.match(line))
        tree = parsed(code)
        for call in ast.walk(tree) if tree and said else ():
            if (function := _called(call, symbols)) and isinstance(call, ast.Call):
                call.func = ast.Name(function.name)
                yield "readme", function, said, ast.unparse(call), "", "", ""


def _last_sentence(text: str) -> str:
    paragraph = text.strip().rpartition("\n\n")[2]
    words = re.split(r"(?<=[.!?:])\s+", " ".join(paragraph.split()))[-1].strip("#:*` ").split()
    return " ".join(words) if 3 <= len(words) <= 30 else ""


def _called(node: ast.AST, symbols: Symbols) -> Function | None:
    """The repository's function that a call names, by itself or behind a module's name."""
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Name):
        return symbols.functions.get(node.func.id)
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        owner = node.func.value.id
        return None if owner in ("self", "cls") else symbols.functions.get(node.func.attr)
    return None


def _built_of(node: ast.AST, known: set[str]) -> bool:
    """Whether a call's arguments are literals and known names only."""
    if not isinstance(node, ast.Call) or (not isinstance(node.func, ast.Name) and known):
        return False
    parts = [*node.args, *(keyword.value for keyword in node.keywords)]
    if not parts or len(parts) > _MOST_ARGUMENTS or any(keyword.arg is None for keyword in node.keywords):
        return False
    allowed = (ast.Constant, ast.Name, ast.List, ast.Tuple, ast.Load, ast.UnaryOp, ast.USub)
    inside = [inner for part in parts for inner in ast.walk(part)]
    return all(isinstance(i, allowed) and (not isinstance(i, ast.Name) or i.id in known) for i in inside)


def _header(node: FunctionNode) -> str:
    """The ``def`` line without hints and defaults."""
    arguments = node.args
    names = [arg.arg for arg in (*arguments.posonlyargs, *arguments.args)]
    names += [f"*{arguments.vararg.arg}"] if arguments.vararg else ["*"] if arguments.kwonlyargs else []
    names += [arg.arg for arg in arguments.kwonlyargs]
    names += [f"**{arguments.kwarg.arg}"] if arguments.kwarg else []
    return f"{'async ' * isinstance(node, ast.AsyncFunctionDef)}def {node.name}({', '.join(names)}):"
