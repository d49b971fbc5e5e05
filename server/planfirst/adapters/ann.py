"""Approximate search for large segments: an inverted file or a graph over vectors with 8 bits a number.

What is kept on disk are plain arrays. They are checked here, value by value where a wrong one could do harm, and FAISS
is given them through its own classes; its reader of index files is never used, since it trusts what it reads.

Why: docs/decisions/0019-plain-arrays.md
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

FLAT_UP_TO = 100_000  # a scan of so many vectors takes some milliseconds, and is exact
CHOICES = ("auto", "flat", "ivf", "hnsw")
_LEAST = 1_000  # rows below which an index that was asked for by name is not made, either
_BLOCK = 65_536  # rows encoded at a time
_LINKS = 16
_BREADTH = 64  # of the search while the graph is made
_TRAINED_ON = 64  # vectors a list
_SEED = 1
Stop = Callable[[], bool]
Files = Callable[[str], tuple[IO[bytes], int]]  # a checked file by its name, and its size in bytes


class BadIndexError(ValueError):
    """The arrays of an index cannot be one."""


class AnnIndexer:
    """A `planfirst.store.merge.Indexer`.

    Args:
        choice: one of ``CHOICES``.
    """

    def __init__(self, choice: str = "auto") -> None:
        self._choice = choice

    def kind(self, rows: int) -> str:
        """How a segment of so many rows is searched; empty for a scan of all its vectors."""
        if self._choice == "auto":
            return "ivf" if rows > FLAT_UP_TO else ""
        return self._choice if self._choice != "flat" and rows >= _LEAST else ""

    def make(self, kind: str, vectors: NDArray[np.float32], stop: Stop | None) -> Iterator[tuple[str, Iterator[bytes]]]:
        """The files of an index over unit vectors of shape (rows, dimension).

        Raises:
            CancelledError: ``stop`` returned True.
        """
        faiss = _faiss()
        faiss.omp_set_num_threads(_threads(len(vectors)))
        index = _empty_ivf(*vectors.shape) if kind == "ivf" else _empty_hnsw(vectors.shape[1])
        lists = index.nlist if kind == "ivf" else 256
        chance = np.random.default_rng(_SEED)
        sample = np.sort(chance.permutation(len(vectors))[: _TRAINED_ON * lists])
        index.train(np.ascontiguousarray(vectors[sample]))
        for start in range(0, len(vectors), _BLOCK):
            if stop and stop():
                raise CancelledError
            index.add(np.ascontiguousarray(vectors[start : start + _BLOCK]))
        faiss.omp_set_num_threads(1)
        return _ivf_files(index) if kind == "ivf" else _hnsw_files(index)


class AnnIndex:
    """An index in memory.

    Args:
        kind: ``ivf`` or ``hnsw``.
        rows, dimension: shape of the vectors that it stands for.
        files: opens its arrays.

    Raises:
        BadIndexError: the arrays cannot be an index of these vectors.
    """

    def __init__(self, kind: str, rows: int, dimension: int, files: Files) -> None:
        self.rows = rows
        self._faiss = _faiss()
        self._kind = kind
        self._index = (_read_ivf if kind == "ivf" else _read_hnsw)(rows, dimension, files)

    def search(
        self, query: NDArray[np.float32], count: int, live: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The nearest living rows to a query of shape (1, dimension): their approximate cosines, and their numbers.

        Args:
            live: a bit a row, the lowest of a byte first.
        """
        faiss = self._faiss
        selector = faiss.IDSelectorBitmap(live)
        if self._kind == "ivf":
            parameters = faiss.SearchParametersIVF(sel=selector, nprobe=probes(self._index.nlist))
        else:
            parameters = faiss.SearchParametersHNSW(sel=selector, efSearch=max(128, 2 * count))
        scores, rows = self._index.search(query, min(count, self.rows), params=parameters)
        found = rows[0] >= 0
        return scores[0][found], rows[0][found]


def lists_for(rows: int) -> int:
    """How many lists an inverted file over so many vectors has."""
    return max(1, min(round(4 * math.sqrt(rows)), rows // 39))  # 39: what FAISS wants to train a list with


def probes(lists: int) -> int:
    """How many of its lists a search reads: a sixteenth (docs/log.md)."""
    return min(lists, max(8, min(256, lists // 16)))


def _faiss() -> Any:
    import faiss  # not at the top: importing it takes a while

    return faiss


def _threads(rows: int) -> int:
    """For making an index: one unless it is large, since more of them mostly wait for each other on a busy machine.

    Beside torch's own run-time on macOS more than one can crash the process.
    """
    return 1 if sys.platform == "darwin" or rows <= 3 * FLAT_UP_TO else os.cpu_count() or 1


# ------------------------------------------------------------------ inverted file


def _empty_ivf(rows: int, dimension: int, lists: int = 0) -> Any:
    faiss = _faiss()
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension),
        dimension,
        lists or lists_for(rows),
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
        False,  # codes of the vectors themselves, not of what is left of them beside their centre
    )
    index.cp.max_points_per_centroid = _TRAINED_ON
    return index


def _ivf_files(index: Any) -> Iterator[tuple[str, Iterator[bytes]]]:
    faiss = _faiss()
    centres = index.quantizer.reconstruct_n(0, index.nlist)
    sizes = np.array([index.invlists.list_size(n) for n in range(index.nlist)], dtype="<u4")

    def rows() -> Iterator[bytes]:
        for n, size in enumerate(sizes):
            if size:
                ids = faiss.rev_swig_ptr(index.invlists.get_ids(n), int(size))
                yield ids.astype("<u4").tobytes()

    def codes() -> Iterator[bytes]:
        for n, size in enumerate(sizes):
            if size:
                yield faiss.rev_swig_ptr(index.invlists.get_codes(n), int(size) * index.code_size).tobytes()

    yield "centres.f32", iter([centres.astype("<f4").tobytes()])
    yield "scale.f32", iter([faiss.vector_to_array(index.sq.trained).astype("<f4").tobytes()])
    yield "sizes.u32", iter([sizes.tobytes()])
    yield "rows.u32", rows()
    yield "codes.u8", codes()


def _read_ivf(rows: int, dimension: int, files: Files) -> Any:
    faiss = _faiss()
    sizes = _array(files, "sizes.u32", "<u4").astype(np.int64)
    centres = _array(files, "centres.f32", "<f4", len(sizes) * dimension).reshape(-1, dimension)
    numbers = _array(files, "rows.u32", "<u4", rows).astype(np.int64)
    if len(sizes) == 0 or int(sizes.sum()) != rows:
        raise BadIndexError("its lists do not hold as many rows as there are")
    if int(numbers.max()) >= rows or int(np.bincount(numbers, minlength=rows).max()) > 1:
        raise BadIndexError("its lists name a row twice, or one that is not there")
    index = _empty_ivf(rows, dimension, len(sizes))
    index.quantizer.add(np.ascontiguousarray(_finite(centres)))
    _set_scale(index.sq, dimension, files)
    index.is_trained = True
    file, size = files("codes.u8")
    start = 0
    with file:
        _require_codes(size, rows * dimension)
        for n, length in enumerate(sizes.tolist()):
            if length:
                codes = np.frombuffer(_exactly(file, length * dimension), dtype=np.uint8)
                ids = numbers[start : start + length]
                index.invlists.add_entries(n, length, faiss.swig_ptr(ids), faiss.swig_ptr(codes))
                start += length
    index.ntotal = rows
    return index


# ------------------------------------------------------------------ graph


def _empty_hnsw(dimension: int) -> Any:
    faiss = _faiss()
    index = faiss.IndexHNSWSQ(dimension, faiss.ScalarQuantizer.QT_8bit, _LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = _BREADTH
    return index


def _hnsw_files(index: Any) -> Iterator[tuple[str, Iterator[bytes]]]:
    faiss = _faiss()
    storage: Any = faiss.downcast_index(index.storage)
    codes = faiss.rev_swig_ptr(storage.codes.data(), storage.codes.size())
    links = faiss.rev_swig_ptr(index.hnsw.neighbors.data(), index.hnsw.neighbors.size())
    yield "scale.f32", iter([faiss.vector_to_array(storage.sq.trained).astype("<f4").tobytes()])
    yield "levels.i32", iter([faiss.vector_to_array(index.hnsw.levels).astype("<i4").tobytes()])
    yield "entry.u32", iter([np.array([index.hnsw.entry_point], dtype="<u4").tobytes()])
    yield "links.i32", (links[start : start + _BLOCK].astype("<i4").tobytes() for start in range(0, len(links), _BLOCK))
    step = _BLOCK * index.d
    yield "codes.u8", (codes[start : start + step].tobytes() for start in range(0, len(codes), step))


def _read_hnsw(rows: int, dimension: int, files: Files) -> Any:
    faiss = _faiss()
    index = _empty_hnsw(dimension)
    slots = faiss.vector_to_array(index.hnsw.cum_nneighbor_per_level).astype(np.int64)
    levels = _array(files, "levels.i32", "<i4", rows)
    entry = int(_array(files, "entry.u32", "<u4", 1)[0])
    if int(levels.min()) < 1 or int(levels.max()) >= len(slots):
        raise BadIndexError("its graph has a level that cannot be")
    if entry >= rows or int(levels[entry]) != int(levels.max()):
        raise BadIndexError("its graph begins nowhere")
    offsets = np.concatenate([[0], np.cumsum(slots[levels])])
    links = _array(files, "links.i32", "<i4", int(offsets[-1]))
    _require_links(links, levels, offsets, slots)
    storage: Any = faiss.downcast_index(index.storage)
    _set_scale(storage.sq, dimension, files)
    file, size = files("codes.u8")
    with file:
        _require_codes(size, rows * dimension)
        storage.codes.resize(size)
        codes: Any = memoryview(faiss.rev_swig_ptr(storage.codes.data(), size))
        for start in range(0, size, _BLOCK * dimension):
            part = codes[start : start + _BLOCK * dimension]
            part[:] = _exactly(file, len(part))
    index.hnsw.neighbors.resize(len(links))
    faiss.rev_swig_ptr(index.hnsw.neighbors.data(), len(links))[:] = links
    faiss.copy_array_to_vector(np.ascontiguousarray(levels, dtype=np.int32), index.hnsw.levels)
    faiss.copy_array_to_vector(offsets.astype(np.uint64), index.hnsw.offsets)
    index.hnsw.entry_point, index.hnsw.max_level = entry, int(levels[entry]) - 1
    storage.ntotal = index.ntotal = rows
    storage.is_trained = index.is_trained = True
    return index


def _require_links(
    links: NDArray[np.int32], levels: NDArray[np.int32], offsets: NDArray[np.int64], slots: NDArray[np.int64]
) -> None:
    """FAISS follows a link without looking, so each must lead to a row that is on the same level."""
    if int(links.min()) < -1 or int(links.max()) >= len(levels):
        raise BadIndexError("its graph leads to a row that is not there")
    for level in range(1, int(levels.max())):
        owners = np.flatnonzero(levels > level)
        width = int(slots[level + 1] - slots[level])
        reached = links[(offsets[owners] + slots[level])[:, None] + np.arange(width)]
        if bool(np.any((reached >= 0) & (levels[reached] <= level))):
            raise BadIndexError("its graph leads to a row that is not on that level")


# ------------------------------------------------------------------ arrays


def _set_scale(quantizer: Any, dimension: int, files: Files) -> None:
    faiss = _faiss()
    scale = _finite(_array(files, "scale.f32", "<f4", 2 * dimension))
    faiss.copy_array_to_vector(np.ascontiguousarray(scale, dtype=np.float32), quantizer.trained)


def _require_codes(size: int, wanted: int) -> None:
    if size != wanted:
        raise BadIndexError("its codes are not as many as there are rows")


def _array(files: Files, name: str, kind: str, count: int | None = None) -> NDArray[Any]:
    file, size = files(name)
    with file:
        data = _exactly(file, size)
    width = np.dtype(kind).itemsize
    if size % width or (count is not None and size != count * width):
        raise BadIndexError(f"its array {name} has another size than it must have")
    return np.frombuffer(data, dtype=kind)


def _finite(numbers: NDArray[np.float32]) -> NDArray[np.float32]:
    if not bool(np.isfinite(numbers).all()):
        raise BadIndexError("it holds something that is not a number")
    return numbers


def _exactly(file: IO[bytes], size: int) -> bytes:
    """So many bytes; a file without a buffer may give fewer at a time."""
    out = bytearray()
    while len(out) < size:
        block = file.read(size - len(out))
        if not block:
            raise BadIndexError("a file of it was cut short while it was read")
        out += block
    return bytes(out)
