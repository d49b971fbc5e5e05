"""A LoRA as a file beside its base, compared with PEFT."""

from __future__ import annotations

from pathlib import Path

import pytest

from planfirst.adapters.gguf_header import read_header
from planfirst.core.errors import ModelRefused
from planfirst_lab.convert import lora, parity
from planfirst_lab.convert.adapter import Adapter
from planfirst_lab.convert.command import Options, convert
from planfirst_lab.convert.folder import HfFolder
from planfirst_lab.convert.reference import HfReference
from planfirst_lab.convert.tokenizer import HfTokenizer
from tests.lab.convert.test_convert import adapt
from tests.lab.small_hf import write_hf

pytestmark = [
    pytest.mark.real,
    pytest.mark.filterwarnings("ignore:Model has `tie_word_embeddings=True`:UserWarning"),
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning"),  # from inside PEFT
]
ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def made(base: Path, adapter: Path, target: Path) -> Path:
    with HfFolder(base) as folder:
        lora.write(folder, Adapter(adapter, folder), target, base="0" * 64, profile="instruct", name="small")
    return target


def checked(base: Path, adapter: Path, file: Path, target: Path) -> lora.Check:
    whole = convert(Options(base, target, kind="f32", check=False), lambda _: None, lambda *_: None)
    with HfFolder(base) as folder:
        architecture = folder.shape.architecture
    tokenizer = HfTokenizer(base)
    off, on = (HfReference(base, architecture, tokenizer, one) for one in (None, adapter))
    return lora.check(off, on, whole.path, file, parity.prompts(tokenizer))


@pytest.mark.parametrize("architecture", ["llama", "qwen2"])
@pytest.mark.parametrize("stabilised", [False, True])
def test_a_file_does_what_peft_does(architecture: str, stabilised: bool, tmp_path: Path) -> None:
    base = write_hf(tmp_path / "base", architecture)
    adapter = adapt(base, tmp_path / "adapter", ALL, use_rslora=stabilised)
    found = checked(base, adapter, made(base, adapter, tmp_path / "small.gguf"), tmp_path / "base.gguf")
    assert found.texts == 200
    assert found.on < 0.02 < 0.2 < found.effect
    assert found.agreement > 0.97
    header = read_header(tmp_path / "small.gguf")
    assert (header.architecture, header.tensors) == (architecture, 2 * 2 * len(ALL))
    assert header.metadata[lora.BASE] == "0" * 64


def test_a_file_that_does_something_else_is_refused(tmp_path: Path) -> None:
    base = write_hf(tmp_path / "base")
    first, second = (adapt(base, tmp_path / name, ALL, lora_alpha=alpha) for name, alpha in (("a", 16), ("b", 4)))
    with pytest.raises(ModelRefused, match="logits are off"):
        checked(base, first, made(base, second, tmp_path / "small.gguf"), tmp_path / "base.gguf")


def test_a_tuned_output_matrix_has_no_place_in_a_file(tmp_path: Path) -> None:
    base = write_hf(tmp_path / "base")
    adapter = adapt(base, tmp_path / "adapter", ["q_proj"], modules_to_save=["lm_head"])
    with pytest.raises(ModelRefused, match="as a whole"):
        made(base, adapter, tmp_path / "small.gguf")
    assert not (tmp_path / "small.gguf").exists()
