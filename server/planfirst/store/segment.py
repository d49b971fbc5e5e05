"""Reading one segment: rows that were written together and never change.

``rows.bin`` has a record a row: where its line begins in ``pairs.jsonl``, and checks over its line, its embedded text
and its vector. So a large segment is opened without reading its pairs and vectors, and each row is checked when read.
A segment without an index is read whole at once and checked whole, since all its vectors are needed anyway.
"""

from __future__ import annotations

import hashlib
import threading
import weakref
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from planfirst.core.types import Pair
from planfirst.store import layout, manifest, pairs
from planfirst.store.layout import DamageError
from planfirst.store.manifest import FileEntry, SegmentEntry

ROW = np.dtype([("start", "<u8"), ("line", "V16"), ("text", "V16"), ("vector", "V8")])
_NORM_TOLERANCE = 1e-3
_CHUNK = 65_536
_BLOCK = 1 << 20


def line_check(line: bytes) -> bytes:
    """The check over a pair's line."""
    return hashlib.sha256(line).digest()[:16]


def vector_check(vector: bytes) -> bytes:
    """The check over a vector's little-endian float32."""
    return hashlib.blake2b(vector, digest_size=8).digest()


class Segment:
    """A segment that is open for reading.

    Args:
        folder: that of the generation that wrote it.
        entry: what the manifest says of it.
        dimension: length of a vector.
        whole: whether every byte is checked now, though it could be checked later.

    Raises:
        DamageError: a file is missing, of another size, or not what the manifest says.
    """

    def __init__(self, folder: Path, entry: SegmentEntry, dimension: int, *, whole: bool = False) -> None:
        self.folder = folder
        self.entry = entry
        self.dimension = dimension
        self._lock = threading.Lock()  # around seeking and reading
        for name, file in entry.files.items():
            require_size(folder / name, file.size)
        self.table: NDArray[np.void] = np.frombuffer(self.read(manifest.ROWS), dtype=ROW)
        self._require_starts()
        self._vectors: NDArray[np.float32] | None = None
        self._pairs: bytes | None = None
        self._files: dict[str, IO[bytes]] = {}
        if not entry.index:
            self._vectors = self._all_vectors(self.read(manifest.VECTORS))
            self._pairs = self.read(manifest.PAIRS)
            return
        if whole:
            for name in entry.files:
                self.check(name)
        # Opened now, so that they can be read even after another process has put the segment aside.
        for name in (manifest.PAIRS, manifest.VECTORS):
            self._files[name] = self.open(name)
            weakref.finalize(self, self._files[name].close)

    def __len__(self) -> int:
        return self.entry.rows

    @property
    def vectors(self) -> NDArray[np.float32] | None:
        """All vectors, shape (rows, dimension), if they are in memory anyway."""
        return self._vectors

    @cached_property
    def corpus_of(self) -> NDArray[np.int32]:
        """For each row the number of its run."""
        counts = [count for _, count in self.entry.runs]
        return np.repeat(np.arange(len(counts), dtype=np.int32), counts)

    def line(self, row: int) -> bytes:
        """The line of a row, with its newline.

        Raises:
            DamageError: it is not what was written.
        """
        start = int(self.table["start"][row])
        end = int(self.table["start"][row + 1]) if row + 1 < len(self) else self.entry.files[manifest.PAIRS].size
        whole = self._pairs
        line = self._read_at(manifest.PAIRS, start, end - start) if whole is None else whole[start:end]
        if line_check(line) != self.table["line"][row].tobytes():
            raise DamageError(f"{manifest.PAIRS} does not match the checksum of its line {row + 1}")
        return line

    def pair(self, row: int) -> Pair:
        """The pair of a row.

        Raises:
            DamageError: it is not what was written, or no pair.
        """
        line = self.line(row)
        if line.find(b"\n") != len(line) - 1:
            raise DamageError(f"{manifest.PAIRS} does not have {len(self)} whole lines")
        try:
            return pairs.from_line(line[:-1])
        except (ValueError, UnicodeError) as error:
            raise DamageError(f"{manifest.PAIRS} holds a line that is not a pair") from error

    def vectors_of(self, rows: Sequence[int] | NDArray[np.integer]) -> NDArray[np.float32]:
        """The vectors of some rows, shape (len(rows), dimension).

        Raises:
            DamageError: one is not what was written, or no unit vector.
        """
        if self._vectors is not None:
            return self._vectors[np.asarray(rows, dtype=np.int64)]
        width = 4 * self.dimension
        out = bytearray()
        for row in rows:
            vector = self._read_at(manifest.VECTORS, int(row) * width, width)
            if vector_check(vector) != self.table["vector"][row].tobytes():
                raise DamageError(f"{manifest.VECTORS} does not match the checksum of its vector {int(row) + 1}")
            out += vector
        return _unit(np.frombuffer(out, dtype="<f4").reshape(len(rows), self.dimension))

    def check(self, name: str) -> None:
        """Reads a file of the segment in blocks.

        Raises:
            DamageError: it does not match its checksum.
        """
        digest = hashlib.sha256()
        try:
            with (self.folder / name).open("rb") as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
        except OSError as error:
            raise DamageError(f"{name} cannot be read ({error.strerror})") from error
        if digest.hexdigest() != self.entry.files[name].sha256:
            raise DamageError(f"{name} does not match its checksum")

    def read(self, name: str) -> bytes:
        """A whole file of the segment.

        Raises:
            DamageError: it does not match its checksum.
        """
        return read_checked(self.folder / name, self.entry.files[name])

    def open(self, name: str) -> IO[bytes]:
        """A file of the segment, to be read from its beginning; `check` it first.

        Raises:
            DamageError: it is gone.
        """
        try:
            return (self.folder / name).open("rb", buffering=0)
        except OSError as error:
            raise DamageError(f"{name} cannot be read ({error.strerror})") from error

    def index_file(self, name: str) -> tuple[IO[bytes], int]:
        """A file of the index, checked, and its size.

        Raises:
            DamageError: it is missing, or does not match its checksum.
        """
        full = f"index.{name}"
        if full not in self.entry.files:
            raise DamageError(f"{full} is missing")
        self.check(full)
        return self.open(full), self.entry.files[full].size

    def blocks(self, rows: NDArray[np.integer]) -> Iterator[tuple[NDArray[np.integer], NDArray[np.float32]]]:
        """Some rows and their vectors, a block at a time."""
        for start in range(0, len(rows), 1024):
            chosen = rows[start : start + 1024]
            yield chosen, self.vectors_of(chosen)

    def _read_at(self, name: str, start: int, size: int) -> bytes:
        try:
            with self._lock:
                self._files[name].seek(start)
                data = self._files[name].read(size)
        except OSError as error:
            raise DamageError(f"{name} cannot be read ({error.strerror})") from error
        if len(data) != size:
            raise DamageError(f"{name} was cut short while it was in use")
        return data

    def _require_starts(self) -> None:
        starts = self.table["start"]
        size = self.entry.files[manifest.PAIRS].size
        if int(starts[0]) != 0 or int(starts[-1]) >= size or not bool(np.all(starts[1:] > starts[:-1])):
            raise DamageError(f"{manifest.ROWS} does not say where the lines of {manifest.PAIRS} begin")

    def _all_vectors(self, data: bytes) -> NDArray[np.float32]:
        return _unit(np.frombuffer(data, dtype="<f4").reshape(len(self), self.dimension))


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    vectors = vectors.astype(np.float32, copy=False)
    for start in range(0, len(vectors), _CHUNK):
        rows = vectors[start : start + _CHUNK]
        norms = np.einsum("ij,ij->i", rows, rows)
        # A NaN or an infinity anywhere in a row makes its norm fail this comparison too.
        if not bool(np.all(np.abs(norms - 1.0) <= _NORM_TOLERANCE)):
            raise DamageError(f"{manifest.VECTORS} holds something that is not a unit vector")
    return vectors


def read_checked(path: Path, entry: FileEntry) -> bytes:
    """A file that has this size and checksum.

    Raises:
        DamageError: it has not.
    """
    data = layout.read_exactly(path, entry.size)
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        raise DamageError(f"{path.name} does not match its checksum")
    return data


def require_size(path: Path, size: int) -> None:
    """Whether a file is there with this size.

    Raises:
        DamageError: it is not.
    """
    try:
        found = path.stat().st_size
    except OSError as error:
        raise DamageError(f"{path.name} is missing") from error
    if found != size:
        raise DamageError(f"{path.name} has {found} bytes instead of {size}")
