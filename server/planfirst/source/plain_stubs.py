"""Functions without a body yet in languages that are known by their comments alone: found by their lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from planfirst.source import lines as lined
from planfirst.source.indent import unit_of
from planfirst.source.languages import Language
from planfirst.source.placeholders import is_plain_placeholder
from planfirst.source.repeated import words_of
from planfirst.source.site import Site

_HEADER = re.compile(
    r"""\s*(?:[\w@\[\].<>,?*&:]+\s+)*?(?:(?:def|fun|func|function|sub|fn|proc|defp?)\s+(?:[\w.:]*[.:])?)?
    (?P<name>[A-Za-z_]\w*(?:-\w+)*[?!]?)\s*(?:<[^()]*>)?\s*(?:\(.*)?\s*(?:\{|do|=|:|\?\?\?)?\s*$""",
    re.VERBOSE,
)
_ASSIGNED = re.compile(r"\s*(?:local\s+)?(?:[\w.]+\.)?(?P<name>\w+)\s*(?:<-|=)\s*function\s*\(.*\)\s*\{?")
_SAYS_SO = re.compile(r"\b(?:def|fun|func|function|sub|fn|proc|defp)\b|\)[^;=]*\{?\s*$")
_STATEMENT = re.compile(
    r"\s*(?:return|if|else|elsif|elseif|for|foreach|while|switch|case|puts|print|echo|raise|throw)\b"
)
_IN_ONE_LINE = re.compile(r"(?P<head>.*[\w)\]?>])\s*=>?\s*(?P<value>\S.*)")
_NAMED = re.compile(
    r"\b(?:def|fun|func|val|let|lazy\s+val)\s+(?:<[^<>]*>\s*)?(?:[\w<>?.]*\.)?(?P<name>\w+)|\b(?P<called>\w+)\s*(?:<[^<>()]*>)?\("
)
_CLOSER = re.compile(r"\s*(?:end|\}[;,]?|\))\s*$")


@dataclass(frozen=True, slots=True)
class PlainStub:
    """One function.

    Attributes:
        header, end: its lines, without ``end``.
        first, last: the lines of its body that are replaced, without ``last``; equal where the body only goes between.
        name: its name.
        indent: the white space before its body.
    """

    header: int
    end: int
    first: int
    last: int
    name: str
    indent: str


def plain_stub(text: str, site: Site, language: Language) -> PlainStub | None:
    """The function directly below a comment, or around it, that holds nothing but placeholders and comments."""
    lines = [lined.bare(line) for line in lined.split(text)]
    below = site.last + 1
    if below < len(lines) and (found := _at(lines, below, site, text, language)) is not None:
        return found
    above = site.first - 1
    while above >= 0 and (not lines[above].strip() or lines[above].strip() == "{"):
        above -= 1
    found = _at(lines, above, site, text, language) if above >= 0 else None
    return found if found is not None and found.header < site.first < found.end else None


def one_line_stub(text: str, site: Site) -> tuple[int, str] | None:
    """The line directly below a comment that is a whole function, as in ``fun two(): Int = TODO()``, and its name."""
    lines = lined.split(text)
    line = lined.bare(lines[site.last + 1]) if site.last + 1 < len(lines) else ""
    found = _IN_ONE_LINE.fullmatch(line.strip())
    name = name_in_head(found["head"]) if found is not None and is_plain_placeholder(found["value"]) else ""
    return (site.last + 1, name) if name else None


def name_in_head(head: str) -> str:
    """The name of what a header declares; empty for none."""
    found = _NAMED.search(head)
    return (found["name"] or found["called"]) if found is not None else ""


def name_in(line: str) -> str:
    """The name of the function that a line begins; empty for another line."""
    if not _SAYS_SO.search(line) or _STATEMENT.match(line) or line.rstrip().endswith(";"):
        return ""
    line = line.rstrip()
    found = _ASSIGNED.fullmatch(line) or _HEADER.fullmatch(line)
    return found["name"] if found is not None else _called(line)


def _called(line: str) -> str:
    found = re.match(r"\s*(?:[\w<>\[\],.?]+\s+)*([A-Za-z_]\w*[?!]?)\s*(?:<[^()]*>)?\(", line)
    return found[1] if found is not None else ""


def _at(lines: list[str], header: int, site: Site, text: str, language: Language) -> PlainStub | None:
    name = name_in(lines[header])
    if not name:
        return None
    outer = lined.leading(lines[header])
    first = header + 1
    if first < len(lines) and lines[first].strip() == "{":
        first += 1
    end, kept, blanks = first, first, list[int]()
    while end < len(lines) and not (_CLOSER.match(lines[end]) and lined.leading(lines[end]) == outer):
        own = site.first <= end <= site.last
        if own:
            kept = end + 1
        elif words_of(lines[end]) or not lines[end].strip():
            pass
        elif is_plain_placeholder(lines[end]):
            blanks.append(end)
        else:
            return None
        end += 1
    if end >= len(lines) or len(blanks) > 1:
        return None
    inner = next((lined.leading(lines[n]) for n in range(first, end) if lines[n].strip()), "")
    return PlainStub(header, end + 1, kept, end, name, inner or outer + unit_of(text, outer, language))
