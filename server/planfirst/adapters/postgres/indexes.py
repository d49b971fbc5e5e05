"""The index over the vectors in PostgreSQL: none, pgvector's graph or its lists."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

FLAT_UP_TO = 100_000
PROBES = 64
_NAME = "pair_by_vector"
_NEXT = "pair_by_vector_next"
_MOST_DIMENSIONS = 2000  # pgvector indexes no longer vectors


def index_kind(connection: psycopg.Connection[Any]) -> str:
    """``hnsw``, ``ivf``, or empty if all vectors are scanned."""
    row = connection.execute(
        "SELECT am.amname FROM pg_class c JOIN pg_am am ON am.oid = c.relam "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'planfirst' AND c.relname = %s",
        (_NAME,),
    ).fetchone()
    return {"ivfflat": "ivf"}.get(row[0], str(row[0])) if row else ""


def wanted_kind(choice: str, rows: int, dimension: int) -> str:
    """How so many rows should be searched under the setting ``retriever.index``."""
    if dimension > _MOST_DIMENSIONS or rows == 0:
        return ""
    if choice == "auto":
        return "hnsw" if rows > FLAT_UP_TO else ""
    return "" if choice == "flat" else choice


def set_index(connection: psycopg.Connection[Any], choice: str, rows: int, dimension: int, *, anew: bool) -> None:
    """Makes or drops the index, in the caller's transaction, if this role owns the table.

    Args:
        anew: whether it was made for other vectors and has to go in any case.
    """
    owner = connection.execute(
        "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'planfirst.pair'::regclass"
    ).fetchone()
    if not owner or not owner[0]:
        return
    kind = wanted_kind(choice, rows, dimension)
    if kind == index_kind(connection) and not anew:
        return
    column = f"(embedding::vector({dimension})) vector_ip_ops"
    if kind == "hnsw":
        connection.execute("SET LOCAL maintenance_work_mem = '1GB'")
        connection.execute(f"CREATE INDEX {_NEXT} ON planfirst.pair USING hnsw ({column})")
    elif kind == "ivf":
        lists = max(1, round(math.sqrt(rows)))
        connection.execute(f"CREATE INDEX {_NEXT} ON planfirst.pair USING ivfflat ({column}) WITH (lists = {lists})")
    # Last, since from here to the end of the transaction nobody can search.
    connection.execute(f"DROP INDEX IF EXISTS planfirst.{_NAME}")
    if kind:
        connection.execute(f"ALTER INDEX planfirst.{_NEXT} RENAME TO {_NAME}")
