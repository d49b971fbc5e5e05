"""Server-sent events, as far as chat completions use them. It knows nothing of what an event says."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable

MOST_BYTES_A_LINE = 1 << 20
MOST_BYTES = 1 << 24


class TooMuchError(Exception):
    """The stream is longer than any sensible answer."""


async def events(chunks: AsyncIterable[bytes]) -> AsyncGenerator[str, None]:
    """The data of each ``data:`` line; comments, other fields and blank lines are left out.

    Lines may end in LF or CRLF, and chunks may be cut anywhere. A last line without an end counts.

    Raises:
        TooMuchError: a line or the whole stream is too long.
        UnicodeDecodeError: a line is not UTF-8.
    """
    rest, total = b"", 0
    async for chunk in chunks:
        total += len(chunk)
        *lines, rest = (rest + chunk).split(b"\n")
        if total > MOST_BYTES or len(rest) > MOST_BYTES_A_LINE:
            raise TooMuchError
        for line in lines:
            if (data := _data(line)) is not None:
                yield data
    if (data := _data(rest)) is not None:
        yield data


def _data(line: bytes) -> str | None:
    if not line.startswith(b"data:"):
        return None
    return line[5:].decode("utf-8").strip() or None
