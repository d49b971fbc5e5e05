"""How a model file comes into memory: mapped or read, and by fields that llama.cpp has."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from planfirst.adapters.gguf_header import GgufHeader, read_header
from planfirst.adapters.llama import LlamaModel
from planfirst.adapters.llama_loading import _set, is_repacked
from planfirst.adapters.running import Running

MAPS = Path("/proc/self/maps")


def header_of(path: Path, kind: int, share: float = 1.0) -> GgufHeader:
    """The header of a file as if this share of its bytes were of that type, and the rest of none that is repacked."""
    header = read_header(path)
    tensor = next(iter(header.layout.values()))
    sizes = {"a": (kind, int(1000 * share)), "b": (14, 1000 - int(1000 * share))}
    return replace(header, layout={name: tensor._replace(kind=k, size=size) for name, (k, size) in sizes.items()})


@pytest.mark.parametrize(
    ("kind", "share", "repacked"),
    [(2, 1.0, True), (12, 0.7, True), (20, 0.6, True), (12, 0.4, False), (8, 1.0, False), (6, 1.0, False)],
)
def test_what_is_repacked_goes_by_the_bytes(random_llama: Path, kind: int, share: float, repacked: bool) -> None:
    assert is_repacked(header_of(random_llama, kind, share)) is repacked


@pytest.mark.real
@pytest.mark.skipif(not MAPS.exists(), reason="only Linux tells what is mapped")
def test_a_file_is_mapped_or_read(random_llama: Path, tmp_path: Path) -> None:
    own = Path(shutil.copy(random_llama, tmp_path / "own.gguf"))  # models of other tests may hold the shared one
    for mmap in (True, False):
        model = LlamaModel(own, 256, 1, running=Running(mmap=mmap))
        assert (str(own) in MAPS.read_text()) is mmap
        model.close()


@pytest.mark.real
def test_a_field_that_llama_cpp_lacks_is_no_silent_wish() -> None:
    import llama_cpp

    params = llama_cpp.llama_model_default_params()
    with pytest.raises(AttributeError, match="no use_mmap_"):
        _set(params, use_mmap_=True)
    _set(params, n_gpu_layers=3)
    assert params.n_gpu_layers == 3
