"""The plan as text: the grammar that holds a model to it, the parser that reads it back, and its renderings."""

from __future__ import annotations

import re
from itertools import takewhile

from planfirst.core.parts import leading, leaves
from planfirst.core.rearranged import rearranged
from planfirst.core.types import MAX_STEPS, Plan

_STEP = re.compile(r"^\s*(\d{1,2})[.)]\s+(\S.*)$")


def grammar() -> str:
    """A GBNF grammar for one to six numbered lines, each with at least one visible character."""
    rules = ["text ::= [^ \\t\\r\\n\\x00-\\x1f] [^\\r\\n\\x00-\\x1f]*"]
    for n in range(MAX_STEPS, 0, -1):
        rest = f" s{n + 1}?" if n < MAX_STEPS else ' "\\n"?'
        lead = '"' if n == 1 else '"\\n'
        rules.append(f's{n} ::= {lead}{n}. " text{rest}')
    rules.append("root ::= s1")
    return "\n".join(reversed(rules)) + "\n"


def parse(text: str) -> Plan | None:
    """The plan in a model's answer or in a comment; None when there is no numbered step in it.

    Lines that continue a step are joined to it, steps past the sixth are left out, and a step that was cut off before
    its first word does not count.
    """
    steps: list[str] = []
    for line in text.splitlines():
        match = _STEP.match(line)
        if match and int(match[1]) == len(steps) + 1:
            steps.append(" ".join(match[2].split()))
        elif steps and line.strip() and line[:1].isspace():
            steps[-1] += " " + " ".join(line.split())
    return Plan(tuple(steps[:MAX_STEPS])) if steps else None


def adopted(edited: Plan, known: Plan | None) -> Plan:
    """A plan that came back from a person, with what is known of the draft behind it.

    Where no step was changed the draft is its code, and where steps were only taken out or put elsewhere, so is the
    draft with its lines in that order, if it holds. Else the first steps keep their lines, up to the one that is
    another, or was taken out; the draft goes as far, with the white space before the line that comes next. It remembers
    the plan that it was made from.
    """
    if known is None:
        return edited
    if edited.steps == known.steps:
        return known
    was = known.was or (known if known.draft else None)
    if was and (moved := rearranged(edited, was)):
        return moved
    if not (known.draft and known.parts and known.parts[0]) or not set(edited.steps) & set(known.steps):
        return Plan(edited.steps, was=was)
    same = zip(edited.steps, known.steps, known.parts, strict=False)
    count = sum(1 for _ in takewhile(lambda one: one[0] == one[1] and one[2], same))
    if count == len(edited.steps) or (count == len(known.steps) and leaves(known.parts[-1])):
        count -= 1  # the last of them is another one without those behind it, or has to let the new one come
    end = known.draft.find(known.parts[0])
    for part in known.parts[:count]:
        end = known.draft.find(part, end) + len(part)
    rest = known.draft[end:] if count < len(known.steps) else known.parts[-1]
    row = next((row for row in rest.splitlines() if row.strip()), known.parts[0])
    written = known.draft[:end]
    written += "\n" if written and not written.endswith("\n") else ""
    parts = *known.parts[:count], *("" for _ in edited.steps[count:])
    return Plan(edited.steps, written + leading(row), parts, was)


def as_change(plan: Plan) -> str:
    """The step that is new in a changed plan and the one that it replaces, in words.

    Empty if the plan before the change is not known, if more than one step changed, or if only the order did.
    """
    if plan.was is None:
        return ""
    new = [step for step in plan.steps if step not in plan.was.steps]
    gone = [step for step in plan.was.steps if step not in plan.steps]
    if len(new) > 1 or len(gone) > 1 or not (new or gone):
        return ""
    if not new:
        return f"Without this: {gone[0]}"
    return f"New: {new[0]}" + "".join(f"\nIn place of: {step}" for step in gone)


def is_step(line: str) -> bool:
    """Whether a line of text reads as a numbered step."""
    return _STEP.match(line) is not None


def as_markdown(plan: Plan) -> str:
    """The plan as a Markdown list; its text is shown as it is."""
    return "\n".join(f"{n}. {inert(step)}" for n, step in enumerate(plan.steps, start=1))


def inert(text: str) -> str:
    """Text of any origin for Markdown, which shows it as it is: no link, image, markup or entity comes of it."""
    return re.sub(r"([\\`*_{}\[\]<>#|&~$])", r"\\\1", " ".join(text.splitlines()))


def as_comments(plan: Plan, marker: str = "#", indent: str = "") -> str:
    """The plan as line comments under a ``Plan:`` heading; no final newline."""
    lines = ["Plan:", *plan.numbered().splitlines()]
    return "\n".join(f"{indent}{marker} {line}" for line in lines)
