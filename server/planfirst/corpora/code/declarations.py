"""What a pair of an opened folder's code declares: its header, without its body."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from planfirst.core.types import Declaration, Pair
from planfirst.corpora.code.definitions import body_of, is_named_function
from planfirst.corpora.code.grammars import BY_SUFFIX, Grammar, root_of
from planfirst.corpora.code.words import name_in_words

_PYTHON = (".py", ".pyi")
_ECMA = (".js", ".jsx", ".mjs", ".ts", ".tsx", ".mts")
_TYPE = "class Type {\n"  # a method stands in a type, or it does not parse
_OPENS = ("=>", "{", ":", "=")


def declaration_of(pair: Pair, folder: Path) -> Declaration | None:
    """What a pair declares; None for statements, which nobody can call.

    Args:
        folder: the one that the pair's file is below.
    """
    rest, _, line = pair.id.rpartition(":")
    file, _, name = rest.rpartition(":")
    path = PurePosixPath(file)
    grammar = BY_SUFFIX.get(path.suffix.lower())
    if not name or grammar is None:
        return None
    owner, _, own = name.rpartition(".")
    header, is_type = _header(pair.code, grammar, is_member=bool(owner))
    about = "" if pair.question == name_in_words(own, owner) else pair.question
    return Declaration(name, header, about, file, int(line), is_type, _module(folder, path)) if header else None


def _module(folder: Path, file: PurePosixPath) -> str:
    """What a file's names are imported from, as `Declaration.module` says."""
    if file.suffix in _PYTHON:
        return module_of(folder, file)
    return (folder / file).with_suffix("").as_posix() if file.suffix in _ECMA else ""


def module_of(folder: Path, file: PurePosixPath) -> str:
    """What Python imports a file as: from the first folder above it that is no package."""
    parts = list(file.with_suffix("").parts)
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    top = len(parts) - 1
    while top > 0 and folder.joinpath(*parts[:top], "__init__.py").is_file():
        top -= 1
    return ".".join(parts[top:])


def _header(code: str, grammar: Grammar, is_member: bool) -> tuple[str, bool]:
    """The code up to the body of its first function, or all of a type; empty where there is neither."""
    for around in (_TYPE, "") if is_member else ("", _TYPE):
        data = f"{around}{code}".encode()
        root = root_of(data, grammar)
        todo = [root] if root else []
        while todo:
            node = todo.pop(0)
            if node.start_byte >= len(around):
                if node.type in grammar.types:
                    return code, True
                is_function = node.type in grammar.functions or is_named_function(node)
                if is_function and (body := body_of(node)) is not None:
                    return _closed(data[len(around) : body.start_byte].decode()), False
            todo += node.named_children
    return "", False


def _closed(header: str) -> str:
    """A header without what opens the body, and without a docstring's room."""
    header = header.rstrip()
    while header.endswith(_OPENS):
        header = header.removesuffix("=>").rstrip("{:= \t\n")
    return header
