"""How much of a model goes onto a graphics card."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from planfirst.adapters import graphics
from planfirst.adapters.gguf_header import GgufHeader, read_header
from planfirst.adapters.running import Running
from tests.random_llama import write_random_llama

MB = 1 << 20


@pytest.fixture
def header(tmp_path: Path) -> GgufHeader:
    """Of a model with nine layers and what is behind them, ten times 100 MB."""
    found = read_header(write_random_llama(tmp_path / "small.gguf"))
    metadata = {**found.metadata, f"{found.architecture}.block_count": 9}
    return replace(found, size=1000 * MB, metadata=metadata)


@pytest.mark.parametrize(("free", "layers"), [(0, 0), (700, 0), (868, 1), (1320, 5), (1768, 10), (1 << 20, 10)])
def test_as_many_layers_as_have_room_are_put_there(header: GgufHeader, free: int, layers: int) -> None:
    assert graphics.layers_that_fit(header, free * MB) == layers


def test_of_a_file_that_does_not_say_its_layers_none_are(header: GgufHeader) -> None:
    assert graphics.layers_that_fit(replace(header, metadata={}), 1 << 40) == 0


@pytest.mark.parametrize(
    ("wanted", "supported", "layers"), [(0, True, 0), (4, True, 4), (99, True, 10), (99, False, 0)]
)
def test_no_more_than_are_asked_for_and_only_where_llama_cpp_knows_cards(
    header: GgufHeader, monkeypatch: pytest.MonkeyPatch, wanted: int, supported: bool, layers: int
) -> None:
    monkeypatch.setattr(graphics, "_free_memory", lambda: 1 << 40)
    cpp: Any = SimpleNamespace(llama_supports_gpu_offload=lambda: supported)
    assert graphics.layers_on_cards(cpp, header, Running(gpu_layers=wanted)) == layers


def test_llama_cpp_tells_the_memory_of_its_cards() -> None:
    import llama_cpp

    llama_cpp.llama_backend_init()
    free = graphics._free_memory()
    assert (free > 0) is bool(llama_cpp.llama_supports_gpu_offload())
