from __future__ import annotations

from pathlib import Path

import pytest
import torch

from planfirst.adapters.checksums import sha256_of
from planfirst.adapters.gguf_header import read_header
from planfirst.core.errors import ModelMissing, ModelRefused
from planfirst.models import resolve
from planfirst_lab.convert import parity
from planfirst_lab.convert.command import Options, convert
from planfirst_lab.convert.folder import HfFolder
from planfirst_lab.convert.reference import load_base
from planfirst_lab.convert.tokenizer import HfTokenizer
from planfirst_lab.training.planner.base import base_of
from planfirst_lab.training.rag import weights
from tests.lab.small_hf import write_hf
from tests.small_gguf import KEYS, write_gguf

pytestmark = pytest.mark.real


def test_the_starter_is_unpacked_as_it_is_and_packed_again(tmp_path: Path) -> None:
    folder = base_of("starter", tmp_path).folder
    assert base_of("starter", tmp_path).folder == folder  # and not unpacked twice
    model, bpe = weights.read(resolve("starter").path)
    tokens = torch.tensor([bpe.encode("def add(a, b):\n    return a + b\n" * 3).ids])
    torch.set_num_threads(1)
    with torch.no_grad():
        theirs = load_base(folder, "llama")(input_ids=tokens).logits
        assert float((model(tokens) - theirs).abs().max()) < 1e-3
    made = convert(Options(folder, tmp_path / "again.gguf"), lambda _: None, lambda *_: None)
    assert made.check is not None
    header = read_header(made.path)
    assert header.copies
    assert header.metadata["general.license"] == "apache-2.0"
    assert resolve(str(made.path)).profile.name == "compact"


@pytest.mark.parametrize("architecture", ["llama", "qwen2"])
def test_a_general_model_is_unpacked_as_it_is(architecture: str, tmp_path: Path) -> None:
    source = write_hf(tmp_path / "source", architecture, hidden_size=256)
    packed = convert(Options(source, tmp_path / "packed.gguf", kind="q4_0"), lambda _: None, lambda *_: None)
    found = base_of(str(packed.path), tmp_path / "work")
    assert found.gguf == packed.path
    assert HfTokenizer(found.folder).tokenise("def add(a, b):") == HfTokenizer(source).tokenise("def add(a, b):")
    again = convert(Options(found.folder, tmp_path / "again.gguf", kind="f32"), lambda _: None, lambda *_: None)
    with parity.opened(packed.path, 512, logits=True) as one, parity.opened(again.path, 512, logits=True) as two:
        ours, theirs = (parity.logits_of(gguf, [5, 6, 7, 8]) for gguf in (two, one))
        # llama.cpp rounds activations where weights are packed, so the two differ by a little of what the logits span
        assert float(abs(ours - theirs).mean()) < 0.05 * float(theirs.std())
    with HfFolder(found.folder) as folder:
        assert folder.shape.ours["gguf"] == sha256_of(packed.path)


def test_a_model_of_another_kind_is_refused(tmp_path: Path) -> None:
    keys = [(key, kind, "gpt2" if key == "general.architecture" else value) for key, kind, value in KEYS]
    other = write_gguf(tmp_path / "other.gguf", keys=keys)
    with pytest.raises(ModelRefused, match="gpt2"):
        base_of(str(other), tmp_path / "work")


def test_a_base_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelMissing, match="no model"):
        base_of(str(tmp_path / "none"), tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ModelMissing, match="HF_HUB_OFFLINE"):
        base_of("nobody/nothing-here", tmp_path)
