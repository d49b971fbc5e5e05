"""Placeholders for texts that a chat template must not see: what they stand for is tokenised as plain text."""

from __future__ import annotations

import json
import re
from typing import Any, Final

# Private-use characters around a name: no template writes them, and a message cannot hold them because it is not
# there yet.
OPEN, CLOSE = "\ue000", "\ue001"
PLACE: Final = re.compile(f"{OPEN}([a-z]+)(\\d*){CLOSE}")
_TOOL, _JSON = f"{OPEN}tool", f"{OPEN}json"
# Words of JSON Schema and of the tools' own frame, which templates ask for by name.
_KNOWN = frozenset(["type", "function", "name", "description", "parameters", "properties", "required", "items", "enum"])
_TYPES = frozenset(["function", "object", "string", "number", "integer", "boolean", "array", "null"])


def placeholder(role: str, number: int) -> str:
    """The placeholder of a message."""
    return f"{OPEN}{role}{number}{CLOSE}"


def to_json(value: Any, indent: int | None = None, **_: Any) -> str:
    """JSON for a template. What a placeholder in it stands for is escaped as JSON wants it."""
    return json.dumps(value, ensure_ascii=False, indent=indent).replace(_TOOL, _JSON)


class ToolTexts:
    """The texts of tools, calls and results, each under a placeholder of its own."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def put(self, text: str) -> str:
        """The placeholder of a text."""
        self._texts.append(text)
        return placeholder("tool", len(self._texts) - 1)

    def within(self, value: Any) -> Any:
        """JSON with placeholders for all texts in it but the words of JSON Schema."""
        if isinstance(value, str):
            return value if value in _TYPES else self.put(value)
        if isinstance(value, list):
            return [self.within(one) for one in value]
        if isinstance(value, dict):
            return {key if key in _KNOWN else self.put(key): self.within(one) for key, one in value.items()}
        return value

    def texts(self) -> dict[str, str]:
        """What each placeholder stands for, as it is and within JSON."""
        found: dict[str, str] = {}
        for number, text in enumerate(self._texts):
            found[placeholder("tool", number)] = text
            found[placeholder("json", number)] = json.dumps(text, ensure_ascii=False)[1:-1]
        return found

    def are_all_in(self, rendered: str) -> bool:
        """Whether a template has written every one of them."""
        shown = {int(match[2]) for match in PLACE.finditer(rendered) if match[1] in ("tool", "json")}
        return shown == set(range(len(self._texts)))
