"""What can go wrong between the store and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from planfirst.adapters.postgres import connect
from planfirst.adapters.postgres.search import PostgresSearch
from planfirst.adapters.postgres.search import status as database_status
from planfirst.adapters.postgres.store import DatabaseStore
from planfirst.adapters.stores import store_at
from planfirst.core.errors import (
    BadSetting,
    StoreError,
    StoreMissing,
)
from planfirst.embedders.hashed import HashedEmbedder
from tests.adapters.postgres_server import PostgresServer
from tests.adapters.stored_pairs import HERE, PAIRS, exactly, said

pytestmark = HERE


def test_nothing_was_built(store: DatabaseStore, embedder: HashedEmbedder) -> None:
    for act in (store.status, store.check, lambda: store.open(embedder), lambda: store.remove("x")):
        with pytest.raises(StoreMissing, match="index build"):
            act()


def test_the_server_is_down_and_comes_back(
    store: DatabaseStore, server: PostgresServer, embedder: HashedEmbedder
) -> None:
    store.update(exactly(mine=PAIRS), embedder)
    search = store.open(embedder)
    server.stop()
    try:
        for act in (store.status, lambda: search.search("circle", 1), lambda: store.update(exactly(), embedder)):
            with pytest.raises(StoreError, match=r"cannot be reached.*that the server runs") as caught:
                act()
            assert f"127.0.0.1:{server.port}" in said(caught.value)
    finally:
        server.start()
    assert search.search("draw a circle", 1)[0].pair == PAIRS[2]


def test_a_connection_that_was_cut_is_made_anew(
    store: DatabaseStore, server: PostgresServer, database: str, embedder: HashedEmbedder
) -> None:
    store.update(exactly(mine=PAIRS), embedder)
    search = store.open(embedder)
    server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")
    assert search.search("draw a circle", 1)[0].pair == PAIRS[2]


def test_a_server_that_is_slow(
    store: DatabaseStore, server: PostgresServer, database: str, embedder: HashedEmbedder
) -> None:
    store.update(exactly(mine=PAIRS), embedder)
    address = connect.parse(server.url(database), search_seconds=0.3)
    search = PostgresSearch(address, embedder)
    with psycopg.connect(server.url(database)) as blocking:
        blocking.execute("LOCK TABLE planfirst.pair IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(StoreError, match=r"did not answer within 0\.3 seconds") as caught:
            search.search("circle", 1)
        said(caught.value)
    assert search.search("draw a circle", 1)[0].pair == PAIRS[2]


def test_a_wrong_password(store: DatabaseStore, server: PostgresServer, database: str) -> None:
    address = connect.parse(server.url(database, "member", "never-this-8"))
    with pytest.raises(StoreError, match=r"cannot be reached.*password authentication failed") as caught:
        database_status(address)
    assert "never-this-8" not in said(caught.value) + repr(address) + str(address)


def test_another_machine_is_only_spoken_to_encrypted(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = server.url().replace("127.0.0.1", "db.example.com") + "?hostaddr=127.0.0.1"
    with pytest.raises(StoreError, match="SSL was required") as caught:
        database_status(connect.parse(elsewhere))
    said(caught.value)
    for name in ("db.example.com", "localhost,db.example.com"):
        assert connect.parse(f"postgresql://u@{name}/d").encrypted
    for url in ("postgresql://u@localhost/d", "postgresql://u@/d?host=/run/pg", f"{elsewhere}&sslmode=verify-full"):
        assert not connect.parse(url).encrypted
    monkeypatch.setenv("PGSSLMODE", "prefer")
    with pytest.raises(StoreMissing):  # as whoever set it wants it
        database_status(connect.parse(elsewhere))


def test_no_such_database(server: PostgresServer) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        database_status(connect.parse(server.url("nowhere")))


@pytest.mark.parametrize("url", ["postgresql://a:top-secret-1@[::1/x", "postgresql://a:top-secret-1@h/x?nonsense=1"])
def test_an_address_that_cannot_be_read(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"postgresql://user@host") as caught:
        store_at(url, tmp_path)
    assert "top-secret-1" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_no_pgvector_on_the_server(store: DatabaseStore, server: PostgresServer, embedder: HashedEmbedder) -> None:
    (control,) = server.install.rglob("vector.control")
    control.rename(control.with_suffix(".away"))
    try:
        with pytest.raises(StoreError, match=r"lacks pgvector.*to install pgvector"):
            store.update(exactly(mine=PAIRS), embedder)
    finally:
        control.with_suffix(".away").rename(control)
    assert store.update(exactly(mine=PAIRS), embedder).count == 5


def test_a_role_that_may_not_add_the_extension(
    store: DatabaseStore, server: PostgresServer, database: str, embedder: HashedEmbedder
) -> None:
    server.execute(f"GRANT CREATE ON DATABASE {database} TO member")
    member = replace(store, address=connect.parse(server.url(database, "member", "member-pw-7")))
    with pytest.raises(StoreError, match=r"your role may not add it.*CREATE EXTENSION vector") as caught:
        member.update(exactly(mine=PAIRS), embedder)
    said(caught.value)
    server.execute("CREATE EXTENSION vector", database)
    assert member.update(exactly(mine=PAIRS), embedder).count == 5
