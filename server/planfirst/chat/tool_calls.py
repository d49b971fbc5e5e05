"""Finds the calls of tools in what a model writes, while it writes it.

Models write a call as a JSON object with a name and arguments: between ``<tool_call>`` and ``</tool_call>``, as Qwen2.5
is trained to, or as all of the answer, fenced or not, as Llama 3.2 and small models do. Only the tools that were
offered can be called; anything else is text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from planfirst.core.tools import ToolCall

_OPEN, _CLOSE = "<tool_call>", "</tool_call>"
_FENCED = re.compile(r"\s*```(?:json)?\s*\n(.*?)\n?```\s*", re.DOTALL)
_BEGINS = re.compile(r"\s*(?:`{0,2}|```(?:j|js|jso|json)?\s*(?:\n\s*)?(?:\{.*)?|\{.*)", re.DOTALL)


class ToolCallText:
    """Takes an answer piece by piece.

    Args:
        names: of the tools that may be called.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.calls: list[ToolCall] = []
        self._names = frozenset(names)
        self._held = ""
        self._is_begun = False  # whether something was passed on, so that what comes is not a call and nothing else

    def take(self, piece: str) -> str:
        """What of the answer is surely text."""
        self._held += piece
        text = ""
        while (start := self._held.find(_OPEN)) >= 0 and (end := self._held.find(_CLOSE, start)) >= 0:
            text += self._held[:start] + self._called(self._held[start : end + len(_CLOSE)])
            self._held = self._held[end + len(_CLOSE) :]
        if start >= 0:
            text += self._held[:start]
            self._held = self._held[start:]
        elif self._is_begun or self.calls or text.strip() or not _BEGINS.fullmatch(self._held):
            keep = next((n for n in range(len(_OPEN) - 1, 0, -1) if self._held.endswith(_OPEN[:n])), 0)
            text += self._held[: len(self._held) - keep]
            self._held = self._held[len(self._held) - keep :]
        self._is_begun = self._is_begun or bool(text.strip())
        return text if self._is_begun else ""

    def end(self) -> str:
        """The rest of the text, once the answer has ended."""
        rest, self._held = self._held, ""
        if rest.startswith(_OPEN):  # it is not always closed
            return self._called(rest)
        if self._is_begun or self.calls:
            return rest if rest.strip() else ""
        fenced = _FENCED.fullmatch(rest)
        call = self._read(fenced[1] if fenced else rest)
        if call is None:
            return rest
        self.calls.append(call)
        return ""

    def _called(self, written: str) -> str:
        """Takes a call; what is none comes back as text."""
        call = self._read(written.removeprefix(_OPEN).removesuffix(_CLOSE))
        if call is None:
            return written
        self.calls.append(call)
        return ""

    def _read(self, text: str) -> ToolCall | None:
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return None
        name = data.get("name") if isinstance(data, dict) else None
        if not isinstance(name, str) or name not in self._names:
            return None
        arguments = data.get("arguments", data.get("parameters", {}))
        if not isinstance(arguments, dict):
            return None
        return ToolCall(name, json.dumps(arguments, ensure_ascii=False))
