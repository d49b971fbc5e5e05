"""Where an answer that the model writes in its own way is over: with the code block that was asked for.

Behind it come an explanation, a usage example or the same in another way, which take as long to write as the code did,
and are left out.
"""

from __future__ import annotations

import re

from planfirst.core.begun import open_quote
from planfirst.core.generate import defines, extract_code, stub_name
from planfirst.core.types import Task

_FENCE = re.compile(r"^[ \t]*```[ \t]*$", re.MULTILINE)


def end_of(answer: str, task: Task) -> int | None:
    """The offset of the end, behind the fence that closes the block with the wanted function or type; else None.

    What is wanted is known by a stub. A fence within a text or comment of several lines closes nothing.
    """
    wanted = stub_name(task.header)
    ends = (found.end() for found in _FENCE.finditer(answer)) if wanted else iter(())
    return next(
        (end for end in ends if _is_whole(extract_code(answer[:end], task.language, wanted), wanted, task)), None
    )


def _is_whole(code: str, wanted: str, task: Task) -> bool:
    """Whether a code has what is wanted, and goes on in no text and no comment of several lines."""
    if task.language != "python":
        is_open = code.rfind("/*") > code.rfind("*/")
    else:
        quote = ""
        for line in code.splitlines():
            quote = open_quote(line, quote)
        is_open = bool(quote)
    return defines(code, wanted) and not is_open
