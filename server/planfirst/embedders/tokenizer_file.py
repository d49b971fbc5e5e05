"""What the descriptions of tokenizers have in common, as the package ``tokenizers`` reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Part = dict[str, Any]


def control(word: str, kind: int = 0) -> Part:
    """A control token in a template; ``kind`` tells the first of two texts from the second."""
    return {"SpecialToken": {"id": word, "type_id": kind}}


def text(name: str, kind: int = 0) -> Part:
    """The text ``A`` or ``B`` in a template."""
    return {"Sequence": {"id": name, "type_id": kind}}


def tokenizer_file(
    words: Mapping[str, str],
    numbers: Mapping[str, int],
    *,
    pair: Sequence[Part],
    normalizer: Part,
    pre_tokenizer: Part,
    decoder: Part,
    model: Part,
) -> Part:
    """The contents of tokenizer.json; one text stands between the tokens ``cls`` and ``sep``.

    Args:
        words: the control tokens by what they are for, such as ``cls``.
        numbers: of all tokens.
        pair: the template for two texts.
    """
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    first, last = words["cls"], words["sep"]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": numbers[word], "content": word, **flags} for word in words.values()],
        "normalizer": normalizer,
        "pre_tokenizer": pre_tokenizer,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [control(first), text("A"), control(last)],
            "pair": list(pair),
            "special_tokens": {word: {"id": word, "ids": [numbers[word]], "tokens": [word]} for word in (first, last)},
        },
        "decoder": decoder,
        "model": model,
    }


def names(words: Mapping[str, str]) -> dict[str, str]:
    """The control tokens as tokenizer_config.json has them."""
    return {f"{name}_token": word for name, word in words.items()}
