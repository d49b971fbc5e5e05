"""A model that is not on this machine: secrets are taken out of what it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

from planfirst.core.ports import Writer
from planfirst.core.profile import Profile
from planfirst.core.types import Decoding, Prompt

Redact = Callable[[str], tuple[str, int]]


class Screened:
    """A writer whose prompts hold no secret that is known for one.

    Args:
        redact: the text without its secrets, and how many there were; the same text comes back where there are none.
    """

    def __init__(self, writer: Writer, redact: Redact) -> None:
        self._writer, self._redact = writer, redact

    @property
    def name(self) -> str:
        return self._writer.name

    @property
    def profile(self) -> Profile:
        return self._writer.profile

    @property
    def context(self) -> int:
        return self._writer.context

    async def count(self, texts: Sequence[str]) -> list[int]:
        return await self._writer.count(texts)

    async def stream(self, prompt: Prompt, decoding: Decoding) -> AsyncGenerator[str, None]:
        """The answer to the prompt without its secrets; whoever asks need not have taken them out."""
        async with aclosing(self._writer.stream(await self.screened(prompt), decoding)) as pieces:
            async for piece in pieces:
                yield piece

    async def screened(self, prompt: Prompt) -> Prompt:
        """The prompt as it is sent, with the number of secrets that are not in it."""
        return await asyncio.to_thread(self._screened, prompt)  # looking for them takes a second the first time

    def _screened(self, prompt: Prompt) -> Prompt:
        found = 0

        def clean(text: str) -> str:
            nonlocal found
            text, count = self._redact(text)
            found += count
            return text

        system, user, begun = map(clean, (prompt.system, prompt.user, prompt.begun))
        turns = tuple((clean(asked), clean(answered)) for asked, answered in prompt.turns)
        if not found:
            return prompt
        sections = tuple(replace(section, text=self._redact(section.text)[0]) for section in prompt.sections)
        found += prompt.secrets
        return replace(prompt, system=system, user=user, turns=turns, begun=begun, sections=sections, secrets=found)
