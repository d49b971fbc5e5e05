"""Which nodes of each language's syntax tree matter to requests and placing.

The grammars are tree-sitter's, from wheels that carry the compiled parser; nothing is fetched at run time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Shape:
    """One language. All sets are of node types.

    Attributes:
        module, entry: where the grammar is: a package, and the function in it.
        functions: what has a body of statements.
        types: what has a body of members.
        wrappers: what stands around one of these and belongs to it.
        marks: decorators and attributes that stand beside what they belong to.
        comments: comments.
        holders: what statements or members may stand in directly.
        cases: what holds nothing but the cases of a switch.
        closed: what a comment may stand in where it asks for no statement: parameters, imports, the items of a literal.
        texts: strings that may go on over several lines and whose rows must not be moved.
        jumps: statements after which nothing runs.
        hoisted: statements that count wherever they stand.
        fields: members of a type that hold a value.
    """

    module: str
    functions: frozenset[str]
    types: frozenset[str]
    holders: frozenset[str]
    jumps: frozenset[str]
    entry: str = "language"
    wrappers: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    comments: frozenset[str] = frozenset({"comment"})
    cases: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    hoisted: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset({"field_declaration"})


_PYTHON = Shape(
    "tree_sitter_python",
    functions=_set("function_definition"),
    types=_set("class_definition"),
    wrappers=_set("decorated_definition"),
    holders=_set(
        "module block function_definition class_definition decorated_definition if_statement elif_clause else_clause "
        "for_statement while_statement try_statement except_clause except_group_clause finally_clause with_statement "
        "match_statement case_clause"
    ),
    closed=_set(
        "parameters lambda_parameters type_parameter import_from_statement decorator with_clause list tuple set "
        "dictionary list_comprehension dictionary_comprehension set_comprehension generator_expression"
    ),
    texts=_set("string"),
    jumps=_set("return_statement raise_statement break_statement continue_statement"),
    fields=_set("assignment"),
)
_ECMA_FUNCTIONS = (
    "function_declaration generator_function_declaration method_definition function_expression generator_function "
    "arrow_function"
)
_ECMA_HOLDERS = (
    "program statement_block class_body class_static_block switch_case switch_default interface_body object_type"
)
_ECMA_CLOSED = "formal_parameters type_parameters named_imports export_clause enum_body import_clause object array"
_ECMA_TYPES = "class_declaration class abstract_class_declaration interface_declaration enum_declaration"
_ECMA_WRAPPERS = (
    "export_statement ambient_declaration lexical_declaration variable_declaration variable_declarator "
    "expression_statement assignment_expression pair public_field_definition field_definition "
    "parenthesized_expression"
)
_LEAVES = _set("return_statement break_statement continue_statement")
_THROWS, _GOTO = _set("throw_statement"), _set("goto_statement")


def _ecma(module: str, entry: str = "language") -> Shape:
    return Shape(
        module,
        entry=entry,
        functions=_set(_ECMA_FUNCTIONS),
        types=_set(_ECMA_TYPES),
        wrappers=_set(_ECMA_WRAPPERS),
        marks=_set("decorator"),
        comments=_set("comment html_comment"),
        holders=_set(_ECMA_HOLDERS),
        cases=_set("switch_body"),
        closed=_set(_ECMA_CLOSED),
        texts=_set("template_string"),
        jumps=_LEAVES | _THROWS,
        hoisted=_set("function_declaration generator_function_declaration"),
        fields=_set("public_field_definition field_definition property_signature"),
    )


_JAVA = Shape(
    "tree_sitter_java",
    functions=_set("method_declaration constructor_declaration compact_constructor_declaration"),
    types=_set(
        "class_declaration interface_declaration record_declaration annotation_type_declaration enum_declaration"
    ),
    comments=_set("line_comment block_comment"),
    holders=_set(
        "program block class_body interface_body annotation_type_body enum_body_declarations constructor_body "
        "switch_block_statement_group"
    ),
    cases=_set("switch_block"),
    closed=_set(
        "formal_parameters type_parameters enum_body modifiers record_declaration "
        "array_initializer element_value_array_initializer"
    ),
    jumps=_LEAVES | _THROWS | _set("yield_statement"),
)
_GO = Shape(
    "tree_sitter_go",
    functions=_set("function_declaration method_declaration"),
    types=_set("struct_type interface_type"),
    wrappers=_set("type_spec type_declaration"),
    holders=_set(
        "source_file block statement_list field_declaration_list interface_type expression_case default_case "
        "type_case communication_case"
    ),
    cases=_set("expression_switch_statement type_switch_statement select_statement"),
    closed=_set(
        "parameter_list type_parameter_list import_spec_list import_declaration const_declaration literal_value"
    ),
    texts=_set("raw_string_literal"),
    jumps=_LEAVES | _GOTO,
    hoisted=_set("labeled_statement"),
)
_RUST = Shape(
    "tree_sitter_rust",
    functions=_set("function_item"),
    types=_set("struct_item trait_item impl_item union_item enum_item"),
    marks=_set("attribute_item"),
    comments=_set("line_comment block_comment"),
    holders=_set("source_file block declaration_list field_declaration_list"),
    closed=_set(
        "parameters type_parameters use_declaration use_list enum_variant_list where_clause macro_definition "
        "array_expression tuple_expression field_initializer_list token_tree"
    ),
    texts=_set("string_literal raw_string_literal"),
    jumps=_set("return_expression break_expression continue_expression"),
    hoisted=_set("function_item struct_item enum_item impl_item trait_item use_declaration const_item"),
)
_C_HOLDERS = (
    "translation_unit compound_statement declaration_list field_declaration_list case_statement preproc_if "
    "preproc_ifdef preproc_else preproc_elif preproc_elifdef"
)
_C_CLOSED = (
    "parameter_list template_parameter_list enumerator_list preproc_def preproc_function_def preproc_params "
    "initializer_list"
)
_C = Shape(
    "tree_sitter_c",
    functions=_set("function_definition"),
    types=_set("struct_specifier union_specifier enum_specifier"),
    wrappers=_set("type_definition declaration"),
    holders=_set(_C_HOLDERS),
    closed=_set(_C_CLOSED),
    jumps=_LEAVES | _GOTO,
    hoisted=_set("labeled_statement case_statement"),
)
_CPP = Shape(
    "tree_sitter_cpp",
    functions=_set("function_definition"),
    types=_set("class_specifier struct_specifier union_specifier enum_specifier"),
    wrappers=_set("template_declaration type_definition declaration"),
    holders=_set(_C_HOLDERS),
    closed=_set(_C_CLOSED),
    texts=_set("raw_string_literal"),
    jumps=_LEAVES | _THROWS | _GOTO | _set("co_return_statement"),
    hoisted=_set("labeled_statement case_statement"),
)
SHAPES: Final[dict[str, Shape]] = {
    "python": _PYTHON,
    "javascript": _ecma("tree_sitter_javascript"),
    "javascriptreact": _ecma("tree_sitter_javascript"),
    "typescript": _ecma("tree_sitter_typescript", "language_typescript"),
    "typescriptreact": _ecma("tree_sitter_typescript", "language_tsx"),
    "java": _JAVA,
    "go": _GO,
    "rust": _RUST,
    "c": _C,
    "cpp": _CPP,
}
ECMA: Final = frozenset(("javascript", "javascriptreact", "typescript", "typescriptreact"))
