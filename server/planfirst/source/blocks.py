"""Comments that belong together: a block is one request, with the plan that may stand in it.

Own-line comments on consecutive lines with the same indentation are one block. A plan is a ``Plan:`` line with numbered
steps, or two or more numbered steps that end the block. What follows a plan is a block of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from planfirst.core import plan as plans
from planfirst.core.types import Plan
from planfirst.source import lines as lined
from planfirst.source.comments import Comment, scan
from planfirst.source.languages import Language

_HEADING = re.compile(r"\s*plan\s*:\s*", re.IGNORECASE)
_FIRST_STEP = re.compile(r"\s*1[.)]\s+\S")
_MOST_PLAN_ROWS = 200  # six steps, and whatever a person may have wrapped


@dataclass(frozen=True, slots=True)
class Block:
    """A comment block.

    Attributes:
        first, last: its lines, inclusive.
        request_last: the last line of the request; ``first - 1`` when it is nothing but a plan.
        indent: the white space before it.
        request: its text; of a block that is nothing but a plan, the steps.
        plan: the plan in it.
        plan_lines: first and last line of the plan, heading included.
        head: its first comment.
    """

    first: int
    last: int
    request_last: int
    indent: str
    request: str
    plan: Plan | None
    plan_lines: tuple[int, int] | None
    head: Comment

    @property
    def only_plan(self) -> bool:
        """Whether no request stands in it."""
        return self.request_last < self.first


@lru_cache(maxsize=8)
def blocks(text: str, language: Language) -> tuple[Block, ...]:
    """All comment blocks of a file, in order."""
    own = [comment for comment in scan(text, language) if comment.own]
    return tuple(block for group in _groups(own) for block in _divide(group))


def block_at(text: str, language: Language, line: int) -> Block | None:
    """The block that a line belongs to."""
    return next((block for block in blocks(text, language) if block.first <= line <= block.last), None)


def plan_below(text: str, language: Language, line: int) -> Block | None:
    """The block that begins right below a line, blank lines aside, if it is nothing but a plan."""
    lines = lined.split(text)
    for block in blocks(text, language):
        if block.first > line:
            between = "".join(lines[line + 1 : block.first])
            return block if block.only_plan and block.plan_lines and not between.strip() else None
    return None


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit in it, and not only rules and ornaments."""
    return any(character.isalnum() for character in text)


def clean(rows: Sequence[str]) -> str:
    """Rows of comment text as a request."""
    return "\n".join(lined.trim(lined.dedent(rows)))


def _groups(comments: list[Comment]) -> Iterator[list[Comment]]:
    group: list[Comment] = []
    for comment in comments:
        if group and not _joins(group[-1], comment):
            yield group
            group = []
        group.append(comment)
    if group:
        yield group


def _joins(before: Comment, comment: Comment) -> bool:
    if comment.first != before.last + 1 or comment.indent != before.indent or comment.last > comment.first:
        return False
    return before.first == before.last or bool(_HEADING.fullmatch(comment.rows[0]))


def _divide(group: list[Comment]) -> Iterator[Block]:
    head, top = group[0], group[0].first
    rows = lined.dedent([row for comment in group for row in comment.rows])
    start = 0
    while start < len(rows):
        span = _plan_span(rows[start:])
        if span is None:
            yield Block(
                top + start,
                top + len(rows) - 1,
                top + len(rows) - 1,
                head.indent,
                clean(rows[start:]),
                None,
                None,
                head,
            )
            return
        begin, after = start + span[0], start + span[1]
        # a block comment of several lines cannot be left in its middle
        end = max(after, len(head.rows))
        if not any(row.strip() for row in rows[end:]):
            end = len(rows)
        plan = plans.parse("\n".join(rows[begin : min(after, begin + _MOST_PLAN_ROWS)]))
        request = clean(rows[start:begin])
        alone = not has_words(request)
        yield Block(
            top + start,
            top + end - 1,
            top + start - 1 if alone else top + begin - 1,
            head.indent,
            plan.numbered() if alone and plan else request,
            plan,
            (top + begin, top + after - 1),
            head if start == 0 else group[start - len(head.rows) + 1],  # the others have one row each
        )
        start = end


def _plan_span(rows: Sequence[str]) -> tuple[int, int] | None:
    """The rows of a plan: its first, and the one after its last."""
    heading = next((n for n, row in enumerate(rows) if _HEADING.fullmatch(row)), None)
    if heading is not None:
        end = _steps_end(rows, heading + 1)
        if end > heading + 1:
            return heading, end
        if not any(row.strip() for row in rows[heading + 1 :]):
            return heading, heading + 1
    tail = len(rows)
    while tail and _is_plan_row(rows[tail - 1]):
        tail -= 1
    first = next((n for n in range(tail, len(rows)) if _FIRST_STEP.match(rows[n])), None)
    if first is None or sum(plans.is_step(row) for row in rows[first:]) < 2:
        return None
    return first, _steps_end(rows, first)


def _is_plan_row(row: str) -> bool:
    return plans.is_step(row) or not row.strip() or row[:1].isspace()


def _steps_end(rows: Sequence[str], start: int) -> int:
    """The row after the last step that follows from ``start`` on, continued lines included."""
    end = start
    for n in range(start, len(rows)):
        if plans.is_step(rows[n]) or (end > start and rows[n].strip() and rows[n][:1].isspace()):
            end = n + 1
        elif rows[n].strip():
            break
    return end
