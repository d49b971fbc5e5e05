"""A plan from a draft: the code is cut into parts, and the model says of each part what it does.

The model is taken back to its own answer, to behind the first row of a part, and begins a comment there. It only writes
what follows the marker, and what stands before it need not be read again. So every step belongs to known lines, and
costs a dozen tokens.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from planfirst.core import begun, korean_steps, step_form
from planfirst.core.described import described
from planfirst.core.parts import COMMENT, Part, leading
from planfirst.core.ports import CUT, Writer
from planfirst.core.scripts import is_foreign, is_korean, scripts_of
from planfirst.core.types import Decoding, Plan, Prompt, Task
from planfirst.core.untrue import is_untrue

STEP_TOKENS = 28
_MARKERS = {"python": "#", "ruby": "#", "shellscript": "#", "r": "#", "yaml": "#", "sql": "--", "lua": "--"}
_INDENTS = {"javascript": "  ", "typescript": "  ", "go": "\t"}
_WORD = re.compile(r"[^\W\d_]{2,}")
_ANY_WORD = re.compile(r"\w+")
_NOTE = re.compile(r"(?:note|step \d+|주석)\s*[:.]\s*(?=\S)", re.IGNORECASE)  # which a step begins with now and then
_GOES_THROUGH = re.compile(r"(?:iterate|loop|go|walk|run|repeat|for each|for every|while|각|모든)\b", re.IGNORECASE)
_BEHIND = {mark: re.compile(rf"(?<=\S)\s+{mark}\s.*$") for mark in ("#", "//", "--")}
_RETURNS = re.compile(r"return [\w.]+;?")  # which no model says better than the line itself, and it takes its time
_MARKS = ("@", "#[")  # decorators and attributes, which say nothing of what they stand above
_DEFINES = re.compile(r"(?:async +def|def|class)\b")
_QUOTES = '"""'


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer that a model gave, and the code in it that is a draft.

    Attributes:
        prompt: what was asked.
        answer: all that stands in the model's turn, what was begun for it included.
        code: the draft, without the indentation that it may have in the answer.
    """

    prompt: Prompt
    answer: str
    code: str

    def before(self, row: int, task: Task) -> str:
        """The answer up to a row of the code, exclusively.

        Where the code does not stand in the answer as it is, since some of the answer is no part of it, the answer
        begins with the code instead.
        """
        for code in (self.code, textwrap.indent(self.code, task.indent)):
            if (at := self.answer.find(code)) >= 0:
                return self.answer[:at] + "".join(code.splitlines(keepends=True)[:row])
        return f"```{begun.label(task.language)}\n" + "".join(self.code.splitlines(keepends=True)[:row])


def prompt_for(draft: Draft, part: Part, task: Task) -> Prompt:
    """What the model is sent to get the step of a part."""
    n, row = _first_row(part)
    text = _without_remark(draft.before(part.first + n + 1, task).rstrip("\r\n"), task.language)
    if _DEFINES.match(row) and row.endswith(":"):
        opened = f"\n{leading(text.rpartition(chr(10))[2])}    {_QUOTES}"
    else:
        opened = f"  {marker(task.language)}"
    return replace(draft.prompt, begun=text + opened)


def _without_remark(text: str, language: str) -> str:
    """A text without the comment at the end of its last row, in whose place another one is to come."""
    above, end, row = text.rpartition("\n")
    found = _BEHIND[marker(language)].search(row)
    if not found or any(row.count(quote, 0, found.start()) % 2 for quote in "\"'`"):
        return text
    return above + end + row[: found.start()]


def marker(language: str) -> str:
    """What begins a comment of one line in that language."""
    return _MARKERS.get(language, "//")


async def explained(
    writer: Writer, draft: Draft, parts: Sequence[Part], task: Task, known: Mapping[str, str]
) -> AsyncGenerator[str, None]:
    """The step of each part: what the draft's own comment says there, or else the model.

    Args:
        known: steps that were worded before, by the lines of their parts.

    Raises:
        PlanfirstError: the model failed.
    """
    korean = is_korean(task.request)
    code, shown = korean_steps.without_english(draft.code, parts) if korean else (draft.code, parts)
    steps: list[str] = []
    for part, spoken in zip(parts, shown, strict=True):
        if part.text in known:
            steps.append(known[part.text])
        elif korean:
            asked = korean_steps.prompt_for(draft.prompt, code, shown, steps, task, marker(task.language))
            steps.append(await _step(writer, asked, Decoding(STEP_TOKENS, stops=("\n",)), spoken, draft, task))
        else:
            steps.append(await step_of(writer, draft, part, task))
        yield steps[-1]


async def step_of(writer: Writer, draft: Draft, part: Part, task: Task) -> str:
    """The step of one part, of a request that is not in Korean; else as `explained`."""
    form = step_form.grammar(_first_row(part)[1])
    how = Decoding(STEP_TOKENS, grammar=form, stops=("\n", _QUOTES), aside=True)
    return await _step(writer, prompt_for(draft, part, task), how, part, draft, task)


async def _step(writer: Writer, asked: Prompt, how: Decoding, part: Part, draft: Draft, task: Task) -> str:
    """The step of one part, for which the model is asked unless the part says it itself."""
    said, is_cut = own(part, task), False
    rows, row = _rows(part)
    if not said and not (len(rows) == 1 and _RETURNS.fullmatch(row)):
        async with aclosing(writer.stream(asked, how)) as pieces:
            told = [piece async for piece in pieces]
        said, is_cut = "".join(told), bool(told) and told[-1] is CUT
        other = is_foreign(said, task.request) or (is_korean(task.request) and not is_korean(said))
        said = "" if other or _is_of_the_file(said, draft.prompt, task) or is_untrue(said, part.text) else said
    return as_step(said, part, task.request, is_cut)


def own(part: Part, task: Task) -> str:
    """What the draft itself says of a part, in the language of the request; empty for nothing."""
    return part.said if not is_korean(task.request) or is_korean(part.said) else ""


def _is_of_the_file(said: str, prompt: Prompt, task: Task) -> bool:
    """Whether a step only repeats a line of the file that the prompt shows: it says nothing of this code."""
    step = _words(said)
    return step in map(_words, prompt.user.splitlines()) and step not in _words(task.request)


def _words(line: str) -> str:
    """The words of a line, without its marks; "reads" counts as "read"."""
    return " ".join(word.rstrip("s") for word in _ANY_WORD.findall(line.lower()))


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


def whole(plan: Plan, task: Task) -> str:
    """All of a draft, where it stands as `kept` has its first lines."""
    rows = plan.draft.rstrip("\n")
    return f"{task.lead}\n{textwrap.indent(rows, task.indent)}" if task.indent else rows


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

    A small model says the code again now and then: that is nothing, too.

    Args:
        cut: it said more than a step may hold, so the last word may lack its end.
    """
    if cut:
        said = said.rstrip().rpartition(" ")[0].rstrip(" ,;:") + " …"
    step = _NOTE.sub("", " ".join(said.split()).strip(" #/-"))
    words = _WORD.findall(step.lower())
    rows, row = _rows(part)
    is_code = _code_of(step) in map(_code_of, rows)
    if not (len(words) > 1 or step.rstrip(".").isalpha()) or is_code:
        return described(row, in_korean=is_korean(request))
    if part.head and not _GOES_THROUGH.match(step):
        small = step if step[1:2].isupper() else step[0].lower() + step[1:]
        return f"{described(row, in_korean=is_korean(step))}: {small}"
    return step if scripts_of(step) else step[0].upper() + step[1:]


def _first_row(part: Part) -> tuple[int, str]:
    """Which row of a part is the first one of code behind its head, counted from zero, and what stands there."""
    rows = part.text.splitlines()
    code = [(n, row.strip()) for n, row in enumerate(rows) if row.strip() and not COMMENT.match(row)]
    own = [(n, row) for n, row in code if n >= part.head and not row.startswith(_MARKS)]
    return next(iter(own or code), (0, ""))


def _rows(part: Part) -> tuple[list[str], str]:
    """The rows of a part that are no comments, and the first of them that is code."""
    rows = [line.strip() for line in part.text.splitlines() if not COMMENT.match(line)]
    return rows, next((one for one in rows if one and not one.startswith(_MARKS)), next(filter(None, rows), ""))


def _code_of(row: str) -> str:
    """A row of code without the comment behind it."""
    for behind in _BEHIND.values():
        row = behind.sub("", row)
    return row.rstrip(";").lower()


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
