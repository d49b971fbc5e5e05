"""What can be done with a request: the verbs, their titles, and the ids of the commands."""

from __future__ import annotations

from typing import Literal

Verb = Literal["plan", "generate", "showPrompt", "insertPlan", "generateFromPlan"]
TITLES: dict[Verb, str] = {
    "plan": "action-plan",
    "generate": "action-generate",
    "showPrompt": "action-show-prompt",
    "insertPlan": "action-insert-plan",
    "generateFromPlan": "action-generate-from-plan",
}
"""The codes of their titles."""

WRITE_BELOW = "action-write-below"
"""The code of the title of ``generate`` where code that the comment may be about stands directly below it."""

REWRITE = "action-rewrite"
"""The code of the title of ``generate`` with ``rewrite``."""


def server_command(verb: Verb) -> str:
    """The id of the command that the server executes itself, for any editor."""
    return f"planfirst.server.{verb}"


def client_command(verb: Verb) -> str:
    """The id of our extension's command; it differs, since a client registers every server command under its own id."""
    return f"planfirst.{verb}"
