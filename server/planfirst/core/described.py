"""A line of code in words, for a step that nobody has worded: what it does, with its expressions as they stand."""

from __future__ import annotations

import re

_LONGEST = 120  # characters of a step
_DECLARES = r"(?:(?:const|let|var|auto|final|static|mut|val)\s+)*"
_IN = r"(?:\bin\b|\bof\b|\s:\s|:=\s*range)"
_CLOSES = {"(": ")", "[": "]", "{": "}"}
_HEADER = re.compile(
    r"(?:\}\s*)?(?:(?:export|default|public|private|protected|static|async)\s+)*(?:else|if|for|while|do|try|with|switch|match|"
    r"def|function|func|fn|class)\b|[^=]*\([^()]*\)\s*\{$"
)
_NOTHING = ("Do nothing", "아무것도 하지 않음")
_FORMS = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"return\b\s*(?P<a>.+)", ("Return {a}", "{a} 반환")),
        (r"yield\b\s*(?P<a>.+)", ("Yield {a}", "{a} 내보내기")),
        (r"(?:raise|throw)\s+(?:new\s+)?(?P<a>.+)", ("Raise {a}", "{a} 예외 발생")),
        (r"(?:else\s+|el)?if\b\s*(?P<a>.+?)(?:;?\s+then)?", ("Check whether {a}", "{a} 여부 확인")),
        (r"while\b\s*(?P<a>.+)", ("Repeat while {a}", "{a}인 동안 반복")),
        (r"for\b\s*\(?(?P<a>[^;]+;[^;]+;[^;]+?)\)?", ("Repeat for {a}", "{a} 조건으로 반복")),
        (rf"(?:async\s+)?for\b\s*(?:await\s*)?\(.*?{_IN}\s*(?P<a>.+)\)", ("Go through {a}", "{a} 항목을 차례로 처리")),
        (rf"(?:async\s+)?for\b.*?{_IN}\s*(?P<a>.+)", ("Go through {a}", "{a} 항목을 차례로 처리")),
        (r"(?:async\s+)?with\s+(?P<a>.+?)\s+as\s+(?P<b>\w+)", ("Use {a} as {b}", "{a} 결과를 {b} 이름으로 사용")),
        (r"with\s+(?P<a>.+)", ("Use {a}", "{a} 사용")),
        (r"(?:try|do)", ("Try what may fail", "실패할 수 있는 작업 시도")),
        (r"(?P<a>[\w.\[\]\"'>-]+)\s*\+=\s*(?P<b>.+)", ("Add {b} to {a}", "{a}에 {b} 더하기")),
        (
            rf"{_DECLARES}(?P<a>[\[{{(][\w\s,:.]+[\]}})]|\w+(?:,\s*\w+)+)\s*:?=(?!=)\s*(?P<b>.+)",
            ("Set {a} to {b}", "{a}에 {b} 대입"),
        ),
        (
            rf"{_DECLARES}(?:[\w<>\[\],:*& ]+\s)?\*?(?P<a>[\w.\[\]]+)(?:\s*:\s*[^=]+)?\s*:?=(?!=)\s*(?P<b>.+)",
            ("Set {a} to {b}", "{a}에 {b} 대입"),
        ),
        (r"(?:assert|expect)\b\s*(?P<a>.+)", ("Check that {a}", "{a} 확인")),
        (r"(?:print|println!?|console\.log|System\.out\.println|fmt\.Println)\((?P<a>.+)\)", ("Print {a}", "{a} 출력")),
        (r"(?:del|delete)\s+(?P<a>.+)", ("Delete {a}", "{a} 삭제")),
        (
            r"(?:await\s+)?(?P<a>[A-Za-z_][\w.]*)\((?:.*(?:=>|[({\[,])|(?:async\s+)?function\s*\(.*\))?",
            ("Call {a}", "{a} 호출"),
        ),
        (r"(?:await\s+)?(?P<a>[A-Za-z_][\w.]*\(.*\))", ("Call {a}", "{a} 호출")),
        (r"(?:export\s+)?(?:async\s+)?(?:def|function|func|fn|class)\s+(?P<a>\w+).*", ("Define {a}", "{a} 정의")),
    )
)


def described(row: str, *, in_korean: bool = False) -> str:
    """What a line of code does, in English or Korean; the line itself where it is of no common form, or long.

    Args:
        row: without white space around it; empty for none.
    """
    if len(row) > _LONGEST:
        return f"{row[:_LONGEST].rstrip()} …"
    said = row.rstrip("{;: \t") if _HEADER.match(row) or not (open_ := _unclosed(row)) else f"{row}…{open_}"
    for form, words in _FORMS:
        if (found := form.fullmatch(said)) and not _unclosed((parts := found.groupdict()).get("a", "")):
            if parts.get("a", "").startswith("(") and parts["a"].endswith(")") and not said.startswith("return"):
                parts["a"] = parts["a"][1:-1]
            return words[in_korean].format(**parts)
    return row or _NOTHING[in_korean]


def _unclosed(row: str) -> str:
    """What closes the brackets that a line of code leaves open; empty where it closes what it does not open."""
    found: list[str] = []
    for sign in row:
        if sign in _CLOSES:
            found.append(_CLOSES[sign])
        elif sign in _CLOSES.values() and (not found or found.pop() != sign):
            return ""
    return "".join(reversed(found))
