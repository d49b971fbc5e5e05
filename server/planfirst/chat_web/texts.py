"""The page with its texts in the reader's language."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from planfirst.words import Message, Words

TEXTS: Final = (
    "web-answer",
    "web-busy-writing",
    "web-cancel",
    "web-conversations",
    "web-copied",
    "web-copy",
    "web-copy-failed",
    "web-delete",
    "web-delete-question",
    "web-edit",
    "web-editing",
    "web-elsewhere",
    "web-export-json",
    "web-export-markdown",
    "web-hint",
    "web-length",
    "web-message",
    "web-new",
    "web-none",
    "web-none-found",
    "web-retry",
    "web-search",
    "web-send",
    "web-settings",
    "web-skip",
    "web-stop",
    "web-stopped",
    "web-system",
    "web-temperature",
    "web-top-p",
    "web-undo",
    "web-unreachable",
    "web-warning",
    "web-welcome",
    "web-written",
    "web-you",
)
FILES: Final = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "elements.js": "text/javascript",
    "requests.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_PLACE = re.compile(r"\{\{([a-z-]+)\}\}")


@lru_cache
def file(name: str) -> str:
    """A file of the page."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def page(words: Words, host: str = "") -> str:
    """The page, with each ``{{code}}`` in words.

    Args:
        host: where messages are sent to be answered; empty where they stay on this machine.
    """
    known = {code: words(Message(code)) for code in TEXTS} | {"language": words.language}
    if host:
        known["web-welcome"] = words(Message("web-welcome-server", host=host))
    return _PLACE.sub(lambda found: html.escape(known[found[1]]), file("page.html"))
