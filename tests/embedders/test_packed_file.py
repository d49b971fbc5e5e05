"""The packed file of multilingual-e5-small, by one that is made here."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from planfirst.embedders.e5.packed_file import unpacked

PIECES = ["<s>", "▁가", "a"]
SCORES = [0.0, -1.5, -2.25]
FLOATS = np.arange(6, dtype="<f4")
SCALES = (0.5, -2.0)  # of two blocks


def four_bits() -> bytes:
    """Two blocks; number n of each is n % 16, 8 less and times the scale."""
    return b"".join(struct.pack("<e", scale) + bytes(n % 16 | n % 16 << 4 for n in range(16)) for scale in SCALES)


def packed() -> bytes:
    blob = "".join(PIECES).encode()
    ends = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)]).astype("<u4")
    head = struct.pack("<4sI7ifi", b"E5S1", 1, 4, 1, 1, 8, 3, 6, 2, 1e-12, 32)
    words = struct.pack("<5iQ", 3, 0, 2, 1, 3, len(blob)) + ends.tobytes() + np.array(SCORES, "<f4").tobytes() + blob
    mapped = struct.pack("<IB", ord("\t"), 1) + struct.pack("<I", 32) + struct.pack("<IB", 1, 0)
    mapped += struct.pack("<IB", ord("ﬁ"), 2) + struct.pack("<2I", ord("f"), ord("i"))
    before = head + words + struct.pack("<iI", 3, len(mapped)) + mapped
    tensors = {"plain": (0, 6, FLOATS.tobytes()), "small": (1, 64, four_bits())}
    start = len(before) + 4 + sum(2 + len(name) + 21 for name in tensors)
    offsets, data = b"", b""
    for name, (kind, numbers, content) in tensors.items():
        offsets += struct.pack("<H", len(name)) + name.encode()
        offsets += struct.pack("<BIQQ", kind, numbers, start + len(data), len(content))
        data += content
    return before + struct.pack("<i", len(tensors)) + offsets + data


def test_all_that_it_holds() -> None:
    found = unpacked(packed())
    assert found.pieces == PIECES
    assert found.scores == SCORES
    assert found.characters == {"\t": " ", "\x01": "", "ﬁ": "fi"}
    assert found.tensors["plain"].tolist() == FLOATS.tolist()
    expected = [(n % 16 - 8) * scale for scale in SCALES for n in range(32)]
    assert found.tensors["small"].tolist() == expected
    assert {array.dtype for array in found.tensors.values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("length", [0, 3, 20, 60, 100, 150, 190])
def test_a_file_that_is_cut_short(length: int) -> None:
    file = packed()
    assert length < len(file)
    with pytest.raises(ValueError):
        unpacked(file[:length])


def test_other_files() -> None:
    with pytest.raises(ValueError, match="begins otherwise"):
        unpacked(b"GGUF" + packed()[4:])
    file = packed()
    kind = file.index(b"small") + len(b"small")
    with pytest.raises(ValueError, match="type 7"):
        unpacked(file[:kind] + b"\x07" + file[kind + 1 :])
