"""The prompt with what was retrieved: the product's own, whose example holds one hit after another.

With one hit it is word for word what the product sends. With more, each further one stands below the first in the same
form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tokenizers import Tokenizer

from planfirst.core.prompt import PromptBook, assemble, values_of
from planfirst.core.types import Example, Task

PROFILE = "compact"


class Prompts:
    """Writes prompts.

    Args:
        hit_tokens: of one hit's code; what is longer loses its last lines.
    """

    def __init__(self, book: PromptBook, bpe: Tokenizer, hit_tokens: int) -> None:
        self._book, self._bpe, self._most = book, bpe, hit_tokens

    def write(self, request: str, signature: str, hits: Sequence[Example]) -> tuple[str, str]:
        """The system and the user message."""
        task = Task(request, signature=signature)
        example = self._together(hits) if hits else None
        return assemble(self._book, PROFILE, "code", task.language, values_of(task, example, None), example)

    def _together(self, hits: Sequence[Example]) -> Example:
        first, *rest = [replace(hit, pair=replace(hit.pair, code=self._short(hit.pair.code))) for hit in hits]
        parts = [first.pair.code]
        parts += [f"Similar ({hit.score:.2f}): {hit.pair.question}\n{hit.pair.code}" for hit in rest]
        return replace(first, pair=replace(first.pair, code="\n\n".join(parts)))

    def _short(self, code: str) -> str:
        lines = code.split("\n")
        lengths = [len(encoding.ids) + 1 for encoding in self._bpe.encode_batch(lines)]
        while len(lines) > 1 and sum(lengths[: len(lines)]) > self._most:
            lines.pop()
        return "\n".join(lines)
