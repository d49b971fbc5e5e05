"""A plan from a draft: the code is cut into parts, and the model says of each part what it does.

The model gets the beginning of its answer: its own code, with a comment marker before each part. It only writes what
follows the marker. So every step is true of the code, belongs to known lines, and costs a dozen tokens.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from itertools import dropwhile, takewhile

from planfirst.core import begun
from planfirst.core.described import described
from planfirst.core.parts import COMMENT, Part, leading, parts_so_far
from planfirst.core.ports import CUT, Writer
from planfirst.core.scripts import is_foreign, is_korean, scripts_of
from planfirst.core.types import Decoding, Plan, Prompt, Task
from planfirst.core.untrue import is_untrue

STEP_TOKENS = 28
_ASK = "Write this code again, with one short comment above each part that says what the part does."
_IN_KOREAN = " Write the comments in Korean. 주석은 한국어로 쓰세요."
_MARKERS = {"python": "#", "ruby": "#", "shellscript": "#", "r": "#", "yaml": "#", "sql": "--", "lua": "--"}
_INDENTS = {"javascript": "  ", "typescript": "  ", "go": "\t"}
_WORD = re.compile(r"[^\W\d_]{2,}")
_ANY_WORD = re.compile(r"\w+")
_ASKED = frozenset(_WORD.findall(_ASK.lower())) | {"explain", "explains", "function", "is", "line", "to"}
_NOTE = re.compile(r"(?:note|step \d+|주석)\s*[:.]\s*(?=\S)", re.IGNORECASE)  # which a step begins with now and then
_GOES_THROUGH = re.compile(r"(?:iterate|loop|go|walk|run|repeat|for each|for every|while|각|모든)\b", re.IGNORECASE)
_BEHIND = re.compile(r"\s+(?:#|//|--)\s.*$")
_RETURNS = re.compile(r"return [\w.]+;?")  # which no model says better than the line itself, and it takes its time
_MARKS = ("@", "#[")  # decorators and attributes, which say nothing of what they stand above
_ECHO = 0.75  # the share of a step's words that come from the question


def prompt_for(prompt: Prompt, code: str, parts: Sequence[Part], steps: Sequence[str], task: Task) -> Prompt:
    """What the model is sent to get the step of the part behind ``steps``; every such prompt begins like the last."""
    lines = code.splitlines(keepends=True)
    mark = marker(task.language)
    written = "".join(lines[: parts[0].first])
    for n, part in enumerate(parts[: len(steps) + 1]):
        rows = part.text.splitlines(keepends=True)
        head, rest = "".join(rows[: part.head]), "".join(rows[part.head :])
        if n < len(steps) and part.said:
            written += part.text
        elif n < len(steps):
            written += f"{head}{part.indent}{mark} {_inside(steps[n], part)}\n{rest}"
        else:
            written += f"{head}{part.indent}{mark}"
    if is_korean(task.request):  # a comment in Korean has the others follow
        written = f"{mark} {' '.join(task.request.split())}\n{written}"
    fence = f"```{begun.label(task.language)}\n"
    turn = (prompt.user, f"{fence}{code.rstrip()}\n```")
    ask = _ASK + _IN_KOREAN if is_korean(task.request) else _ASK
    return replace(prompt, user=ask, turns=(*prompt.turns, turn), begun=fence + written)


def marker(language: str) -> str:
    """What begins a comment of one line in that language."""
    return _MARKERS.get(language, "//")


async def explained(
    writer: Writer, prompt: Prompt, code: str, parts: Sequence[Part], task: Task
) -> AsyncGenerator[str, None]:
    """The step of each part: what the draft's own comment says there, or else the model.

    Raises:
        PlanfirstError: the model failed.
    """
    steps: list[str] = []
    own, parts = parts, [_to_be_said(part, task) for part in parts]
    for before, part in zip(own, parts, strict=True):
        code = code.replace(before.text, part.text, 1)
    for part in parts:
        said, is_cut = part.said, False
        rows, row = _rows(part)
        tells_itself = not said and len(rows) == 1 and _RETURNS.fullmatch(row)
        if not said and not tells_itself:
            asked = prompt_for(prompt, code, parts, steps, task)
            async with aclosing(writer.stream(asked, Decoding(STEP_TOKENS, stops=("\n",)))) as pieces:
                told = [piece async for piece in pieces]
            said, is_cut = "".join(told), bool(told) and told[-1] is CUT
            other = is_foreign(said, task.request) or (is_korean(task.request) and not is_korean(said))
            said = "" if other or _is_of_the_file(said, prompt, task) or is_untrue(said, part.text) else said
        steps.append(as_step(said, part, task.request, is_cut))
        yield steps[-1]


def _to_be_said(part: Part, task: Task) -> Part:
    """The part without a comment of its own in another language than that of a request in Korean."""
    if not part.said or not is_korean(task.request) or is_korean(part.said):
        return part
    rows = dropwhile(COMMENT.match, part.text.splitlines(keepends=True))
    return replace(part, text="".join(rows), said="")


def _is_of_the_file(said: str, prompt: Prompt, task: Task) -> bool:
    """Whether a step only repeats a line of the file that the prompt shows: it says nothing of this code."""
    step = _words(said)
    return step in map(_words, prompt.user.splitlines()) and step not in _words(task.request)


def _words(line: str) -> str:
    """The words of a line, without its marks; "reads" counts as "read"."""
    return " ".join(word.rstrip("s") for word in _ANY_WORD.findall(line.lower()))


def said_so_far(code: str, task: Task) -> list[str]:
    """The first steps of a draft that is still being written: those that its own comments say, up to one that has none.

    None once its parts are more than a plan has steps, since some of them will be put together.
    """
    said = takewhile(lambda part: _to_be_said(part, task).said, parts_so_far(code, task))
    return [as_step(part.said, part, task.request) for part in said]


def kept(plan: Plan, task: Task) -> str:
    """How the answer begins when a plan was changed: with the lines of the first steps that stayed.

    Behind them stands the first step that was changed, as a comment, and the model goes on from there.
    """
    mark, written, at = marker(task.language), "", 0
    for step, part in zip(plan.steps, plan.parts, strict=True):
        if not part:
            written += f"{plan.draft[at:]}{mark} {step}\n"
            break
        start = plan.draft.find(part, at)
        above = "" if COMMENT.match(part) else f"{leading(part)}{mark} {step}\n"
        written += f"{plan.draft[at:start]}{above}{part}"
        at = start + len(part)
    if task.indent:
        written = f"{task.lead}\n{textwrap.indent(written, task.indent)}"
    return f"```{begun.label(task.language)}\n{written}"


def first_step(plan: Plan, task: Task) -> str:
    """A plan's first step as a comment, for the body of a function to begin with.

    A small model that is only shown a plan leaves more of its steps out.
    """
    indent = _INDENTS.get(task.language.removesuffix("react"), "    ")
    return f"{indent}{marker(task.language)} {plan.steps[0]}\n"


def uncommented(code: str, plan: Plan, task: Task) -> str:
    """The code without the comments that are nothing but steps of the plan, since the plan is shown beside it."""
    mark = marker(task.language)
    comments = {f"{mark} {step}" for step in plan.steps}
    return "".join(line for line in code.splitlines(keepends=True) if line.strip() not in comments).rstrip("\n")


def as_step(said: str, part: Part, request: str, cut: bool = False) -> str:
    """What the model said of a part, as a step; where it said nothing, what the part's first line of code does.

    A small model says what it was asked for instead of doing it now and then, or the code again: that is nothing, too.

    Args:
        cut: it said more than a step may hold, so the last word may lack its end.
    """
    if cut:
        said = said.rstrip().rpartition(" ")[0].rstrip(" ,;:") + " …"
    step = _NOTE.sub("", " ".join(said.split()).strip(" #/-"))
    words = _WORD.findall(step.lower())
    echoed = len(words) > 3 and sum(word in _ASKED for word in words) > _ECHO * len(words)
    rows, row = _rows(part)
    is_code = _code_of(step) in map(_code_of, rows)
    if not (len(words) > 1 or step.rstrip(".").isalpha()) or echoed or is_code:
        return described(row, in_korean=is_korean(request))
    if part.head and not _GOES_THROUGH.match(step):
        small = step if step[1:2].isupper() else step[0].lower() + step[1:]
        return f"{described(row, in_korean=is_korean(step))}: {small}"
    return step if scripts_of(step) else step[0].upper() + step[1:]


def _inside(step: str, part: Part) -> str:
    """What a step says of a loop's one statement, without the loop: its comment stands inside, and sets an example."""
    row = _rows(part)[1]
    loops = (f"{described(row, in_korean=korean)}: " for korean in (False, True)) if part.head else ()
    return next((step.removeprefix(loop) for loop in loops if step.startswith(loop)), step)


def _rows(part: Part) -> tuple[list[str], str]:
    """The rows of a part that are no comments, and the first of them that is code."""
    rows = [line.strip() for line in part.text.splitlines() if not COMMENT.match(line)]
    return rows, next((one for one in rows if one and not one.startswith(_MARKS)), next(filter(None, rows), ""))


def _code_of(row: str) -> str:
    """A row of code without the comment behind it."""
    return _BEHIND.sub("", row).rstrip(";").lower()


def plan_of(code: str, steps: Sequence[str], parts: Sequence[Part]) -> Plan:
    """The plan of a draft; parts that stand together and are said to do the same are one step."""
    said, text = [steps[0]], [parts[0].text]
    for step, part in zip(steps[1:], parts[1:], strict=True):
        if step == said[-1]:
            text[-1] += part.text
        else:
            said.append(step)
            text.append(part.text)
    return Plan(tuple(said), code, tuple(text))
