"""The store in PostgreSQL with roles of fewer rights, and with two at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from planfirst.adapters.postgres import connect
from planfirst.adapters.postgres.store import DatabaseStore
from planfirst.core.errors import (
    StoreBusy,
    StoreError,
)
from planfirst.embedders.hashed import HashedEmbedder
from tests.adapters.postgres_server import PostgresServer
from tests.adapters.stored_pairs import HERE, ODD, PAIRS, add, counts, exactly, said

pytestmark = HERE


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
        with pytest.raises(StoreError, match=r"Your role may not do that.*a role that may write") as caught:
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
            with pytest.raises(StoreBusy, match="Another process is changing"):
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
