"""The starter's tokenizer: byte-level BPE that llama.cpp's pre-tokenizer ``gpt-2`` cuts in the same way.

Control tokens have ids 0 to 4 and never come out of text: text that spells one is encoded byte by byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

END, SYSTEM, USER, ASSISTANT, PAD = "<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|pad|>"
CONTROL = (END, SYSTEM, USER, ASSISTANT, PAD)
END_ID, SYSTEM_ID, USER_ID, ASSISTANT_ID, PAD_ID = range(len(CONTROL))

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One training row.

    Attributes:
        system, user: the prompt's two messages.
        answer: what the model is to write; the end token follows it.
    """

    system: str
    user: str
    answer: str


def train(texts: Iterable[str], size: int) -> Tokenizer:
    """A tokenizer with ``size`` entries, control tokens included, fitted to ``texts``."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=2,
        special_tokens=list(CONTROL),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.encode_special_tokens = True
    return tokenizer


def load(path: Path) -> Tokenizer:
    """Reads a tokenizer that `Tokenizer.save` wrote."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.encode_special_tokens = True
    return tokenizer


def encode_prompts(tokenizer: Tokenizer, prompts: Sequence[tuple[str, str]]) -> list[list[int]]:
    """Token ids of (system, user) prompts as the chat template lays them out, up to and with the assistant marker."""
    systems = tokenizer.encode_batch([system for system, _ in prompts])
    users = tokenizer.encode_batch([user for _, user in prompts])
    return [
        [SYSTEM_ID, *system.ids, END_ID, USER_ID, *user.ids, END_ID, ASSISTANT_ID]
        for system, user in zip(systems, users, strict=True)
    ]


def encode_rows(tokenizer: Tokenizer, rows: Sequence[Row]) -> list[tuple[list[int], int]]:
    """Token ids of each row, and the position at which its answer begins."""
    prompts = encode_prompts(tokenizer, [(row.system, row.user) for row in rows])
    answers = tokenizer.encode_batch([row.answer for row in rows])
    return [([*prompt, *answer.ids, END_ID], len(prompt)) for prompt, answer in zip(prompts, answers, strict=True)]
