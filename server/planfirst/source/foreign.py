"""Notices code in another language than its file: by its syntax errors, and only where that is certain."""

from __future__ import annotations

import re
from functools import lru_cache

from planfirst.source.python import parses
from planfirst.source.shapes import SHAPES
from planfirst.source.syntax import Syntax, syntax_of, walk

NAMES = {
    "python": "Python",
    "typescriptreact": "TypeScript",
    "java": "Java",
    "go": "Go",
    "rust": "Rust",
    "cpp": "C++",
    "javascript": "JavaScript",
    "javascriptreact": "JavaScript",
    "typescript": "TypeScript",
    "c": "C",
}
_OTHERS = ("python", "javascript", "typescript", "typescriptreact", "go", "rust", "java", "cpp")
_FAMILIES = ({"javascript", "javascriptreact", "typescript", "typescriptreact"}, {"c", "cpp"})
# Where they stand alone, these say a language as surely as a grammar does.
_AROUND = (
    "@",
    "class X {\n@\n}",
    "void f() {\n@\n}",
    "function f() {\n@\n}",
    "func f() {\n@\n}",
    "fn f() {\n@\n}",
    "impl X {\n@\n}",
)
_PYTHON_LINES = re.compile(r"^(?:(?:async )?def \w+\(.*|class \w+.*:|from [\w.]+ import .+)$", re.MULTILINE)
_DEF = ("scala", "groovy")  # what Python begins a function with, they do as well
_BRACES = re.compile(r"\{[ \t]*$", re.MULTILINE)
_MOST = 40_000  # characters that are looked at for other languages; a part of good code need not read


@lru_cache(maxsize=64)
def foreign(code: str, language: str) -> str:
    """The name of the language that code is written in, if it is another one than the file's; empty if not, or unsure.

    Args:
        language: the file's, by the editor's id.
    """
    if not code.strip() or reads(code, language):
        return ""
    code = code[:_MOST]
    if language not in SHAPES:
        is_python = language not in ("plaintext", "markdown", "cython", "restructuredtext", "latex")
        is_python = is_python and not (language in _DEF and _BRACES.search(code))
        return "Python" if is_python and _says_something(code, "python") and _PYTHON_LINES.search(code) else ""
    family = next((one for one in _FAMILIES if language in one), {language})
    for other in _OTHERS:
        if other == language or (other in family and language not in ("javascript", "javascriptreact")):
            continue
        if _says_something(code, other):
            return NAMES[other]
    return ""


def reads(code: str, language: str) -> bool:
    """Whether code has no syntax errors in a language, as a file or as a part of one; False without a grammar."""
    if language == "python":
        return parses(code) is not None
    if language not in SHAPES:
        return False
    return any(_is_clean(around.replace("@", code), language) for around in _AROUND)


def errors(text: str, language: str) -> int:
    """How many syntax errors a text has; 0 where there is no grammar."""
    syntax = syntax_of(text, language)
    return sum(node.is_error or node.is_missing for node in walk(syntax.root)) if syntax else 0


def _is_clean(text: str, language: str) -> bool:
    syntax = syntax_of(text, language)
    return syntax is not None and not syntax.root.has_error


def _says_something(code: str, language: str) -> bool:
    """Whether code reads in a language, and has a definition or an import, which no other one has by chance."""
    if language == "python":
        return parses(code) is not None and bool(_PYTHON_LINES.search(code))
    syntax = syntax_of(code, language)
    return (
        syntax is not None
        and not syntax.root.has_error
        and any(_is_telling(node.type, syntax) for node in walk(syntax.root))
    )


def _is_telling(kind: str, syntax: Syntax) -> bool:
    return kind in syntax.shape.functions | syntax.shape.types or kind in (
        *("import_statement", "import_declaration", "use_declaration", "preproc_include", "package_clause"),
        *("package_declaration",),
    )
