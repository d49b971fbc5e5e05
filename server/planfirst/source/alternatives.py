"""Parts of an answer that are another way to do the same, or that answer another request of the file."""

from __future__ import annotations

import re

from planfirst.source import lines as lined
from planfirst.source.blocks import blocks
from planfirst.source.indent import kept_rows
from planfirst.source.languages import Language
from planfirst.source.nodes import defined_in, inner_of, key_of, known_in, names_at_top, plain_of
from planfirst.source.part import listed
from planfirst.source.plain_stubs import name_in
from planfirst.source.repeated import words_of
from planfirst.source.site import Site
from planfirst.source.syntax import syntax_of
from planfirst.words import Message

_OTHER_WAY = re.compile(
    r"""\W*(?:alternative(?:ly|\ \w+)?\b|another\ (?:way|approach|option|version|solution)\b|or\ (?:with|using)\b
    |(?:option|method|approach|solution|version|variant|way|alternative)\s*\#?\s*(?:[2-9]|two|three|b)\s*(?:[-:.)(–]|$)
    |second\ (?:way|approach|option|version|solution)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_TWIN = 2  # rows below the header of a function that does more than forward a call


def without_others(code: str, text: str, site: Site, language: Language) -> tuple[str, tuple[Message, ...]]:
    """The code without what begins with a comment that says so, and what defines the same once more.

    Args:
        code: flush left, with ``\\n`` line ends.
        text: the file.

    Returns:
        The code, and what was left out, for the user.
    """
    code = _once(code, language)
    rows = code.split("\n")
    open_ = _open_requests(text, site, language)
    kept = kept_rows(code, language)
    for n, row in enumerate(rows):
        said = words_of(row)
        if not said or row[:1].isspace() or n in kept or not (said in open_ or _OTHER_WAY.match(said)):
            continue
        above, left = "\n".join(rows[:n]), "\n".join(rows[n:])
        known = text if said in open_ else ""
        if _defines(above, known, language) and _defines(left, known, language):
            return "\n".join(lined.trim(rows[:n])), (
                Message("answer-others-left-out", names=_names(left, said, language)),
            )
    return code, ()


def _defines(code: str, text: str, language: Language) -> bool:
    """Whether code defines a function, a type or a value that a file does not."""
    syntax, file = syntax_of(f"{code}\n", language.id), syntax_of(text, language.id)
    if syntax is None or file is None:
        return any(name_in(row) for row in code.split("\n"))
    known = known_in(file.root.named_children, file)
    return any(
        (defined_in(node, syntax) is not None or names_at_top(node, syntax)) and not known.has(node, syntax)[0]
        for node in syntax.root.named_children
    )


def _open_requests(text: str, site: Site, language: Language) -> set[str]:
    """What the file's other comments say that no code stands below yet."""
    lines = lined.split(text)
    if site.kind != "comment":
        return set()
    others = (block for block in blocks(text, language) if not site.first <= block.first <= site.last)
    alone = (block for block in others if block.last + 1 >= len(lines) or not lines[block.last + 1].strip())
    return {" ".join(block.request.split("\n")[0].split()).casefold() for block in alone if block.request.strip()}


def _once(code: str, language: Language) -> str:
    """The code with each definition once, where it gives one a second time in the same words.

    A function may also come again under another name, which nothing uses.
    """
    syntax = syntax_of(f"{code}\n", language.id)
    if syntax is None or syntax.root.has_error:
        return code
    seen: set[tuple[object, str]] = set()
    bodies: set[str] = set()
    gone: set[int] = set()
    for node in syntax.root.named_children:
        one = defined_in(node, syntax)
        if one is None:
            continue
        whole = plain_of(node, syntax)
        uses = re.compile(rf"(?<![\w$]){re.escape(one.name)}(?![\w$])")
        body = uses.sub("", whole) if inner_of(node, syntax, syntax.shape.functions) is not None else ""
        first, last = syntax.first(node), syntax.last(node)
        once = len(uses.findall(code)) == len(uses.findall(whole))
        is_twin = bool(body) and body in bodies and last - first >= _TWIN and once
        if (key_of(one, syntax), whole) in seen or is_twin:
            while is_twin and first and words_of(syntax.lines[first - 1]):
                first -= 1
            gone.update(range(first, last + 1))
        seen.add((key_of(one, syntax), whole))
        bodies.add(body)
    rows = code.split("\n")
    return "\n".join(lined.trim([row for n, row in enumerate(rows) if n not in gone])) if gone else code


def _names(code: str, said: str, language: Language) -> str:
    """The names of what some code defines, or else what the comment above it says."""
    syntax = syntax_of(f"{code}\n", language.id)
    found = [defined_in(node, syntax) for node in syntax.root.named_children] if syntax is not None else []
    return listed([one.name for one in found if one is not None]) or said[:60]
