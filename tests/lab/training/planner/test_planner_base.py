from __future__ import annotations

from pathlib import Path

import pytest
import torch

from planfirst.adapters.gguf_header import read_header
from planfirst.core.errors import ModelMissing
from planfirst.models import resolve
from planfirst_lab.convert.command import Options, convert
from planfirst_lab.convert.reference import load_base
from planfirst_lab.training.planner.base import folder_of
from planfirst_lab.training.rag import weights

pytestmark = pytest.mark.real


def test_the_starter_is_unpacked_as_it_is_and_packed_again(tmp_path: Path) -> None:
    folder = folder_of("starter", tmp_path)
    assert folder_of("starter", tmp_path) == folder  # and not unpacked twice
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


def test_a_base_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelMissing, match="no folder"):
        folder_of(str(tmp_path / "none"), tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ModelMissing, match="HF_HUB_OFFLINE"):
        folder_of("nobody/nothing-here", tmp_path)
