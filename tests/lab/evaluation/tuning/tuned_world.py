"""A world in which it is known how a model is best asked: its answers are right when it is asked so."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Any

from planfirst.core.errors import EndpointDown
from planfirst.core.pipeline import Limits
from planfirst.core.profile import INSTRUCT, Profile
from planfirst.core.prompt import PromptBook
from planfirst.core.types import Decoding, Example, Pair, Prompt, Task
from planfirst_lab.evaluation.arms import Spending
from planfirst_lab.evaluation.checks import Check, Verdict
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.journal import Journal
from planfirst_lab.evaluation.retrieval import Hits
from planfirst_lab.evaluation.tuning import decisions
from planfirst_lab.evaluation.tuning.choice import Decision
from planfirst_lab.evaluation.tuning.trials import World

SCORES = {"close": 0.86, "related": 0.78}
CODE = "def number_{n}(x):\n    return {value!r}"
Right = Callable[[int, Prompt, Decoding], bool]


def tasks(count: int = 60) -> list[decisions.Task]:
    """Some close, some related, some without an example; every other one is a function with a docstring."""
    made = []
    for n in range(count):
        likeness: decisions.Likeness = "close" if n % 3 == 0 else "related" if n % 3 == 1 else "none"
        request = f"Give what is wanted of number {n}."
        stub = f'def number_{n}(x):\n    """{request}"""' if n % 2 else ""
        item = Item(f"numbers/{n}", Task(request, stub=stub), Check("script", f"number_{n}"), "")
        made.append(decisions.Task(item, likeness))
    return made


def found(given: Sequence[decisions.Task]) -> dict[str, Hits]:
    hits: dict[str, Hits] = {}
    for task in given:
        pair = Pair(task.item.id, f"An {task.example} one", f"{task.example.upper()} = 1", "functions", "MIT", "x")
        one = (Example(pair, SCORES[task.example]),) if task.example in SCORES else ()
        hits[task.item.id] = Hits(one, one)
    return hits


class Model:
    """Writes right code when ``right`` says so of the task's number and of how it was asked.

    Attributes:
        asked: prompts, in order.
        time: what `clock` tells; each answer takes ``seconds``.
    """

    name, context, profile = "known", 4096, INSTRUCT

    def __init__(self, right: Right, step: str = "look at what is given", seconds: float = 1.0) -> None:
        self.right, self.step, self.seconds = right, step, seconds
        self.asked: list[Prompt] = []
        self.time = 0.0
        self.stop_after = 1 << 30

    async def stream(self, prompt: Prompt, decoding: Decoding) -> AsyncGenerator[str, None]:
        if len(self.asked) >= self.stop_after:
            raise EndpointDown("plain", what="The model is gone.", next="Try again.")
        self.asked.append(prompt)
        self.time += self.seconds
        if decoding.aside:
            yield f"{self.step} {len(prompt.begun)}" if self.step else ""
        elif decoding.grammar:
            yield "1. Call int on what is given.\n2. Return it.\n"
        else:
            n = int(re.findall(r"number[_ ](\d+)", f"{prompt.user}{prompt.begun}")[-1])
            code = CODE.format(n=n, value="RIGHT" if self.right(n, prompt, decoding) else "WRONG")
            if "def " in prompt.begun:
                yield code.partition("\n")[2] + "\n```"
            elif prompt.begun:
                yield f"{code}\n```"
            else:
                yield f"Of course, here is what you asked for:\n```python\n{code}\n```"

    async def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def clock(self) -> float:
        return self.time


class Heard:
    """What was told."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.steps = 0
        self.decisions: list[Decision] = []

    def begins(self, field: str, trials: int) -> None:
        self.begun.append(field)

    def goes_on(self) -> None:
        self.steps += 1

    def decided(self, decision: Decision) -> None:
        self.decisions.append(decision)


def check(code: str, by: Check) -> Verdict:
    right = "'RIGHT'" in code and by.text in code
    return Verdict(right, "" if right else "wrong")


def world(model: Model, folder: Path, given: Sequence[decisions.Task], **changes: Any) -> World:
    options = {"journal": Journal(folder, "r"), "clock": model.clock} | changes
    return World(
        model, PromptBook(), Limits(min_score=0.75), Spending(), found=found(given), checker=check, **options
    )  # fmt: skip


async def tuned(
    model: Model, folder: Path, seconds: float = 1e6, base: Profile = INSTRUCT, begins: bool = True, **changes: Any
) -> tuple[Profile, dict[str, Decision]]:
    """The profile, and the last decision of each field."""
    from planfirst_lab.evaluation.tuning.command import measure

    given = tasks()
    made = world(model, folder, given, **changes)
    with made.journal:
        profile, decided = await measure(made, given, base, begins, seconds, Heard())
    return profile, {decision.field: decision for decision in decided}
