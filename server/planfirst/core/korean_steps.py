"""The steps of a draft in Korean: the model writes its code once more, and only the comments in it are its own.

Behind a row of code (`core.draft`) a small model writes remarks in Korean, and English if it may. Above the parts of a
code that begins with the request, it says what they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import dropwhile

from planfirst.core import begun
from planfirst.core.parts import COMMENT, Part
from planfirst.core.scripts import is_korean
from planfirst.core.types import Prompt, Task

_ASK = (
    "Write this code again, with one short comment above each part that says what the part does. "
    "Write the comments in Korean. 주석은 한국어로 쓰세요."
)


def without_english(code: str, parts: Sequence[Part]) -> tuple[str, list[Part]]:
    """The code and its parts without the comments that are in no Korean, which the model would take up."""
    left: list[Part] = []
    for part in parts:
        rows = part.text.splitlines(keepends=True)
        if part.said and not is_korean(part.said):
            rows = list(dropwhile(COMMENT.match, rows))
            code = code.replace(part.text, "".join(rows), 1)
        left.append(replace(part, text="".join(rows), said=part.said if is_korean(part.said) else ""))
    return code, left


def prompt_for(prompt: Prompt, code: str, parts: Sequence[Part], steps: Sequence[str], task: Task, mark: str) -> Prompt:
    """What the model is sent to get the step of the part behind ``steps``; every such prompt begins like the last.

    Args:
        code, parts: without comments in other languages.
        mark: what begins a comment of one line.
    """
    written = f"{mark} {' '.join(task.request.split())}\n{''.join(code.splitlines(keepends=True)[: parts[0].first])}"
    for part, step in zip(parts, steps, strict=False):
        rows = part.text.splitlines(keepends=True)
        if not part.said:  # without the loop that the step names, since its comment stands within it
            rows.insert(part.head, f"{part.indent}{mark} {step.rpartition(': ')[2]}\n")
        written += "".join(rows)
    next_part = parts[len(steps)]
    written += "".join(next_part.text.splitlines(keepends=True)[: next_part.head]) + next_part.indent + mark
    fence = f"```{begun.label(task.language)}\n"
    turn = (prompt.user, f"{fence}{code.rstrip()}\n```")
    return replace(prompt, user=_ASK, turns=(*prompt.turns, turn), begun=fence + written)
