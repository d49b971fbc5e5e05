"""The tables of the store: migrations, damage, verify and export."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planfirst.adapters.folder_store import FolderStore
from planfirst.adapters.postgres import change, check, connect, migrate
from planfirst.adapters.postgres.store import DatabaseStore
from planfirst.core.errors import (
    BadRequest,
    StoreError,
    StoreMissing,
    StoreRefused,
)
from planfirst.core.types import Pair
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.store.build import build as build_folder
from tests.adapters.postgres_server import PostgresServer
from tests.adapters.stored_pairs import HERE, ODD, PAIRS, add, exactly

pytestmark = HERE


def test_migrations_are_applied_once_and_in_order(store: DatabaseStore, embedder: HashedEmbedder) -> None:
    assert [migration.number for migration in migrate.known()] == list(range(1, len(migrate.known()) + 1))
    with connect.connected(store.address) as connection:
        with connection.transaction():
            assert migrate.migrate(connection, store.address) == len(migrate.known())
        with connection.transaction():
            assert migrate.migrate(connection, store.address) == 0


def test_tables_of_a_newer_version(
    store: DatabaseStore, server: PostgresServer, database: str, embedder: HashedEmbedder
) -> None:
    store.update(exactly(mine=PAIRS), embedder)
    server.execute("INSERT INTO planfirst.migration VALUES (9999, '9999_future.sql', repeat('0', 64))", database)
    for act in (store.status, lambda: store.open(embedder), lambda: store.update(add("more", [ODD]), embedder)):
        with pytest.raises(StoreRefused, match=r"newer version of Planfirst .*\(9999_future\.sql\)"):
            act()


def test_tables_of_an_older_version(store: DatabaseStore, embedder: HashedEmbedder) -> None:
    first, *rest = migrate.known()
    assert rest
    with connect.connected(store.address) as connection, connection.transaction():
        connection.execute("CREATE EXTENSION vector")
        connection.execute("CREATE SCHEMA planfirst")
        connection.execute(
            "CREATE TABLE planfirst.migration (number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, "
            "applied timestamptz NOT NULL DEFAULT now())"
        )
        connection.execute(first.text)
        connection.execute(
            "INSERT INTO planfirst.migration VALUES (%s, %s, %s)", (first.number, first.name, first.sha256)
        )
    with pytest.raises(StoreMissing, match="older version"):
        store.status()
    assert store.update(exactly(mine=PAIRS), embedder).count == 5


def test_tables_that_somebody_has_changed(
    store: DatabaseStore, server: PostgresServer, database: str, embedder: HashedEmbedder
) -> None:
    store.update(exactly(mine=PAIRS), embedder)
    server.execute("UPDATE planfirst.migration SET sha256 = repeat('0', 64) WHERE number = 1", database)
    with pytest.raises(StoreRefused, match=r"0001_store\.sql"):
        store.status()


def test_verify_sees_rows_and_vectors_that_were_changed(
    store: DatabaseStore, server: PostgresServer, database: str, embedder: HashedEmbedder
) -> None:
    store.update(exactly(mine=PAIRS), embedder)
    assert store.verify(embedder, 64).sampled == 5
    server.execute("UPDATE planfirst.pair SET embedding = (SELECT embedding FROM planfirst.pair LIMIT 1)", database)
    with pytest.raises(StoreRefused, match="4 of 5 vectors that were made again differ"):
        store.verify(embedder, 64)
    server.execute("UPDATE planfirst.pair SET pair = '{}' WHERE id = (SELECT min(id) FROM planfirst.pair)", database)
    with pytest.raises(StoreRefused, match="1 of its rows are not what was written"):
        check.verify(store.address, embedder, 0)
    with pytest.raises(StoreRefused, match="not a pair"):
        store.open(embedder).search("read a csv file", 9)
    server.execute("DELETE FROM planfirst.pair WHERE pair::text = '{}'", database)
    with pytest.raises(StoreRefused, match="it has 4 rows and should have 5"):
        store.verify(embedder, 0)


def test_export(store: DatabaseStore, embedder: HashedEmbedder, tmp_path: Path) -> None:
    store.update(exactly(a=PAIRS, b=[ODD]), embedder)
    build_folder(tmp_path / "folder", {"a": PAIRS, "b": [ODD]}, embedder)
    folder = FolderStore(tmp_path / "folder")
    for corpora in ([], ["b"]):
        for name, source in (("one", store), ("other", folder)):
            (tmp_path / name).unlink(missing_ok=True)
            source.export(tmp_path / name, corpora)
        assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    with pytest.raises(BadRequest, match="no corpus named 'c'"):
        store.export(tmp_path / "three", ["c"])


def test_an_export_that_is_cut_at_its_end_leaves_no_file(
    store: DatabaseStore,
    embedder: HashedEmbedder,
    server: PostgresServer,
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store.update(exactly(a=PAIRS), embedder)
    whole = check._lines

    def cut(*arguments: Any) -> Iterator[Any]:
        yield from whole(*arguments)
        others = f"FROM pg_stat_activity WHERE datname = '{database}'"
        server.execute(f"SELECT pg_terminate_backend(pid, 10000) {others}")

    monkeypatch.setattr(check, "_lines", cut)
    with pytest.raises(StoreError):
        store.export(tmp_path / "out", [])
    assert not list(tmp_path.glob("*out*"))


def test_the_change_needs_no_more_than_one_transaction_to_be_seen(
    store: DatabaseStore, embedder: HashedEmbedder
) -> None:
    """Readers see the old or the new, and never a part."""
    change.update(store.address, exactly(mine=PAIRS), embedder, kept=store.kept)
    seen, over = set[int](), threading.Event()

    def look() -> None:
        search = store.open(embedder)
        while not over.is_set():
            seen.add(len(search.search("x", 100)))

    reader = threading.Thread(target=look)
    reader.start()
    more = [Pair(str(n), f"more {n}", f"y = {n}", "t", "MIT", f"m{n}") for n in range(60)]
    for _ in range(5):
        store.update(exactly(mine=PAIRS, more=more), embedder)
        store.update(exactly(mine=PAIRS), embedder)
    over.set()
    reader.join()
    assert seen <= {5, 65}
