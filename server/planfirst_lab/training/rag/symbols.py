"""What a repository defines: its documented functions, with how they are called, and every name that exists in it."""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planfirst.corpora.functions import MIN_WORDS, first_sentence
from planfirst_lab.parsing import parsed
from planfirst_lab.training.rag.snapshot import Snapshot

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_BUILT_IN = frozenset(dir(builtins)).union(*(dir(kind) for kind in (str, bytes, list, dict, set, tuple, int, float)))


@dataclass(frozen=True, slots=True)
class Function:
    """A documented public function at the top of a file.

    Attributes:
        file: relative path.
        sentence: the first one of its docstring.
        required: the parameters that a call must give; those by keyword as ``name=``.
    """

    file: str
    name: str
    sentence: str
    required: tuple[str, ...]

    @property
    def call(self) -> str:
        """The shortest call: required parameters, each given by a variable of its name."""
        return call_text(self.name, self.required)


def call_text(name: str, required: Sequence[str]) -> str:
    """A call in which each parameter is given by a variable of its name; those by keyword end in ``=``."""
    return f"{name}({', '.join(f'{each}{each[:-1]}' if each.endswith('=') else each for each in required)})"


@dataclass(frozen=True, slots=True)
class Symbols:
    """Of one repository.

    Attributes:
        functions: by name; a name that several of them have is left out, since it does not say which is meant.
        names: all that is defined in it (functions, methods, classes, imported names), and what is built in.
    """

    functions: dict[str, Function]
    names: frozenset[str]


def tree_of(path: Path) -> ast.Module | None:
    """The tree of a file; None if it cannot be read or parsed."""
    try:
        return parsed(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return None


def symbols_of(snapshot: Snapshot) -> Symbols:
    """Reads all files but the tests."""
    functions: list[Function] = []
    names: set[str] = set()
    for file in snapshot.files(tests=False):
        tree = tree_of(snapshot.folder / file)
        if tree is not None:
            functions += [made for node in tree.body if (made := _function(node, file))]
            names |= _names(tree)
    count = Counter(function.name for function in functions)
    return Symbols({f.name: f for f in functions if count[f.name] == 1}, frozenset(names) | _BUILT_IN)


def required(node: FunctionNode) -> tuple[str, ...]:
    """The parameters without a default."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    first = positional[: len(positional) - len(arguments.defaults)]
    by_name = [arg for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if default is None]
    return (*(arg.arg for arg in first), *(f"{arg.arg}=" for arg in by_name))


def _function(node: ast.stmt, file: str) -> Function | None:
    if not isinstance(node, FunctionNode) or node.name.startswith("_"):
        return None
    sentence = first_sentence(ast.get_docstring(node) or "")
    if len(sentence.split()) < MIN_WORDS or f"{node.name}(" in sentence or len(sentence) > 160:
        return None  # says too little, shows the call itself, or is no sentence
    if len(node.body) < 2:
        return None  # the store has nothing of a function without a body
    return Function(file, node.name, sentence, required(node))


def _names(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).rpartition(".")[2])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names
