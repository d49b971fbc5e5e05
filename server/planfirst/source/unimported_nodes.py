"""Standard library imports that generated Go, Java, Rust, C and C++ needs and does not have; `unimported` is Python's.

What is added is certain: the name is used as nothing but what the standard library calls so, and bound nowhere else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from planfirst.source.standard_names import CPP, GO, JAVA, RUST, C
from planfirst.source.syntax import Syntax, syntax_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_OTHERS = (
    "stddef.h",
    "cstddef",
    "stdarg.h",
    "time.h",
    "ctime",
    "locale",
    "iterator",
    "type_traits",
    "initializer_list",
)
_WORDS = ("identifier", "type_identifier", "primitive_type")
_NAMES = ("identifier", "type_identifier", "package_identifier", "namespace_identifier")


def unimported_nodes(text: str, code: str, language: str) -> list[str]:
    """Import statements for what the code uses and neither it nor the file has; sorted.

    Args:
        text: the file that the code is for.
        code: flush left.
    """
    find = {"go": _go, "java": _java, "rust": _rust, "c": _c, "cpp": _cpp}.get(language)
    file = syntax_of(text, language) if find is not None else None
    answer = syntax_of(code, language) if find is not None else None
    return sorted(set(find(file, answer))) if find is not None and file is not None and answer is not None else []


def _leaves(syntax: Syntax) -> list[Node]:
    return [node for node in walk(syntax.root) if not node.child_count and node.type in _NAMES]


def _go(file: Syntax, answer: Syntax) -> list[str]:
    used = _packages(answer) - _packages(file)
    others = {
        syntax.text(node)
        for syntax in (file, answer)
        for node in _leaves(syntax)
        if syntax.data[node.end_byte : node.end_byte + 1] != b"."
    }
    imported = _said(file, answer, "import")
    names = (name for name in used & GO.keys() if name not in others)
    return [f'import "{GO[name]}"' for name in names if not re.search(rf'["/ ]{name}["/]|\b{name} "', imported)]


def _packages(syntax: Syntax) -> set[str]:
    """The names that something is taken from."""
    data = syntax.data
    owners = [node for node in _leaves(syntax) if data[node.end_byte : node.end_byte + 1] == b"."]
    return {syntax.text(node) for node in owners if data[max(node.start_byte - 1, 0) : node.start_byte] != b"."}


def _java(file: Syntax, answer: Syntax) -> list[str]:
    used = _words(answer) - _words(file) - _declared(answer)
    imported = _said(file, answer, "import")
    if re.search(r"import\s+(?!java\.)[\w.]+\*", imported):
        return []
    own = _said(file, answer, "package_declaration")
    return [
        f"import {whole};"
        for name, whole in JAVA.items()
        if name in used
        and not re.search(rf"\.{name}\s*;", imported)
        and f"{whole.rpartition('.')[0]}.*" not in imported
        and f"package {whole.rpartition('.')[0]};" not in own
    ]


def _rust(file: Syntax, answer: Syntax) -> list[str]:
    used = {
        answer.text(node)
        for node in _leaves(answer)
        if answer.data[max(node.start_byte - 2, 0) : node.start_byte] != b"::"
    }
    used -= _words(file) | _declared(answer)
    imported = _said(file, answer, "use")
    if "*" in imported.replace("super::*", ""):
        return []
    return [f"use {RUST[name]};" for name in used & RUST.keys() if not re.search(rf"\b{name}\b", imported)]


def _c(file: Syntax, answer: Syntax) -> list[str]:
    return _headers(file, answer, C, _words(answer) - _declared(answer), _words(file))


def _cpp(file: Syntax, answer: Syntax) -> list[str]:
    return _headers(file, answer, CPP, _of_std(answer), _of_std(file))


def _of_std(syntax: Syntax) -> set[str]:
    return {found[1] for found in re.finditer(r"\bstd::(\w+)", syntax.data.decode("utf-8", "replace"))}


def _headers(file: Syntax, answer: Syntax, known: dict[str, str], used: set[str], before: set[str]) -> list[str]:
    included = _said(file, answer, "include")
    standard = {*C.values(), *CPP.values(), *_OTHERS, *(f"c{name.removesuffix('.h')}" for name in C.values())}
    if '"' in included or not standard >= set(re.findall(r"<([^<>]+)>", included)):
        return []  # who knows what headers of others bring
    headers = {known[name] for name in used & known.keys()} - {known[name] for name in before & known.keys()}
    missing = [
        header
        for header in headers
        if not re.search(rf"[</](?:c)?{re.escape(header.removesuffix('.h'))}(?:\.h)?>", included)
    ]
    return [f"#include <{header}>" for header in missing]


def _words(syntax: Syntax) -> set[str]:
    """All names of a text; what the file has without importing it, it has from elsewhere."""
    return {syntax.text(node) for node in walk(syntax.root) if not node.child_count and node.type in _WORDS}


def _said(file: Syntax, answer: Syntax, word: str) -> str:
    """The imports of both."""
    nodes = [(node, syntax) for syntax in (file, answer) for node in walk(syntax.root) if word in node.type]
    return "\n".join(syntax.text(node) for node, syntax in nodes)


def _declared(syntax: Syntax) -> set[str]:
    """The names of what a text defines."""
    fields = (node.child_by_field_name(field) for node in walk(syntax.root) for field in ("name", "declarator"))
    return {syntax.text(node) for node in fields if node is not None and not node.child_count}
