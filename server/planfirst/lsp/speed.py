"""How fast the generator writes."""

from __future__ import annotations

import time
from contextlib import aclosing

from planfirst.core.ports import Writer
from planfirst.core.types import Decoding, Prompt
from planfirst.lsp.messages import Speed

_SAMPLE = "Write a Python function that counts the words of a text and returns the ten most frequent ones."
_SAMPLE_TOKENS = 64


async def measured(writer: Writer) -> Speed:
    """Lets a model write a little, and measures how fast it does.

    Raises:
        PlanfirstError: it cannot answer.
    """
    pieces: list[str] = []
    begun = time.perf_counter()
    async with aclosing(writer.stream(Prompt("", _SAMPLE), Decoding(_SAMPLE_TOKENS))) as stream:
        async for piece in stream:
            if not pieces:
                begun = time.perf_counter()
            pieces.append(piece)
    seconds = time.perf_counter() - begun
    (tokens,) = await writer.count(["".join(pieces)])
    return Speed(model=writer.name, tokens=tokens, seconds=round(seconds, 4))
