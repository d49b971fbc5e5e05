"""Searching a store in PostgreSQL, and telling what is in it."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from planfirst.adapters.calibration import scoring
from planfirst.adapters.postgres.connect import Address, connect, connected, told
from planfirst.adapters.postgres.indexes import PROBES, index_kind
from planfirst.adapters.postgres.migrate import require_current
from planfirst.adapters.query_vectors import query_vector
from planfirst.core.errors import StoreMissing, StoreRefused
from planfirst.core.types import Example
from planfirst.store.manifest import CorpusEntry
from planfirst.store.pairs import from_line, texts
from planfirst.store.read import StoreStatus

if TYPE_CHECKING:
    import psycopg

    from planfirst.store.build import TextEmbedder

_SPARE = 6  # rows looked at for each example that is wanted, since several rows may stand for the same code
_LEAST = 48
_MOST = 1000  # what pgvector's graph finds at most
# The cast is the index's expression; without it the index is not used.
_NEAREST = """
SELECT near.pair::text, near.score FROM (
  SELECT pair, corpus_id, -(embedding::vector({dimension}) <#> %(query)s::vector({dimension})) AS score
  FROM planfirst.pair ORDER BY embedding::vector({dimension}) <#> %(query)s::vector({dimension}) LIMIT %(count)s
) AS near JOIN planfirst.corpus ON corpus.id = near.corpus_id
ORDER BY near.score DESC, corpus.position
"""


class PostgresSearch:
    """A store in PostgreSQL that is open for searching; it has the methods of `FaissStore`.

    Raises:
        StoreMissing, StoreRefused: there is none, or another embedding model made it.
        StoreError: the server is down, too slow, or does not let this role read.
    """

    def __init__(self, address: Address, embedder: TextEmbedder) -> None:
        self._address = address
        self._embedder = embedder
        self._connection: psycopg.Connection[Any] | None = None
        self._checked = -1  # the revision whose model was compared
        self._ready()

    @property
    def status(self) -> StoreStatus:
        """What is in it now."""
        return status(self._address)

    def search(self, query: str, count: int) -> list[Example]:
        """The ``count`` nearest pairs, best first, each once; fewer if the store has fewer.

        Raises:
            StoreRefused: it holds something that is not a pair, or another model's vectors since now.
            StoreError: the server is down or too slow.
        """
        if count < 1:
            return []
        dimension = self._ready()
        vector = query_vector(self._embedder, query)[0]
        score = scoring(self._embedder.identity, query)
        depth = min(_MOST, max(_LEAST, _SPARE * count))
        while True:
            rows = self._nearest(_literal(vector), dimension, depth)
            found = _distinct(rows, count, self._address, score)
            if len(found) == count or len(rows) < depth or depth >= _MOST:
                return found
            depth = min(_MOST, 4 * depth)

    def refresh(self) -> bool:
        """A search always sees what is there now."""
        return False

    def close(self) -> None:
        """Ends the connection."""
        if self._connection is not None:
            with contextlib.suppress(Exception):
                self._connection.close()
        self._connection = None

    def _nearest(self, query: str, dimension: int, count: int) -> list[tuple[str, float]]:
        with told(self._address), self._transaction() as connection:
            # As wide as what is asked for: a graph gives no more than it kept, a list no more than it read.
            connection.execute(f"SET LOCAL hnsw.ef_search = {max(100, count)}")
            connection.execute(f"SET LOCAL ivfflat.probes = {PROBES}")
            found = connection.execute(_NEAREST.format(dimension=dimension), {"query": query, "count": count})
            return list(found.fetchall())

    def _ready(self) -> int:
        """Compares the model, if the store was changed since; returns the dimension."""
        try:
            return self._compare()
        except StoreRefused:
            raise
        except Exception:
            if self._connection is None:
                raise
            self.close()  # the server may have been started anew, so once more with a new connection
            return self._compare()

    def _compare(self) -> int:
        with told(self._address):
            if self._connection is None or self._connection.closed:
                self._connection = connect(self._address, for_search=True)
                weakref.finalize(self, self._connection.close)
                require_current(self._connection, self._address)
            embedding, dimension, revision = head(self._connection, self._address)
        if revision != self._checked and embedding != self._embedder.identity:
            raise another_model(self._address, embedding, self._embedder.identity)
        self._checked = revision
        return dimension

    @contextlib.contextmanager
    def _transaction(self) -> Any:
        assert self._connection is not None  # `_ready` was called
        with self._connection.transaction():
            yield self._connection


def status(address: Address) -> StoreStatus:
    """What is in the store.

    Raises:
        StoreMissing, StoreRefused, StoreError: as `connected`.
    """
    with connected(address, for_search=True) as connection, connection.transaction():
        require_current(connection, address)
        embedding, dimension, revision = head(connection, address)
        corpora = {
            name: CorpusEntry(count, sha256, dict(origin))
            for name, sha256, origin, count in connection.execute(
                "SELECT name, sha256, origin, count FROM planfirst.corpus ORDER BY position"
            )
        }
        row = connection.execute(
            "SELECT created, pg_total_relation_size('planfirst.pair') FROM planfirst.store"
        ).fetchone()
        assert row is not None  # `head` has read it
        count = sum(entry.count for entry in corpora.values())
        return StoreStatus(
            generation=revision,
            count=count,
            corpora=corpora,
            embedding=embedding,
            dimension=dimension,
            created=row[0].isoformat(timespec="seconds"),
            size=row[1],
            indexes={index_kind(connection) or "flat": count},
        )


def head(connection: psycopg.Connection[Any], address: Address) -> tuple[str, int, int]:
    """Identity of the embedding model, length of a vector, and a number that grows with each change.

    Raises:
        StoreMissing: nothing was built yet.
        psycopg.Error: use it inside `told`.
    """
    row = connection.execute("SELECT embedding, dimension, revision FROM planfirst.store").fetchone()
    if row is None:
        raise StoreMissing("store-empty", place=address)
    return row[0], row[1], row[2]


def another_model(address: Address, made: str, used: str) -> StoreRefused:
    """The error for a store of another embedding model."""
    return StoreRefused("store-of-another-model", place=address, made=made, used=used)


def _literal(vector: Any) -> str:
    return "[" + ",".join(f"{number:.9g}" for number in np.asarray(vector, dtype=np.float32).tolist()) + "]"


def _distinct(
    rows: list[tuple[str, float]], count: int, address: Address, score: Callable[[float], float]
) -> list[Example]:
    seen: set[tuple[str, ...]] = set()
    found: list[Example] = []
    for line, cosine in rows:
        try:
            pair = from_line(line.encode())
        except ValueError as error:
            raise StoreRefused("store-refused", place=address, reason="a row is not a pair") from error
        keys = {(pair.source, pair.place, pair.code, ""), (*texts(pair), "same")}
        if not keys & seen and len(found) < count:
            found.append(Example(pair, score(cosine)))
        seen |= keys
    return found
