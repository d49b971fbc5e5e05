"""Programs in other languages than Python: an answer put into its file, by the syntax tree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from planfirst.corpora.code.grammars import BY_SUFFIX, Grammar, root_of

_GRAMMARS = {"javascript": BY_SUFFIX[".js"], "typescript": BY_SUFFIX[".ts"], "java": BY_SUFFIX[".java"]}
LANGUAGES = tuple(_GRAMMARS)
_MAIN = "main"
# What tests bring themselves; a second declaration of it would be an error.
_ASSERT = re.compile(
    r"^(?:const|let|var|import)\s+\{?[\w\s,*]*\bassert\b[^\n]*(?:require\s*\(|from\s)[^\n]*$", re.MULTILINE
)
_EXPORT = re.compile(
    r"^export\s+(?:default\s+)?(?=(?:async\s+)?(?:function|const|let|var|class|type|interface|enum)\b)", re.MULTILINE
)


def placed(language: str, file: str, name: str, answer: str) -> str:
    """The file with the answer in it, so that tests can follow.

    Args:
        file: ends with the header of the function to be written and its opening brace.
        name: the function's.
        answer: the function, with or without others around it, or its body.

    Returns:
        In JavaScript and TypeScript the whole function. In Java, where it stands in a class, all but its closing brace.
    """
    return _in_class(file, name, answer) if language == "java" else _at_top(_GRAMMARS[language], file, name, answer)


def parses(language: str, text: str) -> bool:
    """Whether a file has no fault of syntax."""
    return not _tree(_GRAMMARS[language], text).has_error


def _at_top(grammar: Grammar, file: str, name: str, answer: str) -> str:
    code = _EXPORT.sub("", _ASSERT.sub("", answer))
    if any(_named(node, name) for node in _tree(grammar, code).children):
        above = file[: file.rstrip().rfind("\n") + 1]
        return f"{above}{code}\n"
    whole = f"{file}{code}\n"
    return whole if not _tree(grammar, whole).has_error else f"{whole}}}\n"


def _named(node: Node, name: str) -> bool:
    """Whether a statement at the top declares this name."""
    if node.type in ("lexical_declaration", "variable_declaration"):
        return any(_named(child, name) for child in node.named_children)
    named = node.child_by_field_name("name")
    return named is not None and _text(named) == name


def _in_class(file: str, name: str, answer: str) -> str:
    imports = "".join(f"{line}\n" for line in answer.split("\n") if line.startswith("import "))
    code = "\n".join(line for line in answer.split("\n") if not line.startswith(("import ", "package ")))
    grammar = _GRAMMARS["java"]
    for text in (code, f"class Answer {{\n{code}\n}}"):
        for owner in _classes(_tree(grammar, text)):
            body = owner.child_by_field_name("body")
            members = body.named_children if body else []
            wanted = [member for member in members if _is_method(member, name)]
            if wanted:
                others = [one for one in members if one not in wanted and not _is_method(one, _MAIN)]
                kept = [_text(one) for one in [*others, wanted[-1]]]
                beside = [_text(one) for one in owner.parent.named_children if one != owner] if owner.parent else []
                above = file[: file.index("class Problem")]
                joined = "\n".join(kept).rstrip().removesuffix("}")
                return "\n".join([imports + above, *beside, "class Problem {", joined])
    return imports + _open_body(f"{file}{code}".rstrip())


def _open_body(text: str) -> str:
    """The file without the braces by which an answer that is a body closed method and class."""
    grammar = _GRAMMARS["java"]
    for surplus in (2, 1):
        missing = "}" * (2 - surplus)
        if not _tree(grammar, f"{text}\n{missing}").has_error:
            for _ in range(surplus):
                text = text.rstrip().removesuffix("}")
            return text
    return text


def _classes(root: Node) -> Iterator[Node]:
    yield from (node for node in root.named_children if node.type == "class_declaration")


def _is_method(node: Node, name: str) -> bool:
    named = node.child_by_field_name("name")
    return node.type == "method_declaration" and named is not None and _text(named) == name


def _tree(grammar: Grammar, text: str) -> Node:
    root = root_of(text.encode("utf-8", "replace"), grammar)
    assert root is not None  # the benchmark's own programs are no such texts
    return root


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
