"""The languages that are understood: their tree-sitter grammars, and which nodes of a tree are what.

The grammars are wheels of their own that carry the compiled parser; nothing is fetched at run time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Final

from tree_sitter import Language, Node

from planfirst.parsing import parse


@dataclass(frozen=True, slots=True)
class Grammar:
    """One language.

    Attributes:
        module, entry: where the grammar is: a package, and the function in it.
        functions: node types of functions and methods.
        types: node types of classes and what is like them; what stands in them counts as theirs.
        wrappers: node types around one of these that belong to it, such as decorators.
        comments: node types of comments.
        line_comment: how a line of comment begins.
        between: node types that may stand between a comment and what it is about.
        holders: node types that hold statements.
    """

    module: str
    functions: frozenset[str]
    types: frozenset[str]
    line_comment: str = "//"
    entry: str = "language"
    wrappers: frozenset[str] = frozenset()
    comments: frozenset[str] = frozenset({"comment"})
    between: frozenset[str] = frozenset()
    holders: frozenset[str] = frozenset()


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PYTHON = Grammar(
    "tree_sitter_python",
    _set("function_definition"),
    _set("class_definition"),
    line_comment="#",
    wrappers=_set("decorated_definition"),
    holders=_set("module block"),
)
_ECMA_FUNCTIONS = "function_declaration generator_function_declaration method_definition"
_JAVASCRIPT = Grammar(
    "tree_sitter_javascript",
    _set(_ECMA_FUNCTIONS),
    _set("class_declaration"),
    wrappers=_set("export_statement"),
    holders=_set("program statement_block"),
)
_TYPES = "class_declaration abstract_class_declaration interface_declaration enum_declaration type_alias_declaration"
_TYPESCRIPT = Grammar(
    "tree_sitter_typescript",
    _set(_ECMA_FUNCTIONS),
    _set(_TYPES),
    entry="language_typescript",
    wrappers=_set("export_statement ambient_declaration"),
    between=_set("decorator"),
    holders=_set("program statement_block"),
)
_TSX = Grammar(
    "tree_sitter_typescript",
    _set(_ECMA_FUNCTIONS),
    _set(_TYPES),
    entry="language_tsx",
    wrappers=_set("export_statement ambient_declaration"),
    between=_set("decorator"),
    holders=_set("program statement_block"),
)
_JAVA = Grammar(
    "tree_sitter_java",
    _set("method_declaration constructor_declaration"),
    _set("class_declaration interface_declaration enum_declaration record_declaration annotation_type_declaration"),
    comments=_set("line_comment block_comment"),
    holders=_set("block constructor_body"),
)
_GO = Grammar(
    "tree_sitter_go",
    _set("function_declaration method_declaration"),
    _set("type_declaration"),
    holders=_set("source_file block statement_list"),
)
_RUST = Grammar(
    "tree_sitter_rust",
    _set("function_item"),
    _set("struct_item enum_item trait_item union_item"),
    comments=_set("line_comment block_comment"),
    between=_set("attribute_item"),
    holders=_set("source_file block"),
)
_C = Grammar(
    "tree_sitter_c",
    _set("function_definition"),
    _set("struct_specifier union_specifier enum_specifier"),
    wrappers=_set("type_definition declaration"),
    holders=_set("translation_unit compound_statement"),
)
_CPP = Grammar(
    "tree_sitter_cpp",
    _set("function_definition"),
    _set("class_specifier struct_specifier union_specifier enum_specifier"),
    wrappers=_set("template_declaration type_definition declaration"),
    holders=_set("translation_unit compound_statement declaration_list"),
)
BY_SUFFIX: Final[dict[str, Grammar]] = {
    **dict.fromkeys((".py", ".pyi"), _PYTHON),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx"), _JAVASCRIPT),
    **dict.fromkeys((".ts", ".mts", ".cts"), _TYPESCRIPT),
    ".tsx": _TSX,
    ".java": _JAVA,
    ".go": _GO,
    ".rs": _RUST,
    ".c": _C,
    **dict.fromkeys((".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx"), _CPP),  # C++ reads nearly all C headers
}


def root_of(data: bytes, grammar: Grammar) -> Node | None:
    """The tree of a file in that language; None where it would take far longer than real code of its length."""
    tree = parse(_language(grammar), data)
    return tree.root_node if tree else None


@cache
def _language(grammar: Grammar) -> Language:
    entry: Callable[[], object] = getattr(import_module(grammar.module), grammar.entry)
    return Language(entry())
