"""Reads the bytes of a GGUF file's header, and refuses what native code should not see.

A model file is untrusted input. Every length is checked against the bytes that are left before it is used, no array is
kept, and all tensors lie inside the file. What is in the tensors is not looked at.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import BinaryIO, NamedTuple

from planfirst.adapters.ggml_types import BLOCKS

Value = str | int | float | bool

_VERSIONS = (2, 3)
_MOST_KEYS = 1 << 16
_MOST_TENSORS = 1 << 16
_MOST_STRINGS = 1 << 22  # in one array; the largest vocabularies have about 2**18
_LONGEST_KEY = 1 << 16
_LONGEST_STRING = 1 << 20
_LONGEST_TENSOR_NAME = 63
_MOST_DIMENSIONS = 4
_READ_TO_SKIP = 1 << 12  # below this many bytes reading is quicker than seeking

_BOOL, _STRING, _ARRAY = 7, 8, 9
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", _BOOL: "<B", 10: "<Q", 11: "<q", 12: "<d"}


class Tensor(NamedTuple):
    """Where a tensor is, and what it is.

    Attributes:
        shape: its dimensions, the length of a row first.
        kind: ggml's number of its type.
        begin, size: in the file, in bytes.
    """

    shape: tuple[int, ...]
    kind: int
    begin: int
    size: int


class RefusedError(Exception):
    """Why a file is refused, as the end of a sentence."""


class Reader:
    """Reads forward through a file of a known size."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self._at = 0

    def contents(self) -> tuple[int, dict[str, Value], dict[str, Tensor]]:
        """The version of the format, the metadata, and the tensors by name.

        Raises:
            RefusedError: it is not a whole, little-endian GGUF file of version 2 or 3.
        """
        version = self._version()
        tensors, keys = self._number("<Q"), self._number("<Q")
        if keys > _MOST_KEYS or tensors > _MOST_TENSORS:
            raise RefusedError(f"its header promises {keys} keys and {tensors} tensors, which is absurd")
        if tensors == 0:
            raise RefusedError("it holds no tensors")
        metadata: dict[str, Value] = {}
        for _ in range(keys):
            key = self._key()
            if key in metadata or f"{key}.length" in metadata:
                raise RefusedError(f"the key {key!r} occurs twice")
            name, value = self._entry(key)
            metadata[name] = value
        return version, metadata, self._layout(tensors, _alignment(metadata))

    def _version(self) -> int:
        if self._size == 0:
            raise RefusedError("it is empty")
        magic = self._file.read(4)
        self._at += len(magic)
        if magic != b"GGUF":
            raise RefusedError(
                "it is a Git LFS pointer, not the model itself" if magic == b"vers" else "it is not a GGUF file"
            )
        version = self._number("<I")
        if version not in _VERSIONS:
            if version & 0xFFFF == 0 and version:
                raise RefusedError("it was written for a big-endian machine")
            raise RefusedError(f"its GGUF version is {version}, and only 2 and 3 are supported")
        return version

    def _entry(self, key: str) -> tuple[str, Value]:
        kind = self._number("<I")
        if kind == _STRING:
            return key, self._string(_LONGEST_STRING).decode("utf-8", "replace")
        if kind == _ARRAY:
            return f"{key}.length", self._skip_array(key)
        if kind not in _SCALARS:
            raise RefusedError(f"the value of {key!r} has the unknown type {kind}")
        value = self._unpack(_SCALARS[kind])
        return key, bool(value) if kind == _BOOL else value

    def _skip_array(self, key: str) -> int:
        kind, length = self._number("<I"), self._number("<Q")
        if kind in _SCALARS:
            self._skip(length * struct.calcsize(_SCALARS[kind]))
        elif kind == _STRING:
            self._skip_strings(key, length)
        else:
            raise RefusedError(f"the array {key!r} has elements of the type {kind}, which is not supported")
        return length

    def _skip_strings(self, key: str, length: int) -> None:
        if length > _MOST_STRINGS or length * 8 > self._size - self._at:
            raise RefusedError(f"the array {key!r} promises {length} strings, which is absurd")
        read, at, size = self._file.read, self._at, self._size  # local: this loop runs once a vocabulary entry
        for _ in range(length):
            long = int.from_bytes(read(8), "little")
            at += 8 + long
            if at > size:
                raise RefusedError("its header is cut off")
            if long <= _READ_TO_SKIP:
                read(long)
            else:
                self._file.seek(at)
        self._at = at

    def _layout(self, count: int, alignment: int) -> dict[str, Tensor]:
        found: dict[str, Tensor] = {}
        for _ in range(count):
            name = self._text_of(self._string(_LONGEST_TENSOR_NAME))
            if name in found:
                raise RefusedError(f"the tensor {name!r} occurs twice")
            tensor = self._tensor(name)
            if tensor.begin % alignment:
                raise RefusedError(f"the tensor {name!r} does not begin at a multiple of {alignment} bytes")
            found[name] = tensor
        data = -(-self._at // alignment) * alignment
        for name, (shape, kind, begin, size) in found.items():
            if (over := data + begin + size - self._size) > 0:
                raise RefusedError(f"it is cut off: the tensor {name!r} ends {over} bytes after the file")
            found[name] = Tensor(shape, kind, data + begin, size)
        return found

    def _tensor(self, name: str) -> Tensor:
        """The next tensor; its beginning is counted from where the data begin."""
        dimensions = self._number("<I")
        if not 1 <= dimensions <= _MOST_DIMENSIONS:
            raise RefusedError(f"the tensor {name!r} has {dimensions} dimensions")
        shape = tuple(self._number("<Q") for _ in range(dimensions))
        kind = self._number("<I")
        if kind not in BLOCKS:
            raise RefusedError(f"the tensor {name!r} has the unknown type {kind}")
        values, block = BLOCKS[kind]
        if shape[0] % values:
            raise RefusedError(f"the rows of the tensor {name!r} are no multiple of {values} values long")
        size = shape[0] // values * block
        for dimension in shape[1:]:
            size *= dimension
        return Tensor(shape, kind, self._number("<Q"), size)

    def _key(self) -> str:
        return self._text_of(self._string(_LONGEST_KEY))

    @staticmethod
    def _text_of(raw: bytes) -> str:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            raise RefusedError("its header holds a name that is not text") from None

    def _string(self, longest: int) -> bytes:
        length = self._number("<Q")
        if length > longest:
            raise RefusedError(f"its header promises a string of {length} bytes, which is absurd")
        return self._take(length)

    def _number(self, layout: str) -> int:
        return int(self._unpack(layout))

    def _unpack(self, layout: str) -> int | float:
        value: int | float = struct.unpack(layout, self._take(struct.calcsize(layout)))[0]
        return value

    def _take(self, length: int) -> bytes:
        """The next bytes; the caller has bounded ``length``."""
        self._at += length
        taken = self._file.read(length)
        if len(taken) != length:
            raise RefusedError("its header is cut off")
        return taken

    def _skip(self, length: int) -> None:
        if length > self._size - self._at:
            raise RefusedError("its header is cut off")
        self._at += length
        self._file.seek(self._at)


def _alignment(metadata: Mapping[str, Value]) -> int:
    value = metadata.get("general.alignment", 32)
    if not isinstance(value, int) or isinstance(value, bool) or value < 8 or value > 1 << 16 or value & (value - 1):
        raise RefusedError(f"its alignment is {value!r}, which is no power of two from 8 to 65536")
    return value
