"""Approximate search in a large segment, by an index that `ann` has made.

The arrays are checked here, value by value where a wrong one could do harm, and FAISS is given them through its own
classes; its reader of index files is never used, since it trusts what it reads.

Why: docs/decisions/0019-plain-arrays.md
"""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from planfirst.adapters.ann import BLOCK, empty_hnsw, empty_ivf, faiss_module

Files = Callable[[str], tuple[IO[bytes], int]]  # a checked file by its name, and its size in bytes


class BadIndexError(ValueError):
    """The arrays of an index cannot be one."""


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
        self._faiss = faiss_module()
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


def probes(lists: int) -> int:
    """How many of its lists a search reads: a sixteenth (docs/log.md)."""
    return min(lists, max(8, min(256, lists // 16)))


def _read_ivf(rows: int, dimension: int, files: Files) -> Any:
    faiss = faiss_module()
    sizes = _array(files, "sizes.u32", "<u4").astype(np.int64)
    centres = _array(files, "centres.f32", "<f4", len(sizes) * dimension).reshape(-1, dimension)
    numbers = _array(files, "rows.u32", "<u4", rows).astype(np.int64)
    if len(sizes) == 0 or int(sizes.sum()) != rows:
        raise BadIndexError("its lists do not hold as many rows as there are")
    if int(numbers.max()) >= rows or int(np.bincount(numbers, minlength=rows).max()) > 1:
        raise BadIndexError("its lists name a row twice, or one that is not there")
    index = empty_ivf(rows, dimension, len(sizes))
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


def _read_hnsw(rows: int, dimension: int, files: Files) -> Any:
    faiss = faiss_module()
    index = empty_hnsw(dimension)
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
        for start in range(0, size, BLOCK * dimension):
            part = codes[start : start + BLOCK * dimension]
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


def _set_scale(quantizer: Any, dimension: int, files: Files) -> None:
    faiss = faiss_module()
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
