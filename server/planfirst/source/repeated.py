"""Comments that an answer repeats: what asks for the code stands in the file already."""

from __future__ import annotations

import re
from collections.abc import Sequence

from planfirst.source import lines as lined
from planfirst.source.site import Site

_COMMENT = re.compile(r"\s*(?:///?|//!|/\*\*?|\*|\#|--)\s*(.*?)\s*(?:\*/)?\s*")
# An answer stands for lines that it leaves out with these.
_LEFT_OUT = re.compile(
    r"""(?:///?|/\*|\#|--)\s*(?:(?:\.{3}|…).*
    |(?:the\ |your\ )?(?:(?:rest|remainder)\ of\ (?:the|your)\ (?:code|file|class|module|program)
    |(?:existing|remaining|other)\ code)\b
    (?:\ (?:here|below|above|is|are|stays?|remains?|goes|unchanged|the|same|as|before|it|was))*\W*)""",
    re.IGNORECASE | re.VERBOSE,
)


def without_said(rows: Sequence[str], site: Site, text: str) -> tuple[str, ...]:
    """The rows of a body without the comments at its beginning that say what the request says."""
    said = said_by(site, text)
    start = 0
    while start < len(rows) and (not rows[start].strip() or words_of(rows[start]) in said):
        start += 1
    return tuple(rows) if start >= len(rows) or not any(rows[n].strip() for n in range(start)) else tuple(rows[start:])


def without_gaps(code: str) -> str:
    """Code without the comments beside its definitions that stand for what it leaves out of the file."""
    rows, kept = code.split("\n"), list[str]()
    for row in rows:
        above = next((one for one in reversed(kept) if one.strip()), "")
        if not _LEFT_OUT.fullmatch(row.rstrip()) or (above and not above.startswith((" ", "\t", "}"))):
            kept.append(row)
    return code if len(kept) == len(rows) or not any(row.strip() for row in kept) else "\n".join(lined.trim(kept))


def words_of(row: str) -> str:
    """What a row of comment says, for comparing; empty for other rows, and for a comment without words."""
    found = _COMMENT.fullmatch(row)
    said = " ".join(found[1].split()).casefold() if found else ""
    return said if any(character.isalnum() for character in said) else ""


def said_by(site: Site, text: str) -> set[str]:
    """What the comments in the function say, and those that ask for it."""
    inside = site.stub.comments if site.stub is not None else ()
    own = [row for comment in inside for row in comment.rows]
    rows = lined.split(text)[site.first : site.request_last + 1]
    said = {words_of(lined.bare(row)) for row in rows} | {" ".join(row.split()).casefold() for row in own}
    return {one for one in said if one}
