"""Functions of real source files, emptied one at a time, with the answer that would give the file back."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from planfirst.source import lines as lined
from planfirst.source.definitions import definition_of
from planfirst.source.indent import kept_rows
from planfirst.source.languages import Language, language_of
from planfirst.source.locate import locate
from planfirst.source.place import place_code
from planfirst.source.syntax import Syntax, named, syntax_of

_LARGEST = 150_000  # characters of a file
_PLACEHOLDERS = {
    "python": ("pass", "...", "raise NotImplementedError", "raise NotImplementedError('to do')", "return None"),
    "java": ('throw new UnsupportedOperationException("to do");', "return null;"),
    "go": ('panic("to do")', "return nil"),
    "rust": ("todo!()", 'unimplemented!("to do")'),
    "c": ("return NULL;", "abort();"),
    "cpp": ("return nullptr;", 'throw std::runtime_error("to do");'),
}
_COMMENTS = (b"# ", b"//", b"/*")
_OF_ECMA = ('throw new Error("to do");', "return null;", "return undefined;")


@dataclass(frozen=True)
class Emptied:
    """A file with one function emptied: its text, the header's last line, and the function's body as written."""

    original: str
    text: str
    line: int
    body: str
    outer: str


def emptied(original: str, language: Language, draw: random.Random) -> Iterator[Emptied]:
    """Each function of a file that has a name and a body, emptied."""
    syntax = syntax_of(original, language.id)
    if syntax is None or syntax.root.has_error:
        return
    for node in syntax.touching(0, len(syntax.lines)):
        if node.type not in syntax.shape.functions:
            continue
        found = definition_of(node, syntax)
        if found.body is None or not found.name or found.overload:
            continue
        region = _region(node, found.body, syntax, language)
        if region is None or _nothing(syntax.cut(*region)):
            continue
        start, end = region
        outer = lined.leading(syntax.lines[syntax.line(found.start)])
        opening = start - 1
        start = _behind_comment(start, end, syntax)
        raw = syntax.data[start:end].decode()
        instead = _instead(raw, outer, syntax, language, draw)
        text = syntax.data[:start].decode() + instead + syntax.data[end:].decode()
        yield Emptied(original, text, syntax.line(opening), raw.replace("\r\n", "\n"), outer)


def _behind_comment(start: int, end: int, syntax: Syntax) -> int:
    """The end of the header's line, if nothing but a comment follows in it."""
    line_end = syntax.data.find(b"\n", start, end)
    rest = syntax.data[start:line_end].strip() if line_end > 0 else b""
    closed = not rest.startswith(b"/*") or rest.endswith(b"*/")
    return line_end - syntax.data[:line_end].endswith(b"\r") if rest[:2] in _COMMENTS and closed else start


def _nothing(body: str) -> bool:
    return not any(line.strip() and not line.strip().startswith(("#", "//")) for line in body.split("\n"))


def _region(node, body, syntax: Syntax, language: Language) -> tuple[int, int] | None:  # type: ignore[no-untyped-def]
    if language.id == "python":
        statements = named(body)
        code = [one for one in statements if one.type != "comment"]
        doc = code[0] if code and code[0].type == "expression_statement" else None
        is_doc = doc is not None and [one.type for one in doc.named_children] == ["string"]
        if is_doc and doc is not None:
            return (doc.end_byte, body.end_byte) if len(code) > 1 else None
        colon = next((child for child in node.children if child.type == ":"), None)
        return (colon.end_byte, body.end_byte) if colon is not None else None
    opening = next((child for child in body.children if child.type == "{"), None)
    closing = next((child for child in reversed(body.children) if child.type == "}"), None)
    return (opening.end_byte, closing.start_byte) if opening and closing else None


def _instead(raw: str, outer: str, syntax: Syntax, language: Language, draw: random.Random) -> str:
    newline = lined.newline_of("".join(syntax.lines))
    placeholder = draw.choice(_PLACEHOLDERS.get(language.id, _OF_ECMA))
    rows = [row for row in raw.replace("\r\n", "\n").split("\n")[1:] if row.strip() and row[0] != "#"]
    indent = lined.leading(rows[0]) if rows else ""
    if language.id == "python":
        return f"{newline}{indent}{placeholder}" if rows else f" {placeholder}"
    if not rows:
        return draw.choice(("", f" {placeholder} "))
    last = lined.leading(raw[raw.rindex("\n") + 1 :]) if "\n" in raw else outer
    if draw.random() < 0.3:
        return f"{newline}{last}"
    return f"{newline}{indent}{placeholder}{newline}{last}"


def given_back(one: Emptied, language: Language, echo: bool = False) -> str:
    """What became of the file, in a word; ``same`` if it is as it was.

    Args:
        echo: whether the answer is the whole file, and not what goes on from the stub.
    """
    site = locate(one.text, one.line, one.line, language)
    if site is None or site.kind != "stub":
        return "not offered"
    whole = one.original.replace("\r\n", "\n")
    code = whole if echo else answer(one, site.task.stub, language)
    result = place_code(one.text, site, code, language).result
    if result == one.original:
        return "same"
    return _difference(one, result)


def answer(one: Emptied, stub: str, language: Language) -> str:
    """What a model writes that goes on from the stub with the body as it was."""
    end = "" if language.id == "python" else "}"
    rows = f"{one.body}{end}".split("\n")
    flush = stub + "\n".join([rows[0], *(row.removeprefix(one.outer) for row in rows[1:])])
    fixed = kept_rows(flush, language)
    top = stub.count("\n")
    kept = [row if n + top in fixed else row.removeprefix(one.outer) for n, row in enumerate(rows)]
    return stub + "\n".join([rows[0], *kept[1:]])


def _difference(one: Emptied, result: str) -> str:
    before, after = lined.split(one.original), lined.split(result)
    if [line.rstrip() for line in before] == [line.rstrip() for line in after]:
        return "white space or line ends"
    if [line.strip() for line in before] == [line.strip() for line in after]:
        return "indentation of a row that stands further left than the body"
    added = Counter(line.strip() for line in after) - Counter(line.strip() for line in before)
    if added and all(line.startswith(("import ", "from ")) or not line for line in added):
        return "an import was added"
    if Counter(line.strip() for line in before) == Counter(line.strip() for line in after):
        return "order of lines"
    return "text"


def files(roots: list[Path], suffixes: tuple[str, ...]) -> list[Path]:
    """The source files below some folders, without minified ones."""
    found = {path for root in roots for suffix in suffixes for path in root.rglob(f"*{suffix}") if path.is_file()}
    return sorted(path for path in found if not path.name.endswith((".min.js", ".d.ts")))


def read(path: Path, most: int = _LARGEST) -> str | None:
    """A file's text as it is; None for one that has more characters or is not UTF-8."""
    try:
        text = path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None
    return text if len(text) <= most and "\0" not in text else None


def language_for(path: Path) -> Language:
    """A file's language; headers may be C++."""
    found = language_of("", path.name)
    return language_of("cpp") if path.suffix == ".h" else found
