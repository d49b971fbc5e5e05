"""Checking a store in PostgreSQL, and writing its pairs out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import numpy as np

from planfirst.adapters.postgres.connect import Address, connected
from planfirst.adapters.postgres.migrate import require_current
from planfirst.adapters.postgres.search import another_model, status
from planfirst.core.errors import BadRequest, StoreRefused
from planfirst.store.build import TextEmbedder
from planfirst.store.export import write_lines
from planfirst.store.pairs import embedded_text, from_line, text_key
from planfirst.store.segment import line_check
from planfirst.store.verify import LEAST, Verified

_BATCH = 32


def verify(
    address: Address,
    embedder: TextEmbedder,
    sample: int,
    *,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Verified:
    """Reads every row, then embeds a random sample of the pairs again and compares.

    Raises:
        StoreMissing, StoreRefused: there is none, a row is not what was written, another model made it, or a vector is
            not its pair's.
        CancelledError: ``stop`` returned True.
    """
    state = status(address)
    if state.embedding != embedder.identity:
        raise another_model(address, state.embedding, embedder.identity)
    with connected(address) as connection, connection.transaction():
        wrong = found = 0
        for checks, line in _lines(connection, ()):
            found += 1
            wrong += not _is_whole(checks, line)
        if wrong:
            raise _refused(address, f"{wrong} of its rows are not what was written")
        if found != state.count:
            raise _refused(address, f"it has {found} rows and should have {state.count}")
        chosen = connection.execute(
            "SELECT pair::text, embedding::text FROM planfirst.pair ORDER BY random() LIMIT %s", (sample,)
        ).fetchall()
    lowest, differ = 1.0, 0
    for start in range(0, len(chosen), _BATCH):
        if stop and stop():
            raise CancelledError
        some = chosen[start : start + _BATCH]
        stored = np.array([[float(x) for x in vector[1:-1].split(",")] for _, vector in some], dtype=np.float32)
        made = embedder.embed([embedded_text(from_line(line.encode())) for line, _ in some])
        cosines = np.einsum("ij,ij->i", made, stored)
        differ += int((cosines < LEAST).sum())
        lowest = min(lowest, float(cosines.min()))
        if progress:
            progress(start + len(some), len(chosen))
    if differ:
        raise _refused(address, f"{differ} of {len(chosen)} vectors that were made again differ")
    return Verified(state, len(chosen), lowest)


def export(address: Address, target: Path, corpora: Sequence[str]) -> int:
    """Writes the pairs as JSON lines; as `planfirst.store.export.export`."""
    state = status(address)
    for name in corpora:
        if name not in state.corpora:
            raise BadRequest("corpus-missing", name=name, known=", ".join(state.corpora) or "-")
    return write_lines(target, _exported(address, corpora))


def _exported(address: Address, corpora: Sequence[str]) -> Iterator[bytes]:
    """The lines; the transaction ends with the last, so that an error at its end comes before the file is there."""
    with connected(address) as connection, connection.transaction():
        require_current(connection, address)
        for _, line in _lines(connection, corpora):
            yield f"{line}\n".encode()


def _lines(connection: Any, corpora: Sequence[str]) -> Iterator[tuple[tuple[bytes, bytes], str]]:
    # A cursor of the server, so that a store of millions is not read into memory.
    with connection.cursor(name="planfirst_lines") as cursor:
        cursor.itersize = 1000
        cursor.execute(
            "SELECT line_check, text_check, pair::text FROM planfirst.pair "
            "JOIN planfirst.corpus ON corpus.id = corpus_id "
            "WHERE %(all)s OR name = ANY(%(names)s) ORDER BY corpus.position, pair.id",
            {"all": not corpora, "names": list(corpora)},
        )
        for line, text, pair in cursor:
            yield (bytes(line), bytes(text)), pair


def _is_whole(checks: tuple[bytes, bytes], line: str) -> bool:
    try:
        pair = from_line(line.encode())
    except ValueError:
        return False
    return checks == (line_check(f"{line}\n".encode()), text_key(pair)[:16])


def _refused(address: Address, why: str) -> StoreRefused:
    return StoreRefused("store-refused", place=address, reason=why)
