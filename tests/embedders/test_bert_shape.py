"""Which embedding models llama.cpp may run in the place of sentence-transformers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from planfirst.embedders.bert_shape import BertShape, DoesNotFitError, bert_shape
from tests.small_bert import write_small_bert


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_bert(tmp_path_factory.mktemp("bert") / "small")


@pytest.fixture
def copy(small: Path, tmp_path: Path) -> Path:
    return shutil.copytree(small, tmp_path / "copy")


def change(path: Path, **values: Any) -> None:
    found = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(found | values), encoding="utf-8")


def test_a_plain_bert(small: Path) -> None:
    expected = BertShape(64, 160, layers=2, heads=2, vocabulary=93, positions=512, kinds=2, epsilon=1e-12, window=300)
    assert bert_shape(small) == expected


def test_its_own_window_goes_first(copy: Path) -> None:
    change(copy / "sentence_bert_config.json", max_seq_length=20)
    assert bert_shape(copy).window == 20


def test_a_tokenizer_without_a_limit_has_the_positions(copy: Path) -> None:
    change(copy / "tokenizer_config.json", model_max_length=10**30)
    assert bert_shape(copy).window == 512


def test_prompts(copy: Path) -> None:
    about = copy / "config_sentence_transformers.json"
    change(about, prompts={"query": "ask: ", "document": "tell: "}, default_prompt_name=None)
    assert (bert_shape(copy).prompt, bert_shape(copy).query_prompt) == ("", "")
    change(about, default_prompt_name="document")
    assert (bert_shape(copy).prompt, bert_shape(copy).query_prompt) == ("tell: ", "ask: ")
    change(about, prompts={"document": "tell: "})
    assert (bert_shape(copy).prompt, bert_shape(copy).query_prompt) == ("tell: ", "tell: ")


@pytest.fixture
def pieces(copy: Path) -> Path:
    """The model with a tokenizer of the likeliest pieces; it is not run here."""
    change(copy / "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast", do_lower_case=False)
    change(copy / "tokenizer.json", model={"type": "Unigram"}, pre_tokenizer={"type": "Metaspace"}, normalizer=None)
    return copy


def test_a_tokenizer_of_pieces(pieces: Path) -> None:
    assert bert_shape(pieces).vocabulary == 93


@pytest.mark.parametrize(
    ("file", "values", "why"),
    [
        ("tokenizer.json", {"model": {"type": "BPE"}}, "likeliest pieces"),
        ("tokenizer.json", {"model": {"type": "Unigram", "byte_fallback": True}}, "likeliest pieces"),
        ("tokenizer.json", {"pre_tokenizer": {"type": "Whitespace"}}, "likeliest pieces"),
        ("tokenizer.json", {"added_tokens": [{"content": "<code>"}]}, "tokens of its own"),
        ("tokenizer_config.json", {"add_prefix_space": True}, "changes its tokenizer"),
        ("tokenizer_config.json", {"tokenizer_class": "BertTokenizer"}, "cut words as BERT"),
        ("tokenizer_config.json", {"tokenizer_class": "XLMRobertaTokenizer"}, "XLMRoberta"),
    ],
)
def test_a_tokenizer_of_pieces_that_would_give_other_vectors(
    pieces: Path, file: str, values: dict[str, Any], why: str
) -> None:
    change(pieces / file, **values)
    with pytest.raises(DoesNotFitError, match=why):
        bert_shape(pieces)


@pytest.mark.parametrize(
    ("file", "values", "why"),
    [
        ("config.json", {"model_type": "mpnet"}, "not bert"),
        ("config.json", {"hidden_act": "relu"}, "activation"),
        ("config.json", {"position_embedding_type": "relative_key"}, "positions"),
        ("config.json", {"is_decoder": True}, "decoder"),
        ("config.json", {"quantization_config": {}}, "quantised"),
        ("config.json", {"num_attention_heads": 3}, "heads"),
        ("config.json", {"num_hidden_layers": -1}, "num_hidden_layers"),
        ("config.json", {"vocab_size": 1 << 40}, "vocab_size"),
        ("config.json", {"layer_norm_eps": "small"}, "configuration"),
        ("1_Pooling/config.json", {"pooling_mode": "cls"}, "pools by cls"),
        ("1_Pooling/config.json", {"pooling_mode": ["mean", "max"]}, "pools by"),
        ("1_Pooling/config.json", {"pooling_mode_max_tokens": True}, "pools by"),
        ("config_sentence_transformers.json", {"default_prompt_name": "other"}, "prompt"),
        ("config_sentence_transformers.json", {"default_prompt_name": "a", "prompts": {"a": 5}}, "prompt"),
        ("config_sentence_transformers.json", {"default_prompt_name": "a", "prompts": {"a": "x" * 300}}, "prompt"),
        ("1_Pooling/config.json", {"include_prompt": False}, "prompt"),
        ("sentence_bert_config.json", {"do_lower_case": True}, "lower-case"),
        ("sentence_bert_config.json", {"transformer_task": "fill-mask"}, "task"),
        ("sentence_bert_config.json", {"tokenizer_name_or_path": "other"}, "changes how"),
        ("sentence_bert_config.json", {"max_seq_length": 513}, "window"),
        ("tokenizer_config.json", {"tokenizer_class": "XLMRobertaTokenizer"}, "XLMRoberta"),
        ("tokenizer_config.json", {"do_lower_case": False}, "normalise"),
        ("tokenizer_config.json", {"strip_accents": True}, "normalise"),
        ("tokenizer.json", {"normalizer": None}, "normalise"),
        ("tokenizer.json", {"pre_tokenizer": {"type": "Whitespace"}}, "cut words"),
        ("tokenizer.json", {"added_tokens": [{"content": "<code>"}]}, "tokens of its own"),
        ("tokenizer.json", {"model": []}, "configuration"),
    ],
)
def test_what_would_give_other_vectors(copy: Path, file: str, values: dict[str, Any], why: str) -> None:
    change(copy / file, **values)
    with pytest.raises(DoesNotFitError, match=why):
        bert_shape(copy)


@pytest.mark.parametrize(
    "modules",
    [
        [],
        "text",
        [{"type": "sentence_transformers.models.Transformer", "path": ""}],
        [
            {"type": "sentence_transformers.models.Transformer", "path": ""},
            {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"},
            {"type": "sentence_transformers.models.Dense", "path": "2_Dense"},
        ],
        [
            {"type": "sentence_transformers.models.Transformer", "path": "0_Transformer"},
            {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"},
        ],
    ],
)
def test_other_modules(copy: Path, modules: object) -> None:
    (copy / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    with pytest.raises(DoesNotFitError):
        bert_shape(copy)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000, None])
@pytest.mark.parametrize("file", ["config.json", "tokenizer.json", "sentence_bert_config.json"])
def test_a_file_that_is_damaged_or_gone(copy: Path, file: str, content: bytes | None) -> None:
    if content is None:
        (copy / file).unlink()
    else:
        (copy / file).write_bytes(content)
    with pytest.raises(DoesNotFitError):
        bert_shape(copy)
