"""How long a plan of six steps takes. Models seldom need six, so the grammar holds them to it here."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from planfirst.core import plan as plans
from planfirst.core.pipeline import Limits
from planfirst.core.ports import Writer
from planfirst.core.prompt import PromptBook, build
from planfirst.core.retrieve import gate
from planfirst.core.types import MAX_STEPS, Decoding, Example, Task
from planfirst_lab.evaluation.figures import Figures, times

_MOST_TASKS = 20
_TOKENS = 256


def grammar_of_six() -> str:
    """The plan grammar, with no step left to choice."""
    return re.sub(r"(s\d)\?", r"\1", plans.grammar())


async def six_steps(
    writer: Writer, book: PromptBook, limits: Limits, tasks: Sequence[tuple[Task, Sequence[Example]]]
) -> Figures:
    """Times of whole plans of six steps for at most 20 tasks, the reading of the prompt included.

    Plans that did not reach their sixth step within 256 tokens do not count; ``too_long`` says how many.
    """
    seconds, tokens, too_long = list[float](), 0, 0
    for task, hits in tasks[:_MOST_TASKS]:
        example, _ = gate(hits, limits.min_score)
        room = writer.context - _TOKENS
        prompt = await build(book, writer.profile, "plan", task, example, None, limits.budget, room, writer.count)
        started = time.perf_counter()
        pieces = [piece async for piece in writer.stream(prompt, Decoding(_TOKENS, grammar=grammar_of_six()))]
        took = time.perf_counter() - started
        text = "".join(pieces)
        (length,) = await writer.count([text])
        plan = plans.parse(text)
        if plan is None or len(plan.steps) < MAX_STEPS or length >= _TOKENS:
            too_long += 1
            continue
        seconds.append(took)
        tokens += length
    return {**times(seconds), "tokens": tokens / len(seconds) if seconds else None, "too_long": too_long}
