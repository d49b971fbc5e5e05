"""Comments that ask for nothing: licence headers and commented-out code; headings are in `headings`."""

from __future__ import annotations

import ast
import re
import sys

from planfirst.source import lines as lined
from planfirst.source.blocks import Block
from planfirst.source.headings import is_heading
from planfirst.source.languages import Language
from planfirst.source.python import parses
from planfirst.source.shapes import ECMA
from planfirst.source.syntax import syntax_of, walk

_LICENCE = re.compile(
    r"""\bcopyright\b|\(c\)\s*\d{4}|©|SPDX-|\ball\s+rights\s+reserved\b|\blicen[cs]ed?\s+(?:under|to)\b
    |\bpermission\s+is\s+hereby\s+granted\b|\bredistribution\s+and\s+use\b|\bpublic\s+domain\b
    |\b(?:MIT|BSD|Apache|GPL|LGPL|MPL|ISC)\b.{0,20}\blicen[cs]e\b""",
    re.IGNORECASE | re.VERBOSE,
)
_PLAIN = (ast.Name, ast.Constant, ast.Tuple, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Attribute, ast.List)
_ENDS = re.compile(r"[;{}]\s*$")
_CALL = re.compile(r"[\w.\]>]+\(.*\)[;,]?\s*$")
_ASSIGNED = re.compile(
    r"^\s*(?:(?:const|let|var|final|auto|static|int|my|local)\s+)?[\w.\[\]*]+\s*(?::=|[-+*/]?=)\s*\S"
)
_LINK = re.compile(r"(?:\w+:\s+)?https?://\S+")
_PARTS = ("if x:\n    pass\n", "try:\n    pass\n", "match x:\n    ")  # what may stand before the rest of a statement
_EXAMPLE = re.compile(r"\s*(?:console\.)?(?:debug_)?(?:assert|expect)(?:_eq)?\b")
_MOST_ROWS = 400
_FRAMES: dict[str, tuple[str, str]] = {
    "java": ("class A { void f() {\n", "\n} }"),
    "go": ("package a\nfunc f() {\n", "\n}"),
    "rust": ("fn f() {\n", "\n}"),
    "c": ("void f(void) {\n", "\n}"),
    "cpp": ("void f() {\n", "\n}"),
}


def is_silent(text: str, block: Block, language: Language) -> bool:
    """Whether a comment block is no request."""
    if block.plan is not None:
        return False
    if _LINK.fullmatch(block.request) or _is_licence(text, block):
        return True
    return _is_region(text, block, language) or is_heading(block.request) or is_code(block.request, language)


def _is_region(text: str, block: Block, language: Language) -> bool:
    """Whether it is the title of lines that an editor folds, with its end below it."""
    if not block.request.startswith("region ") or "\n" in block.request:
        return False
    below = (line.strip().removeprefix(language.line).strip() for line in lined.split(text)[block.last + 1 :])
    return any(row.startswith("endregion") for row in below)


def _is_licence(text: str, block: Block) -> bool:
    """Whether it speaks of a licence and stands above all code."""
    if not _LICENCE.search(block.request):
        return False
    above = lined.split(text)[: block.first]
    return not any(_is_code_line(line) for line in above)


def _is_code_line(line: str) -> bool:
    line = line.strip("\ufeff \t\r\n\f")
    return bool(line) and not line.startswith(
        ("#", "//", "/*", "*", "--", ";", "%", "<!--", "<?", '"""', "'''", "package")
    )


def is_code(words: str, language: Language) -> bool:
    """Whether a text is code and not a sentence: it parses, and holds what sentences do not."""
    rows = [row for row in words.split("\n") if row.strip()]
    if not rows or len(rows) > _MOST_ROWS:
        return False
    if language.id == "python":
        return _is_python(words)
    if language.id in _FRAMES or language.id in ECMA:
        return _is_braced(words, rows, language)
    return all(_ENDS.search(row) or _CALL.fullmatch(row.strip()) or _ASSIGNED.match(row) for row in rows)


def is_example(words: str, language: Language) -> bool:
    """Whether a text is nothing but assertions or doctests: of the function that it stands with, it is an example."""
    rows = [row for row in words.split("\n") if row.strip()]
    if rows and rows[0].lstrip().startswith(">>>"):
        return True
    if language.id != "python":
        return bool(rows) and all(_EXAMPLE.match(row) for row in rows) and is_code(words, language)
    tree = parses(words)
    return tree is not None and bool(tree.body) and all(isinstance(node, ast.Assert) for node in tree.body)


def _is_python(words: str) -> bool:
    tree = parses(words) or parses(f"{words}\n    pass\n")
    if tree is None:
        begins = words.split(None, 1)[0].rstrip(":")
        if words.startswith("@") and "\n" not in words.strip():
            return parses(f"{words}\ndef f(): pass\n") is not None
        if begins not in ("else", "elif", "except", "finally", "case"):
            return False
        whole = [f"{before}{words}\n    {more}" for before in _PARTS[:2] for more in ("", "pass\n")]
        return any(parses(one) is not None for one in [*whole, f"{_PARTS[2]}{words}"])
    if not tree.body:
        return False
    return any(not _is_sentence(node, len(tree.body) == 1) for node in tree.body)


def _is_sentence(node: ast.stmt, alone: bool) -> bool:
    """Whether a statement may just as well be English: ``sort``, ``a, b``, ``x is y``, ``return result``."""
    match node:
        case ast.Expr(value=value):
            return isinstance(value, _PLAIN)
        case ast.Return(value=value):
            return alone and (value is None or isinstance(value, ast.Name))
        case ast.Assert(test=test):
            return alone and isinstance(test, ast.Name)
        case ast.Raise(exc=ast.Name()) | ast.Delete() | ast.Global() | ast.Nonlocal():
            return alone
        case ast.Import(names=[ast.alias(name=name)]):
            return alone and name.partition(".")[0] not in sys.stdlib_module_names
        case ast.AnnAssign(value=None):
            return alone  # "note: sort them"
        case _:
            return False


def _is_braced(words: str, rows: list[str], language: Language) -> bool:
    begin, end = _FRAMES.get(language.id, ("async function f() {\n", "\n}"))
    if language.id in ECMA and words.lstrip().startswith("<") and words.rstrip().endswith(">"):
        syntax = syntax_of(f"x = (\n{words}\n)", "typescriptreact")
        return syntax is not None and not syntax.root.has_error
    if not any(_ENDS.search(row) or _CALL.search(row) or _ASSIGNED.match(row) for row in rows):
        return False
    for text in (f"{begin}{words}{end}", words):
        syntax = syntax_of(text, language.id)
        if syntax is not None and not syntax.root.has_error and not any(node.is_missing for node in walk(syntax.root)):
            return any(mark in words for mark in ("(", "=", ";", "{", "++", "--"))
    # the beginning or the end of a block, whose rest is commented out elsewhere
    return all(_ENDS.search(row) or row.rstrip().endswith((",", "(", ")")) for row in rows) and ";" in words
