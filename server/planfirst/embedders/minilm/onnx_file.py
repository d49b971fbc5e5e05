"""Reads the numbers that an ONNX file holds, and nothing else of it.

ONNX's own package would do the same, but brings 36 MB with protobuf and ml_dtypes, for one reading in the lifetime of
an installation. The file is known by its SHA-256 before it comes here, so this reader need not fear it; a file that is
cut short or built otherwise still ends in a ValueError.

The fields are those of onnx.proto: a model's graph, the graph's initializers, and the sizes, type, name and bytes of
each of these.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_GRAPH, _INITIALIZER = 7, 5
_DIMS, _TYPE, _NAME, _RAW = 1, 2, 8, 9
_TYPES = {1: "<f4", 3: "|i1"}  # FLOAT and INT8
_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5  # protobuf's wire types
Tensors = dict[str, NDArray[np.float32] | NDArray[np.int8]]


def initializers(file: bytes) -> Tensors:
    """The float32 and int8 tensors of the file's graph by their names; those of other types are left out.

    The arrays are views of ``file``.

    Raises:
        ValueError: the file is not what an ONNX file is.
    """
    found: Tensors = {}
    for field, graph in _fields(memoryview(file)):
        if field == _GRAPH and isinstance(graph, memoryview):
            for inner, tensor in _fields(graph):
                if inner == _INITIALIZER and isinstance(tensor, memoryview):
                    found.update(_tensor(tensor))
    return found


def _tensor(message: memoryview) -> Tensors:
    dims: list[int] = []
    kind, name, raw = 0, "", memoryview(b"")
    for field, value in _fields(message):
        if isinstance(value, int):
            dims += [value] if field == _DIMS else []
            kind = value if field == _TYPE else kind
        elif field == _DIMS:  # packed into one field
            dims += _varints(value)
        elif field == _NAME:
            name = str(value, "utf-8")
        elif field == _RAW:
            raw = value
    return {name: np.frombuffer(raw, dtype=_TYPES[kind]).reshape(dims)} if kind in _TYPES and raw else {}


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The number of each field, with its number or its bytes."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        field, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(message, at)
            yield field, value
            continue
        if wire == _BYTES:
            length, at = _varint(message, at)
        elif wire in (_EIGHT_BYTES, _FOUR_BYTES):
            length = 8 if wire == _EIGHT_BYTES else 4
        else:
            raise ValueError(f"a field has the wire type {wire}")
        if at + length > len(message):
            raise ValueError("a field ends after its message")
        yield field, message[at : at + length]
        at += length


def _varints(packed: memoryview) -> Iterator[int]:
    at = 0
    while at < len(packed):
        value, at = _varint(packed, at)
        yield value


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A number, and where the next thing begins."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            break
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number does not end")
