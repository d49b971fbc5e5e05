"""The prompt with what was retrieved: the product's own, whose example holds one hit after another.

With one hit it is word for word what the product sends for that hit. With more, each further one stands below the first
in the same form. Every request begins with a mark that asks for a call, so that a model need not give up what it does
with other requests. The arguments stand in the mark as they will in the answer, so that they can be copied from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planfirst.core.prompt import PromptBook, assemble, values_of
from planfirst.core.types import Example, Task
from planfirst_lab.training.rag.hit_form import HitForm

PROFILE = "compact"


class Prompts:
    """Writes prompts."""

    def __init__(self, book: PromptBook, shown: HitForm) -> None:
        self._book, self._shown = book, shown

    def as_shown(self, hits: Sequence[Example]) -> list[Example]:
        """The hits with what is shown of them in the place of their code."""
        return [replace(hit, pair=replace(hit.pair, code=self._shown.text(hit.pair.code))) for hit in hits]

    def write(self, request: str, given: str, signature: str, shown: Sequence[Example]) -> tuple[str, str]:
        """The system and the user message.

        Args:
            given: the arguments, as the user writes them; empty where that is left open.
            shown: hits as `as_shown` gives them.
        """
        task = Task(f"call({given}) {request}" if given else f"call: {request}", signature=signature)
        example = _together(shown) if shown else None
        return assemble(self._book, PROFILE, "code", task.language, values_of(task, example, None), example)


def _together(hits: Sequence[Example]) -> Example:
    first, *rest = hits
    parts = [first.pair.code]
    parts += [f"Similar ({hit.score:.2f}): {hit.pair.question}\n{hit.pair.code}" for hit in rest]
    return replace(first, pair=replace(first.pair, code="\n\n".join(parts)))
