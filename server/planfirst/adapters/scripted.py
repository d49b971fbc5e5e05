"""Stand-ins for the pipeline's ports that answer from a script: for tests, and for trying an editor without a model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from planfirst.core.errors import PlanfirstError
from planfirst.core.ports import CUT
from planfirst.core.profile import Profile, named
from planfirst.core.types import Decoding, Example, Prompt

CUT_HERE = "\0"


class ScriptedWriter:
    """Answers each prompt with the next text of a script, line by line; counts words as tokens.

    A text that ends with ``CUT_HERE`` is cut off there.

    Attributes:
        prompts, decodings: what it was asked, in order.
        stopped: how many answers were cancelled before their end.
    """

    def __init__(self, *answers: str | PlanfirstError, profile: Profile | str = "compact", context: int = 4096) -> None:
        self.name = "scripted"
        self.profile = named(profile) if isinstance(profile, str) else profile
        self.context = context
        self.prompts: list[Prompt] = []
        self.decodings: list[Decoding] = []
        self.stopped = 0
        self._answers = list(answers)

    async def stream(self, prompt: Prompt, decoding: Decoding) -> AsyncGenerator[str, None]:
        self.prompts.append(prompt)
        self.decodings.append(decoding)
        answer = self._answers.pop(0)
        if isinstance(answer, PlanfirstError):
            raise answer
        try:
            for piece in answer.removesuffix(CUT_HERE).splitlines(keepends=True):
                await asyncio.sleep(0)
                yield piece
            if answer.endswith(CUT_HERE):
                yield CUT
        except (GeneratorExit, asyncio.CancelledError):
            self.stopped += 1
            raise

    async def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


class ScriptedRetriever:
    """Finds the same examples for every question, or fails in the same way."""

    def __init__(self, *examples: Example, error: PlanfirstError | None = None) -> None:
        self.queries: list[str] = []
        self._examples = list(examples)
        self._error = error

    async def search(self, query: str, count: int) -> list[Example]:
        self.queries.append(query)
        if self._error is not None:
            raise self._error
        return self._examples[:count]
