"""A conversation as Markdown or as JSON."""

from __future__ import annotations

import json
from typing import Any

from planfirst.chat.turns import Conversation

_FORMAT = 1


def as_json(conversation: Conversation) -> str:
    """All that is known of it."""
    data: dict[str, Any] = {
        "format": _FORMAT,
        "id": conversation.id,
        "title": conversation.title,
        "system": conversation.system,
        "made": conversation.made,
        "changed": conversation.changed,
        "turns": [
            {
                "user": turn.user,
                "assistant": turn.assistant,
                "model": turn.model,
                "stopped": turn.stopped,
                "made": turn.made,
            }
            for turn in conversation.turns
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def as_markdown(conversation: Conversation) -> str:
    """For people: each message as a quotation, each answer as it was written."""
    parts = [f"# {conversation.title}", f"{conversation.made}, {conversation.id}"]
    if conversation.system:
        parts.append(_quoted(conversation.system))
    for turn in conversation.turns:
        stopped = ", stopped" if turn.stopped else ""
        parts += [
            f"## {turn.number}",
            _quoted(turn.user),
            turn.assistant.strip(),
            f"*{turn.model}, {turn.made}{stopped}*",
        ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())
