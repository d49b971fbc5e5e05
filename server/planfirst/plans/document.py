"""A plan as a Markdown file. What you write in it stays; only boxes are ticked, and results are put in."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from planfirst.core.errors import BadRequest
from planfirst.words import Message

FORMAT = 1
LARGEST = 1 << 20  # characters
MOST_STEPS = 50
# Nothing in these is tried twice, so that no file takes longer than its length.
_WORDS = r"\S++(?:[^\S\n]++\S++)*+"
_HEAD = re.compile(r"\A---\n(.*?)^---\n", re.DOTALL | re.MULTILINE)
_VALUE = re.compile(rf"^([\w-]++):[^\S\n]*+({_WORDS})?", re.MULTILINE)
_STEP = re.compile(rf"^([-*] \[)([ xX])(\] ++)(?:\d{{1,3}}[.)] ++)?({_WORDS})[^\S\n]*+$", re.MULTILINE)
_SECTION = re.compile(rf"^## ++({_WORDS})[^\S\n]*+\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_FILE = re.compile(r" ?\bin `?((?:[\w.-]{1,255}/){0,64}[\w-]{1,255}\.\w{1,64})`?(?=[\s,.;:)]|$)")
_RESULT = "Result of step"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a plan.

    Attributes:
        number: its place, from 1.
        file: that it is about, below the workspace, with ``/``; empty where neither it nor the plan names one.
    """

    number: int
    text: str
    done: bool
    file: str

    @property
    def request(self) -> str:
        """What the code should do: the step without the name of its file."""
        return " ".join(_FILE.sub("", self.text).split()).strip(" ,;:") or self.text


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """What a plan file says; ``text`` is all of it."""

    text: str
    request: str
    steps: tuple[Step, ...]


def parse(text: str, name: str) -> PlanDocument:
    """Reads a plan file.

    Args:
        name: what messages call it.

    Raises:
        BadRequest: it is none, or was written by a newer version.
    """
    text = text.replace("\r\n", "\n")
    head = _HEAD.match(text)
    if len(text) > LARGEST or head is None:
        raise _refused(name, "plan-file-no-head")
    values = dict(_VALUE.findall(head[1]))
    version = values.get("planfirst-plan", "")
    if not re.fullmatch(r"[1-9]\d{0,8}", version):
        raise _refused(name, "plan-file-no-head")
    if int(version) > FORMAT:
        raise BadRequest("plan-file-newer", file=name)
    sections = dict(_SECTION.findall(text))
    found = _STEP.findall(sections.get("Steps", ""))
    if not 1 <= len(found) <= MOST_STEPS:
        raise _refused(name, "plan-file-no-steps")
    steps = tuple(
        Step(n, said, box != " ", _file_of(said) or values.get("file", ""))
        for n, (_, box, _, said) in enumerate(found, start=1)
    )
    return PlanDocument(text, sections.get("Request", "").strip(), steps)


def written(request: str, steps: list[str], file: str, model: str, example: str, made: str) -> str:
    """The text of a new plan file.

    Args:
        example: a line that names the example with its source and licence; may be empty.
    """
    head = {"planfirst-plan": str(FORMAT), "made": made, "model": model, "file": file}
    rows = ["---", *(f"{name}: {_line(value)}" for name, value in head.items() if value), "---", ""]
    rows += ["## Request", "", _quiet(request.strip()), "", "## Steps", ""]
    rows += [f"- [ ] {n}. {_line(step)}" for n, step in enumerate(steps, start=1)]
    rows += ["", "## Example", "", _line(example)] if example else []
    return "\n".join(rows) + "\n"


def with_result(document: PlanDocument, step: Step, result: str, done: bool = True) -> PlanDocument:
    """The plan with a step ticked, or not any more, and its result in place of an earlier one.

    Args:
        result: Markdown; empty to take an earlier one away.
    """
    text = _ticked(document.text, step, done)
    title = f"{_RESULT} {step.number}"
    whole = re.compile(rf"^## {title}[ \t]*\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    section = f"## {title}\n\n{_quiet(result.strip())}\n" if result else ""
    if whole.search(text):
        text = whole.sub(lambda found: f"{section}\n" if section else "", text, count=1).rstrip() + "\n"
    elif section:
        text = f"{text.rstrip()}\n\n{section}"
    steps = tuple(replace(one, done=done) if one.number == step.number else one for one in document.steps)
    return PlanDocument(text, document.request, steps)


def slug(request: str) -> str:
    """A short name for a file; words of any script."""
    words = re.findall(r"\w+", request.lower())[:6]
    return "-".join(words)[:48].strip("-_") or "plan"


def _ticked(text: str, step: Step, done: bool) -> str:
    seen = 0
    start = next((match.start(2) for match in _SECTION.finditer(text) if match[1] == "Steps"), 0)

    def tick(found: re.Match[str]) -> str:
        nonlocal seen
        seen += found.start() >= start
        is_it = seen == step.number and found.start() >= start and found[4] == step.text
        return found[0].replace(found[1] + found[2], found[1] + ("x" if done else " "), 1) if is_it else found[0]

    return _STEP.sub(tick, text)


def _file_of(step: str) -> str:
    found = _FILE.findall(step)
    return found[-1] if found else ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _quiet(text: str) -> str:
    """Text in which no line begins a section of ours."""
    return re.sub(r"^(#+ )", r"\\\1", text, flags=re.MULTILINE) if "```" not in text else _fenced_quiet(text)


def _fenced_quiet(text: str) -> str:
    return re.sub(r"^(## )", r" \1", text, flags=re.MULTILINE)


def _refused(name: str, why: str) -> BadRequest:
    return BadRequest("plan-file-refused", file=name, reason=Message(why))
