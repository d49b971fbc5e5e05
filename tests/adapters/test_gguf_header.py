"""The GGUF header reader: what it reads, what it refuses, and that no bytes can make it fail in another way."""

from __future__ import annotations

import contextlib
import struct
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planfirst.adapters.gguf_header import read_header
from planfirst.core.errors import ModelMissing, ModelRefused
from tests.small_gguf import ARRAY, F32, KEYS, Q4_0, STRING, U32, small_gguf

WHOLE = small_gguf()
HEAD = len(WHOLE) - 96  # bytes before the tensor data


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tmp_path / "model.gguf"


def refusal(model: Path, raw: bytes) -> str:
    model.write_bytes(raw)
    with pytest.raises(ModelRefused) as caught:
        read_header(model)
    assert caught.value.next_step.endswith(".")
    return caught.value.what


def test_reads_what_the_file_says_of_itself(model: Path) -> None:
    model.write_bytes(WHOLE)
    header = read_header(model)
    assert (header.version, header.tensors, header.size) == (3, 2, len(WHOLE))
    assert (header.architecture, header.name, header.context_length) == ("llama", "Small", 512)
    assert header.file_type_name == "Q4_0"
    assert header.chat_template == "{{ messages }}"
    assert header.metadata["tokenizer.ggml.tokens.length"] == 3
    assert header.metadata["tokenizer.ggml.scores.length"] == 3
    assert header.metadata["llama.rope.freq_base"] == 0.5
    assert header.metadata["tokenizer.ggml.add_bos_token"] is True
    assert "tokenizer.ggml.tokens" not in header.metadata


def test_says_nothing_of_what_the_file_leaves_out(model: Path) -> None:
    model.write_bytes(small_gguf(keys=[], version=2))
    header = read_header(model)
    assert (header.architecture, header.name, header.chat_template, header.file_type_name) == ("", "", "", "")
    assert header.context_length == 0


def test_agrees_with_the_gguf_package(model: Path) -> None:
    gguf = pytest.importorskip("gguf", exc_type=ImportError)
    numpy = pytest.importorskip("numpy")
    writer = gguf.GGUFWriter(model, "llama")
    writer.add_name("Written")
    writer.add_context_length(384)
    writer.add_file_type(2)
    writer.add_token_list(["<s>", "</s>"])
    for name, kind in gguf.GGMLQuantizationType.__members__.items():
        if name in ("F32", "F16", "Q4_0", "Q4_K", "Q6_K", "Q8_0"):
            values, size = gguf.GGML_QUANT_SIZES[kind]
            rows = numpy.zeros((3, 256 // values * size), dtype=numpy.uint8)
            writer.add_tensor(f"{name}.weight", rows, raw_dtype=kind)
    writer.add_tensor("token_embd.weight", numpy.zeros((3, 18), dtype=numpy.uint8), raw_dtype=20)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    header = read_header(model)
    assert (header.name, header.context_length, header.file_type_name, header.tensors) == ("Written", 384, "Q4_0", 7)
    assert header.layer_types == {0, 1, 2, 8, 12, 14}
    assert header.all_types == {0, 1, 2, 8, 12, 14, 20}
    model.write_bytes(model.read_bytes()[:-64])  # the writer pads the last tensor by less than this
    with pytest.raises(ModelRefused, match="cut off"):
        read_header(model)


def test_missing(tmp_path: Path) -> None:
    for path in (tmp_path / "none.gguf", tmp_path):
        with pytest.raises(ModelMissing, match="no model file"):
            read_header(path)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "it is empty"),
        (b"GG", "not a GGUF file"),
        (b"<!DOCTYPE html><html>", "not a GGUF file"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
        (b"GGUF", "cut off"),
        (small_gguf(version=1), "version is 1"),
        (small_gguf(version=3, order=">"), "big-endian"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 2**40), "absurd"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**40, 1), "absurd"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 1, 1, 2**63), "absurd"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 1, 1, 5000), "cut off"),
        (small_gguf(tensors=[]), "no tensors"),
        (small_gguf(keys=[KEYS[0], KEYS[0]]), "occurs twice"),
        (small_gguf(keys=[("general.alignment", U32, 7)]), "alignment"),
        (small_gguf(tensors=[("a", (8,), 99, 0)]), "unknown type 99"),
        (small_gguf(tensors=[("a", (8,), F32, 3)]), "multiple of 32"),
        (small_gguf(tensors=[("a", (33,), Q4_0, 0)]), "multiple of 32 values"),
        (small_gguf(tensors=[("a", (8,) * 5, F32, 0)]), "5 dimensions"),
        (small_gguf(tensors=[("a", (2**63, 2**63), F32, 0)]), "cut off"),
        (small_gguf(tensors=[("a", (8,), F32, 2**63)]), "cut off"),
        (small_gguf(tensors=[("a", (8,), F32, 0)] * 2), "occurs twice"),
        (small_gguf(tensors=[("a" * 64, (8,), F32, 0)]), "absurd"),
        (WHOLE[:-30], "ends 30 bytes after the file"),
    ],
)
def test_refuses(model: Path, raw: bytes, reason: str) -> None:
    assert reason in refusal(model, raw)


@pytest.mark.parametrize(
    ("kind", "reason"), [(STRING, "absurd"), (10, "cut off"), (ARRAY, "not supported"), (13, "not supported")]
)
def test_refuses_an_array_of_an_absurd_length_or_kind(model: Path, kind: int, reason: str) -> None:
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + struct.pack("<Q", 1) + b"k"
    assert reason in refusal(model, head + struct.pack("<IIQ", ARRAY, kind, 2**62) + bytes(64))


def test_every_truncation_is_refused(model: Path) -> None:
    for length in [*range(0, 400, 3), *range(HEAD - 120, HEAD + 64)]:
        refusal(model, WHOLE[:length])


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(4, HEAD + 8), st.binary(min_size=1, max_size=9)), min_size=1, max_size=4))
def test_mutations_are_read_or_refused(model: Path, changes: list[tuple[int, bytes]]) -> None:
    raw = bytearray(WHOLE)
    for at, piece in changes:
        raw[at : at + len(piece)] = piece
    model.write_bytes(raw)
    with contextlib.suppress(ModelRefused):
        assert read_header(model).size == len(raw)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_refused(model: Path, raw: bytes, begun: bool) -> None:
    refusal(model, (b"GGUF\x03\0\0\0" if begun else b"") + raw[:40])


def test_a_large_vocabulary_is_quick(model: Path) -> None:
    tokens = [f"token{n}" for n in range(128_000)]
    merges = [f"tok en{n}" for n in range(280_000)]
    keys = [*KEYS[:5], ("tokenizer.ggml.tokens", ARRAY, (STRING, tokens)), ("m", ARRAY, (STRING, merges))]
    model.write_bytes(small_gguf(keys=keys))
    started = time.process_time()
    header = read_header(model)
    assert time.process_time() - started < 20
    assert header.metadata["m.length"] == 280_000


def test_a_path_that_no_system_allows_is_refused() -> None:
    with pytest.raises((ModelMissing, ModelRefused)):
        read_header(Path("a\0b.gguf"))
