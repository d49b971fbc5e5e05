"""The enhanced prompt: Jinja2 templates, filled with sections that each keep to a token budget.

A profile is a set of three templates in one folder, ``system.j2``, ``plan.j2`` and ``code.j2``. The profiles that
ship are ``compact`` (what the starter was trained on) and ``instruct`` (for general instruction-tuned models). A
user's folder replaces any of them by the same name. In both profiles the plan prompt and the code prompt begin with
the same text, so that a runtime which keeps the last prompt's state reads the request and the example only once.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields
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

from planfirst.core.errors import BadSetting
from planfirst.core.types import Example, Plan, Prompt, Section, SectionName, Task

Kind = Literal["plan", "code"]
Counter = Callable[[Sequence[str]], Awaitable[list[int]]]

_MARKERS = 32  # tokens for the chat template's own markers and the headings of sections
_PIECE = re.compile(r"\n|[^\n]{1,120}(?:\s|$)|[^\n]{1,120}")
_CHARS_PER_TOKEN = 32  # no text is dropped unseen below this many characters a token


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens that each section may take."""

    context: int = 256
    example: int = 768
    request: int = 512
    plan: int = 256

    def within(self, room: int) -> Budget:
        """The same shares, scaled down so that all of them fit into ``room`` tokens; none falls below 16."""
        whole = self.context + self.example + self.request + self.plan
        room = max(room, 64)
        if whole <= room:
            return self
        return Budget(**{f.name: max(16, getattr(self, f.name) * room // whole) for f in fields(self)})


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

    def render(self, profile: str, kind: Kind, values: Mapping[str, object]) -> tuple[str, str]:
        """The system and the user message.

        Raises:
            BadSetting: there is no such profile, or a template has an error.
        """
        try:
            system = self._jinja.get_template(f"{profile}/system.j2").render(values)
            user = self._jinja.get_template(f"{profile}/{kind}.j2").render(values)
        except TemplateNotFound as error:
            raise BadSetting(
                f"There is no prompt template {error.message!r}.",
                "Use the profile compact or instruct, or add the file to the folder in prompt.templates.",
            ) from error
        except TemplateError as error:
            place = f" in {error.name}, line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
            raise BadSetting(
                f"A prompt template cannot be used{place}: {error}.".replace("..", "."),
                "Mend it, or clear the setting prompt.templates to use the shipped ones.",
            ) from error
        return system.strip(), user.strip()


def values_of(task: Task, example: Example | None, plan: Plan | None) -> dict[SectionName, str]:
    """The untrimmed text of each section; a section that has none is left out."""
    context = "\n".join([*task.imports, task.signature]).strip()
    texts: dict[SectionName, str] = {
        "context": context,
        "example": example.pair.code if example else "",
        "request": task.request,
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
) -> tuple[str, str]:
    """Renders section texts that already fit; the training data is made with this too, so that both are the same."""
    shown = example if example and "example" in texts else None
    return book.render(
        profile,
        kind,
        {
            "language": language,
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


async def clip(text: str, budget: int, count: Counter) -> tuple[str, int, int]:
    """Cuts ``text`` at a line or word so that it has at most ``budget`` tokens.

    Returns:
        The text kept, its tokens, and how many tokens were cut (an estimate when the text is very long).
    """
    seen = text[: budget * _CHARS_PER_TOKEN]
    (whole,) = await count([seen])
    if len(seen) == len(text) and whole <= budget:
        return text, whole, 0
    pieces = _PIECE.findall(seen)
    kept, used = 0, 0
    for length in await count(pieces):
        if used + length > budget:
            break
        kept, used = kept + 1, used + length
    clipped = "".join(pieces[:kept]).rstrip()
    (tokens,) = await count([clipped])
    unseen = (len(text) - len(seen)) * max(whole, 1) // max(len(seen), 1)
    return clipped, tokens, max(1, whole - tokens + unseen)


async def build(
    book: PromptBook,
    profile: str,
    kind: Kind,
    task: Task,
    example: Example | None,
    plan: Plan | None,
    budget: Budget,
    room: int,
    count: Counter,
    leave_out: frozenset[SectionName] = frozenset(),
) -> Prompt:
    """The prompt for a task, each section cut to its budget; ``leave_out`` switches sections off.

    Args:
        room: tokens that the whole prompt may take; the budgets shrink if they do not fit beside the templates' text.
    """
    frame = "\n".join(assemble(book, profile, kind, task.language, {}, None))
    (own,) = await count([frame])
    budget = budget.within(room - own - _MARKERS)
    sections: list[Section] = []
    for name, text in values_of(task, example, plan).items():
        if name not in leave_out:
            kept, tokens, trimmed = await clip(text, getattr(budget, name), count)
            sections.append(Section(name, kept, tokens, trimmed))
    texts = {section.name: section.text for section in sections}
    system, user = assemble(book, profile, kind, task.language, texts, example)
    return Prompt(system, user, tuple(sections))
