"""Text of any origin in Markdown: whatever it says, nothing but text comes of it."""

from __future__ import annotations

import random

import pytest
from markdown_it import MarkdownIt

from planfirst.core.plan import as_markdown, inert
from planfirst.core.types import Plan

_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_INERT = {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
_PARTS = [
    *(
        "[x](command:planfirst.generate?%5B1%5D)",
        "\\[x](command:a)",
        "![x](http://example.com/a.png)",
        "<img src=x onerror=a>",
    ),
    *(
        "<script>",
        "<command:planfirst.plan>",
        "<http://example.com>",
        "&lt;b&gt;",
        "**a**",
        "`",
        "``` x",
        "\\",
        "\\\\",
        "~~a~~",
    ),
    *("[x]: command:a", "[x]", "|a|b|", "\n---\n", "\n# a", "$(play)", "$a$", "a", " ", "\u202e", "한글", "\r", "\x85"),
]


@pytest.mark.parametrize("seed", range(200))
def test_it_is_shown_as_it_is(seed: int) -> None:
    rng = random.Random(seed)
    text = "a " + "".join(rng.choices(_PARTS, k=rng.randint(1, 8)))
    tokens = _PARSER.parse(inert(text))
    inline = [token for block in tokens if block.type == "inline" for token in block.children or []]
    assert {token.type for token in [*tokens, *inline]} <= _INERT
    assert "".join(token.content for token in inline).split() == text.split()


@pytest.mark.parametrize("seed", range(50))
def test_a_step_stays_one_item(seed: int) -> None:
    rng = random.Random(seed)
    steps = tuple("a " + " ".join("".join(rng.choices(_PARTS, k=5)).splitlines()) for _ in range(3))
    tokens = _PARSER.parse(as_markdown(Plan(steps)))
    assert [token.type for token in tokens].count("list_item_open") == 3
    assert "link_open" not in str(tokens)
