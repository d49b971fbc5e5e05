"""The enhanced prompt: Jinja2 templates, filled with sections that each keep to a token budget.

A profile names a set of templates in one folder, ``system.j2``, ``plan.j2`` and ``code.j2``. The sets that ship are
``compact`` (what the starter was trained on) and ``instruct`` (for general instruction-tuned models). ``summary`` and
``analysis`` belong to `workflows`, and have a ``result.j2`` in the place of the code. A user's folder
replaces any of them by the same name. In both sets the plan prompt and the code prompt begin with the same text, so
that a runtime which keeps the last prompt's state reads the request and the example only once.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from planfirst.core import begun, draft
from planfirst.core import plan as plans
from planfirst.core.declaration import listed
from planfirst.core.errors import BadSetting
from planfirst.core.profile import Profile
from planfirst.core.types import DOTS, Declaration, Example, Plan, Prompt, Section, SectionName, Task

Kind = Literal["plan", "code"]
Result = Literal["plan", "result"]
Counter = Callable[[Sequence[str]], Awaitable[list[int]]]

_MARKERS = 32  # tokens for the chat template's own markers and the headings of sections
_PIECE = re.compile(r"\n|[^\n]{1,120}(?:\s|$)|[^\n]{1,120}")
_MARK = "\ue000shown\ue001"  # stands for a section where it is asked whether a template shows it
_OPTIONAL: tuple[SectionName, ...] = ("rules", "declarations")  # what not every set of templates has a place for
_CHARS_PER_TOKEN = 32  # no text is dropped unseen below this many characters a token


# What a template is rendered with where there is nothing to say.
NOTHING: Mapping[str, object] = {
    "rules": "",
    "language": "Python",
    "fence": "python",
    "stub": "",
    "part": "function",
    "placed": False,
    "sets": "",
    "changed": "",
    "was": "",
    "declarations": "",
    "context": "",
    "request": "",
    "plan": "",
    "example": None,
}


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens that each section may take."""

    rules: int = 256
    declarations: int = 448
    context: int = 512
    example: int = 768
    request: int = 512
    plan: int = 256


def shares(wanted: Sequence[int], room: int) -> list[int]:
    """How many of ``room`` tokens each section gets: all that it wants, unless that is more than an even share.

    What a short section leaves over goes to the longer ones, so it is the longest that is cut first.
    """
    given = [0] * len(wanted)
    for done, n in enumerate(sorted(range(len(wanted)), key=lambda n: wanted[n])):
        given[n] = min(wanted[n], max(room, 0) // (len(wanted) - done))
        room -= given[n]
    return given


class PromptBook:
    """The templates of all profiles.

    Args:
        folder: a user's folder whose ``<profile>/<name>.j2`` files replace the shipped ones; None for none.
    """

    def __init__(self, folder: Path | None = None) -> None:
        shipped = PackageLoader("planfirst", "templates")
        self._jinja = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([FileSystemLoader(folder), shipped]) if folder else shipped,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )
        self._places: dict[tuple[str, Kind, str], bool] = {}

    def render(self, profile: str, kind: Kind | Result, values: Mapping[str, object]) -> tuple[str, str]:
        """The system and the user message.

        Raises:
            BadSetting: there is no such profile, or a template has an error.
        """
        try:
            system = self._jinja.get_template(f"{profile}/system.j2").render(values)
            user = self._jinja.get_template(f"{profile}/{kind}.j2").render(values)
        except TemplateNotFound as error:
            raise BadSetting("template-missing", name=str(error.message)) from error
        except TemplateError as error:
            at = f"{error.name}, line {error.lineno}: " if isinstance(error, TemplateSyntaxError) else ""
            raise BadSetting("template-broken", reason=at + str(error).rstrip(".")) from error
        return system.strip(), user.strip()

    def has_place_for(self, profile: str, kind: Kind, section: SectionName | Literal["was"]) -> bool:
        """Whether a prompt shows a section, or the code from before a plan was changed; the starter's show less.

        Raises:
            BadSetting: as `render`.
        """
        key = profile, kind, section
        if key not in self._places:
            said = self.render(profile, kind, {**NOTHING, section: _MARK})
            self._places[key] = any(_MARK in text for text in said)
        return self._places[key]


def values_of(
    task: Task,
    example: Example | None,
    plan: Plan | None,
    shown: str = "",
    excerpt: str = "",
    declarations: Sequence[Declaration] = (),
) -> dict[SectionName, str]:
    """The untrimmed text of each section; a section that has none is left out.

    Args:
        shown: the beginning of the code, which is shown by itself, so that nothing in it is said twice.
        excerpt: the code around the request; without it, what is there is named.
    """
    around = task.signature.split("\n")
    if shown and shown == task.stub:
        around.pop()
    context = excerpt or "\n".join([*task.imports, *around, *task.neighbours]).strip()
    texts: dict[SectionName, str] = {
        "rules": task.rules,
        "declarations": listed(declarations, task.language, task.header or task.signature)[0],
        "context": context,
        "example": example.pair.code if example else "",
        "request": "" if task.stub and shown == task.stub and begun.says(shown, task.request) else task.request,
        "plan": plan.numbered() if plan else "",
    }
    return {name: text for name, text in texts.items() if text}


def assemble(
    book: PromptBook,
    profile: str,
    kind: Kind,
    language: str,
    texts: Mapping[SectionName, str],
    example: Example | None,
    stub: str = "",
    part: str = "function",
    placed: str = "",
    sets: Sequence[str] = (),
    changed: str = "",
    was: str = "",
) -> tuple[str, str]:
    """Renders section texts that already fit; the training data is made with this too, so that both are the same.

    Args:
        stub: what the code begins with, which is to be completed.
        part: what that is, a function or code of another kind.
        placed: the same where the context holds it in its place, if that is not cut away.
        sets: the names that the code has to set.
        changed: code that stands there and is to be changed.
        was: the code behind the plan before you changed it; the plan's text then says only what has changed.
    """
    shown = example if example and "example" in texts else None
    return book.render(
        profile,
        kind,
        {
            "language": begun.spoken(language),
            "fence": begun.label(language),
            "stub": stub,
            "part": part,
            "placed": bool(placed) and placed in texts.get("context", ""),
            "sets": " and ".join(f"`{name}`" for name in sets),
            "changed": changed,
            "was": was,
            "rules": texts.get("rules", ""),
            "declarations": texts.get("declarations", ""),
            "context": texts.get("context", ""),
            "request": texts.get("request", ""),
            "plan": texts.get("plan", ""),
            "example": {
                "question": shown.pair.question,
                "code": texts["example"],
                "score": f"{shown.score:.2f}",
                "source": shown.pair.source,
                "licence": shown.pair.licence,
            }
            if shown
            else None,
        },
    )


async def clip(text: str, limit: int, count: Counter) -> tuple[str, int]:
    """The beginning of ``text``, up to the last line or word that fits into ``limit`` tokens, and its tokens."""
    pieces = _PIECE.findall(text[: limit * _CHARS_PER_TOKEN])
    kept, used = 0, 0
    for length in await count(pieces):
        if used + length > limit:
            break
        kept, used = kept + 1, used + length
    clipped = "".join(pieces[:kept]).rstrip()
    (tokens,) = await count([clipped])
    return clipped, tokens


async def _longest(texts: Sequence[str], most: int, count: Counter) -> str:
    """The first of some texts that has no more than ``most`` tokens, the longest being first; else the last."""
    if len(texts) < 2:
        return texts[0] if texts else ""
    lengths = await count(list(texts))
    return next((text for text, tokens in zip(texts, lengths, strict=True) if tokens <= most), texts[-1])


async def build(
    book: PromptBook,
    profile: Profile,
    kind: Kind,
    task: Task,
    example: Example | None,
    plan: Plan | None,
    budget: Budget,
    room: int,
    count: Counter,
    leave_out: frozenset[SectionName] = frozenset(),
    declarations: Sequence[Declaration] = (),
) -> Prompt:
    """The prompt for a task, each section cut to its budget; ``leave_out`` switches sections off.

    Args:
        room: tokens that the whole prompt may take; the longest sections give way when it is less than the budgets.
    """
    stub, part = task.opening if profile.begun and not task.indent else "", "function" if task.header else "code"
    answer = begun.opening(task) if profile.begun and kind == "code" else ""
    if profile.example == "none":
        leave_out |= {"example"}
    excerpt = await _longest(task.excerpts, budget.context, count) if profile.around == "code" else ""
    texts = values_of(task, example, plan, stub, excerpt, declarations)
    was = ""
    if kind == "code" and plan and plan.was and plans.as_change(plan) and book.has_place_for(profile.name, kind, "was"):
        was, texts["plan"] = draft.whole(plan.was, task), plans.as_change(plan)
    shown = [name for name in texts if name not in _OPTIONAL or book.has_place_for(profile.name, kind, name)]
    wanted = {name: texts[name] for name in shown if name not in leave_out and getattr(budget, name)}
    budgets = [int(getattr(budget, name)) for name in wanted]
    # What is far too long is not counted to its end.
    seen = [text[: most * _CHARS_PER_TOKEN] for text, most in zip(wanted.values(), budgets, strict=True)]
    place = f"{task.comment}\n{DOTS}" if task.comment and stub == task.comment else ""
    beside = stub, part, place, task.sets, task.changed, was if "plan" in wanted else ""
    frame = "\n".join((profile.system, *assemble(book, profile.name, kind, task.language, {}, None, *beside), answer))
    own, *lengths = await count([frame, *seen])  # one call: a model in another process answers it
    limits = shares(list(map(min, lengths, budgets)), room - own - _MARKERS)
    sections: list[Section] = []
    for (name, text), start, length, limit in zip(wanted.items(), seen, lengths, limits, strict=True):
        if start == text and length <= limit:
            sections.append(Section(name, text, length))
        else:
            kept, tokens = await clip(text, limit, count)
            whole = length * len(text) // max(len(start), 1)  # an estimate when not all was counted
            sections.append(Section(name, kept, tokens, max(1, whole - tokens)))
    texts = {section.name: section.text for section in sections}
    if profile.example == "turn" and example is not None and "example" in texts:
        system, user = assemble(book, profile.name, kind, task.language, texts, None, *beside)
        turn = _as_turn(book, profile, task.language, example, texts["example"])
        return Prompt(profile.system or system, user, tuple(sections), (turn,), answer, is_change=bool(beside[-1]))
    system, user = assemble(book, profile.name, kind, task.language, texts, example, *beside)
    return Prompt(profile.system or system, user, tuple(sections), (), answer, is_change=bool(beside[-1]))


def _as_turn(book: PromptBook, profile: Profile, language: str, example: Example, code: str) -> tuple[str, str]:
    """The example as something that was asked and answered before."""
    _, asked = assemble(book, profile.name, "code", language, {"request": example.pair.question}, None)
    return asked, f"```{begun.label(language)}\n{code}\n```"
