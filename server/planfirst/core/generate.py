"""The generate stage: cut the code out of a model's answer."""

from __future__ import annotations

import re
import textwrap

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n`]*$", re.MULTILINE)


def extract_code(answer: str) -> str:
    """The code in an answer: the contents of its fenced blocks, or all of it when there are none.

    A fence that is never closed (the answer was cut off) still counts. Several blocks are joined by a blank line.
    Indentation common to all lines is removed.
    """
    blocks: list[str] = []
    position = 0
    while opening := _FENCE.search(answer, position):
        closing = re.compile(rf"^[ \t]*{re.escape(opening[1])}[ \t]*$", re.MULTILINE).search(answer, opening.end())
        blocks.append(answer[opening.end() : closing.start() if closing else len(answer)].lstrip("\n"))
        if closing is None:
            break
        position = closing.end()
    code = "\n\n".join(block.strip("\n") for block in blocks) if blocks else answer
    code = code.replace("\r\n", "\n").replace("\r", "\n")
    lines = [line.rstrip() for line in code.split("\n")]
    return textwrap.dedent("\n".join(lines)).strip("\n")
