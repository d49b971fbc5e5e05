"""Adapter files: what is read, what is refused, and for which model."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planfirst.adapters.checksums import sha256_of
from planfirst.adapters.gguf_header import read_header
from planfirst.adapters.lora_file import check_fits, read_lora
from planfirst.core.errors import ModelMissing, ModelRefused
from tests.random_llama import write_random_llama
from tests.random_lora import write_random_lora

Q = "blk.0.attn_q.weight"


def fits(path: Path, base: Path) -> None:
    check_fits(read_lora(path), read_header(base), sha256_of(base))


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_one_that_fits(random_llama: Path, tmp_path: Path, dtype: type) -> None:
    path = write_random_lora(tmp_path / "planner.gguf", random_llama, dtype=dtype)
    fits(path, random_llama)
    lora = read_lora(path)
    assert (lora.name, lora.base) == ("planner", sha256_of(random_llama))
    assert read_lora(path) is lora, "it is read again, though it has not changed"


def test_one_of_another_model_is_refused_and_says_what_to_do(random_llama: Path, tmp_path: Path) -> None:
    other = write_random_llama(tmp_path / "other.gguf", seed=9)
    with pytest.raises(ModelRefused, match="another model") as caught:
        fits(write_random_lora(tmp_path / "planner.gguf", other), random_llama)
    assert sha256_of(random_llama)[:12] in caught.value.what
    assert "planner.adapter" in caught.value.next_step


@pytest.mark.parametrize(("said", "use"), [(None, "plan"), ("plan", "plan"), ("change", "change")])
def test_what_it_is_for(random_llama: Path, tmp_path: Path, said: str | None, use: str) -> None:
    path = write_random_lora(tmp_path / "some.gguf", random_llama, keys={"planfirst.use": said})
    assert read_lora(path).use == use


def test_one_for_something_unknown_is_refused(random_llama: Path, tmp_path: Path) -> None:
    path = write_random_lora(tmp_path / "some.gguf", random_llama, keys={"planfirst.use": "paint"})
    with pytest.raises(ModelRefused, match="'paint', is not known"):
        read_lora(path)


def test_a_missing_one(tmp_path: Path) -> None:
    for path in (tmp_path / "none.gguf", tmp_path, Path("a\0b.gguf")):
        with pytest.raises(ModelMissing, match="no adapter at"):
            read_lora(path)


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"general.type": "model"}, "no LoRA adapter"),
        ({"general.type": None}, "no LoRA adapter"),
        ({"adapter.type": "control_vector"}, "no LoRA adapter"),
        ({"adapter.lora.alpha": None}, "alpha"),
        ({"adapter.lora.alpha": float("nan")}, "alpha"),
        ({"adapter.lora.alpha": float("inf")}, "alpha"),
        ({"adapter.lora.alpha": "8"}, "alpha"),
        ({"adapter.lora.alpha": 0.0}, "alpha"),
        ({"planfirst.base": None}, "which model"),
        ({"planfirst.base": "ABC"}, "which model"),
    ],
)
def test_keys_that_are_wrong(random_llama: Path, tmp_path: Path, keys: dict[str, Any], reason: str) -> None:
    path = write_random_lora(tmp_path / "planner.gguf", random_llama, keys=keys)
    with pytest.raises(ModelRefused, match=reason) as caught:
        read_lora(path)
    assert caught.value.code == "adapter-refused"


@pytest.mark.parametrize(
    ("tensors", "reason"),
    [
        ({f"{Q}.lora_b": None}, "half of a pair"),
        ({f"{Q}.lora_a": None}, "half of a pair"),
        ({"output_norm.weight": np.ones((1, 64))}, "half of a pair"),
        ({".lora_a": np.ones((1, 64)), ".lora_b": np.ones((64, 1))}, "half of a pair"),
        ({f"{Q}.lora_a": np.ones((3, 64))}, "different ranks"),
        ({f"{Q}.lora_a": np.ones(64)}, "no matrix"),
        ({f"{Q}.lora_a": np.ones((4, 32))}, "another size"),
        ({f"{Q}.lora_b": np.ones((128, 4))}, "another size"),
        ({"blk.9.x.weight.lora_a": np.ones((4, 64)), "blk.9.x.weight.lora_b": np.ones((64, 4))}, "does not have"),
        ({"output_norm.weight.lora_a": np.ones((1, 64)), "output_norm.weight.lora_b": np.ones((1, 1))}, "another size"),
        ({f"{Q}.lora_a": np.full((4, 64), np.nan)}, "no number"),
        ({f"{Q}.lora_b": np.full((64, 4), np.inf)}, "no number"),
    ],
)
def test_tensors_that_are_wrong(random_llama: Path, tmp_path: Path, tensors: dict[str, Any], reason: str) -> None:
    path = write_random_lora(tmp_path / "planner.gguf", random_llama, tensors=tensors)
    with pytest.raises(ModelRefused, match=reason):
        fits(path, random_llama)


def test_other_types_of_numbers_are_refused(random_llama: Path, tmp_path: Path) -> None:
    path = write_random_lora(tmp_path / "planner.gguf", random_llama, dtype=np.float64)
    with pytest.raises(ModelRefused, match="16-bit"):
        read_lora(path)


def test_a_model_is_no_adapter(random_llama: Path) -> None:
    with pytest.raises(ModelRefused, match="no LoRA adapter"):
        read_lora(random_llama)


def test_every_truncation_is_refused(random_llama: Path, tmp_path: Path) -> None:
    raw = write_random_lora(tmp_path / "planner.gguf", random_llama).read_bytes()
    cut = tmp_path / "cut.gguf"
    for length in [*range(0, len(raw) - 40, 997), len(raw) - 40]:
        cut.write_bytes(raw[:length])
        with pytest.raises(ModelRefused):
            read_lora(cut)


def test_mutations_are_read_or_refused(random_llama: Path, tmp_path: Path) -> None:
    raw = write_random_lora(tmp_path / "planner.gguf", random_llama).read_bytes()
    draw = random.Random(5)
    for n in range(300):
        changed = bytearray(raw)
        for _ in range(draw.randint(1, 4)):
            changed[draw.randrange(2200)] = draw.randrange(256)
        path = tmp_path / f"{n}.gguf"
        path.write_bytes(changed)
        with suppress(ModelRefused):
            fits(path, random_llama)
        path.unlink()
