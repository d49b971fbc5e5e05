"""Tells whether a comment outside of functions asks for statements: for something to be done there, by a script.

Elsewhere a comment without a function below it asks for a function. In a script nobody would call that, and an example
that is a function leads a model to write one.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter

from planfirst.source.guards import is_guard
from planfirst.source.languages import Language
from planfirst.source.python import parses
from planfirst.source.syntax import MOST_CHARACTERS, syntax_of

# Languages whose statements may stand at the top of a file.
_SCRIPTED = frozenset(
    (
        *("python", "javascript", "typescript", "ruby", "php", "shellscript", "powershell", "perl", "r", "julia"),
        *("lua", "elixir"),
    )
)
_DEFINITION = re.compile(
    r"\b(?:functions?|fn|class(?:es)?|methods?|def|generators?|decorators?|helpers?|dataclass|enum)\b|함수|클래스|메서드",
    re.IGNORECASE,
)
# What a script does: it speaks to who runs it; a function may do that, too.
_SPEAKS = re.compile(r"\b(?:prints?|ask|prompt|show|display|output)\b|출력|입력|물어|보여", re.IGNORECASE)
# What it alone does: it names who runs it, and the files that it reads.
_NAMES = re.compile(
    r"\bthe user\b|\b(?:current|this) (?:folder|directory)\b|\bcommand.line arguments?\b|\bfrom stdin\b|사용자"
    r"|(?<![\w.-])[A-Za-z][\w-]*\.(?:csv|tsv|txt|json|jsonl|log|md|xml|ya?ml|ini|toml|html?|pdf|png|jpe?g|zip|db)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_CALL = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\(")
_WORD = re.compile(r"\w+")
_BUILT_IN = frozenset(dir(builtins))
_STATEMENTS = frozenset(
    (
        *("for_statement", "for_in_statement", "while_statement", "do_statement", "if_statement", "try_statement"),
        *("switch_statement", "throw_statement"),
    )
)
_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_PYTHON_STATEMENTS = ast.For | ast.While | ast.With | ast.AsyncFor | ast.AsyncWith | ast.AugAssign | ast.Delete


def asks_for_statements(request: str, text: str, language: Language, in_block: bool = False) -> bool:
    """Whether the request is for statements and not for a definition.

    Args:
        request: outside of functions and types.
        in_block: it stands in a block, such as a loop.
    """
    if language.id not in _SCRIPTED or _DEFINITION.search(request) or _shows_call(request, text):
        return False
    if in_block or _NAMES.search(request) or _is_script(text, language):
        return True
    return is_to_be_done(request) and not _is_module(text, language)


def is_to_be_done(request: str) -> bool:
    """Whether a request's own words say that something is to be done there."""
    return bool(_SPEAKS.search(request) or _NAMES.search(request))


def _shows_call(request: str, text: str) -> bool:
    """Whether it shows a call of a function that the file does not use elsewhere: that is to be defined."""
    there, said = Counter(_WORD.findall(text)), Counter(_WORD.findall(request))
    return any(there[name] <= said[name] for name in _CALL.findall(request) if name not in _BUILT_IN)


def _is_script(text: str, language: Language) -> bool:
    """Whether something is done at the top level of a file, besides imports, definitions and constants."""
    if len(text) > MOST_CHARACTERS:
        return False
    if language.id == "python":
        tree = parses(text)
        return tree is not None and any(map(_does, tree.body))
    syntax = syntax_of(text, language.id)
    if syntax is None:
        return False
    nodes = syntax.root.named_children
    return any(
        node.type in _STATEMENTS
        or (node.type == "expression_statement" and node.named_children[:1] and _calls(node.named_children[0].type))
        for node in nodes
    )


def _is_module(text: str, language: Language) -> bool:
    """Whether a file of Python holds definitions and no data of its own."""
    tree = parses(text) if language.id == "python" and len(text) <= MOST_CHARACTERS else None
    nodes = tree.body if tree is not None else []
    return any(isinstance(node, _DEFINITIONS) for node in nodes) and not any(map(_holds_data, nodes))


def _holds_data(node: ast.stmt) -> bool:
    """Whether it sets a name that is neither private nor a constant to something that it does not get by a call."""
    if not isinstance(node, ast.Assign) or isinstance(node.value, ast.Call | ast.Name | ast.Attribute | ast.Lambda):
        return False
    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
    return any(name.islower() and not name.startswith("_") for name in names)


def _calls(kind: str) -> bool:
    return kind in ("call_expression", "await_expression", "update_expression", "augmented_assignment_expression")


def _does(node: ast.stmt) -> bool:
    """Whether a statement of a module does something when it is imported, and does not only set a name."""
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    if isinstance(node, ast.If | ast.Try):
        return not is_guard(node) and any(map(_does, [*node.body, *node.orelse]))
    return isinstance(node, _PYTHON_STATEMENTS)
