"""An engine whose models and search answer from a script, and what the tools tell while they work."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from planfirst.adapters.sandbox.scripted import ScriptedSandbox
from planfirst.adapters.scripted import ScriptedRetriever, ScriptedWriter
from planfirst.build import Engine
from planfirst.core.pipeline import Limits, Pipeline
from planfirst.core.prompt import PromptBook
from planfirst.core.runs import RunResult
from planfirst.core.types import Example, Pair
from planfirst.mcp_server.tools import Tools
from planfirst.settings import Settings
from planfirst.settings_reader import parse

PAIR = Pair(
    "p", "read a csv file", "import csv\n", "cookbook", "Apache-2.0", "cookbook/csv_data.toml#read", steps="Open it."
)
PLAN = "1. Multiply by two.\n2. Return it.\n"
DOUBLE = "```python\ndef double(n):\n    return 2 * n\n```"
ENDED = RunResult(exit_code=0, signal=None, stdout="", stderr="", limit=None, seconds=0.1, cut=False)


class ScriptedEngine(Engine):
    """Finds one example, and writes what it is given; its sandbox runs nothing."""

    def __init__(self, writer: ScriptedWriter, *examples: Example, settings: Settings | None = None) -> None:
        super().__init__(settings or parse({"verify": {"attempts": 1}})[0])
        self.writer = writer
        self.search = ScriptedRetriever(*examples)
        self.runs = ScriptedSandbox(ENDED)
        self.asked_at: list[Path | None] = []

    def pipeline(self, at: Path | None = None) -> Pipeline:
        self.asked_at.append(at)
        return Pipeline(
            self.search,
            self.writer,
            self.writer,
            PromptBook(),
            Limits(min_score=0.5, rules=self.settings.prompt.has_rules),
        )

    def retriever(self) -> Any:
        return self.search

    async def sandbox(self, packages: Sequence[Path] = ()) -> ScriptedSandbox:
        return self.runs


class Desk:
    """The tools over a scripted engine, and what they told."""

    def __init__(
        self,
        *answers: Any,
        folder: Path | None = None,
        may_run: bool = False,
        examples: Any = None,
        settings: Any = None,
    ) -> None:
        found = [Example(PAIR, 0.81234, 0.5)] if examples is None else examples
        self.engine = ScriptedEngine(ScriptedWriter(*answers), *found, settings=settings and parse(settings)[0])
        self.tools = Tools(self.engine, folder.resolve() if folder else None, may_run)
        self.told: list[str] = []

    async def tell(self, text: str) -> None:
        self.told.append(text)
