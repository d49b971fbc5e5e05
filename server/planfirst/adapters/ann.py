"""Makes indexes for large segments: an inverted file or a graph over vectors with 8 bits a number.

What is kept on disk are plain arrays; `ann_index` reads and searches them.

Why: docs/decisions/0019-plain-arrays.md
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from typing import Any

import numpy as np
from numpy.typing import NDArray

FLAT_UP_TO = 100_000  # a scan of so many vectors takes some milliseconds, and is exact
CHOICES = ("auto", "flat", "ivf", "hnsw")
_LEAST = 1_000  # rows below which an index that was asked for by name is not made, either
BLOCK = 65_536  # rows encoded at a time
_LINKS = 16
_BREADTH = 64  # of the search while the graph is made
_TRAINED_ON = 64  # vectors a list
_SEED = 1
Stop = Callable[[], bool]


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
        faiss = faiss_module()
        faiss.omp_set_num_threads(_threads(len(vectors)))
        index = empty_ivf(*vectors.shape) if kind == "ivf" else empty_hnsw(vectors.shape[1])
        lists = index.nlist if kind == "ivf" else 256
        chance = np.random.default_rng(_SEED)
        sample = np.sort(chance.permutation(len(vectors))[: _TRAINED_ON * lists])
        index.train(np.ascontiguousarray(vectors[sample]))
        for start in range(0, len(vectors), BLOCK):
            if stop and stop():
                raise CancelledError
            index.add(np.ascontiguousarray(vectors[start : start + BLOCK]))
        faiss.omp_set_num_threads(1)
        return _ivf_files(index) if kind == "ivf" else _hnsw_files(index)


def lists_for(rows: int) -> int:
    """How many lists an inverted file over so many vectors has."""
    return max(1, min(round(4 * math.sqrt(rows)), rows // 39))  # 39: what FAISS wants to train a list with


def faiss_module() -> Any:
    import faiss  # not at the top: importing it takes a while

    return faiss


def _threads(rows: int) -> int:
    """For making an index: one unless it is large, since more of them mostly wait for each other on a busy machine.

    Beside torch's own run-time on macOS more than one can crash the process.
    """
    return 1 if sys.platform == "darwin" or rows <= 3 * FLAT_UP_TO else os.cpu_count() or 1


def empty_ivf(rows: int, dimension: int, lists: int = 0) -> Any:
    faiss = faiss_module()
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
    faiss = faiss_module()
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


def empty_hnsw(dimension: int) -> Any:
    faiss = faiss_module()
    index = faiss.IndexHNSWSQ(dimension, faiss.ScalarQuantizer.QT_8bit, _LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = _BREADTH
    return index


def _hnsw_files(index: Any) -> Iterator[tuple[str, Iterator[bytes]]]:
    faiss = faiss_module()
    storage: Any = faiss.downcast_index(index.storage)
    codes = faiss.rev_swig_ptr(storage.codes.data(), storage.codes.size())
    links = faiss.rev_swig_ptr(index.hnsw.neighbors.data(), index.hnsw.neighbors.size())
    yield "scale.f32", iter([faiss.vector_to_array(storage.sq.trained).astype("<f4").tobytes()])
    yield "levels.i32", iter([faiss.vector_to_array(index.hnsw.levels).astype("<i4").tobytes()])
    yield "entry.u32", iter([np.array([index.hnsw.entry_point], dtype="<u4").tobytes()])
    yield "links.i32", (links[start : start + BLOCK].astype("<i4").tobytes() for start in range(0, len(links), BLOCK))
    step = BLOCK * index.d
    yield "codes.u8", (codes[start : start + step].tobytes() for start in range(0, len(codes), step))
