from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from planfirst.core.errors import ModelRefused
from planfirst_lab.convert import parity
from planfirst_lab.training import check, export, tokenizer
from planfirst_lab.training.config import Config
from planfirst_lab.training.model import Llama

pytestmark = pytest.mark.real


@pytest.fixture
def model(tiny: Config) -> Llama:
    """Random weights, large enough that the logits differ clearly."""
    model = Llama(tiny.model, 3).eval()
    with torch.no_grad():
        for weight in model.parameters():
            if weight.ndim == 2:
                weight *= 6
    return model


def test_the_export_says_what_pytorch_says(model: Llama, bpe: Tokenizer, tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    export.write(model, bpe, path, "a test")
    prompts = tokenizer.encode_prompts(bpe, [("Plan.", "read a file"), ("", "x" * 60)])
    report = check.compare(model, bpe, path, prompts)
    assert report.texts == len(check.sample_texts(200)) == len(set(check.sample_texts(200))) == 200
    assert report.difference < check.TOLERANCE
    assert report.greedy > 0
    small = tmp_path / "small.gguf"
    export.quantise(path, small, 1)
    assert small.stat().st_size < path.stat().st_size * 0.6
    with check.opened(small, 64, threads=1) as gguf:
        assert gguf.metadata["general.name"] == export.NAME
        assert gguf.metadata["general.license"] == "apache-2.0"
        assert gguf.metadata["llama.context_length"] == "256"
        assert gguf.metadata["tokenizer.chat_template"] == tokenizer.CHAT_TEMPLATE
        assert gguf.token_eos() == tokenizer.END_ID
        answer = gguf.create_chat_completion([{"role": "user", "content": "read a file"}], max_tokens=3)
        assert answer["usage"]["prompt_tokens"] == len(bpe.encode("read a file").ids) + 3
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.gguf", "small.gguf"]


def test_other_weights_and_another_tokenizer_are_found_out(
    model: Llama, bpe: Tokenizer, tiny: Config, tmp_path: Path
) -> None:
    path = tmp_path / "m.gguf"
    export.write(model, bpe, path, "a test")
    prompts = tokenizer.encode_prompts(bpe, [("Plan.", "read a file")])
    with pytest.raises(ModelRefused, match="logits"):
        check.compare(Llama(tiny.model, 4).eval(), bpe, path, prompts, texts=12)
    with pytest.raises(ModelRefused, match="tokenises"):
        check.compare(model, tokenizer.train(["other words altogether"] * 3, 300), path, prompts, texts=12)


def test_rotary_pairs_matter(model: Llama, bpe: Tokenizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_interleaved", lambda matrix, heads: matrix)
    path = tmp_path / "m.gguf"
    export.write(model, bpe, path, "a test")
    with pytest.raises(ModelRefused, match="logits"):
        check.compare(model, bpe, path, tokenizer.encode_prompts(bpe, [("Plan.", "read a file")]), texts=12)


def test_a_broken_file_is_not_quantised(tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"GGUF nothing")
    with pytest.raises(ModelRefused, match="quantise"):
        export.quantise(tmp_path / "bad.gguf", tmp_path / "out.gguf", 1)
    assert not (tmp_path / "out.gguf").exists()


def test_shapes_with_more_layers_hold(tiny: Config, bpe: Tokenizer, tmp_path: Path) -> None:
    model = Llama(replace(tiny.model, layers=3, heads=4), 1).eval()
    export.write(model, bpe, tmp_path / "m.gguf", "a test")
    prompts = tokenizer.encode_prompts(bpe, [("", "def f(x):\n    return x")])
    assert check.compare(model, bpe, tmp_path / "m.gguf", prompts, texts=12).texts == 12


def test_greedy_texts_may_part_at_a_tie_only(
    model: Llama, bpe: Tokenizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "m.gguf"
    export.write(model, bpe, path, "a test")
    (prompt,) = tokenizer.encode_prompts(bpe, [("Plan.", "read a file")])
    with torch.no_grad():
        best, second = (int(n) for n in model(torch.tensor([list(prompt)]))[0, -1].topk(2).indices)
    assert model.greedy(list(prompt), 1, tokenizer.END_ID) == [best]
    monkeypatch.setattr(parity, "greedy", lambda *_: [second])
    with pytest.raises(ModelRefused, match="continues a text differently"):
        check.compare(model, bpe, path, [prompt])
    with torch.no_grad():  # now both tokens have the same logit: whichever is taken is right
        model.embedding.weight[second] = model.embedding.weight[best]
    export.write(model, bpe, path, "a test")
    monkeypatch.setattr(parity, "greedy", lambda *_: [max(best, second)])
    assert check.compare(model, bpe, path, [prompt]).greedy == 0
