"""A ratio of two things measured side by side, and a client of the server to measure with."""

from __future__ import annotations

import statistics
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

Measured = dict[str, Any]


async def connect(command: list[str], options: dict[str, Any]) -> LanguageClient:
    """A client of a server that was started by this command."""
    client = LanguageClient("bench", "1")
    await client.start_io(*command)
    await client.initialize_async(
        lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), initialization_options=options)
    )
    return client


async def leave(client: LanguageClient) -> None:
    """Ends the server as an editor does."""
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()  # type: ignore[no-untyped-call]


def row(title: str, ours: list[float], other: list[float], target: str) -> Measured:
    """The ratios of two lists of equal length, pair by pair."""
    ratios = sorted(a / b for a, b in zip(ours, other, strict=True))
    return {
        "title": title,
        "ratio": statistics.median(ratios),
        "lowest": ratios[0],
        "highest": ratios[-1],
        "ours": statistics.median(ours),
        "other": statistics.median(other),
        "target": target,
        "rounds": len(ratios),
    }
