"""Checks an exported model against PyTorch: same tokens, same logits but for rounding, same greedy text."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import llama_cpp
import numpy as np
import torch
from llama_cpp import Llama as Gguf
from numpy.typing import NDArray
from tokenizers import Tokenizer

from planfirst.adapters.amx import without_amx
from planfirst.core.errors import ModelRefused
from planfirst.training.model import Llama
from planfirst.training.tokenizer import END_ID

TOLERANCE = 0.05  # of a logit; the same sums in another order
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


def same_tokens(bpe: Tokenizer, gguf: Gguf, texts: Sequence[str]) -> int:
    """How many texts both tokenise alike.

    Raises:
        ModelRefused: one of them is tokenised differently.
    """
    for text in texts:
        ours, theirs = bpe.encode(text).ids, gguf.tokenize(text.encode(), add_bos=False, special=False)
        if ours != theirs:
            raise ModelRefused(
                f"The exported model tokenises {text!r} as {theirs[:12]}, the trained one as {ours[:12]}.",
                "Do not use the file; export it again with the tokenizer it was trained with.",
            )
    return len(texts)


def compare(model: Llama, bpe: Tokenizer, path: Path, prompts: Sequence[Sequence[int]], texts: int = 200) -> Report:
    """Compares a 32-bit GGUF with the model it was made from.

    Args:
        prompts: token ids to compare logits on; each is also continued greedily, by 64 tokens or to its end.

    Raises:
        ModelRefused: they differ by more than rounding.
    """
    longest = max(len(prompt) for prompt in prompts)
    with opened(path, max(512, longest + 80), logits=True) as gguf:
        count = same_tokens(bpe, gguf, sample_texts(texts))
        worst = max(_difference(model, gguf, prompt) for prompt in prompts)
        if not worst <= TOLERANCE:
            raise ModelRefused(
                f"The logits of the exported model are off by up to {worst:.3f}.",
                "Do not use the file; report this as a bug.",
            )
        same = sum(_same_text(model, gguf, prompt, worst) for prompt in prompts)
    return Report(count, worst, same)


def _same_text(model: Llama, gguf: Gguf, prompt: Sequence[int], worst: float) -> int:
    """How many greedy tokens, at most 64, follow the prompt in both models.

    They may part only where the two tokens are nearer than the measured rounding ``worst`` of both logits can turn.
    """
    wanted, got = model.greedy(list(prompt), 64, END_ID), greedy(gguf, prompt, 64)
    if got == wanted:
        return len(wanted)
    same = next((n for n, (a, b) in enumerate(zip(wanted, got, strict=False)) if a != b), min(len(wanted), len(got)))
    ours, theirs = (*wanted, END_ID)[same], (*got, END_ID)[same]
    with torch.no_grad():
        text = torch.tensor([[*prompt, *wanted[:same]]], device=model.embedding.weight.device)
        logits = model(text)[0, -1].float()
    gap = float(logits[ours] - logits[theirs])
    if gap > 2 * worst:
        raise ModelRefused(
            f"The exported model continues a text differently, though the choice is clear by {gap:.4f}.",
            "Do not use the file; report this as a bug.",
        )
    return same


def greedy(gguf: Gguf, prompt: Sequence[int], count: int) -> list[int]:
    """At most ``count`` likeliest next tokens, up to and without the end token."""
    out: list[int] = []
    for token in gguf.generate(list(prompt), temp=0.0, repeat_penalty=1.0, reset=True):
        if token == END_ID or len(out) == count:
            break
        out.append(int(token))
    return out


@contextmanager
def opened(path: Path, context: int, logits: bool = False, threads: int = 2) -> Iterator[Gguf]:
    """A GGUF file loaded by plain llama-cpp-python.

    Args:
        logits: whether the logits of all tokens are kept, not only the last one's; keys and values then have 32 bits.
    """
    cache = llama_cpp.GGML_TYPE_F32 if logits else llama_cpp.GGML_TYPE_F16
    with without_amx(llama_cpp):
        gguf = Gguf(
            str(path),
            n_ctx=context,
            n_batch=512,
            n_threads=threads,
            n_threads_batch=threads,
            logits_all=logits,
            type_k=cache,
            type_v=cache,
            verbose=False,
        )
    try:
        yield gguf
    finally:
        gguf.close()


def _difference(model: Llama, gguf: Gguf, prompt: Sequence[int]) -> float:
    gguf.reset()
    gguf.eval(list(prompt))
    theirs = np.asarray(gguf.scores[: len(prompt)], dtype=np.float32)
    device = model.embedding.weight.device
    with torch.no_grad():
        ours: NDArray[np.float32] = model(torch.tensor([list(prompt)], device=device))[0].float().cpu().numpy()
    return float(np.abs(ours - theirs).max())
