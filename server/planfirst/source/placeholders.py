"""Statements that stand for code that is still to be written."""

from __future__ import annotations

import re
from collections.abc import Collection

from planfirst.source.shapes import ECMA

_CALL = r"(?:\([\s\S]*\))?"
_PYTHON = re.compile(
    rf"""pass|\.\.\.|yield|return(?:\s+(?:None|NotImplemented|\.\.\.))?
    |raise\s+NotImplemented(?:Error)?{_CALL}
    |assert\s+False(?:\s*,[\s\S]*)?""",
    re.VERBOSE,
)
_ECMA = re.compile(
    rf"""throw\s+(?:new\s+)?[\w.]*Error{_CALL}|throw\s+["'`][\s\S]*
    |return(?:\s+(?:null|undefined|void\s+0)!?(?:\s+as\s+[\w<>\[\]. ]+)*)?
    |return\s+(?:\{{\s*\}}|\[\s*\])\s+as\s+(?:any|unknown|never)(?:\s+as\s+[\w<>\[\]. ]+)*""",
    re.VERBOSE,
)
_JAVA = re.compile(rf"throw\s+new\s+[\w.]*(?:Exception|Error){_CALL}|return(?:\s+null)?")
_GO = re.compile(
    r"""panic\([\s\S]*\)
    |return(?:\s+(?:nil|0|""|false)(?:\s*,\s*(?:nil|0|""|false))*\s*,\s*|\s+)?
      (?:nil|(?:errors\.New|fmt\.Errorf)\(\s*["`][^"`]*(?:implement|todo)[^"`]*["`]\s*\))
    |return""",
    re.VERBOSE | re.IGNORECASE,
)
_RUST = re.compile(r"(?:todo|unimplemented|panic)!\s*(?:\([\s\S]*\)|\[[\s\S]*\]|\{[\s\S]*\})|return")
_C = re.compile(
    rf"""(?:std::)?(?:abort|terminate|unreachable)\(\s*\)|assert\(\s*(?:0|false)\b[\s\S]*\)
    |throw\s+[\w:]+{_CALL}|throw\s+"[\s\S]*|return(?:\s+(?:NULL|nullptr|\{{\s*\}}))?""",
    re.VERBOSE,
)
_STRONG = {"python": _PYTHON, "java": _JAVA, "go": _GO, "rust": _RUST, "c": _C, "cpp": _C} | dict.fromkeys(ECMA, _ECMA)
_WEAK = re.compile(
    r"""(?:return\s+)?(?:-?\d+(?:\.\d+)?[fFlLuU]?|""|''|``|\[\s*\]|\{\s*\}|\(\s*\)|[Ff]alse|[Tt]rue|None|String::new\(\)
    |Vec::new\(\)|Default::default\(\)|vec!\[\s*\])""",
    re.VERBOSE,
)
_ZERO = r"(?:-?0(?:\.0*)?[fFlLuU]*|\"\"|''|``|[Ff]alse|null|nil|None|undefined|nullptr|NULL|\[\s*\]|\{\s*\})"
# A value that says nothing; of an object, in all its fields. To be read with `re.VERBOSE`.
NOTHING = rf"""(?:{_ZERO}|\.\.\.|\{{\s*\w+:\s*{_ZERO}(?:,\s*\w+:\s*{_ZERO})*,?\s*\}}|(?:dict|list|set|str)\(\)
    |vec!\[\s*\]|(?:(?:Ok|Some)\()?(?:Default::default|(?:Vec|String|(?:Hash|BTree)(?:Map|Set))(?:::<[^()]*>)?::new)\(\)\)?
    |new\s+(?:Map|Set|Array|Object|StringBuilder|(?:Linked|Tree|Array|Hash)+(?:List|Map|Set|Deque))(?:<[^()=;]*>)?\(\)
    |(?:List|Map|Set)\.of\(\)|Collections\.empty\w+\(\))"""
_NOTHING = re.compile(NOTHING, re.VERBOSE)
# In a block that belongs to other code, a bare return or error may be meant; only these never are.
_BLANK = {
    "python": re.compile(rf"pass|\.\.\.|raise\s+NotImplementedError{_CALL}"),
    "rust": re.compile(r"(?:todo|unimplemented)!\s*(?:\([\s\S]*\)|\[[\s\S]*\]|\{[\s\S]*\})"),
    "java": re.compile(rf"throw\s+new\s+UnsupportedOperationException{_CALL}"),
}
# Of the languages without a grammar: whatever one of them knows counts in all.
_PLAIN = re.compile(
    rf"""(?:raise|fail)\s+NotImplementedError\b.*
    |throw\s+(?:new\s+)?\[?[\w.\\]*(?:NotImplemented|Unsupported|Exception|Error)\w*(?:\](?:::new)?)?{_CALL}
    |(?:TODO|fatalError|preconditionFailure|unimplemented)\(.*\)|error\s*\(?\s*["'].*["']\s*\)?|\?\?\?|\.\.\.|:|pass
    |return(?:\s+(?:nil|\$?null|nothing|default(?:\([^()]*\))?)|\((?:null)?\))?|nil|null|nothing""",
    re.VERBOSE | re.IGNORECASE,
)
_PLAIN_RAISES = re.compile(r"""(?:raise|fail|throw|die|croak|stop)\s*\(?\s*["']([^"']*)["']\s*\)?""")
_RAISES = re.compile(r"(?:throw|panic)\b[\s\S]*?[\"'`]([^\"'`]*)[\"'`]\s*\)?")
_LATER = re.compile(
    r"\b(?:to ?do|fixme|not (?:yet )?(?:implemented|written|done)|(?:un|not )implemented|later)\b", re.I
)
_TODO = re.compile(
    r"\b(?:TODO|FIXME|XXX|implement|placeholder|stub|for now|not (?:yet )?(?:written|implemented))\b", re.IGNORECASE
)


def is_placeholder(
    statement: str, language: str, comments: str = "", documented: bool = False, parameters: Collection[str] = ()
) -> bool:
    """Whether a statement that stands alone in a body is one.

    Args:
        comments: what the comments in that body say. A value such as ``return 0`` is a placeholder only where they say
            that something is to be done.
        documented: whether words above the body say what it does; then a value that says nothing is one, too.
        parameters: of the function, one of which may be returned as it is.
    """
    statement = statement.strip().rstrip(";").rstrip()
    pattern = _STRONG.get(language)
    if pattern is not None and pattern.fullmatch(statement):
        return True
    if _WEAK.fullmatch(statement) and _TODO.search(comments):
        return True
    if not documented:
        return False
    returned = re.sub(r"^return\b\s*", "", statement)
    return returned in parameters or says_nothing(returned)


def says_nothing(value: str) -> bool:
    """Whether a value is empty or zero, as what is returned until a function is written."""
    return _NOTHING.fullmatch(value) is not None


def is_plain_placeholder(line: str) -> bool:
    """Whether a line that stands alone in a body is one, in a language without a grammar."""
    line = line.strip().rstrip(";").rstrip()
    said = _PLAIN_RAISES.fullmatch(line)
    return bool(_PLAIN.fullmatch(line) or (said and (_LATER.search(said[1]) or _TODO.search(said[1]))))


def is_blank(statement: str, language: str) -> bool:
    """Whether a statement that stands alone in a block, such as an ``if`` or a ``catch``, stands for code to come."""
    statement = statement.strip().rstrip(";").rstrip()
    if not statement and language != "python":
        return True
    if language in _BLANK and _BLANK[language].fullmatch(statement):
        return True
    said = _RAISES.fullmatch(statement) if language != "python" else None
    return said is not None and bool(_LATER.search(said[1]))
