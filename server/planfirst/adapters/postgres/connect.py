"""Connections to PostgreSQL, and its errors in the words of a person."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from planfirst.core.errors import BadSetting, StoreBusy, StoreError, StoreMissing

if TYPE_CHECKING:
    import psycopg

CONNECT_SECONDS = 5
SEARCH_SECONDS = 10
_LOCK_SECONDS = 10
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_MIGHT_HOLD_SECRETS = ("password", "sslpassword")


@dataclass(frozen=True)
class Address:
    """Where a PostgreSQL store is. What ``str`` gives has no password in it.

    Attributes:
        search_seconds: after which a search counts as too slow.
        encrypted: whether a connection that is not encrypted is refused: so for other machines, unless the address or
            PGSSLMODE says otherwise.
    """

    url: str = field(repr=False)
    user: str
    shown: str
    secrets: tuple[str, ...] = field(repr=False)
    search_seconds: float = SEARCH_SECONDS
    encrypted: bool = False

    def __str__(self) -> str:
        return self.shown


def parse(url: str, search_seconds: float = SEARCH_SECONDS) -> Address:
    """An address from a setting.

    Raises:
        BadSetting: it cannot be read, or the packages for PostgreSQL are not installed.
    """
    psycopg = _psycopg()
    try:
        parts = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.Error:
        raise BadSetting("postgres-address") from None  # its message quotes the address, password and all
    user, host = str(parts.get("user") or ""), str(parts.get("host") or "localhost")
    port = f":{parts['port']}" if parts.get("port") else ""
    shown = f"postgresql://{f'{user}@' if user else ''}{host}{port}/{parts.get('dbname') or user}"
    secrets = tuple(str(parts[name]) for name in _MIGHT_HOLD_SECRETS if parts.get(name))
    remote = any(name not in _LOOPBACK and not name.startswith("/") for name in host.split(","))
    encrypted = remote and not parts.get("sslmode") and not os.environ.get("PGSSLMODE")
    return Address(url, user, shown, secrets, search_seconds, encrypted)


@contextlib.contextmanager
def connected(address: Address, *, for_search: bool = False) -> Iterator[psycopg.Connection[Any]]:
    """A connection for the length of a ``with`` block, in which the server's errors become ours.

    Raises:
        StoreMissing, StoreRefused, StoreBusy, StoreError: as `told`.
    """
    with told(address), connect(address, for_search=for_search) as connection:
        yield connection


def connect(address: Address, *, for_search: bool) -> psycopg.Connection[Any]:
    """A connection that commits each statement unless it is told otherwise.

    Raises:
        psycopg.Error: use it inside `told`.
    """
    connection: psycopg.Connection[Any] = _psycopg().connect(
        address.url,
        autocommit=True,
        connect_timeout=CONNECT_SECONDS,
        application_name="planfirst",
        tcp_user_timeout=1000 * SEARCH_SECONDS,
        keepalives_idle=30,
        **({"sslmode": "require"} if address.encrypted else {}),
    )
    # Settings of the session and not options of the address, since a pooler between passes those on and not these.
    limit = int(1000 * address.search_seconds) if for_search else 0
    connection.execute(f"SET statement_timeout = {limit}")
    connection.execute(f"SET lock_timeout = {1000 * _LOCK_SECONDS}")
    return connection


@contextlib.contextmanager
def told(address: Address) -> Iterator[None]:
    """Turns the server's errors into ours.

    Raises:
        StoreMissing: there are no tables of ours.
        StoreBusy: somebody else holds what is needed.
        StoreError: the server is down or too slow, the role may not do that, the disk is full, or something else.
    """
    psycopg = _psycopg()
    errors = psycopg.errors
    try:
        yield
    except (errors.UndefinedTable, errors.InvalidSchemaName) as error:
        raise StoreMissing("store-missing", place=address) from error
    except errors.LockNotAvailable as error:
        raise StoreBusy("store-busy", place=address) from error
    except errors.QueryCanceled as error:
        raise StoreError("postgres-slow", place=address, seconds=address.search_seconds) from error
    except (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction) as error:
        raise StoreError("postgres-forbidden", place=address, reason=_line(error, address)) from error
    except errors.DiskFull as error:
        raise StoreError("postgres-disk-full", place=address) from error
    except psycopg.OperationalError as error:
        raise StoreError("postgres-unreachable", place=address, reason=_line(error, address)) from error
    except psycopg.Error as error:
        raise StoreError("postgres-failed", place=address, reason=_line(error, address)) from error


def _line(error: Exception, address: Address) -> str:
    """The first line of what the server said, without what nobody may see."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    line = lines[0] if lines else type(error).__name__
    for secret in address.secrets:
        line = line.replace(secret, "***")
    return line.rstrip(".")


def _psycopg() -> Any:
    try:
        import psycopg
        import psycopg.conninfo
        import psycopg.errors
    except ImportError as error:
        raise BadSetting("postgres-not-installed") from error
    return psycopg
