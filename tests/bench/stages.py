"""Where the time of a request goes, stage by stage, beside the bare model's answer to the same request.

``python tests/bench/stages.py measure MODEL ROWS LABEL [SOURCE]`` adds a line to ROWS; SOURCE is the folder ``server``
of another version, and this one's by default. ``python tests/bench/stages.py draw ROWS PICTURE`` draws all of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from measured import connect, leave
from pygls.lsp.client import LanguageClient
from real_requests import STUBS
from session import OURS, TOKENS, Bare

from planfirst.lsp.messages import OUR_CLIENT
from planfirst.lsp.protocol import plain
from planfirst.models import resolve

_REQUESTS = 4
_COLOURS = {
    "search": "#9ca3af",
    "reading": "#60a5fa",
    "writing code": "#16a34a",
    "plan": "#f59e0b",
    "the rest": "#d1d5db",
}
Spent = dict[str, float]


class _Timeline:
    """What a server says while it works, and when."""

    def __init__(self, client: LanguageClient) -> None:
        self.client, self._opened = client, 0
        self._events: list[tuple[float, dict[str, Any]]] = []
        client.protocol.fm.features.pop(lsp.PROGRESS, None)

        def progress(params: lsp.ProgressParams) -> None:
            self._events.append((time.perf_counter(), plain(params.value)))

        client.feature(lsp.PROGRESS)(progress)

    async def spent(self, text: str, *goals: str, **more: object) -> Spent:
        """The seconds of each stage, over one request a goal."""
        self._opened += 1
        uri = f"file:///stages{self._opened}.py"
        document = lsp.TextDocumentItem(uri, "python", 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(document))
        line = {"line": 0, "character": 0}
        where = {"textDocument": {"uri": uri, "version": 1}, "range": {"start": line, "end": line}}
        parts = dict.fromkeys(_COLOURS, 0.0)
        for goal in goals:
            self._events, began = [], time.perf_counter()
            params = {**where, "partialResultToken": "stages", **more}
            await self.client.protocol.send_request_async(f"planfirst/{goal}", params)
            self._share(parts, began, time.perf_counter())
        return parts

    def _share(self, parts: Spent, began: float, ended: float) -> None:
        """Adds up one request. A stage of a model reads until its first text, which is told only if it is shown."""
        known, first, stage_began = 0.0, 0.0, began
        for at, event in self._events:
            if event.get("kind") == "text":
                first = first or at
            elif event.get("kind") == "stage" and "ms" not in event:
                stage_began, first = at, 0.0
            elif event.get("kind") == "stage":
                stage, seconds = event["stage"], event["ms"] / 1000
                known += seconds
                reading = max(0.0, first - stage_began) if first else 0.0
                if stage == "retrieve":
                    parts["search"] += seconds
                elif stage in ("plan", "generate"):
                    parts["reading"] += reading
                    parts["plan" if stage == "plan" else "writing code"] += max(0.0, seconds - reading)
        parts["the rest"] += ended - began - known


async def measure(name: str, label: str, source: Path | None) -> dict[str, Any]:
    """The medians for one model and one version, with the seconds of the bare model's answers."""
    spec = resolve(name)
    options = {
        "client": OUR_CLIENT,
        "planner": {"model": str(spec.path), "fitted": False},
        "editor": {"warmUp": False},
        "prompt": {"requestTokens": 2048},
    }
    if source is not None:
        os.environ["PYTHONPATH"] = str(source)
    client, bare = await connect(OURS, options), Bare(spec.path)
    timeline = _Timeline(client)
    try:
        await timeline.spent(STUBS[-1], "generate")  # loads the model
        bare.seconds("print(1)")
        code = [await timeline.spent(stub, "generate", leaveOut=["plan"]) for stub in STUBS[:_REQUESTS]]
        both = [await timeline.spent(f"{stub}\n\n", "plan", "generate") for stub in STUBS[:_REQUESTS]]
        plainly = [bare.seconds(stub) for stub in STUBS[:_REQUESTS]]
    finally:
        await leave(client)
    return {
        "model": spec.name,
        "version": label,
        "requests": _REQUESTS,
        "tokens": TOKENS,
        "bare": statistics.median(plainly),
        "code": _medians(code),
        "plan, then code": _medians(both),
    }


def _medians(rows: list[Spent]) -> Spent:
    return {part: statistics.median(row[part] for row in rows) for part in _COLOURS}


def draw(rows: list[dict[str, Any]], out: Path) -> None:
    """A bar for each model, version and goal; the bare model's answer is a bar of one piece."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    bars: list[tuple[str, Spent | float]] = []
    for model in dict.fromkeys(row["model"] for row in rows):
        of_model = [row for row in rows if row["model"] == model]
        bars.append((f"{model}, bare", of_model[-1]["bare"]))
        for goal in ("code", "plan, then code"):
            bars += [(f"{goal}, {row['version']}", row[goal]) for row in of_model]
    figure, axis = plt.subplots(figsize=(8, 0.42 * len(bars) + 1.2), layout="constrained")
    for y, (_, parts) in enumerate(bars):
        if isinstance(parts, float):
            axis.barh(y, parts, color="#374151")
            continue
        left = 0.0
        for part, colour in _COLOURS.items():
            axis.barh(y, parts[part], left=left, color=colour)
            left += parts[part]
    axis.set_yticks(range(len(bars)), [label for label, _ in bars])
    axis.invert_yaxis()
    axis.set_xlabel("seconds, medians of four requests")
    axis.grid(axis="x", alpha=0.3)
    axis.legend([plt.Rectangle((0, 0), 1, 1, color=colour) for colour in _COLOURS.values()], list(_COLOURS), fontsize=8)
    figure.savefig(out, dpi=110)


if __name__ == "__main__":
    if sys.argv[1] == "draw":
        draw([json.loads(line) for line in Path(sys.argv[2]).read_text().splitlines()], Path(sys.argv[3]))
    else:
        where = Path(sys.argv[5]) if len(sys.argv) > 5 else None
        measured = asyncio.run(measure(sys.argv[2], sys.argv[4], where))
        with Path(sys.argv[3]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(measured) + "\n")
        sys.stdout.write(json.dumps(measured, indent=1) + "\n")
