"""The store in PostgreSQL, against a real server with pgvector."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from numpy.typing import NDArray
from postgres_server import PASSWORD, PostgresServer, is_there

from planfirst.adapters.embeddings import HashedEmbedder
from planfirst.adapters.faiss_store import FaissStore
from planfirst.adapters.postgres import change, check, connect, migrate
from planfirst.adapters.postgres.search import PostgresSearch
from planfirst.adapters.postgres.search import status as database_status
from planfirst.adapters.stores import DatabaseStore, FolderStore, store_at
from planfirst.core.errors import (
    BadRequest,
    BadSetting,
    PlanfirstError,
    StoreBusy,
    StoreError,
    StoreMissing,
    StoreRefused,
)
from planfirst.core.types import Pair
from planfirst.store.build import Given, Present
from planfirst.store.build import build as build_folder

pytestmark = pytest.mark.skipif(not is_there(), reason="there is no wheel of pgserver for this platform")

QUESTIONS = ["read a csv file", "sort a list of words", "draw a circle", "count lines in a file", "parse a date"]
PAIRS = [Pair(f"p{n}", question, f"x = {n}", "test", "MIT", f"t#{n}") for n, question in enumerate(QUESTIONS)]
ODD = Pair("odd", "a NUL \x00 and 파일 🎈", "x = '\x00'\n\\u0041", "test", "MIT", "t#odd")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    found = PostgresServer()
    try:
        found.execute("CREATE ROLE member LOGIN PASSWORD 'member-pw-7'")
        found.execute("CREATE ROLE visitor LOGIN PASSWORD 'visitor-pw-7'")
        yield found
    finally:
        found.close()


@pytest.fixture
def database(server: PostgresServer) -> Iterator[str]:
    name = f"d{next(_numbers)}"
    server.execute(f"CREATE DATABASE {name}")
    yield name
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


_numbers = iter(range(10**6))


@pytest.fixture
def store(server: PostgresServer, database: str, tmp_path: Path) -> DatabaseStore:
    return DatabaseStore(connect.parse(server.url(database)), tmp_path / "kept")


@pytest.fixture
def embedder() -> HashedEmbedder:
    return HashedEmbedder(64)


def exactly(**corpora: Sequence[Pair]) -> Callable[[Present], Mapping[str, Given | None]]:
    return lambda present: {name: Given(pairs, {"place": name}) for name, pairs in corpora.items()}


def add(name: str, pairs: Sequence[Pair]) -> Callable[[Present], Mapping[str, Given | None]]:
    return lambda present: {**dict.fromkeys(present.corpora), name: Given(pairs)}


class Counting(HashedEmbedder):
    """Remembers what it was asked to embed, and can stop in the middle."""

    def __init__(self, dimension: int = 64, stop_after: int = 10**9) -> None:
        super().__init__(dimension)
        self.texts: list[str] = []
        self._left = stop_after

    def embed(
        self,
        texts: Sequence[str],
        *,
        progress: Callable[[int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> NDArray[np.float32]:
        self._left -= len(texts)
        if self._left < 0:
            raise CancelledError
        self.texts += texts
        return super().embed(texts, progress=progress, stop=stop)


def counts(store: DatabaseStore) -> dict[str, int]:
    return {name: entry.count for name, entry in store.status().corpora.items()}


def said(error: PlanfirstError) -> str:
    text = f"{error} {error.what} {error.next_step} {error!r} {error.__cause__!r}"
    for secret in (PASSWORD, "member-pw-7", "visitor-pw-7"):
        assert secret not in text
    return str(error)


def test_it_finds_what_the_store_in_a_folder_finds(
    store: DatabaseStore, embedder: HashedEmbedder, tmp_path: Path
) -> None:
    pairs = [*PAIRS, ODD]
    store.update(exactly(mine=pairs), embedder)
    build_folder(tmp_path / "folder", {"mine": pairs}, embedder)
    for query in ("sort words in a list", "count a circle", "파일 NUL"):
        ours = store.open(embedder).search(query, 4)
        theirs = FaissStore.open(tmp_path / "folder", embedder).search(query, 4)
        assert [hit.score for hit in ours] == pytest.approx([hit.score for hit in theirs], abs=1e-5)
        assert ours[0].pair == theirs[0].pair
    assert store.open(embedder).search("a NUL", 1)[0].pair == ODD


def test_corpora_are_added_changed_and_removed(store: DatabaseStore) -> None:
    first = Counting()
    status = store.update(exactly(one=PAIRS[:2], two=PAIRS[2:]), first)
    assert (status.generation, status.count, status.dimension, status.embedding) == (1, 5, 64, first.identity)
    assert status.indexes == {"flat": 5}
    assert status.corpora["one"].origin == {"place": "one"}
    again = Counting()
    changed = [PAIRS[2], replace(PAIRS[3], code="new = 1"), PAIRS[4]]
    store.update(add("two", changed), again)
    assert again.texts == ["count lines in a file\nnew = 1"]
    assert counts(store) == {"one": 2, "two": 3}
    found = {hit.pair.code for hit in store.open(again).search("count lines in a file", 9)}
    assert found == {"x = 0", "x = 1", "x = 2", "new = 1", "x = 4"}
    assert store.remove("one").generation == 3
    assert counts(store) == {"two": 3}
    with pytest.raises(BadRequest, match=r"no corpus named 'one'.*two"):
        store.remove("one")
    store.update(exactly(three=PAIRS), again)
    assert counts(store) == {"three": 5}


def test_a_search_sees_a_change_at_once(store: DatabaseStore, embedder: HashedEmbedder) -> None:
    store.update(exactly(mine=PAIRS), embedder)
    search = store.open(embedder)
    new = Pair("n", "read a csv file", "new = True", "test", "MIT", "t#new")
    store.update(add("more", [new]), embedder)
    assert {hit.pair.id for hit in search.search("read a csv file", 2)} == {"p0", "n"}
    store.remove("more")
    assert search.search("read a csv file", 1)[0].pair == PAIRS[0]


def test_what_is_stored_twice_is_given_once(store: DatabaseStore, embedder: HashedEmbedder) -> None:
    store.update(exactly(a=PAIRS, b=[*PAIRS, replace(PAIRS[0], about="open a table")]), embedder)
    assert len(store.open(embedder).search("read a csv file", 9)) == 5
    assert store.open(embedder).search("open a table", 1)[0].pair.code == "x = 0"


def test_a_stopped_build_goes_on_where_it_was(store: DatabaseStore) -> None:
    many = [Pair(str(n), f"many number {n}", f"x = {n}", "t", "MIT", "") for n in range(600)]
    stopped = Counting(stop_after=300)
    with pytest.raises(CancelledError):
        store.update(exactly(many=many), stopped)
    with pytest.raises(StoreMissing, match="index build"):
        store.status()
    assert store.waiting() == len(stopped.texts) == 256
    rest = Counting()
    store.update(exactly(many=many), rest)
    assert len(rest.texts) == 600 - 256
    assert counts(store) == {"many": 600}
    assert store.waiting() == 0
    assert store.verify(HashedEmbedder(64), 50).lowest > 0.999


def test_another_model(store: DatabaseStore, embedder: HashedEmbedder) -> None:
    store.update(exactly(mine=PAIRS), embedder)
    open_before = store.open(embedder)
    other = HashedEmbedder(32)
    with pytest.raises(StoreRefused, match=r"hashed-words-64.*hashed-words-32.*index build") as caught:
        store.open(other)
    said(caught.value)
    with pytest.raises(StoreRefused):
        store.verify(other, 5)
    status = store.update(add("more", [ODD]), other)
    assert (status.dimension, status.count) == (32, 6)
    assert store.open(other).search("sort a list of words", 1)[0].pair == PAIRS[1]
    with pytest.raises(StoreRefused):
        open_before.search("sort", 1)


@pytest.mark.parametrize(("choice", "kind"), [("hnsw", "hnsw"), ("ivf", "ivf"), ("flat", "flat"), ("auto", "flat")])
def test_the_index_is_the_one_that_the_setting_names(
    store: DatabaseStore, embedder: HashedEmbedder, choice: str, kind: str
) -> None:
    pairs = [Pair(str(n), f"word{n} and word{n // 2}", f"x = {n}", "t", "MIT", str(n)) for n in range(300)]
    status = replace(store, index=choice).update(exactly(mine=pairs), embedder)
    assert status.indexes == {kind: 300}
    search = store.open(embedder)
    assert sum(search.search(pair.question, 1)[0].pair == pair for pair in pairs[::10]) >= 25
    for other in ("ivf", "hnsw"):
        assert replace(store, index=other).update(exactly(mine=pairs), embedder).indexes == {other: 300}
        assert len(search.search(pairs[0].question, 5)) == 5
    assert store.update(exactly(mine=pairs[:50]), embedder).indexes == {"flat": 50}


def test_the_plan_of_a_search_uses_the_index(store: DatabaseStore, embedder: HashedEmbedder, database: str) -> None:
    pairs = [Pair(str(n), f"word{n} and word{n // 2}", f"x = {n}", "t", "MIT", str(n)) for n in range(2000)]
    replace(store, index="hnsw").update(exactly(mine=pairs), embedder)
    with connect.connected(store.address) as connection:
        connection.execute("ANALYZE planfirst.pair")
        vector = "[" + ",".join(["0.125"] * 64) + "]"
        plan = connection.execute(
            "EXPLAIN SELECT id FROM planfirst.pair ORDER BY embedding::vector(64) <#> %s::vector(64) LIMIT 10",
            (vector,),
        ).fetchall()
    assert "pair_by_vector" in str(plan)


# ------------------------------------------------------------------ roles, and two at a time


def grant(server: PostgresServer, database: str) -> None:
    for sql in (
        "GRANT USAGE ON SCHEMA planfirst TO visitor",
        "GRANT SELECT ON ALL TABLES IN SCHEMA planfirst TO visitor",
        "GRANT USAGE ON SCHEMA planfirst TO member",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON planfirst.store, planfirst.corpus, planfirst.pair TO member",
        "GRANT SELECT ON planfirst.migration TO member",
    ):
        server.execute(sql, database)


def test_a_role_that_may_only_read(
    store: DatabaseStore, server: PostgresServer, database: str, embedder: HashedEmbedder
) -> None:
    store.update(exactly(mine=PAIRS), embedder)
    grant(server, database)
    visitor = replace(store, address=connect.parse(server.url(database, "visitor", "visitor-pw-7")))
    assert visitor.open(embedder).search("draw a circle", 1)[0].pair == PAIRS[2]
    assert visitor.status().count == 5
    assert visitor.verify(embedder, 5).sampled == 5
    for act in (lambda: visitor.update(add("more", [ODD]), embedder), lambda: visitor.remove("mine")):
        with pytest.raises(StoreError, match=r"The role visitor may not do that.*a role that may write") as caught:
            act()
        said(caught.value)
    assert counts(store) == {"mine": 5}


def test_a_role_that_owns_nothing_may_change_the_rows(
    store: DatabaseStore, server: PostgresServer, database: str, embedder: HashedEmbedder
) -> None:
    replace(store, index="hnsw").update(exactly(mine=PAIRS), embedder)
    grant(server, database)
    member = replace(store, address=connect.parse(server.url(database, "member", "member-pw-7")))
    status = member.update(add("more", [ODD]), embedder)
    assert status.count == 6
    assert status.indexes == {"hnsw": 6}  # it may not drop what is not its own


def test_a_role_that_may_not_even_look(
    store: DatabaseStore, server: PostgresServer, database: str, embedder: HashedEmbedder
) -> None:
    store.update(exactly(mine=PAIRS), embedder)
    visitor = replace(store, address=connect.parse(server.url(database, "visitor", "visitor-pw-7")))
    with pytest.raises(StoreError, match="may not do that") as caught:
        visitor.open(embedder)
    said(caught.value)


def test_one_writer_at_a_time_and_readers_do_not_wait(store: DatabaseStore, embedder: HashedEmbedder) -> None:
    store.update(exactly(mine=PAIRS), embedder)
    embedding, go_on = threading.Event(), threading.Event()

    class Waiting(HashedEmbedder):
        def embed(self, texts: Sequence[str], **options: Any) -> NDArray[np.float32]:
            embedding.set()
            assert go_on.wait(60)
            return super().embed(texts, **options)

    first = threading.Thread(target=lambda: store.update(add("more", [ODD]), Waiting(64)))
    first.start()
    try:
        assert embedding.wait(60)
        for act in (lambda: store.update(add("third", PAIRS), embedder), lambda: store.remove("mine")):
            with pytest.raises(StoreBusy, match="Somebody else is changing"):
                act()
        assert len(store.open(embedder).search("circle", 9)) == 5
    finally:
        go_on.set()
        first.join()
    assert counts(store) == {"mine": 5, "more": 1}


def test_a_change_that_fails_leaves_everything(
    store: DatabaseStore, embedder: HashedEmbedder, server: PostgresServer, database: str
) -> None:
    store.update(exactly(mine=PAIRS), embedder)
    server.execute("ALTER TABLE planfirst.pair ADD CHECK (pair->>'id' <> 'odd')", database)
    with pytest.raises(StoreError, match="refused") as caught:
        store.update(exactly(new=[*PAIRS[:1], replace(ODD, question="x", code="y")]), embedder)
    said(caught.value)
    assert counts(store) == {"mine": 5}
    assert store.verify(embedder, 5).lowest > 0.999


# ------------------------------------------------------------------ what can go wrong


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
            with pytest.raises(StoreError, match=r"cannot be reached.*whether the server runs") as caught:
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
        with pytest.raises(StoreError, match=r"has no pgvector.*to install pgvector"):
            store.update(exactly(mine=PAIRS), embedder)
    finally:
        control.with_suffix(".away").rename(control)
    assert store.update(exactly(mine=PAIRS), embedder).count == 5


def test_a_role_that_may_not_add_the_extension(
    store: DatabaseStore, server: PostgresServer, database: str, embedder: HashedEmbedder
) -> None:
    server.execute(f"GRANT CREATE ON DATABASE {database} TO member")
    member = replace(store, address=connect.parse(server.url(database, "member", "member-pw-7")))
    with pytest.raises(StoreError, match=r"this role may not add it.*CREATE EXTENSION vector") as caught:
        member.update(exactly(mine=PAIRS), embedder)
    said(caught.value)
    server.execute("CREATE EXTENSION vector", database)
    assert member.update(exactly(mine=PAIRS), embedder).count == 5


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
        with pytest.raises(StoreRefused, match=r"newer version of Planfirst \(9999_future\.sql\)"):
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
    with pytest.raises(StoreRefused, match=r"another 0001_store\.sql"):
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
