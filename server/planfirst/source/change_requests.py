"""Comments that ask to have code otherwise, as in ``should not distinguish upper and lower case``.

Words alone decide, and a comment that may ask for something new counts as one that does, since there you can still
choose to have the code below rewritten.
"""

from __future__ import annotations

import builtins
import re

_MOST = 300  # characters of a request that are looked at
_LEAD = re.compile(
    r"\W*(?:(?:TODO|TBD|WIP|NOTE)\b(?:\s*\([^()]*\))?\W*)?(?:(?:please|also|could you)\s+)*", re.IGNORECASE
)
_FAULTY = re.compile(r"\A\W*(?:FIXME|BUG|HACK|XXX|OPTIMI[SZ]E|REFACTOR)\b\W*\w")
_NEW = re.compile(
    r"""(?:(?:write|add|make|create|define|implement|needs?|we\ need)\s+)?
    (?:(?:an?|another|the|some|new|helper|small|second)\s+)*
    (?:functions?|methods?|class|(?:unit\ )?tests?|helpers?|subclass|constructor|endpoint|route|overload|inverse)\b
    |(?:the\ )?same\ (?:as|for|but|with|thing)\b|(?:like|similar\ to)\ \w+,?\ (?:but|for|with)\b
    |\w+\([^()]*\)\s*(?::|->|-|=>|→)""",
    re.VERBOSE | re.IGNORECASE,
)
# What is said of code that is there.
_OF_CODE = re.compile(
    r"""\binstead\b|\brather\ than\b|\bno\ longer\b|\bshould(?:n't|nt)?\b|\bmust\b
    |\b(?:ought|needs?|has|have)\ to\b
    |\b(?:make|turn|convert|change|rewrite|split|move|cache|simplify)\ (?:this|it|these|them)\b
    |\b(?:this\ (?:is|has|can|could|may|will|would)|(?:this|it)\ (?:breaks|fails|crashes|raises|throws|returns|doesn't
        |ignores|loses|mutates|changes|modifies|leaks|takes|needs|runs|never|always))\b
    |\b(?:breaks|fails|crashes|chokes|goes\ wrong|blows\ up|falls\ over|wrong|explodes|dies)\b
        .*\b(?:for|on|when|if|with|at|in)\b
    |\b(?:too\ slow|slow\ (?:for|with|on|when)|is\ slow|inefficient|quadratic)\b
    |^(?:rename|refactor|simplify|rewrite|optimi[sz]e|speed\ up|clean\ ?up|tidy|inline|memoi[sz]e|vectori[sz]e
        |parametri[sz]e|generali[sz]e|moderni[sz]e|shorten|rework|fix|switch\ to|migrate\ to|port\ to|do\ not|don'?t
        |stop\ \w+ing|avoid|no\ more|use|why|can|could|shouldn't|isn't|doesn't)\b
    |\b(?:type|typing)[\ -](?:hints?|annotations?)\b|\bannotate\b|\bdoc-?\ ?strings?\b|\bjsdoc\b
    |^(?:async|generator|keyword[-\ ]only|lazy|thread[-\ ]safe|case[-\ ]insensitive)\b(?:\W+\w+){0,4}\W*$
    |^(?:as|to|into)\ (?:an?\ )?(?:async|generator|iterator|coroutine|property|class\ ?method|static\ ?method
        |data\ ?class|named\ ?tuple|context\ manager|comprehension|list\ comprehension|f-?strings?)\b
    |\b(?:first|second|third|new|optional|extra|additional|keyword[-\ ]only)\ (?:\w+\ )?
        (?:parameter|argument|param|arg|option)s?\b
    |^(?:an?\ |the\ )?(?!(?:each|every|all|any|no|one|parse|check|read|get|print|log|validate|convert)\b)\w+
        \ (?:parameter|argument|param|arg|kwarg)\b\W*(?:[(,:;]|$|(?:that|which)\b)
    |\b(?:can\ also|as\ well|so\ far|currently|at\ the\ moment|now\ it)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_CALLED = re.compile(r"(?<![\w.])(?<!use )(?<!with )(?<!via )(?<!by )(?<!call )([A-Za-z_]\w*)\(")
_QUOTED = re.compile(r"(?<!use )(?<!with )(?<!via )(?<!by )(?<!call )`([A-Za-z_]\w*)`")
_BUILT_IN = frozenset(dir(builtins))
_KOREAN = re.compile(r"바꿔|바꾸|변경|수정|고쳐|고치|리팩터|리팩토|개선|최적화|대신|타입 힌트|독스트링|느리|느려")


def asks_for_change(request: str) -> bool:
    """Whether a comment says that the code it stands in or above is to be otherwise.

    Args:
        request: the words of the comment, flush left.
    """
    text = request[:_MOST]
    said = _LEAD.sub("", text, count=1)
    if _NEW.match(said):
        return False
    return any(found.search(one) for found, one in ((_FAULTY, text), (_OF_CODE, said), (_KOREAN, said)))


def asks_for_more(request: str, file: str) -> bool:
    """Whether a comment above a function or type asks for another one: it says so, or calls what the file lacks.

    Args:
        file: with the comment.
    """
    said = _LEAD.sub("", request[:_MOST], count=1)
    if _NEW.match(said):
        return True
    called = {found[1] for found in _CALLED.finditer(said)} - _BUILT_IN
    return any(_count(name, file) <= _count(name, request) for name in called)


def to_change(request: str) -> set[str]:
    """The functions that a request for a change names as ``area()`` or in backticks, but not those it says to call."""
    if not asks_for_change(request):
        return set()
    said = request[:_MOST]
    return {found[1] for pattern in (_CALLED, _QUOTED) for found in pattern.finditer(said)} - _BUILT_IN


def _count(name: str, text: str) -> int:
    return len(re.findall(rf"\b{name}\b", text))
