"""Whether a sentence-transformers folder is a plain BERT that llama.cpp computes alike, and its shape.

What is not known to give the same vectors is refused here: another activation, pooling, tokenizer or position. It reads
JSON files only, and no weights.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planfirst.core.regular_file import read_regular

_BATCH_MOST = 2048  # tokens; no BERT has a longer window
QUERY_PROMPT = "query"  # the name that sentence-transformers has for it
_LONGEST_PROMPT = 200  # characters; more would leave little of the window
_LARGEST = 1 << 20  # of any size in a configuration
_LARGEST_FILE = 64 << 20  # bytes; tokenizers of many languages take 17 MB
_MODULES = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
_POOLING_SWITCHES = "pooling_mode_"
_SPECIAL = ("unk_token", "sep_token", "pad_token", "cls_token", "mask_token")
_DEFAULT_SPECIAL = {"[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"}
_AS_IT_STANDS = "PreTrainedTokenizerFast"
_CHANGES = ("add_prefix_space", "additional_special_tokens", "extra_special_tokens", "do_lower_case")
_TOKENIZERS = ("BertTokenizer", "BertTokenizerFast")


class DoesNotFitError(Exception):
    """Why llama.cpp cannot stand in for sentence-transformers here, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class BertShape:
    """What decides how a BERT is computed.

    Attributes:
        width, inner: numbers a token has, and between the two halves of a feed-forward layer.
        layers, heads, vocabulary, positions, kinds: how many there are; ``kinds`` of tokens.
        epsilon: of its layer norms.
        window: tokens of a text that are read, its two control tokens included.
        prompt, query_prompt: what is put before a text, and before what is searched for.
    """

    width: int
    inner: int
    layers: int
    heads: int
    vocabulary: int
    positions: int
    kinds: int
    epsilon: float
    window: int
    prompt: str = ""
    query_prompt: str = ""


def bert_shape(folder: Path) -> BertShape:
    """The shape of the model in ``folder``.

    Raises:
        DoesNotFitError: it is no such BERT, or a file is missing or unreadable.
    """
    try:
        config = _read(folder / "config.json")
        _check_config(config)
        _check_modules(folder)
        about = folder / "config_sentence_transformers.json"
        prompt, query_prompt = _prompts(_read(about)) if about.exists() else ("", "")
        reading = _read(folder / "sentence_bert_config.json")
        naming = _read(folder / "tokenizer_config.json")
        _check_reading(reading)
        _check_tokenizer(_read(folder / "tokenizer.json"), naming)
        positions = _size(config, "max_position_embeddings")
        shape = BertShape(
            width=_size(config, "hidden_size"),
            inner=_size(config, "intermediate_size"),
            layers=_size(config, "num_hidden_layers"),
            heads=_size(config, "num_attention_heads"),
            vocabulary=_size(config, "vocab_size"),
            positions=positions,
            kinds=_size(config, "type_vocab_size"),
            epsilon=float(config["layer_norm_eps"]),
            window=int(reading.get("max_seq_length") or min(naming.get("model_max_length", positions), positions)),
            prompt=prompt,
            query_prompt=query_prompt,
        )
    except OSError as error:
        raise DoesNotFitError(f"{Path(error.filename or folder).name} cannot be read ({error.strerror})") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DoesNotFitError(f"its configuration is not that of a BERT ({type(error).__name__}: {error})") from error
    _need(shape.width % shape.heads == 0, "its heads do not divide its width")
    _need(2 < shape.window <= min(shape.positions, _BATCH_MOST), f"its window is {shape.window} tokens")
    return shape


def _read(path: Path) -> dict[str, Any]:
    found = json.loads(read_regular(path, _LARGEST_FILE))
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} holds no object")
    return found


def _size(config: Mapping[str, Any], key: str) -> int:
    value = config[key]
    if type(value) is not int or not 0 < value <= _LARGEST:
        raise ValueError(f"{key} is {str(value)[:40]}")
    return value


def _check_config(config: Mapping[str, Any]) -> None:
    _need(config["model_type"] == "bert", f"it is of the type {str(config['model_type'])[:40]}, not bert")
    _need(config["hidden_act"] == "gelu", f"its activation is {str(config['hidden_act'])[:40]}, not gelu")
    _need(config.get("position_embedding_type", "absolute") == "absolute", "its positions are not absolute")
    _need(not config.get("is_decoder") and not config.get("add_cross_attention"), "it is a decoder")
    _need("quantization_config" not in config, "its weights are quantised")


def _check_modules(folder: Path) -> None:
    modules = json.loads(read_regular(folder / "modules.json", _LARGEST_FILE))
    kinds = [str(module["type"]).rpartition(".")[2] for module in modules]
    _need(kinds in _MODULES, f"it is made of {', '.join(kinds)[:80]}")
    _need(modules[0]["path"] == "", "its weights are in a folder below it")
    pooling = _read(folder / str(modules[1]["path"]) / "config.json")
    ways = {
        key.removeprefix(_POOLING_SWITCHES) for key, on in pooling.items() if key.startswith(_POOLING_SWITCHES) and on
    }
    ways |= {str(pooling["pooling_mode"])} if "pooling_mode" in pooling else set()
    _need(ways in ({"mean_tokens"}, {"mean"}), f"it pools by {', '.join(sorted(ways))[:80]}, not by the mean")
    _need(pooling.get("include_prompt", True) is True, "it leaves its prompt out of the mean")


def _prompts(about: Mapping[str, Any]) -> tuple[str, str]:
    """What goes before a text, and before what is searched for; as `sbert.Embedder` has it."""
    name = about.get("default_prompt_name")
    if not name:
        return "", ""
    prompts = about.get("prompts") or {}
    found = prompts.get(name), prompts.get(QUERY_PROMPT, prompts.get(name))
    for prompt in found:
        _need(isinstance(prompt, str) and len(prompt) <= _LONGEST_PROMPT, "it has no prompt of the name that it names")
    return str(found[0]), str(found[1])


def _check_reading(reading: Mapping[str, Any]) -> None:
    _need(not reading.get("do_lower_case"), "it makes texts lower-case before its tokenizer does")
    _need(reading.get("transformer_task", "feature-extraction") == "feature-extraction", "it has another task")
    others = ("processor_kwargs", "tokenizer_args", "tokenizer_name_or_path", "model_args", "config_args")
    _need(not any(reading.get(key) for key in others), "it changes how its tokenizer or model is made")


def _check_tokenizer(tokenizer: Mapping[str, Any], naming: Mapping[str, Any]) -> None:
    """transformers makes a BERT tokenizer from the vocabulary and the names; the file must describe the same one.

    A tokenizer of pieces of text it takes from the file as it stands.
    """
    special = {_content(naming[key]) for key in _SPECIAL if key in naming} or _DEFAULT_SPECIAL
    added = {token["content"] for token in tokenizer["added_tokens"]}
    _need(added <= special, "its tokenizer has tokens of its own")
    named = naming.get("tokenizer_class", _TOKENIZERS[0])
    if named == _AS_IT_STANDS:
        _need(
            tokenizer["model"]["type"] == "Unigram"
            and not tokenizer["model"].get("byte_fallback")
            and tokenizer["pre_tokenizer"]["type"] == "Metaspace",
            "its tokenizer does not cut words into the likeliest pieces",
        )
        _need(not any(naming.get(key) for key in _CHANGES), "it changes its tokenizer")
        return
    _need(named in _TOKENIZERS, f"its tokenizer is {str(named)[:40]}")
    model, normalizer = tokenizer["model"], tokenizer["normalizer"]
    _need(
        model.get("type", "WordPiece") == "WordPiece"
        and model["continuing_subword_prefix"] == "##"
        and model["max_input_chars_per_word"] == 100
        and tokenizer["pre_tokenizer"]["type"] == "BertPreTokenizer",
        "its tokenizer does not cut words as BERT's does",
    )
    expected = {
        "type": "BertNormalizer",
        "clean_text": True,
        "handle_chinese_chars": naming.get("tokenize_chinese_chars", True),
        "strip_accents": naming.get("strip_accents"),
        "lowercase": naming.get("do_lower_case", True),
    }
    _need(normalizer == expected, "its tokenizer does not normalise texts as its configuration says")


def _content(token: Any) -> str:
    return str(token["content"] if isinstance(token, dict) else token)


def _need(fits: bool, otherwise: str) -> None:
    if not fits:
        raise DoesNotFitError(otherwise)
