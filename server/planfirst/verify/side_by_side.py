"""Several asynchronous generators, read at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")


class _End:
    """One of them has no more."""


async def side_by_side(streams: Sequence[AsyncGenerator[T, None]]) -> AsyncGenerator[T, None]:
    """What they yield, as it comes. One that fails just ends. Closing this generator closes all of them."""
    told: asyncio.Queue[T | _End] = asyncio.Queue()

    async def read(stream: AsyncGenerator[T, None]) -> None:
        try:
            async with aclosing(stream) as items:
                async for item in items:
                    told.put_nowait(item)
        finally:
            told.put_nowait(_End())

    tasks = [asyncio.create_task(read(stream)) for stream in streams]
    left = len(tasks)
    try:
        while left:
            item = await told.get()
            if isinstance(item, _End):
                left -= 1
            else:
                yield item
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
