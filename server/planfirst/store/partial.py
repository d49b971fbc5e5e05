"""Vectors that are in no generation yet, so that a stopped build can go on where it was.

A file of one line of JSON, which names the embedding model, and then records of equal length: SHA-256 of the text,
the vector, and a check over both. A record that was cut short or damaged ends the file: what follows is made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Sequence, Set
from pathlib import Path
from types import TracebackType
from typing import IO

import numpy as np
from numpy.typing import NDArray

from planfirst.store.layout import PARTIAL
from planfirst.store.write import writing

_KEY = 32
_CHECK = 8
_LONGEST_HEAD = 4096


class Partial:
    """The vectors that are kept beside a store, open for its one writer.

    Args:
        folder: the store's.
        embedding, dimension: of the model in use; vectors of another one are not taken.
    """

    def __init__(self, folder: Path, embedding: str, dimension: int) -> None:
        self._folder = folder
        self._path = folder / PARTIAL
        self._head = json.dumps({"embedding": embedding, "dimension": dimension}).encode() + b"\n"
        self._length = _KEY + 4 * dimension + _CHECK
        self._dimension = dimension
        self._file: IO[bytes] | None = None
        self._offsets: dict[bytes, int] = {}
        with writing(folder):
            self._open()

    def __contains__(self, key: bytes) -> bool:
        return key in self._offsets

    @property
    def keys(self) -> Set[bytes]:
        """The keys of all texts whose vectors are in here."""
        return self._offsets.keys()

    def __enter__(self) -> Partial:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def append(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Saves vectors of shape (len(keys), dimension), so that they outlive a killed process.

        Raises:
            StoreError: the disk is full.
        """
        with writing(self._folder):
            file = self._file or self._begin()
            end = file.seek(0, 2)
            for number, (key, vector) in enumerate(zip(keys, vectors, strict=True)):
                body = key + vector.astype("<f4").tobytes()
                file.write(body + _check(body))
                self._offsets[key] = end + number * self._length + _KEY
            file.flush()

    def vector(self, key: bytes) -> bytes:
        """The vector of a text as little-endian float32; ``key`` is in here."""
        assert self._file is not None
        with writing(self._folder):
            self._file.seek(self._offsets[key])
            return self._file.read(4 * self._dimension)

    def close(self) -> None:
        """Closes the file and keeps it."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # closing flushes, which fails again on a full disk
                self._file.close()
        self._file = None

    def remove(self) -> None:
        """Removes the file, whose vectors are now in a generation."""
        self.close()
        with contextlib.suppress(OSError):
            self._path.unlink()

    def _open(self) -> None:
        if not self._path.is_file():
            return
        file = self._path.open("r+b")
        if file.read(len(self._head)) != self._head:
            file.close()
            return
        self._file = file
        end = len(self._head)
        while len(record := file.read(self._length)) == self._length:
            body, check = record[:-_CHECK], record[-_CHECK:]
            if _check(body) != check or not _is_unit(body[_KEY:]):
                break
            self._offsets[body[:_KEY]] = end + _KEY
            end += self._length
        file.truncate(end)

    def _begin(self) -> IO[bytes]:
        self._file = self._path.open("w+b")
        self._file.write(self._head)
        return self._file


def waiting(folder: Path) -> int:
    """How many vectors a stopped build left for the next one; 0 if there is none."""
    try:
        with (folder / PARTIAL).open("rb") as file:
            head = file.readline(_LONGEST_HEAD)
            size = file.seek(0, 2) - len(head)
        return size // (_KEY + 4 * int(json.loads(head)["dimension"]) + _CHECK)
    except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError, ZeroDivisionError):
        return 0


def _check(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_CHECK).digest()


def _is_unit(data: bytes) -> bool:
    vector = np.frombuffer(data, dtype="<f4")
    return bool(abs(float(vector @ vector) - 1.0) <= 1e-3)
