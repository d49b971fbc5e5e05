"""Changing a store in PostgreSQL: one transaction, which adds what is new and takes out what is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from planfirst.adapters.postgres.connect import Address, connected
from planfirst.adapters.postgres.indexes import set_index
from planfirst.adapters.postgres.migrate import migrate, require_current
from planfirst.adapters.postgres.search import status
from planfirst.core.errors import BadRequest, StoreBusy
from planfirst.core.types import Pair
from planfirst.store.build import Choose, Given, Present, Progress, Stop, TextEmbedder
from planfirst.store.change import compare
from planfirst.store.manifest import CorpusEntry
from planfirst.store.missing import embed_missing
from planfirst.store.pairs import from_line, text_key, to_line
from planfirst.store.partial import Partial
from planfirst.store.read import StoreStatus
from planfirst.store.segment import line_check
from planfirst.store.write import writing

if TYPE_CHECKING:
    import psycopg

_ASKED = 1000  # checks asked for in one query


def update(
    address: Address,
    choose: Choose,
    embedder: TextEmbedder,
    *,
    kept: Path,
    choice: str = "auto",
    forget: bool = False,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> StoreStatus:
    """Changes the store; the arguments and errors are those of `planfirst.store.build.update`, and besides:

    Args:
        kept: a folder of this machine, where the vectors of a build that is stopped are kept.
        choice: the setting ``retriever.index``.

    Raises:
        StoreError: the server is down, its disk is full, or the role may not write.
    """
    with connected(address) as connection:
        with connection.transaction():
            migrate(connection, address)
        with _locked(connection, address):
            change = _Change(connection, choose, embedder)
            with writing(kept):
                kept.mkdir(parents=True, exist_ok=True)
            with Partial(kept, embedder.identity, embedder.dimension) as partial:
                change.embed_missing(partial, progress, stop)  # which may take hours, so in no transaction
                with connection.transaction():
                    change.write(partial)
                    set_index(connection, choice, change.count(), embedder.dimension, anew=change.all_anew)
                if forget or partial.keys <= change.added.keys():
                    partial.remove()
    return status(address)


def remove(address: Address, name: str) -> StoreStatus:
    """Takes a corpus out of the store; no model is needed.

    Raises:
        BadRequest: the store has no such corpus.
        StoreMissing, StoreBusy, StoreError: as `update`.
    """
    with connected(address) as connection, connection.transaction():
        require_current(connection, address)
        _lock(connection, address, "pg_try_advisory_xact_lock")
        names = [row[0] for row in connection.execute("SELECT name FROM planfirst.corpus ORDER BY position")]
        if name not in names:
            raise BadRequest("corpus-missing", name=name, known=", ".join(names) or "-")
        connection.execute("DELETE FROM planfirst.corpus WHERE name = %s", (name,))
        connection.execute("UPDATE planfirst.store SET revision = revision + 1, created = %s", (datetime.now(UTC),))
    return status(address)


@contextmanager
def _locked(connection: psycopg.Connection[Any], address: Address) -> Iterator[None]:
    """Nobody else changes the store meanwhile.

    The lock would go with the connection, but the server notices that one has ended a little later than who closed it:
    a change that follows at once would find the store busy.
    """
    import psycopg  # an extra: whoever has a connection has it

    _lock(connection, address, "pg_try_advisory_lock")
    try:
        yield
    finally:
        with suppress(psycopg.Error):  # a connection that is broken has no lock
            connection.execute("SELECT pg_advisory_unlock(hashtext('planfirst.writer'))")


def _lock(connection: psycopg.Connection[Any], address: Address, how: str) -> None:
    row = connection.execute(f"SELECT {how}(hashtext('planfirst.writer'))").fetchone()
    if not row or not row[0]:
        raise StoreBusy("store-busy", place=address)


class _Change:
    """What stays, what goes and what is new, and the writing of it.

    Attributes:
        added: a pair for each text that is new in a corpus.
        all_anew: whether another model made what is there, so that every vector is made again.
    """

    def __init__(self, connection: psycopg.Connection[Any], choose: Choose, embedder: TextEmbedder) -> None:
        self._connection = connection
        self._embedder = embedder
        self.added: dict[bytes, Pair] = {}
        made = connection.execute("SELECT embedding FROM planfirst.store").fetchone()
        self.all_anew = bool(made and made[0] != embedder.identity)
        self._known: dict[bytes, str] = {}
        self._new: dict[str, list[Pair]] = {}
        self._gone: dict[str, list[int]] = {}
        self._entries: dict[str, CorpusEntry] = {}
        there = self._corpora()
        for name, given in choose(Present(there, True)).items():
            self._take(name, given, there)
        self._dropped = [name for name in there if name not in self._entries]

    def _corpora(self) -> dict[str, CorpusEntry]:
        rows = self._connection.execute("SELECT name, sha256, origin, count FROM planfirst.corpus ORDER BY position")
        return {name: CorpusEntry(count, sha256, dict(origin)) for name, sha256, origin, count in rows}

    def _take(self, name: str, given: Given | None, there: Mapping[str, CorpusEntry]) -> None:
        if given is None:
            self._entries[name] = there[name]
            if self.all_anew:
                self._new[name] = list(self._pairs_of(name))
                self.added |= {text_key(pair): pair for pair in self._new[name]}
            return
        compared = compare(given, self._lines(name))
        self._new[name], self._gone[name], self._entries[name] = compared.new, compared.gone, compared.entry
        self.added |= {text_key(pair): pair for pair in compared.new}

    def _lines(self, name: str) -> Iterator[tuple[bytes, int]]:
        """The rows of a corpus, with the checks of their lines."""
        if not self.all_anew:
            for check, row in self._connection.execute(
                "SELECT line_check, pair.id FROM planfirst.pair JOIN planfirst.corpus ON corpus.id = corpus_id "
                "WHERE name = %s",
                (name,),
            ):
                yield bytes(check), row

    def _pairs_of(self, name: str) -> Iterator[Pair]:
        for (line,) in self._connection.execute(
            "SELECT pair::text FROM planfirst.pair JOIN planfirst.corpus ON corpus.id = corpus_id "
            "WHERE name = %s ORDER BY pair.id",
            (name,),
        ):
            yield from_line(line.encode())

    def embed_missing(self, partial: Partial, progress: Progress | None, stop: Stop | None) -> None:
        """Makes the vectors that are neither in the database nor kept here."""
        wanted = list(self.added)
        if not self.all_anew:
            for start in range(0, len(wanted), _ASKED):
                self._ask(wanted[start : start + _ASKED])
        missing = {key: pair for key, pair in self.added.items() if key not in self._known and key not in partial}
        embed_missing(missing, len(wanted) - len(missing), self._embedder, partial, progress, stop)

    def _ask(self, keys: Sequence[bytes]) -> None:
        short = {key[:16]: key for key in keys}
        rows = self._connection.execute(
            "SELECT DISTINCT ON (text_check) text_check, embedding::text FROM planfirst.pair "
            "WHERE text_check = ANY(%s)",
            (list(short),),
        )
        self._known |= {short[bytes(check)]: vector for check, vector in rows}

    def write(self, partial: Partial) -> None:
        """Puts all of it into the database."""
        execute = self._connection.execute
        if self.all_anew:
            execute("DELETE FROM planfirst.pair")
        execute("DELETE FROM planfirst.corpus WHERE name = ANY(%s)", (self._dropped,))
        for position, (name, entry) in enumerate(self._entries.items()):
            row = execute(
                "INSERT INTO planfirst.corpus (name, position, sha256, origin, count) VALUES (%s, %s, %s, %s, %s) "
                "ON CONFLICT (name) DO UPDATE SET position = excluded.position, sha256 = excluded.sha256, "
                "origin = excluded.origin, count = excluded.count RETURNING id",
                (name, position, entry.sha256, json.dumps(dict(entry.origin)), entry.count),
            ).fetchone()
            assert row is not None
            execute("DELETE FROM planfirst.pair WHERE id = ANY(%s)", (self._gone.get(name, []),))
            self._copy(row[0], self._new.get(name, []), partial)
        execute(
            "INSERT INTO planfirst.store (embedding, dimension, revision, created) VALUES (%s, %s, 1, %s) "
            "ON CONFLICT (one) DO UPDATE SET embedding = excluded.embedding, dimension = excluded.dimension, "
            "revision = store.revision + 1, created = excluded.created",
            (self._embedder.identity, self._embedder.dimension, datetime.now(UTC)),
        )

    def count(self) -> int:
        """How many rows there are now."""
        return sum(entry.count for entry in self._entries.values())

    def _copy(self, corpus: int, pairs: Sequence[Pair], partial: Partial) -> None:
        if not pairs:
            return
        with (
            self._connection.cursor() as cursor,
            cursor.copy("COPY planfirst.pair (corpus_id, line_check, text_check, pair, embedding) FROM STDIN") as copy,
        ):
            for pair in pairs:
                line, key = to_line(pair), text_key(pair)
                vector = self._known.get(key) or _text(partial.vector(key))
                copy.write_row((corpus, line_check(line), key[:16], line.decode().rstrip("\n"), vector))


def _text(vector: bytes) -> str:
    return "[" + ",".join(f"{number:.9g}" for number in np.frombuffer(vector, dtype="<f4").tolist()) + "]"
