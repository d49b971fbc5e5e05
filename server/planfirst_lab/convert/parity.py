"""Checks a GGUF file against the model it was made from: same tokens, same logits but for rounding, same text."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import llama_cpp
import numpy as np
from llama_cpp import Llama as Gguf
from numpy.typing import NDArray

from planfirst.adapters.amx import without_amx
from planfirst.adapters.chat_tokens import ChatTemplate
from planfirst.adapters.gguf_header import read_header
from planfirst.adapters.llama import threads_for
from planfirst.core.errors import ModelRefused
from planfirst.core.types import Prompt
from planfirst_lab.convert.tokenizer import HfTokenizer

TOLERANCE = 0.05  # of a logit; the same sums in another order
GREEDY = 64  # tokens
_PROMPTS = 4
_SEEDS = (
    "def add(a, b):\n    return a + b\n",
    "class Tree:\n\n\tdef __init__(self):\n\t\tself.left = None\n",
    "한글로 쓴 주석입니다. 파일을 읽어 목록으로 돌려준다.",
    "emoji 🙂🚀 and 👩‍👩‍👧 family, flags 🇰🇷",
    "   leading and   inner    runs     of spaces      ",
    "\n\n\n  \n\t\t\n \r\n trailing \t \n",
    "it's we'll they've I'm you'd don't 'quoted' \"double\"",
    "x1 = 3.14159e-10; y=0xFF + 1_000_000",
    "<|end|> <|system|> spelled out is text, not control",
    "naïve café Ünïcödé ½ ² Ⅷ 中文 日本語 العربية עברית",
    "http://example.com/a?b=c&d=%20#e  C:\\path\\to\\file",
    "!@#$%^&*()_+-=[]{}|;':\",./<>?`~",
)


class Reference(Protocol):
    """The model that a file was made from."""

    def tokenise(self, text: str) -> list[int]:
        """Token ids of plain text: nothing is added, and no control token is recognised."""
        ...

    def logits(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        """What follows after each token, shape (len(tokens), vocabulary)."""
        ...

    def greedy(self, tokens: Sequence[int], count: int) -> list[int]:
        """At most ``count`` likeliest next tokens, up to and without an end token."""
        ...

    @property
    def ends(self) -> Sequence[int]:
        """The end tokens at which `greedy` stops; empty for none."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """What a check measured.

    Attributes:
        texts: how many texts gave the same tokens.
        difference: the largest difference of a logit.
        greedy: how many greedy tokens were compared and equal.
    """

    texts: int
    difference: float
    greedy: int


def sample_texts(count: int, seed: int = 0) -> list[str]:
    """Texts that are hard on a tokenizer: code, Hangul, emoji, runs of white space, and random mixtures of them."""
    random_ = random.Random(seed)  # noqa: S311 - repeatable, not secret
    texts = list(_SEEDS)
    pieces = [piece for text in _SEEDS for piece in (text, *text.split(" "), *text.splitlines(keepends=True)) if piece]
    while len(texts) < count:
        drawn = random_.choices(
            [*pieces, " ", "  ", "\n", "\n\n", "\t", "    ", "0", "_", "'s", "\u00a0", "\u3000"], k=9
        )
        texts.append("".join(drawn))
    return texts[:count]


def prompts(tokenizer: HfTokenizer, system: str = "") -> list[list[int]]:
    """Token ids to compare on: hard texts, each in the model's chat format."""
    bos, eos = tokenizer.text_of(tokenizer.begin), tokenizer.text_of(tokenizer.eos)
    template = ChatTemplate(tokenizer.chat_template, bos, eos)
    found = [template.tokens(Prompt(system, text), tokenizer.tokenise) for text in sample_texts(_PROMPTS)]
    first = [tokenizer.bos] if tokenizer.adds_bos and tokenizer.bos is not None else []
    return [tokens if tokens[:1] == first else first + tokens for tokens in found]


def same_tokens(reference: Reference, gguf: Gguf, texts: Sequence[str]) -> int:
    """How many texts both tokenise alike.

    Raises:
        ModelRefused: one of them is tokenised differently.
    """
    for text in texts:
        ours, theirs = reference.tokenise(text), gguf.tokenize(text.encode(), add_bos=False, special=False)
        if ours != theirs:
            raise ModelRefused(
                "plain",
                what=f"The exported model tokenises {text!r} as {theirs[:12]}, the trained one as {ours[:12]}.",
                next="Do not use the file; export it again with the tokenizer it was trained with.",
            )
    return len(texts)


def compare(
    reference: Reference,
    path: Path,
    prompts: Sequence[Sequence[int]],
    texts: int = 200,
    tolerance: float = TOLERANCE,
) -> Report:
    """Compares a GGUF that is not quantised with the model it was made from.

    Args:
        prompts: token ids to compare logits on; each is also continued greedily, by 64 tokens or to its end.
        tolerance: the largest difference of a logit that is rounding.

    Raises:
        ModelRefused: they differ by more than rounding.
    """
    longest = max(len(prompt) for prompt in prompts)
    with opened(path, max(512, longest + GREEDY + 16), logits=True) as gguf:
        count = same_tokens(reference, gguf, sample_texts(texts))
        worst = max(_difference(reference, gguf, prompt) for prompt in prompts)
        if not worst <= tolerance:
            raise ModelRefused(
                "plain",
                what=f"The logits of the exported model are off by up to {worst:.3f}.",
                next="Do not use the file; report this as a bug.",
            )
        same = sum(_same_text(reference, gguf, prompt, worst) for prompt in prompts)
    return Report(count, worst, same)


def _same_text(reference: Reference, gguf: Gguf, prompt: Sequence[int], worst: float) -> int:
    """How many greedy tokens, at most 64, follow the prompt in both models.

    They may part only where the two tokens are nearer than the measured rounding ``worst`` of both logits can turn.
    """
    wanted, got = reference.greedy(prompt, GREEDY), greedy(gguf, prompt, GREEDY, reference.ends)
    if got == wanted:
        return len(wanted)
    same = next((n for n, (a, b) in enumerate(zip(wanted, got, strict=False)) if a != b), min(len(wanted), len(got)))
    logits = reference.logits([*prompt, *wanted[:same]])[-1]
    ours, theirs = (max(float(logits[token]) for token in _next(some, same, reference.ends)) for some in (wanted, got))
    if ours - theirs > 2 * worst:
        raise ModelRefused(
            "plain",
            what=f"The exported model continues a text differently, though the choice is clear by {ours - theirs:.4f}.",
            next="Do not use the file; report this as a bug.",
        )
    return same


def _next(tokens: Sequence[int], place: int, ends: Sequence[int]) -> Sequence[int]:
    """What may have been chosen at a place of a greedy text: its token, or an end."""
    return tokens[place : place + 1] or ends


def greedy(gguf: Gguf, prompt: Sequence[int], count: int, ends: Sequence[int]) -> list[int]:
    """At most ``count`` likeliest next tokens, up to and without an end token."""
    out: list[int] = []
    for token in gguf.generate(list(prompt), temp=0.0, repeat_penalty=1.0, reset=True):
        if token in ends or len(out) == count:
            break
        out.append(int(token))
    return out


@contextmanager
def opened(
    path: Path, context: int, logits: bool = False, threads: int = 0, lora: Path | None = None
) -> Iterator[Gguf]:
    """A GGUF file loaded by plain llama-cpp-python.

    Args:
        lora: an adapter file for it.
        logits: whether the logits of all tokens are kept, not only the last one's; keys and values then have 32 bits.
        threads: 0 for what serves a file of this size best.

    Raises:
        ModelRefused: llama.cpp cannot load it.
    """
    threads = threads or threads_for(path.stat().st_size)
    cache = llama_cpp.GGML_TYPE_F32 if logits else llama_cpp.GGML_TYPE_F16
    header = read_header(path)
    types = header.all_types if logits else header.layer_types
    try:
        with without_amx(llama_cpp, types):
            gguf = Gguf(
                str(path),
                n_ctx=context,
                n_batch=512,
                n_threads=threads,
                n_threads_batch=threads,
                logits_all=logits,
                type_k=cache,
                type_v=cache,
                lora_path=str(lora) if lora else None,
                verbose=False,
            )
    except (ValueError, RuntimeError) as error:
        raise ModelRefused(
            "plain",
            what=f"llama.cpp cannot load the exported {path.name}: {error}.",
            next="Do not use the file; report this as a bug.",
        ) from error
    try:
        yield gguf
    finally:
        gguf.close()


def logits_of(gguf: Gguf, tokens: Sequence[int]) -> NDArray[np.float32]:
    """What follows after each token, shape (len(tokens), vocabulary), of a file opened with ``logits``."""
    gguf.reset()
    gguf.eval(list(tokens))
    return np.array(gguf.scores[: len(tokens)], dtype=np.float32)


def _difference(reference: Reference, gguf: Gguf, prompt: Sequence[int]) -> float:
    return float(np.abs(reference.logits(prompt) - logits_of(gguf, prompt)).max())
