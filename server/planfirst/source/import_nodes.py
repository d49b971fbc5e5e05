"""Moves imports out of generated code in languages with braces, and adds those that the file lacks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.edits import Draft
from planfirst.source.shapes import ECMA
from planfirst.source.syntax import Syntax, syntax_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_PACKAGES = frozenset(("package_clause", "package_declaration"))
_IMPORTS = frozenset(
    (
        *("import_statement", "import_declaration", "use_declaration", "extern_crate_declaration", "preproc_include"),
        *("using_declaration", "namespace_use_declaration"),
    )
)
_PYTHON = frozenset(("import_from_statement", "future_import_statement"))
_AROUND = frozenset(("preproc_ifdef", "preproc_if"))
_FIRST = re.compile(r"\s*(?:#!|['\"]use strict['\"]|#!\[|//!|#pragma once)")


def without_imports(text: str, code: str, language: str) -> tuple[str, list[Draft]]:
    """Parts code from its imports and its package clause.

    Args:
        text: the file.
        code: flush left, with ``\\n`` line ends.

    Returns:
        The code without what the file has or gets, and the edit that adds that. All stays as it is without a grammar.
    """
    file, answer = syntax_of(text, language), syntax_of(code, language)
    if file is None or answer is None:
        return code, []
    nodes = [node for node in answer.root.named_children if _is_import(node, answer) or node.type in _PACKAGES]
    nodes = [node for node in nodes if _has_its_rows(node, answer)]
    if not nodes:
        return code, []
    gone = {n for node in nodes for n in range(answer.first(node), answer.last(node) + 1)}
    rest = lined.trim([row for n, row in enumerate(code.split("\n")) if n not in gone])
    has = {atom for node in _all(file) for atom in _atoms(node, file)}
    if rest:
        has |= {atom for node in nodes for atom in _atoms(node, answer) if _is_unused(atom, rest, language)}
    bound = {name for node in _all(file) for name in _bound(node, file)} if language in ECMA else set()
    package, wanted = list[str](), list[str]()
    for node in nodes:
        if node.type in _PACKAGES:
            if not any(child.type in _PACKAGES for child in file.root.children):
                package.append(answer.text(node).strip())
            continue
        for row in _missing(node, answer, has, bound):
            wanted.extend([] if row in wanted else [row])
        has |= set(_atoms(node, answer))
    rows = [*package, *([""] if package and wanted else []), *wanted]
    drafts = [_draft(file, [part for row in rows for part in row.split("\n")])] if rows else []
    return "\n".join(rest), drafts


def _is_unused(atom: str, rest: list[str], language: str) -> bool:
    """Whether the code does without an import: Go does not compile then, and in Java nobody wants it."""
    if language == "go":
        alias, _, path = atom.rpartition('"')[0].partition('"')
        names = {alias.strip()} if alias.strip() else set(re.findall(r"\w+", "/".join(path.split("/")[-2:])))
        return not names & {"_", "."} and not any(re.search(rf"\b{name}\.", row) for name in names for row in rest)
    if language != "java" or "*" in atom or not atom.startswith("import "):
        return False
    name = atom.rpartition(".")[2]
    return not any(re.search(rf"\b{re.escape(name)}\b", row) for row in rest)


def is_beside(node: Node, syntax: Syntax) -> bool:
    """Whether a node is an import or a package clause that stands at the top of a file."""
    if node.type not in _PACKAGES | _PYTHON and not _is_import(node, syntax):
        return False
    parent = node.parent  # tree-sitter looks for it from the root on, so only where it may matter
    return parent is not None and (parent.parent is None or parent.type in _AROUND)


def uses(node: Node, syntax: Syntax, words: Collection[str]) -> bool:
    """Whether one of these words is a name that an import may bind; of a wildcard and a header, that is not known."""
    if node.type in _PACKAGES:
        return True
    if node.type in ("preproc_include", "using_declaration", "use_declaration") or "*" in syntax.text(node):
        return True
    names = set(re.findall(r"\w+", syntax.text(node)))
    return not names.isdisjoint(words)


def _is_import(node: Node, syntax: Syntax) -> bool:
    if node.type in _IMPORTS:
        return node.type != "using_declaration" or syntax.text(node).startswith("using namespace")
    return node.type in ("lexical_declaration", "variable_declaration") and bool(
        re.fullmatch(r"(?:const|let|var)\s[^=]+=\s*require\([^()]*\)(?:\.\w+)?;?", syntax.text(node).strip())
    )


def _has_its_rows(node: Node, syntax: Syntax) -> bool:
    """Whether nothing else stands on its lines."""
    first, last = syntax.first(node), syntax.last(node)
    whole = "".join(syntax.lines[first : last + 1]).strip()
    return whole.rstrip(";").strip() == syntax.text(node).strip().rstrip(";").strip()


def _all(syntax: Syntax) -> Iterator[Node]:
    """The imports of a file, those within an include guard as well."""
    todo = list(reversed(syntax.root.named_children))
    while todo:
        node = todo.pop()
        if node.type in _AROUND:
            todo += reversed(node.named_children)
        elif _is_import(node, syntax):
            yield node


def _atoms(node: Node, syntax: Syntax) -> Iterator[str]:
    """What an import brings, one thing at a time, in a form that can be compared."""
    if node.type == "use_declaration":
        yield from _paths(_plain(syntax.text(node).removeprefix("pub ").removeprefix("use").rstrip(";")))
        return
    specs = [one for one in walk(node) if one.type == "import_spec"]
    if specs:
        yield from (_plain(syntax.text(one)) for one in specs)
        return
    yield _plain(syntax.text(node)).rstrip(";").replace('"', "'").strip()


def _missing(node: Node, syntax: Syntax, has: set[str], bound: set[str]) -> Iterator[str]:
    """The rows that bring what the file lacks."""
    atoms = list(_atoms(node, syntax))
    lacking = [atom for atom in atoms if atom not in has and not _is_covered(atom, has)]
    names = _bound(node, syntax)
    if names:
        lacking_names = [name for name in names if name not in bound]
        if not lacking_names:
            return
        if len(lacking_names) < len(names):
            yield from _fewer(node, syntax, lacking_names)
            return
    if len(lacking) == len(atoms):
        yield syntax.text(node).strip() + (
            "" if syntax.text(node).rstrip().endswith((";", ")", ">", '"', "'")) else ";"
        )
    elif node.type == "use_declaration":
        yield from (f"use {atom};" for atom in lacking)
    else:
        yield from (f"import {atom}" for atom in lacking)


def _is_covered(atom: str, has: set[str]) -> bool:
    """Whether a wildcard import brings it."""
    head = re.sub(r"(\.|::)\w+$", r"\1*", atom)
    return head != atom and head in has


def _fewer(node: Node, syntax: Syntax, names: list[str]) -> Iterator[str]:
    """An ECMAScript import of some of its names only."""
    text = syntax.text(node).strip()
    source = re.search(r"from\s*(['\"][^'\"]+['\"])", text)
    specs = [one for one in walk(node) if one.type == "import_specifier"]
    kept = [syntax.text(one) for one in specs if re.split(r"\s+as\s+|\s+", syntax.text(one))[-1] in names]
    if source and kept:
        kind = "import type" if text.startswith("import type") else "import"
        yield f"{kind} {{ {', '.join(kept)} }} from {source[1]};"
    elif source:
        for name in names:
            star = f"* as {name}" if re.search(rf"\*\s*as\s+{re.escape(name)}\b", text) else name
            yield f"import {star} from {source[1]};"


def _bound(node: Node, syntax: Syntax) -> list[str]:
    """The names that an ECMAScript import binds."""
    if node.type not in ("import_statement", "lexical_declaration", "variable_declaration"):
        return []
    clause = next((one for one in node.named_children if one.type == "import_clause"), None)
    if clause is None:
        declared = [one.child_by_field_name("name") for one in node.named_children if one.type == "variable_declarator"]
        kinds = ("identifier", "shorthand_property_identifier_pattern")
        return [syntax.text(leaf) for one in declared if one for leaf in walk(one) if leaf.type in kinds]
    found = []
    for one in walk(clause):
        if one.type == "import_specifier":
            found.append(re.split(r"\s+as\s+|\s+", syntax.text(one))[-1])
        elif (
            one.type == "identifier"
            and one.parent is not None
            and one.parent.type in ("import_clause", "namespace_import")
        ):
            found.append(syntax.text(one))
    return found


def _paths(tree: str) -> Iterator[str]:
    """The paths of a Rust ``use`` tree, without its braces."""
    head, brace, rest = tree.partition("{")
    if not brace:
        yield tree.strip()
        return
    depth, part, parts = 0, "", list[str]()
    for character in rest[: rest.rfind("}")]:
        depth += (character == "{") - (character == "}")
        if character == "," and not depth:
            parts.append(part)
            part = ""
        else:
            part += character
    for one in [*parts, part]:
        if one.strip():
            for path in _paths(one.strip()):
                yield head.strip().removesuffix("::") if path == "self" else head.strip() + path


def _plain(text: str) -> str:
    return " ".join(text.split())


def _draft(file: Syntax, rows: list[str]) -> Draft:
    """Below the last import, else below the package, else above the first code and the comment that belongs to it."""
    nodes = list(_all(file))
    if nodes:
        at = file.last(nodes[-1]) + 1
        return Draft(at, at, tuple(rows))
    package = next((node for node in file.root.named_children if node.type in _PACKAGES), None)
    if package is not None:
        at = file.last(package) + 1
        return Draft(at, at, ("", *rows))
    at = 0
    while at < len(file.lines) and _FIRST.match(file.lines[at]):
        at += 1
    below = bool(at < len(file.lines) and file.lines[at].strip())
    return Draft(at, at, (*rows, *([""] if below else [])))
