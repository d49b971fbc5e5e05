"""Conversion of folders that are made on the spot, checked against transformers and PEFT."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from planfirst.adapters.gguf_header import read_header
from planfirst.core.errors import BadSetting, ModelError, ModelMissing, ModelRefused
from planfirst.core.profile import COMPACT
from planfirst.models import resolve
from planfirst_lab.convert import parity
from planfirst_lab.convert import write as writing
from planfirst_lab.convert.command import Options, Result, checked_kind, convert
from planfirst_lab.convert.folder import HfFolder
from planfirst_lab.convert.rope import factors
from tests.lab.small_hf import END, TEMPLATE, write_hf

pytestmark = [
    pytest.mark.real,
    pytest.mark.filterwarnings("ignore:Model has `tie_word_embeddings=True`:UserWarning"),
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning"),  # from inside PEFT
]
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 10000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}


def run(base: Path, target: Path, **more: Any) -> Result:
    return convert(Options(base, target, **more), lambda _: None, lambda *_: None)


def adapt(base: Path, folder: Path, targets: list[str], **more: Any) -> Path:
    """A LoRA adapter with random weights, as PEFT saves it."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    model = get_peft_model(
        AutoModelForCausalLM.from_pretrained(base),
        LoraConfig(**{"r": 4, "lora_alpha": 16, "target_modules": targets, "init_lora_weights": False, **more}),
    )
    model.save_pretrained(folder, save_embedding_layers=False)
    return folder


@pytest.mark.parametrize(
    ("architecture", "more"),
    [
        ("llama", {"rope_parameters": LLAMA3}),
        ("llama", {"tied": False, "attention_bias": True, "head_dim": 32}),
        ("qwen2", {}),
    ],
    ids=["llama3", "llama-with-biases", "qwen2"],
)
def test_a_folder_becomes_the_same_model(architecture: str, more: dict[str, Any], tmp_path: Path) -> None:
    base = write_hf(tmp_path / "base", architecture, **more)
    made = run(base, tmp_path / "out" / "small.gguf", profile="compact")
    assert made.check is not None
    assert made.check.texts == 200
    assert made.check.difference < 0.01
    assert made.check.greedy > 150
    assert made.loss is not None
    assert 0.2 < made.loss.agreement <= 1.0
    assert made.loss.difference > made.check.difference
    header = read_header(made.path)
    assert (header.architecture, header.file_type_name) == (architecture, "Q4_0")
    assert header.chat_template == TEMPLATE
    assert resolve(str(made.path)).profile == COMPACT
    assert resolve(str(made.path)).context == 2048
    assert sorted(path.name for path in made.path.parent.iterdir()) == ["small.gguf", "small.md"]
    card = made.card.read_text(encoding="utf-8")
    assert "200 of 200 texts" in card
    assert "{{" not in card
    assert str(tmp_path) not in card


@pytest.mark.parametrize("tied", [True, False])
def test_an_adapter_is_merged_as_peft_applies_it(tied: bool, tmp_path: Path) -> None:
    base = write_hf(tmp_path / "base", tied=tied)
    adapter = adapt(base, tmp_path / "adapter", ["q_proj", "down_proj", "lm_head"])
    made = run(base, tmp_path / "merged.gguf", adapter=adapter, kind="f32")
    assert made.check is not None
    assert made.check.difference < 0.01
    plain = run(base, tmp_path / "plain.gguf", kind="f32")
    with parity.opened(plain.path, 512, logits=True) as one, parity.opened(made.path, 512, logits=True) as two:
        first, second = (parity.logits_of(gguf, [5, 6, 7, 8]) for gguf in (one, two))
        assert abs(first - second).max() > 0.1  # the adapter does something
    extra = read_header(made.path).tensors - read_header(plain.path).tensors
    assert extra == (1 if tied else 0)  # a tied output matrix has become one of its own


@pytest.mark.parametrize("kind", ["q4_k_m", "iq4_nl", "f16", "f32"])
def test_other_kinds_of_file(kind: str, tmp_path: Path) -> None:
    base = write_hf(tmp_path / "base", hidden_size=256)
    made = run(base, tmp_path / "small.gguf", kind=checked_kind(kind), through="f16")
    assert made.check is not None
    assert (
        read_header(made.path).file_type_name
        == {"q4_k_m": "Q4_K_M", "iq4_nl": "IQ4_NL", "f16": "F16", "f32": "F32"}[kind]
    )


def test_a_wrong_file_is_found_out_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = write_hf(tmp_path / "base")
    monkeypatch.setattr(writing, "interleaved", lambda weight, heads: weight)
    with pytest.raises(ModelRefused, match="logits"):
        run(base, tmp_path / "small.gguf", kind="f32")
    assert [path.name for path in tmp_path.iterdir()] == ["base"]


def test_factors_are_those_of_transformers(tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    base = write_hf(tmp_path / "base", rope_parameters=LLAMA3)
    model = AutoModelForCausalLM.from_pretrained(base)
    with HfFolder(base) as folder:
        found = factors(folder.shape)
        plain = folder.shape.rope_theta ** (-torch.arange(0, folder.shape.head, 2) / folder.shape.head)
    assert found is not None
    assert torch.allclose(plain / torch.from_numpy(found), model.model.rotary_emb.inv_freq, rtol=1e-5)


def edit(path: Path, **more: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | more), encoding="utf-8")


def refused(base: Path, **more: Any) -> str:
    target = base.parent / "out.gguf"
    with pytest.raises(ModelError) as caught:
        run(base, target, **more)
    assert not list(base.parent.glob("out*"))
    return str(caught.value)


def test_what_a_folder_may_not_be(tmp_path: Path) -> None:
    base = write_hf(tmp_path / "base")
    config = base / "config.json"
    kept = config.read_text(encoding="utf-8")
    edit(config, architectures=["EvilForCausalLM"], auto_map={"AutoModelForCausalLM": "evil.Evil"})
    (base / "evil.py").write_text("raise SystemExit('executed')", encoding="utf-8")
    assert "EvilForCausalLM" in refused(base)
    config.write_text(kept, encoding="utf-8")
    edit(config, rope_parameters={"rope_type": "yarn", "factor": 4.0})
    assert "'yarn'" in refused(base)
    config.write_text(kept, encoding="utf-8")
    edit(config, quantization_config={"load_in_4bit": True})
    assert "quantised already" in refused(base)
    config.write_text("[]", encoding="utf-8")
    assert "holds no object" in refused(base)
    config.write_text(kept, encoding="utf-8")
    edit(config, vocab_size=300)
    assert "embed_tokens.weight" in refused(base)
    config.write_text(kept, encoding="utf-8")
    edit(config, num_key_value_heads=4)
    assert "k_proj.weight" in refused(base)
    config.write_text(kept, encoding="utf-8")
    edit(config, intermediate_size=128)
    assert "gate_proj.weight" in refused(base)
    config.write_text(kept, encoding="utf-8")
    weights = base / "model.safetensors"
    tensors = load_file(weights)
    save_file({**tensors, "model.extra.weight": torch.zeros(2)}, weights)
    assert "model.extra.weight" in refused(base)
    del tensors["model.layers.1.mlp.up_proj.weight"]
    save_file(tensors, weights)
    assert "lack model.layers.1.mlp.up_proj.weight" in refused(base)
    weights.write_bytes(b"nothing")
    assert "cannot be read" in refused(base)
    weights.rename(base / "pytorch_model.bin")
    assert "pickle" in refused(base)
    (base / "pytorch_model.bin").unlink()
    assert "no safetensors" in refused(base)
    (base / "model.safetensors.index.json").write_text(
        json.dumps({"weight_map": {"a": "../elsewhere.safetensors"}}), encoding="utf-8"
    )
    assert "files of its own folder" in refused(base)
    with pytest.raises(ModelMissing, match=r"no tokenizer\.json"):
        run(tmp_path, tmp_path / "out.gguf")


def test_what_a_tokenizer_may_not_be(tmp_path: Path) -> None:
    base = write_hf(tmp_path / "base")
    path = base / "tokenizer.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    added = raw["added_tokens"]
    path.write_text(json.dumps(raw | {"added_tokens": [*added, {**added[-1], "id": 500, "content": "<|new|>"}]}))
    assert "token 500, and the weights only 408 rows" in refused(base)
    raw["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = "a+"
    path.write_text(json.dumps(raw), encoding="utf-8")
    assert "cuts text in a way" in refused(base)
    raw["model"]["byte_fallback"] = True
    path.write_text(json.dumps(raw), encoding="utf-8")
    assert "not byte-level BPE" in refused(base)
    path.write_text("{", encoding="utf-8")
    assert "cannot be used" in refused(base)
    path.unlink()
    (base / "tokenizer.model").write_bytes(b"x")
    assert "SentencePiece" in refused(base)


def test_a_tokenizer_of_another_family_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = write_hf(tmp_path / "base")
    monkeypatch.setattr("planfirst_lab.convert.tokenizer._cutting", lambda raw, path: "qwen2")
    assert "tokenises" in refused(base)


def test_what_an_adapter_may_not_be(tmp_path: Path) -> None:
    base = write_hf(tmp_path / "base")
    adapter = adapt(base, tmp_path / "adapter", ["v_proj"])
    other = write_hf(tmp_path / "other", num_key_value_heads=4)
    assert "another base" in refused(other, adapter=adapter)
    (adapter / "planfirst.json").write_text(json.dumps({"base": "0" * 16}), encoding="utf-8")
    assert "other weights" in refused(base, adapter=adapter)
    (adapter / "planfirst.json").unlink()
    config = adapter / "adapter_config.json"
    kept = config.read_text(encoding="utf-8")
    edit(config, use_dora=True)
    assert "not a plain LoRA" in refused(base, adapter=adapter)
    config.write_text(kept, encoding="utf-8")
    edit(config, r=0)
    assert "cannot be read" in refused(base, adapter=adapter)
    edit(config, r=8)
    assert "another base" in refused(base, adapter=adapter)
    config.write_text(kept, encoding="utf-8")
    weights = adapter / "adapter_model.safetensors"
    save_file({**load_file(weights), "strange": torch.zeros(2)}, weights)
    assert "no part of a plain LoRA" in refused(base, adapter=adapter)
    weights.rename(adapter / "adapter_model.bin")
    assert "pickle" in refused(base, adapter=adapter)
    (adapter / "adapter_model.bin").unlink()
    assert "no adapter_model.safetensors" in refused(base, adapter=adapter)


def test_options_are_checked(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="q4_k_m"):
        checked_kind("q9")
    with pytest.raises(BadSetting, match="not the name of a GGUF file"):
        run(tmp_path, tmp_path / "out.bin")


def test_the_end_of_an_answer_is_known(tmp_path: Path) -> None:
    base = write_hf(tmp_path / "base")
    made = run(base, tmp_path / "small.gguf", kind="f32", check=False)
    assert made.check is None
    assert "not compared" in made.card.read_text(encoding="utf-8")
    with parity.opened(made.path, 64) as gguf:
        (end,) = gguf.tokenize(END.encode(), add_bos=False, special=True)
        assert gguf.token_eos() == end
        assert gguf.tokenize(END.encode(), add_bos=False, special=False) != [end]
