"""A real server with pgvector, a database for each test, and the store in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from planfirst.adapters.postgres import connect
from planfirst.adapters.postgres.store import DatabaseStore
from planfirst.embedders.hashed import HashedEmbedder
from tests.adapters.postgres_server import PostgresServer


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
