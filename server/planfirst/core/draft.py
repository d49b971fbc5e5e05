"""A plan from a draft: the code is cut into parts, and the model says of each part what it does.

The model gets the beginning of its answer: its own code, with a comment marker before each part. It only writes what
follows the marker. So every step is true of the code, belongs to known lines, and costs a dozen tokens.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from itertools import takewhile

from planfirst.core import begun
from planfirst.core.described import described
from planfirst.core.ports import CUT, Writer
from planfirst.core.scripts import is_foreign, is_korean, scripts_of
from planfirst.core.types import MAX_STEPS, Decoding, Plan, Prompt, Task
from planfirst.core.untrue import is_untrue

STEP_TOKENS = 28
_LONG = 8  # lines of a part that is looked into when there are few parts
_FEW = 3
_ASK = "Write this code again, with one short comment above each part that says what the part does."
_IN_KOREAN = " Write the comments in Korean."
_GOES_ON = re.compile(r"(?:elif|else|except|finally|case|catch)\b|[)\]}]")
_MARKERS = {"python": "#", "ruby": "#", "shellscript": "#", "r": "#", "yaml": "#", "sql": "--", "lua": "--"}
_INDENTS = {"javascript": "  ", "typescript": "  ", "go": "\t"}
_WORD = re.compile(r"[^\W\d_]{2,}")
_ASKED = frozenset(_WORD.findall(_ASK.lower())) | {"explain", "explains", "function", "is", "line", "to"}
_ECHO = 0.75  # the share of a step's words that come from the question
# What else begins so: attributes, the preprocessor, private fields, a first line that names the interpreter, `--n;`.
_COMMENT = re.compile(
    r"\s*(?:#(?![\[!]|(?:include|define|undef|if|ifdef|ifndef|else|elif|endif|pragma|error)\b|\w+\s*[=;(])|//|--(?!\w))"
)
_ENDS = re.compile(r"end(?:s| of)?\b", re.IGNORECASE)  # a comment that closes what is above it
_DOCUMENTED = re.compile(
    r"\s*(?:async +def|def|class) [^\n]*:[ \t]*\n"
    r"\s*[rR]?(?P<quotes>\"{3}|'{3})\s*(?P<about>[^\n]+?)\s*(?:\n|(?P=quotes))"
)


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of a draft that do one thing.

    Attributes:
        first, last: counted from zero in the draft, inclusive.
        text: the lines, each with its line end.
        indent: the white space before the first one that counts.
        said: what the draft's own comment above the first line says, or the docstring of a definition; else empty.
    """

    first: int
    last: int
    text: str
    indent: str
    said: str = ""


def parts_of(code: str, task: Task) -> list[Part]:
    """The parts of a code, at most six, in order; lines before the first one (header, docstring) are in none."""
    lines, stub = _lines(code, task)
    spans = _spans(lines, stub, _body_end(lines) if stub else len(lines))
    if len(spans) == 1:
        spans = _inside(lines, *spans[0]) or spans
    while len(spans) < _FEW and (long := next((span for span in spans if span[1] - span[0] >= _LONG), None)):
        inner = _inside(lines, *long)
        if len(inner) < 2:
            break
        n = spans.index(long)
        spans[n : n + 1] = [(long[0], inner[0][1]), *inner[1:]]
    while len(spans) > MAX_STEPS - 1:
        n = min(range(len(spans) - 1), key=lambda n: spans[n + 1][1] - spans[n][0])
        spans[n : n + 2] = [(spans[n][0], spans[n + 1][1])]
    return [_part(lines, *span) for span in spans]


def prompt_for(prompt: Prompt, code: str, parts: Sequence[Part], steps: Sequence[str], task: Task) -> Prompt:
    """What the model is sent to get the step of the part behind ``steps``; every such prompt begins like the last."""
    lines = code.splitlines(keepends=True)
    mark = marker(task.language)
    written = "".join(lines[: parts[0].first])
    for n, part in enumerate(parts[: len(steps) + 1]):
        if n < len(steps) and part.said:
            written += part.text
        elif n < len(steps):
            written += f"{part.indent}{mark} {steps[n]}\n{part.text}"
        else:
            written += f"{part.indent}{mark}"
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
    for part in parts:
        said, is_cut = part.said, False
        if not said:
            asked = prompt_for(prompt, code, parts, steps, task)
            async with aclosing(writer.stream(asked, Decoding(STEP_TOKENS, stops=("\n",)))) as pieces:
                told = [piece async for piece in pieces]
            said, is_cut = "".join(told), bool(told) and told[-1] is CUT
            elsewhere = (
                _is_of_the_file(said, prompt, task) or is_foreign(said, task.request) or is_untrue(said, part.text)
            )
            said = "" if elsewhere else said
        steps.append(as_step(said, part, task.request, is_cut))
        yield steps[-1]


def _is_of_the_file(said: str, prompt: Prompt, task: Task) -> bool:
    """Whether a step only repeats another comment of the file that the prompt shows: it says nothing of this code."""
    step = " ".join(said.split()).strip(" #/-.").lower()
    shown = {" ".join(row.split()).strip(" #/-.").lower() for row in prompt.user.splitlines() if _COMMENT.match(row)}
    return step in shown and step not in task.request.lower()


def said_so_far(code: str, task: Task) -> list[str]:
    """The first steps of a draft that is still being written: those that its own comments say, up to one that has none.

    None once its parts are more than a plan has steps, since some of them will be put together.
    """
    lines, stub = _lines(code, task)
    spans = _spans(lines, stub, len(lines))
    parts = [_part(lines, *span) for span in spans] if len(spans) < MAX_STEPS else []
    return [as_step(part.said, part, task.request) for part in takewhile(lambda part: part.said, parts)]


def kept(plan: Plan, task: Task) -> str:
    """How the answer begins when a plan was changed: with the lines of the first steps that stayed.

    Behind them stands the first step that was changed, as a comment, and the model goes on from there.
    """
    mark = marker(task.language)
    first = next((part for part in plan.parts if part), "")
    written = plan.draft[: plan.draft.find(_earliest(plan))]
    indent = _leading(first)
    for step, part in zip(plan.steps, plan.parts, strict=True):
        if not _COMMENT.match(part):
            written += f"{_leading(part) if part else indent}{mark} {step}\n"
        written += part
        if not part:
            break
    if task.indent:
        written = f"{task.lead}\n{textwrap.indent(written, task.indent)}"
    return f"```{begun.label(task.language)}\n{written}"


def first_step(plan: Plan, task: Task) -> str:
    """A plan's first step as a comment, for the body of a function to begin with.

    A small model that is only shown a plan leaves more of its steps out.
    """
    indent = _INDENTS.get(task.language.removesuffix("react"), "    ")
    return f"{indent}{_MARKERS.get(task.language, '//')} {plan.steps[0]}\n"


def uncommented(code: str, plan: Plan, task: Task) -> str:
    """The code without the comments that are nothing but steps of the plan, since the plan is shown beside it."""
    mark = marker(task.language)
    comments = {f"{mark} {step}" for step in plan.steps}
    return "".join(line for line in code.splitlines(keepends=True) if line.strip() not in comments).rstrip("\n")


def _earliest(plan: Plan) -> str:
    """The part that stands first in the draft."""
    return min((part for part in plan.parts if part), key=plan.draft.find)


def as_step(said: str, part: Part, request: str, cut: bool = False) -> str:
    """What the model said of a part, as a step; where it said nothing, what the part's first line of code does.

    A small model says what it was asked for instead of doing it now and then, or the code again: that is nothing, too.

    Args:
        cut: it said more than a step may hold, so the last word may lack its end.
    """
    if cut:
        said = said.rstrip().rpartition(" ")[0].rstrip(" ,;:") + " …"
    step = " ".join(said.split()).strip(" #/-")
    words = _WORD.findall(step.lower())
    echoed = len(words) > 3 and sum(word in _ASKED for word in words) > _ECHO * len(words)
    rows = [line.strip() for line in part.text.splitlines() if not _COMMENT.match(line)]
    is_code = step.lower() in (row.lower() for row in rows)
    if (len(words) > 1 or step.rstrip(".").isalpha()) and not echoed and not is_code:
        return step if scripts_of(step) else step[0].upper() + step[1:]
    return described(next(filter(None, rows), ""), in_korean=is_korean(request))


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


def _body_end(lines: Sequence[str]) -> int:
    """Where the body of a stub ends: before a brace that closes it."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return end - 1 if end and lines[end - 1].rstrip().rstrip(";,") == "}" else end


def _lines(code: str, task: Task) -> tuple[list[str], int]:
    """The code's lines, and how many of them the stub is."""
    lines = code.splitlines(keepends=True)
    return lines, len(task.header.splitlines()) if task.header and code.startswith(task.header) else 0


def _part(lines: Sequence[str], first: int, end: int) -> Part:
    return Part(first, end - 1, "".join(lines[first:end]), _leading(lines[first]), _said(lines, first, end))


def _said(lines: Sequence[str], first: int, end: int) -> str:
    """What the comment says that a part begins with, or else the docstring of a definition that it is."""
    rows: list[str] = []
    for n in range(first, end):
        if not (marker := _COMMENT.match(lines[n])):
            documented = None if rows else _DOCUMENTED.match("".join(lines[n:end]))
            return documented["about"].strip() if documented else " ".join(rows).strip()
        row = lines[n][marker.end() :].strip(" #/-\r\n")
        rows += [row] if not _ENDS.match(row) else []
    return ""


def _spans(lines: Sequence[str], first: int, end: int) -> list[tuple[int, int]]:
    """The statements of the least indentation between two lines: where each begins, and where the next does."""
    own = [n for n in range(first, end) if lines[n].strip() and not _COMMENT.match(lines[n])]
    if not own:
        return []
    least = min(len(_leading(lines[n]).expandtabs(4)) for n in own)
    heads, quoted, marked = [], "", False
    for n in range(own[0], end):
        line = lines[n]
        if not quoted and line.strip() and len(_leading(line).expandtabs(4)) == least:
            text = line.strip()
            if not _GOES_ON.match(text) and not _COMMENT.match(text) and not marked:
                heads.append(n)
            marked = text.startswith(("@", "#["))  # what it belongs to follows
        quoted = begun.open_quote(line, quoted)
    heads = [
        n for n in heads if not lines[n].strip().startswith(('"""', "'''", "import ", "from ", "use ", "#include"))
    ]
    tops = [_with_comment(lines, n, first) for n in heads]
    return [(n, (tops[at + 1] if at + 1 < len(tops) else end)) for at, n in enumerate(tops)]


def _with_comment(lines: Sequence[str], head: int, first: int) -> int:
    """Where the comment directly above a statement begins, which is about it."""
    while head > first and _COMMENT.match(lines[head - 1]) and _leading(lines[head - 1]) == _leading(lines[head]):
        head -= 1
    return head


def _inside(lines: Sequence[str], first: int, end: int) -> list[tuple[int, int]]:
    """The statements inside a definition or a block: those of the least indentation below its header."""
    head = len(_leading(lines[first]).expandtabs(4))
    deeper = next(
        (n for n in range(first + 1, end) if lines[n].strip() and len(_leading(lines[n]).expandtabs(4)) > head), end
    )
    stop = end
    while stop > deeper and (not lines[stop - 1].strip() or len(_leading(lines[stop - 1]).expandtabs(4)) <= head):
        stop -= 1
    return _spans(lines, deeper, stop)


def _leading(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
