"""The official models: fetched from where this machine gets them, and the very files that the manifest means."""

from __future__ import annotations

from pathlib import Path

import pytest

from planfirst.adapters.checksums import sha256_of
from planfirst.adapters.gguf_header import read_header
from planfirst.models.entries import ModelEntry, entry_named


def entry(name: str) -> ModelEntry:
    found = entry_named(name)
    assert found is not None
    return found


@pytest.mark.real
@pytest.mark.timeout(1800)  # the first run fetches half a gigabyte
def test_the_small_one_is_the_official_file(real_model: Path) -> None:
    assert sha256_of(real_model) == entry("qwen2.5-coder-0.5b").sha256
    header = read_header(real_model)
    assert header.architecture == "qwen2"
    assert header.context_length == entry("qwen2.5-coder-0.5b").context
    assert "<|im_start|>" in header.chat_template


@pytest.mark.real
def test_the_larger_one_is_the_official_file(larger_real_model: Path) -> None:
    assert sha256_of(larger_real_model) == entry("qwen2.5-coder-1.5b").sha256


@pytest.mark.parametrize("name", ["qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"])
def test_the_parts_are_all_of_the_file(name: str) -> None:
    known = entry(name)
    assert sum(part.size for part in known.parts) == known.size
    assert len({part.package for part in known.parts}) == len({part.member for part in known.parts}) == len(known.parts)
    assert len({part.sha256 for part in known.parts}) == len(known.parts)
    assert {len(part.sha256) for part in known.parts} == {64}
