"""The tables in PostgreSQL: numbered files of SQL, each applied once, in order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from planfirst.adapters.postgres.connect import Address
from planfirst.core.errors import StoreError, StoreMissing, StoreRefused

if TYPE_CHECKING:
    import psycopg

_NAME = re.compile(r"(\d{4})_\w+\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: its number, its name and its text."""

    number: int
    name: str
    text: str

    @property
    def sha256(self) -> str:
        """Of its text, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def known() -> Sequence[Migration]:
    """The migrations of this version, in order."""
    found = []
    for file in files("planfirst.adapters.postgres").joinpath("sql").iterdir():
        match = _NAME.fullmatch(file.name)
        if match:
            found.append(Migration(int(match[1]), file.name, file.read_text(encoding="utf-8").replace("\r\n", "\n")))
    return sorted(found, key=lambda migration: migration.number)


def migrate(connection: psycopg.Connection[Any], address: Address) -> int:
    """Brings the tables up to date, inside the caller's transaction; returns how many files were applied.

    Raises:
        StoreRefused: a newer version of Planfirst has been here, or a file that was applied is another one now.
        StoreError: the server has no pgvector, or the role may not install it in the database.
    """
    connection.execute("SELECT pg_advisory_xact_lock(hashtext('planfirst.migration'))")
    there = connection.execute("SELECT to_regclass('planfirst.migration') IS NOT NULL").fetchone()
    if there and there[0] and len(require_known(connection, address)) == len(known()):
        return 0  # nothing below may be asked of a role that may only change rows
    _require_vector(connection, address)
    connection.execute("CREATE SCHEMA IF NOT EXISTS planfirst")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS planfirst.migration (number integer PRIMARY KEY, name text NOT NULL, "
        "sha256 text NOT NULL, applied timestamptz NOT NULL DEFAULT now())"
    )
    done = require_known(connection, address)
    missing = [migration for migration in known() if migration.number not in done]
    for migration in missing:
        connection.execute(migration.text)
        connection.execute(
            "INSERT INTO planfirst.migration (number, name, sha256) VALUES (%s, %s, %s)",
            (migration.number, migration.name, migration.sha256),
        )
    return len(missing)


def require_known(connection: psycopg.Connection[Any], address: Address) -> set[int]:
    """The numbers that were applied, all of which this version knows.

    Raises:
        StoreRefused: it does not.
        psycopg.Error: there are no tables.
    """
    ours = {migration.number: migration for migration in known()}
    done = connection.execute("SELECT number, name, sha256 FROM planfirst.migration ORDER BY number").fetchall()
    for number, name, sha256 in done:
        if number not in ours:
            raise StoreRefused("postgres-newer", place=address, migration=name)
        if ours[number].sha256 != sha256:
            raise StoreRefused("postgres-foreign", place=address, migration=name)
    return {number for number, _, _ in done}


def require_current(connection: psycopg.Connection[Any], address: Address) -> None:
    """Whether the tables are those of this version.

    Raises:
        StoreRefused, StoreMissing: they are not.
        psycopg.Error: there are no tables.
    """
    if len(require_known(connection, address)) < len(known()):
        raise StoreMissing("postgres-outdated", place=address)


def _require_vector(connection: psycopg.Connection[Any], address: Address) -> None:
    from psycopg import errors

    if connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'vector'").fetchone():
        return
    if not connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'").fetchone():
        raise StoreError("pgvector-missing", place=address)
    try:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    except errors.InsufficientPrivilege as error:
        raise StoreError("pgvector-not-enabled", place=address) from error
