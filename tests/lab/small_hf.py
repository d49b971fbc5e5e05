"""Makes Hugging Face folders of small Llama and Qwen2 models with random weights and a small BPE tokenizer."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from planfirst_lab.convert.tokenizer import PATTERNS

BEGIN, END, SYSTEM, USER, ASSISTANT = "<|begin|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"
TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
TEXTS = [
    "Plan in at most six steps, then write Python.",
    "Similar (0.71): read a file and return its lines",
    "def read_lines(path):\n    with open(path, encoding='utf-8') as file:\n        return file.read().splitlines()\n",
    "numbers such as 1000, 2000, 14159, 1000, 14159 and 000, 000",
    "Request: count how often each word occurs\nPlan:\n1. Split the text into words.\n2. Count them with Counter.\n",
]


def write_tokenizer(folder: Path, architecture: str, texts: Iterable[str] = TEXTS, size: int = 400) -> None:
    """A byte-level BPE that cuts text as Llama 3 or Qwen2 do."""
    regex = next(pattern for pattern, name in PATTERNS.items() if name.startswith(architecture))
    bpe = Tokenizer(models.BPE())
    if architecture == "qwen2":
        bpe.normalizer = normalizers.NFC()
    split = pre_tokenizers.Split(Regex(regex), "isolated")
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    bpe.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=size - 5, initial_alphabet=alphabet, show_progress=False)
    bpe.train_from_iterator(list(texts) * 3, trainer)
    bpe.add_special_tokens([AddedToken(text, special=True) for text in (BEGIN, END, SYSTEM, USER, ASSISTANT)])
    about: dict[str, Any] = {"eos_token": END, "chat_template": TEMPLATE}
    if architecture == "llama":
        about["bos_token"] = BEGIN
        begin = bpe.token_to_id(BEGIN)
        bpe.post_processor = processors.TemplateProcessing(f"{BEGIN} $A", special_tokens=[(BEGIN, begin)])
    bpe.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(about), encoding="utf-8")


def write_hf(folder: Path, architecture: str = "llama", *, tied: bool = True, seed: int = 0, **more: Any) -> Path:
    """A model of two layers; ``more`` goes into its configuration."""
    from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    folder.mkdir(parents=True)
    write_tokenizer(folder, architecture, more.pop("texts", TEXTS))
    kinds = {"llama": (LlamaConfig, LlamaForCausalLM), "qwen2": (Qwen2Config, Qwen2ForCausalLM)}
    config, kind = kinds[architecture]
    shape = {
        "vocab_size": 408,  # some rows belong to no token, as with Qwen2
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 2048,
        "tie_word_embeddings": tied,
        "initializer_range": 0.2,
        **more,
    }
    torch.set_num_threads(1)  # more of them wait for each other on a busy machine
    torch.manual_seed(seed)
    model = kind(config(**shape))
    with torch.no_grad():  # biases begin at zero, which would hide a mistake in them
        for name, weight in model.named_parameters():
            if name.endswith("bias"):
                weight.normal_(0, 0.5)
    model.save_pretrained(folder)
    return folder
