"""The reader of ONNX files: what it takes, what it leaves, and what it refuses."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from planfirst.embedders.minilm.onnx_file import initializers
from planfirst.embedders.minilm.weights import weights_file


def number(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def whole(field: int, value: int) -> bytes:
    return number(field << 3) + number(value)


def part(field: int, content: bytes) -> bytes:
    return number(field << 3 | 2) + number(len(content)) + content


def tensor(name: str, kind: int, sizes: list[int], raw: bytes, packed: bool = False) -> bytes:
    dims = part(1, b"".join(map(number, sizes))) if packed else b"".join(whole(1, size) for size in sizes)
    return part(5, dims + whole(2, kind) + part(8, name.encode()) + part(9, raw))


def model(*tensors: bytes) -> bytes:
    node = number(1 << 3 | 2) + number(3) + b"abc"
    return whole(1, 8) + part(2, b"maker") + part(7, node + b"".join(tensors)) + number(9 << 3 | 5) + b"1234"


@pytest.mark.parametrize("packed", [False, True])
def test_numbers_and_sizes(packed: bool) -> None:
    floats = struct.pack("<6f", *range(6))
    found = initializers(model(tensor("a", 1, [2, 3], floats, packed), tensor("b", 3, [300], bytes(300), packed)))
    np.testing.assert_array_equal(found["a"], np.arange(6, dtype=np.float32).reshape(2, 3))
    assert found["a"].dtype == np.float32
    assert (found["b"].shape, found["b"].dtype) == ((300,), np.int8)


def test_other_types_are_left_out() -> None:
    assert initializers(model(tensor("a", 7, [1], bytes(8)), tensor("b", 9, [1], b"\1"))) == {}


@pytest.mark.parametrize(
    "damaged",
    [
        model(tensor("a", 1, [2], b"12345678"))[:-8],
        b"\x80" * 20,
        b"\x80",
        number(7 << 3 | 3),
        model(tensor("a", 1, [3], b"12345678")),
        model(tensor("a", 1, [2], b"1234567")),
    ],
)
def test_what_is_no_such_file(damaged: bytes) -> None:
    with pytest.raises(ValueError):
        initializers(damaged)


def test_the_real_file() -> None:
    found = initializers(weights_file().read_bytes())
    assert found["inner.embeddings.word_embeddings.weight_q"].shape == (30522, 384)
    assert sum(array.dtype == np.int8 for array in found.values()) == 38
