"""Removes a model's reasoning from its answer: what it thinks beforehand is never code, not even drafts."""

from __future__ import annotations

import re

_NAMES = r"think(?:ing)?|thoughts?|reason(?:ing)?|reflection|scratchpad|analysis"
_OPENING = re.compile(
    rf"^[ \t]*(?:<(?:seed:)?(?:{_NAMES})>|\[(?:{_NAMES})\]|◁(?:{_NAMES})▷|<\|(?:begin_of|start)_(?:{_NAMES})\|>"
    r"|<\|channel\|>(?:analysis|commentary)\b.*?<\|message\|>|<unused94>)",
    re.IGNORECASE | re.MULTILINE,
)
_CLOSING = re.compile(
    rf"</(?:seed:)?(?:{_NAMES})>|\[/(?:{_NAMES})\]|◁/(?:{_NAMES})▷|<\|end_of_(?:{_NAMES})\|>|<\|end_(?:{_NAMES})\|>"
    r"|<\|end\|>|<unused95>",
    re.IGNORECASE,
)
# What some models write around their answer; each is no code in any language.
_MARKS = re.compile(
    r"<\|(?:begin|end)_of_(?:solution|answer|sentence|text)\|>|<\|im_(?:start|end)\|>|<\|endoftext\|>|<\|return\|>"
    r"|<\|(?:START|END)_RESPONSE\|>|(?:<\|start\|>\w*)?(?:<\|channel\|>final\b.*?<\|message\|>)|<\|start\|>assistant"
)


def without_reasoning(answer: str) -> str:
    """The answer without its reasoning, closed or not; the first tag may be missing, as a prompt can hold it.

    A tag counts where a line begins with it; one that only closes, where no quote stands before it in its line. So a
    program that is about such tags keeps its strings.
    """
    kept: list[str] = []
    position = 0
    while opening := _OPENING.search(answer, position):
        kept.append(_after_closing(answer[position : opening.start()]))
        closing = _CLOSING.search(answer, opening.end())
        if closing is None:
            return _MARKS.sub("", "".join(kept))
        position = closing.end()
    rest = _after_closing(answer[position:])
    if rest != answer[position:]:
        kept = []
    return _MARKS.sub("", "".join([*kept, rest]))


def _after_closing(text: str) -> str:
    """What follows the last tag that closes and was never opened; all of it where there is none."""
    for closing in reversed(list(_CLOSING.finditer(text))):
        before = text[text.rfind("\n", 0, closing.start()) + 1 : closing.start()]
        if not re.search(r"[\"'`(/#*]", before):
            return text[closing.end() :]
    return text
