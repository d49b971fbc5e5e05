"""What is asked of a model about code that is there, to explain it, mend it, test it; and about other files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from planfirst.chat.turns import Turn

AboutCode = Literal["explain", "fix", "tests"]
TaskName = Literal["explain", "fix", "tests", "summarise", "analyse"]
_WORDED: Final[dict[str, dict[AboutCode, str]]] = {
    "en": {
        "explain": "Explain this code step by step.",
        "fix": "Find the mistakes in this code, say what they are, and show it corrected.",
        "tests": "Write tests for this code.",
    },
    "ko": {
        "explain": "이 코드를 단계별로 설명해 주세요.",
        "fix": "이 코드에서 잘못된 곳을 찾아 무엇이 잘못인지 말하고, 고친 코드를 보여 주세요.",
        "tests": "이 코드의 테스트를 작성해 주세요.",
    },
}
_FENCED = re.compile(r"^(`{3,})([^`\n]*)\n(.*?)^\1`*[ ]*$", re.MULTILINE | re.DOTALL)
_HANGUL = re.compile("[가-힣]")


def message(name: AboutCode, code: str, label: str, said: Sequence[Turn]) -> str:
    """The message that asks for it, in the language of what was said last.

    Args:
        label: the language's name behind the fence; may be empty.
    """
    return f"{instruction(name, said[-1].user if said else '')}\n\n{fenced(code, label)}"


def instruction(name: AboutCode, said: str, language: str = "en") -> str:
    """What is asked, in the language of what was said; where nothing was, in that of the reader."""
    is_korean = bool(_HANGUL.search(said)) if said.strip() else language == "ko"
    return _WORDED["ko" if is_korean else "en"][name]


def fenced(code: str, label: str) -> str:
    """The code in a Markdown fence that no line of it can end."""
    ticks = max([2, *(len(run) for run in re.findall("`+", code))]) + 1
    return f"{'`' * ticks}{label}\n{code.rstrip()}\n{'`' * ticks}"


def last_code(turns: Sequence[Turn]) -> tuple[str, str] | None:
    """The code that stands last in the answers, and its language's name; None where there is none."""
    for turn in reversed(turns):
        if found := _FENCED.findall(turn.assistant):
            _, label, code = found[-1]
            return code, label.strip()
    return None
