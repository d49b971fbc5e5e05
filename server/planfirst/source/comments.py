"""Finds the comments of a file, with a lexer that knows only comments and strings.

One regular expression per language reads the file once, in linear time, whether or not it is well formed. A string that
is not closed ends with its line, so a stray quote costs at most a comment behind it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

from planfirst.source import lines as lined
from planfirst.source.embedded import embedded
from planfirst.source.languages import Language
from planfirst.source.shapes import ECMA
from planfirst.source.syntax import syntax_of

_LEADING = re.compile(r"[ \t\f\ufeff]*")
_CHARACTER_LITERALS = frozenset(
    ("rust", "haskell", "scala", "kotlin", "java", "c", "cpp", "csharp", "go", "swift", "julia", "clojure", "groovy")
)
_BACKTICK_STRINGS = frozenset(("javascript", "javascriptreact", "typescript", "typescriptreact", "go"))
_PRAGMA = re.compile(
    r"""\s*(?:
    # Python
    type:|noqa\b|NOQA\b|pragma\b|fmt:|pylint:|ruff:|mypy:|pyright:|pyre-|pytype:|isort:|flake8:|yapf:|black:|nosec\b
    |cython:|distutils:|lint:|doctest:|noinspection\b|In\s?\[[\d ]*\]|<\w+cell>|!jupyter\b
    # JavaScript and TypeScript
    |eslint-|tslint:|js[hl]int\s+\w+:|prettier-|biome-|deno-|oxlint-|stylelint-
    |@ts-|@flow\b|@jsx|@format\b|@noformat\b|@vite-|[@#]__\w+__|istanbul\s|[cv]8\s+ignore|webpack\w+:|\#\s?source(?:Mapping)?URL=
    |<reference\s|<amd-
    # C, C++, Go, Rust, Java
    |NOLINT|clang-format\s|cppcheck-|IWYU\s|(?i:fall-?\s?th(?:rough|ru))\W*$|LCOV_|GCOVR_|coverity\[
    |nolint\b|lint:|clippy::|rustfmt::|@formatter:|checkstyle:|CHECKSTYLE|NOSONAR|NOPMD|spotless:|\$NON-NLS
    # others
    |shellcheck\s|rubocop:|cspell:|spell-?checker:|codespell:|typos:|nosemgrep|editorconfig-|jscpd:
    |frozen_string_literal:|hadolint\s|swiftlint:|ktlint-|phpcs:|-\*-|vim?:|Local\sVariables:)
    |(?:go:|export\s+[A-Z]\w*$|line\s\S+:\d|\s?\+build\s|(?:end)?region\b|\s?\#(?:end)?region\b|\s(?:end)?region$
    |\s?%%|\s?///\s*\w*$)""",
    re.VERBOSE,
)
_PRAGMA_OF_BLOCK = re.compile(r"eslint\s|globals?\s|exported\s")
_CODING = re.compile(r"\s*(?:en)?coding\s*[:=]")


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment.

    Attributes:
        first, last: its lines, inclusive.
        column: where its marker begins in its first line.
        indent: the white space before it; empty behind code.
        own: it has its lines to itself.
        trailing: code stands before it, and nothing behind it.
        marker: what it begins with, as written.
        closer: what it ends with; empty for a line comment.
        rows: its text, one row for each line, without markers.
        pragma: it speaks to tools and not to people.
    """

    first: int
    last: int
    column: int
    indent: str
    own: bool
    trailing: bool
    marker: str
    closer: str
    rows: tuple[str, ...]
    pragma: bool = False


def scan(text: str, language: Language) -> tuple[Comment, ...]:
    """The comments of a file, in order. Shebangs, coding lines and pragmas are none: they speak to tools."""
    return _for_people(text, language)


@lru_cache(maxsize=8)
def _for_people(text: str, language: Language) -> tuple[Comment, ...]:
    return tuple(comment for comment in every(text, language) if not comment.pragma)


@lru_cache(maxsize=8)
def every(text: str, language: Language) -> tuple[Comment, ...]:
    """The comments of a file, in order, with those that speak to tools."""
    parts = embedded(text, language)
    if not parts:
        return tuple(_comments(text, language))
    rows = lined.split(text)
    of = dict.fromkeys(range(len(rows)), language)
    of |= {n: part.language for part in parts for n in range(part.first, part.last + 1)}
    found: list[Comment] = []
    for one in dict.fromkeys(of.values()):
        found += _comments(_only(rows, {n for n in of if of[n] == one}), one)
    return tuple(sorted(found, key=lambda comment: (comment.first, comment.column)))


def _only(rows: list[str], kept: set[int]) -> str:
    """The text with blanks for the other rows."""
    return "".join(row if n in kept else re.sub(r"[^\r\n]", " ", row) for n, row in enumerate(rows))


def _comments(text: str, language: Language) -> Iterator[Comment]:
    starts = list(accumulate((len(line) for line in lined.split(text)), initial=0))
    row, code = -1, 0
    for match in _lexer(language).finditer(text):
        if match.lastgroup not in ("line", "block"):
            continue
        first = bisect_right(starts, match.start()) - 1
        if first != row:  # once a line, for a line may hold thousands of comments
            row, code = first, _after_blanks(text, starts[first])
        column = match.start() - starts[first]
        comment = _comment(match, first, column, code == match.start(), language)
        if language.id in ECMA and comment.closer and not comment.own and text[code] == "{":
            comment = _in_jsx(text, comment, code - starts[first], match, language) or comment
        yield replace(comment, pragma=True) if _is_pragma(match, first, column, language) else comment


def without_texts(text: str, language: Language) -> str:
    """The text with a blank for each character of its comments and strings; its lines stay."""
    return _lexer(language).sub(lambda match: re.sub(r"[^\r\n]", " ", match[0]), text)


def _in_jsx(text: str, comment: Comment, column: int, match: re.Match[str], language: Language) -> Comment | None:
    """A comment among JSX elements, ``{/* … */}``, with its braces; None for another."""
    end = _after_blanks(text, match.end())
    if text[match.start() - comment.column + column + 1 : match.start()].strip() or text[end : end + 1] != "}":
        return None
    after = _after_blanks(text, end + 1)
    if after < len(text) and text[after] not in "\r\n":
        return None
    syntax = syntax_of(text, language.id)
    if syntax is None:
        return None
    start = syntax.byte(comment.first, comment.column)
    node = syntax.root.named_descendant_for_byte_range(start, start + 1)
    if node is None or node.parent is None or node.parent.type != "jsx_expression":
        return None
    indent = text[match.start() - comment.column : match.start() - comment.column + column]
    return replace(
        comment, column=column, indent=indent, own=True, trailing=False, marker="{/*", closer="*/}", rows=comment.rows
    )


@lru_cache(maxsize=64)
def _lexer(language: Language) -> re.Pattern[str]:
    return re.compile("|".join(_patterns(language)))


def _patterns(language: Language) -> Iterator[str]:
    if language.block:
        opening, closing = map(re.escape, language.block)
        begin = "(?:(?<=[\\r\\n])|\\A)" if opening.startswith("=") else ""
        yield rf"(?P<block>{begin}{opening}(?:[\s\S]*?{closing}|[\s\S]*))"
    python = language.id == "python"
    if language.line:
        # one-character markers also occur inside words: ${#list}, $#, 100\%
        begin = "" if python or len(language.line) > 1 else r"(?<!\S)"
        yield rf"(?P<line>{begin}{re.escape(language.line)}[^\r\n]*)"
    if python:
        for quote in "\"'":
            yield rf"{quote * 3}(?:[^{quote}\\]++|\\[\s\S]?|{quote}(?!{quote * 2}))*+(?:{quote * 3})?"
    if language.id in _BACKTICK_STRINGS:
        yield r"`(?:[^`\\]++|\\[\s\S]?)*+`?"
    escape = r"\\(?:\r\n|[\s\S])?" if python else r"\\[^\r\n]?"
    yield rf'"(?:[^"\\\r\n]++|{escape})*+"?'
    if language.id in _CHARACTER_LITERALS:
        yield r"'(?:\\[^\r\n]{1,10}?|[^'\\\r\n])'"
    else:
        yield rf"'(?:[^'\\\r\n]++|{escape})*+'?"


def _comment(match: re.Match[str], first: int, column: int, alone: bool, language: Language) -> Comment:
    text, start = match.string, match.start()
    indent = text[start - column : start].strip("\f\ufeff") if alone else ""
    if match.lastgroup == "line":
        marker, row = _line_parts(match[0], language.line)
        return Comment(first, first, column, indent, alone, not alone, marker, "", (row.rstrip().removeprefix(" "),))
    assert language.block is not None  # the pattern has no such group otherwise
    marker, rows, closer = _block_parts(match[0], *language.block)
    after = _after_blanks(text, match.end())
    ends = after == len(text) or text[after] in "\r\n"
    return Comment(
        first, first + len(rows) - 1, column, indent, alone and ends, ends and not alone, marker, closer, rows
    )


def _after_blanks(text: str, position: int) -> int:
    found = _LEADING.match(text, position)
    return found.end() if found else position


def _line_parts(raw: str, marker: str) -> tuple[str, str]:
    """A line comment's marker as written (``##``, ``///``) and its text."""
    marker += _run(raw[len(marker) :], marker[-1] + "!")
    return marker, raw[len(marker) :]


def _block_parts(raw: str, opening: str, closing: str) -> tuple[str, tuple[str, ...], str]:
    """A block comment's opening, its rows without the asterisks that begin them, and its closing, if there is one."""
    closed = len(raw) >= len(opening) + len(closing) and raw.endswith(closing)
    inner = raw[len(opening) : len(raw) - len(closing) * closed]
    run = _run(inner, "*!")
    head, *tail = [lined.bare(line).rstrip() for line in lined.split(inner[len(run) :])] or [""]
    if closed and inner.endswith(("\r", "\n")):
        tail.append("")
    if all(row.lstrip().startswith("*") for row in tail if row.strip()):
        tail = [row.lstrip().removeprefix("*").removeprefix(" ") for row in tail]
    elif tail:
        tail = lined.dedent(tail)
    return opening + run, (head.strip(), *tail), closing if closed else ""


def _run(text: str, characters: str) -> str:
    """The run of ``characters`` that a text begins with."""
    return text[: len(text) - len(text.lstrip(characters))]


def _is_pragma(match: re.Match[str], first: int, column: int, language: Language) -> bool:
    raw = match[0]
    if first == 0 and column == 0 and raw.startswith("#!"):
        return True
    if match.lastgroup == "line":
        text = _line_parts(raw, language.line)[1] if not raw.startswith("///") else raw[2:]
        if raw.startswith("///"):
            return bool(_PRAGMA.match(raw[3:])) and raw[3:].lstrip().startswith("<")
        return bool(_PRAGMA.match(text)) or (first <= 1 and bool(_CODING.match(text)))
    if language.block is None or "\n" in raw or "\r" in raw:
        return False
    inner = raw.removeprefix(language.block[0]).removesuffix(language.block[1])
    inner = inner.lstrip("*! ")
    return bool(_PRAGMA.match(inner) or (language.id in ECMA and _PRAGMA_OF_BLOCK.match(inner)))
