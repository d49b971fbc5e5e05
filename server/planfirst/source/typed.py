"""A request that was typed elsewhere, such as in a chat, as a comment at a place in a file."""

from __future__ import annotations

from planfirst.source import lines as lined
from planfirst.source.embedded import language_at
from planfirst.source.languages import Language


def with_request(text: str, line: int, request: str, language: Language) -> tuple[str, int]:
    """The text with a request as a comment below a line, as you would have written it there.

    Args:
        line: past the end means the last line.

    Returns:
        The text, and the comment's first line.
    """
    lines = lined.split(text)
    at = min(line + 1, len(lines))
    end, indent = lined.newline_of(text), _indent(lines, at, language)
    above = bool(at and lines[at - 1].strip()) and not lines[at - 1].rstrip().endswith((":", "{"))
    below = at < len(lines) and bool(lines[at].strip())
    open_end = end if lines and at == len(lines) and not lines[-1].endswith(("\n", "\r")) else ""
    written = [f"{indent}{row}".rstrip() + end for row in _comment(request, language_at(text, at - 1, language))]
    put = [*([end] if above else []), *written, *([end] if below else [])]
    return "".join([*lines[:at], open_end, *put, *lines[at:]]), at + above


def _comment(request: str, language: Language) -> list[str]:
    rows = [row.strip() for row in request.splitlines() if row.strip()]
    if language.line:
        return [f"{language.line} {row}" for row in rows]
    assert language.block is not None  # every language has one or the other
    opening, closing = language.block
    words = " ".join(rows).replace(closing, " ").replace(opening, " ")
    return [f"{opening} {words} {closing}"]


def _indent(lines: list[str], at: int, language: Language) -> str:
    """What code at a line is indented by: as the code above, and deeper where that opens a block."""
    above = next((line for line in reversed(lines[:at]) if line.strip()), "")
    indent = lined.leading(above)
    if not above.rstrip().endswith((":", "{")):
        return indent
    deeper = lined.leading(next((line for line in lines[at:] if line.strip()), ""))
    return deeper if deeper.startswith(indent) and deeper != indent else indent + language.indent
