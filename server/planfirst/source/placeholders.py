"""Statements that stand for code that is still to be written."""

from __future__ import annotations

import re

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
    |return(?:\s+(?:null|undefined|void\s+0)!?(?:\s+as\s+[\w<>\[\]. ]+)*)?""",
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
_TODO = re.compile(r"\b(?:TODO|FIXME|XXX|implement|placeholder|stub|for now|not (?:yet )?written)\b", re.IGNORECASE)


def is_placeholder(statement: str, language: str, comments: str = "") -> bool:
    """Whether a statement that stands alone in a body is one.

    Args:
        comments: what the comments in that body say. A value such as ``return 0`` is a placeholder only where they say
            that something is to be done.
    """
    statement = statement.strip().rstrip(";").rstrip()
    pattern = _STRONG.get(language)
    if pattern is not None and pattern.fullmatch(statement):
        return True
    return bool(_WEAK.fullmatch(statement) and _TODO.search(comments))
