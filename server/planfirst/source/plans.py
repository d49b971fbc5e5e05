"""Writes a plan as comment lines, in the style of the comment it belongs to."""

from __future__ import annotations

from planfirst.core.plan import as_comments
from planfirst.core.types import Plan
from planfirst.source import lines as lined
from planfirst.source.blocks import Block, block_at, plan_below
from planfirst.source.edits import Draft
from planfirst.source.embedded import language_at
from planfirst.source.languages import Language
from planfirst.source.site import Site


def plan_draft(text: str, site: Site, plan: Plan, language: Language) -> Draft:
    """The edit that inserts a plan under a request, or replaces the one there."""
    block = block_at(text, language, site.first)
    language = language_at(text, site.first, language)
    if block is None or (block.first, block.last) != (site.first, site.last):
        return _below(text, site, plan, language)
    if _is_inside(text, block):
        return _inside(text, block, plan)
    first, last = block.plan_lines or (block.last + 1, block.last)
    if block.head.marker.startswith("{"):
        rows = tuple(f"{block.indent}{{/* {row} */}}" for row in _bare_rows(plan, "*/"))
        return Draft(first, last + 1, rows)
    marker = language.line if block.head.closer else block.head.marker
    return Draft(first, last + 1, _rows(plan, marker, block.indent, language))


def _below(text: str, site: Site, plan: Plan, language: Language) -> Draft:
    """For stubs, selections and comments behind code: on lines of its own."""
    rows = _rows(plan, language.line, site.indent, language)
    hole = site.stub.hole if site.stub else None
    if hole and hole.before and site.task.plan is None:  # the body stands on a line with its header
        inside = (site.indent + hole.inside,) if hole.inside else ()
        return Draft(hole.first, hole.end, (hole.top, *rows, *hole.kept, *inside, *filter(None, (hole.after,))))
    above = site.request_last if site.kind == "stub" or site.task.plan or site.task.changed else site.last
    old = plan_below(text, language, above)
    if site.task.plan and old and old.plan_lines:
        return Draft(old.plan_lines[0], old.plan_lines[1] + 1, rows)
    return Draft(above + 1, above + 1, rows)


def _rows(plan: Plan, marker: str, indent: str, language: Language) -> tuple[str, ...]:
    if marker or not language.block:
        return tuple(as_comments(plan, marker or "#", indent).split("\n"))
    opening, closing = language.block
    return tuple(f"{indent}{opening} {row} {closing}" for row in _bare_rows(plan, closing))


def _bare_rows(plan: Plan, closing: str) -> list[str]:
    """The plan's rows, unable to close the comment they stand in."""
    rows = [row.strip() for row in as_comments(plan, "").split("\n")]
    return [row.replace(closing, f"{closing[:1]} {closing[1:]}") for row in rows]


def _is_inside(text: str, block: Block) -> bool:
    """Whether the plan belongs between the markers of a block comment of several lines."""
    head = block.head
    if head.first == head.last or not head.closer:
        return False
    return block.plan_lines[0] <= head.last if block.plan_lines else not head.rows[-1].strip()


def _inside(text: str, block: Block, plan: Plan) -> Draft:
    head, lines = block.head, lined.split(text)
    first, last = block.plan_lines or (head.last, head.last - 1)
    closer = head.closer.removesuffix("}")
    margin = next((line for line in lines[head.first + 1 : head.last + 1] if line.strip()), "")
    prefix = lined.leading(margin) + ("* " if margin.lstrip().startswith("*") else "")
    if not prefix.strip() and head.last == head.first + 1:
        prefix = block.indent + " " * (len(head.marker) + 1)
    rows = [prefix + row for row in _bare_rows(plan, closer)]
    if last == head.last:
        rows.append(lined.leading(lines[head.first]) + (" " if "*" in prefix else "") + head.closer)
    return Draft(first, last + 1, tuple(rows))
