"""Where an answer that the model writes in its own way is over: with the code block that was asked for.

Behind it come an explanation, a usage example or the same in another way, which take as long to write as the code did,
and are left out.
"""

from __future__ import annotations

import re

from planfirst.core.begun import open_quote
from planfirst.core.generate import defines, extract_code, stub_name
from planfirst.core.types import Task

_FENCED = re.compile(r"(?:^|\n)[ \t]*```\s*\Z")


def end_of(answer: str, task: Task) -> int | None:
    """The offset of the end, behind the fence that closes the block with the wanted function or type; else None.

    What is wanted is known by a stub. A fence within a text or comment of several lines closes nothing.
    """
    wanted = stub_name(task.header)
    if not wanted or _FENCED.search(answer) is None:
        return None
    code = extract_code(answer, task.language, wanted)
    return len(answer) if defines(code, wanted) and not _is_open(code, task.language) else None


def _is_open(code: str, language: str) -> bool:
    """Whether a text or a comment of several lines is not closed in a code."""
    if language != "python":
        return code.rfind("/*") > code.rfind("*/")
    quote = ""
    for line in code.splitlines():
        quote = open_quote(line, quote)
    return bool(quote)
