"""What every embedding model does to texts before it reads them."""

from __future__ import annotations

CHARS_PER_TOKEN = 32  # the model reads a few hundred tokens; a text is cut at this many characters for each of them


def valid(text: str) -> str:
    """The text without lone surrogates, which tokenizers cannot take and editors can send."""
    return text.encode("utf-8", "replace").decode("utf-8")


def first_line(error: Exception | str) -> str:
    """What an error of a library says, cut to one line."""
    return str(error).strip().split("\n", 1)[0][:200].rstrip(".") or type(error).__name__
