"""The header that a request itself announces, as in ``mean(values): the average`` or ``class Stack: push and pop``.

If you know what you want, you name it in the comment. Code that begins with that header keeps the name, and the
model writes only the body. A call is no header, so its place in the sentence counts, and parameters are bare names.
An example announces one, too, as in ``initials("Ada Lovelace") -> "AL"``; its parameters are named after their kinds.
So does a test (see `announced_tests`): without a header, a model prints results.
"""

from __future__ import annotations

import ast
import builtins
import re

from planfirst.source.announced_tests import test_header
from planfirst.source.languages import Language
from planfirst.source.parameter_names import KINDS, numbered
from planfirst.source.python import parses

_MOST = 400  # characters of a request that are looked at
_KIND = r"(?:(?:an?|the|write|add|make|create|define|implement|async|def|function|generator|method|helper)\s+)*"
_CLASS = re.compile(r"(?:(?:an?|the|write|add|make|create|define|implement)\s+)*class\s+([A-Z]\w*)\b(?!\s*\()")
_CALLED = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\(")
_LEADS = re.compile(rf"(?:^|\n|(?:^|\n)>>>\s|[:,;]\s|\b(?:as|called|named)\s){_KIND}$", re.IGNORECASE)
_ASYNC = re.compile(r"\basync\b")
_RETURNS = re.compile(r"\s*->\s*([A-Za-z_][\w.]*(?:\[[\w., |\[\]]*\])?(?:\s*\|\s*[A-Za-z_][\w.]*)*)")
_BOUND = re.compile(
    r"\b(?:def|class|function)\s+(\w+)|^[ \t]*(?:const\s+|let\s+|var\s+)?(\w+)\s*(?::[^=\n]+)?=(?!=)|\bimport\s+(.+)",
    re.MULTILINE,
)
_NAME = re.compile(r"\w+")
_BELOW = re.compile(r"[ \t]*\n(?!\s*(?:>>>|\n|$))")
_RESULT = re.compile(r"\s*(?:->|=>|==|→|gives\b|returns\b|is\b)\s*\S")
_NOTHING = re.compile(r"\A\s*->\s*None\b(?!\s*\|)")
_KNOWN = frozenset(dir(builtins))
_SCRIPTS = frozenset(("javascript", "javascriptreact"))


def announced(request: str, language: Language, file: str = "", in_class: bool = False) -> str:
    """The header as the first line of the code, flush left; empty if the request announces none.

    Args:
        file: what stands for something in it already is called in the request, and not announced.
        in_class: what is written becomes a member of a class.
    """
    text = request[:_MOST]
    if language.id != "python" and language.id not in _SCRIPTS:
        return ""
    taken = {name for found in _BOUND.finditer(file) for part in found.groups() if part for name in _NAME.findall(part)}
    if language.id == "python":
        found = _CLASS.match(text)
        if found and found[1] not in taken:
            return f"class {found[1]}:"
        if test := test_header(text, file, in_class):
            return test
    for call in _CALLED.finditer(text):
        close = _closing(text, call.end())
        name = call[1]
        if close is None or name in taken or not _LEADS.search(text[: call.start()]):
            continue
        parameters = " ".join(text[call.end() : close].split())
        before, after = text[: call.start()], text[close + 1 :]
        is_session = before.rstrip(" ").endswith(">>>")  # as in a doctest, with the result in the next line
        example = _by_example(
            parameters, _BELOW.sub(" -> ", after, count=1) if is_session and _BELOW.match(after) else after
        )
        if example:
            after = _NOTHING.sub("", after)  # the result of this call, and not the type of all results
        for given in (parameters, example):
            python = language.id == "python"
            if given is None or (python and (name in _KNOWN or name[0].isupper())):
                continue
            made = _python(name, given, before, after, in_class) if python else _script(name, given, in_class)
            if made:
                return made
    return ""


def _by_example(arguments: str, after: str) -> str | None:
    """The parameters of a call with literals whose result follows; None where it is no such example."""
    if not _RESULT.match(after):
        return None
    try:
        call = ast.parse(f"f({arguments})", mode="eval").body
        assert isinstance(call, ast.Call)  # nothing else reads so
        given = [ast.literal_eval(one) for one in call.args]
        keywords = [one.arg for one in call.keywords if ast.literal_eval(one.value) is not one]
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return None
    names = [KINDS.get(type(one), "items" if isinstance(one, list | tuple | set) else "value") for one in given]
    return None if None in keywords else ", ".join((*numbered(names), *filter(None, keywords)))


def _closing(text: str, start: int) -> int | None:
    """Where the bracket closes that is open before ``start``."""
    depth = 1
    for n in range(start, len(text)):
        depth += (text[n] in "([{") - (text[n] in ")]}")
        if depth == 0:
            return n
    return None


def _python(name: str, parameters: str, before: str, after: str, in_class: bool) -> str:
    if in_class and not re.match(r"(?:self|cls)\b", parameters):
        parameters = f"self, {parameters}" if parameters else "self"
    lead = "async def" if _ASYNC.search(before.rpartition("\n")[2][-20:]) else "def"
    returns = _RETURNS.match(after)
    kind = f" -> {returns[1]}" if returns and _is_type(returns[1]) else ""
    made = f"{lead} {name}({parameters}){kind}:"
    return made if parses(f"{made}\n    pass\n") is not None else ""


def _is_type(text: str) -> bool:
    """Whether a result is written with types that every Python file knows; other words may be prose."""
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError):
        return False
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return all(isinstance(getattr(builtins, name, None), type) or name == "None" for name in names)


def _script(name: str, parameters: str, in_class: bool) -> str:
    each = [one.strip() for one in parameters.split(",")] if parameters else []
    if not all(re.fullmatch(r"(?:\.\.\.)?[A-Za-z_$][\w$]*(?:\s*=\s*[\w.'\"-]+)?", one) for one in each):
        return ""
    return f"{'' if in_class else 'function '}{name}({', '.join(each)}) {{"
