"""The first token of a conversation's second turn, against a prompt as long of which nothing was read before."""

from __future__ import annotations

import time
from pathlib import Path

from measured import Measured, row

from planfirst.adapters.llama import LlamaModel
from planfirst.chat.asking import SYSTEM
from planfirst.core.types import Decoding, Prompt

_PASTED = "\n".join(f"{n:03} INFO served /orders/{n * 7919 % 1000} in {n * 31 % 97} ms" for n in range(24))
_FIRST = "Case {n} of {who}: which of these took longest?\n{log}"
_SECOND = "And which was the quickest?"


def second_turn(name: str, model: Path, rounds: int) -> Measured:
    """The row; each round is another conversation, and who goes first takes turns."""
    llama = LlamaModel(model, 4096, lanes=4)  # as in the model process, so that a conversation outlives another prompt
    second: list[float] = []
    unread: list[float] = []
    for n in range(rounds):
        said = _FIRST.format(n=n, who="yours", log=_PASTED)
        answer = "".join(llama.stream(Prompt(SYSTEM, said), Decoding(24), lambda: False))
        other = _FIRST.format(n=n, who="other", log=_PASTED)
        prompts = {
            "second": Prompt(SYSTEM, _SECOND, turns=((said, answer),)),
            "unread": Prompt(f"Session {n}. {SYSTEM}", _SECOND, turns=((other, answer),)),
        }
        for which in ("second", "unread") if n % 2 else ("unread", "second"):
            (second if which == "second" else unread).append(_first_token(llama, prompts[which]))
    llama.close()
    return row(f"{name}: second turn's first token to that of an unread prompt as long", second, unread, "at most 0.33")


def _first_token(llama: LlamaModel, prompt: Prompt) -> float:
    began = time.perf_counter()
    for _ in llama.stream(prompt, Decoding(2), lambda: False):
        break
    return time.perf_counter() - began
