"""How a model is to be sampled."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decoding:
    """How a model is to be sampled.

    Attributes:
        max_tokens: the most that may be written; 0 to have the prompt read and nothing written.
        temperature, grammar: 0 is greedy; GBNF, or empty.
        stops: texts that end the answer; neither they nor what follows are part of it.
        top_p, top_k, min_p: what can be drawn: the likeliest of this share, so many, of this part of the first's.
        repeat_penalty: divides the score of what the answer has just said; 1 is none. Not with a grammar.
        aside: it is a remark on another answer, which goes on or gets more remarks, so its state is kept.
    """

    max_tokens: int
    temperature: float = 0.0
    seed: int = 0
    grammar: str = ""
    stops: tuple[str, ...] = ()
    top_p: float = 0.95
    top_k: int = 40
    min_p: float = 0.0
    repeat_penalty: float = 1.0
    aside: bool = False
