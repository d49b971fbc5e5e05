"""Conversations on the disk: one SQLite file, with a full-text search over what was said.

Several processes may use it at once: each change is a transaction, and a turn's number is given out within it. What is
deleted is overwritten. It knows nothing of models.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from planfirst.chat.tables import statements
from planfirst.chat.turns import Conversation, Turn, now, title_of
from planfirst.core.errors import ConversationError

SCHEMA = 1
_PATIENCE = 5.0  # seconds that another process may be writing
_PAUSE = 0.02  # seconds
_COLUMNS = "user, assistant, model, number, stopped, made"


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation in a list.

    Attributes:
        turns: how many it has.
        found: in a search, the best place that was found, shortened; else empty.
    """

    id: str
    title: str
    turns: int
    changed: str
    found: str = ""


class Conversations:
    """The kept conversations; the file is made with the first one.

    All methods raise ConversationError: the file is damaged, from a newer version, busy, or cannot be written. What it
    holds stays as it is then.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._database: sqlite3.Connection | None = None

    def add(self, conversation: Conversation, turn: Turn) -> int:
        """Adds a turn to a conversation, which is made with its first one.

        Returns:
            The turn's number. It is more than one above the last that the caller knows where another process has
            added some.
        """
        with self._changing() as database:
            row = (conversation.id, conversation.system, conversation.made, now())
            database.execute("INSERT INTO conversation VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING", row)
            database.execute("UPDATE conversation SET changed = ? WHERE id = ?", (now(), conversation.id))
            (number,) = database.execute(
                "SELECT coalesce(max(number), 0) + 1 FROM turn WHERE conversation = ?", (conversation.id,)
            ).fetchone()
            values = (conversation.id, turn.user, turn.assistant, turn.model, number, turn.stopped, turn.made)
            database.execute(f"INSERT INTO turn (conversation, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608 - a constant
        return int(number)

    def answer(self, id: str, turn: Turn) -> None:
        """Keeps the answer to a turn that is there; what was asked stays as it is."""
        with self._changing() as database:
            values = (turn.assistant, turn.model, turn.stopped, now(), id, turn.number)
            changed = database.execute(
                "UPDATE turn SET assistant = ?, model = ?, stopped = ?, made = ? WHERE conversation = ? AND number = ?",
                values,
            )
            if not changed.rowcount:
                raise ConversationError("conversation-missing", id=id)

    def set_system(self, id: str, system: str) -> None:
        """What the model is told before a conversation; of one that is not kept, nothing."""
        with self._changing() as database:
            database.execute("UPDATE conversation SET system = ? WHERE id = ?", (system, id))

    def remove_last(self, id: str, number: int) -> bool:
        """Removes the last turn, if it is this one still; whether it was."""
        with self._changing() as database:
            return bool(
                database.execute(
                    "DELETE FROM turn WHERE conversation = ?1 AND number = ?2"
                    " AND NOT EXISTS (SELECT 1 FROM turn WHERE conversation = ?1 AND number > ?2)",
                    (id, number),
                ).rowcount
            )

    def delete(self, id: str) -> None:
        """Deletes a conversation, for good."""
        with self._changing() as database:
            if not database.execute("DELETE FROM conversation WHERE id = ?", (id,)).rowcount:
                raise ConversationError("conversation-missing", id=id)
            database.execute("INSERT INTO said (said) VALUES ('optimize')")
        with self._read() as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # of the log, too, it is gone

    def get(self, id: str) -> Conversation:
        """A conversation by its id, or by the beginning of it if no other one begins so."""
        with self._read() as database:
            pattern = "".join(char for char in id.strip().lower() if char.isalnum()) + "%"
            rows = database.execute("SELECT * FROM conversation WHERE id LIKE ? LIMIT 2", (pattern,)).fetchall()
            if not rows or pattern == "%":
                raise ConversationError("conversation-missing", id=id)
            if len(rows) > 1:
                raise ConversationError("conversation-ambiguous", id=id)
            name, system, made, changed = self._texts(rows[0])
            conversation = Conversation(name, (), system, made, changed)
            return replace(conversation, turns=self._turns(database, name))

    def turns(self, id: str) -> tuple[Turn, ...]:
        """The turns of a conversation; none where it is not kept."""
        with self._read() as database:
            return self._turns(database, id)

    def messages(self, most: int = 200) -> list[str]:
        """The last messages of all conversations, oldest first."""
        with self._read() as database:
            rows = database.execute("SELECT user FROM turn ORDER BY row DESC LIMIT ?", (most,)).fetchall()
            return [text for row in reversed(rows) for text in self._texts(row)]

    def listed(self, most: int = 20) -> list[Listed]:
        """The conversations, the one that was changed last first."""
        with self._read() as database:
            rows = database.execute(
                "SELECT id, (SELECT user FROM turn WHERE conversation = id ORDER BY number LIMIT 1), changed,"
                " (SELECT count(*) FROM turn WHERE conversation = id), '' FROM conversation"
                " WHERE EXISTS (SELECT 1 FROM turn WHERE conversation = id)"
                " ORDER BY changed DESC, rowid DESC LIMIT ?",
                (most,),
            ).fetchall()
            return [self._listed(row) for row in rows]

    def search(self, text: str, most: int = 20) -> list[Listed]:
        """The conversations in which words begin as these do, all of them in one turn; the best first.

        Of the entries, ``turns`` is the turn that was found.
        """
        words = ['"' + word.replace('"', '""') + '"*' for word in text.replace("\0", " ").split()]
        if not words:
            return []
        with self._read() as database:
            rows = database.execute(
                "SELECT conversation, (SELECT user FROM turn t WHERE t.conversation = turn.conversation"
                " ORDER BY number LIMIT 1), changed, number, snippet(said, -1, '', '', '…', 12)"
                " FROM said JOIN turn ON turn.row = said.rowid JOIN conversation ON conversation.id = turn.conversation"
                " WHERE said MATCH ? ORDER BY rank LIMIT ?",
                (" ".join(words), most),
            ).fetchall()
            found = [self._listed(row) for row in rows]
            return list({one.id: one for one in reversed(found)}.values())[::-1]

    def close(self) -> None:
        """Closes the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it counts, or nothing."""
        with self._read() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.execute("COMMIT")
            except BaseException:
                if database.in_transaction:
                    database.execute("ROLLBACK")
                raise

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        try:
            if self._database is None:
                self._database = self._opened()
            yield self._database
        except sqlite3.Error as error:
            raise self._told(error) from error
        except UnicodeDecodeError as error:  # SQLite's own message names a table by the bytes in the file
            raise ConversationError("conversations-damaged", file=self.file, reason=error.reason) from error
        except OSError as error:
            raise ConversationError(
                "conversations-not-written", file=self.file, reason=error.strerror or error
            ) from error

    def _opened(self) -> sqlite3.Connection:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600))  # it is nobody else's
        database = sqlite3.connect(self.file, timeout=_PATIENCE, isolation_level=None)
        try:
            (schema,) = database.execute("PRAGMA user_version").fetchone()
            if schema > SCHEMA:
                raise ConversationError("conversations-newer", file=self.file)
            keep_log(database)
            database.execute("PRAGMA foreign_keys = ON")
            database.execute("PRAGMA secure_delete = ON")
            if schema < SCHEMA:
                self._make(database)
        except BaseException:
            database.close()
            raise
        return database

    def _make(self, database: sqlite3.Connection) -> None:
        """Makes the tables, unless another process has done so just now."""
        database.execute("BEGIN IMMEDIATE")
        try:
            if database.execute("PRAGMA user_version").fetchone() == (0,):
                if database.execute("SELECT 1 FROM sqlite_master").fetchone():
                    raise ConversationError("conversations-damaged", file=self.file, reason="another program wrote it")
                for statement in statements():
                    database.execute(statement)
                database.execute(f"PRAGMA user_version = {SCHEMA}")
            database.execute("COMMIT")
        finally:
            if database.in_transaction:
                database.execute("ROLLBACK")

    def _turns(self, database: sqlite3.Connection, id: str) -> tuple[Turn, ...]:
        rows = database.execute(f"SELECT {_COLUMNS} FROM turn WHERE conversation = ? ORDER BY number", (id,)).fetchall()  # noqa: S608 - a constant
        turns = []
        for user, assistant, model, number, stopped, made in rows:
            user, assistant, model, made = self._texts((user, assistant, model, made))
            if not isinstance(number, int):
                raise self._nonsense()
            turns.append(Turn(user, assistant, model, number, bool(stopped), made))
        return tuple(turns)

    def _listed(self, row: tuple[Any, ...]) -> Listed:
        id, user, changed, turns, found = row
        id, user, changed, found = self._texts((id, user, changed, found))
        return Listed(id, title_of(user), int(turns), changed, " ".join(found.split()))

    def _texts(self, values: tuple[Any, ...]) -> list[str]:
        if not all(isinstance(value, str) for value in values):
            raise self._nonsense()
        return list(values)

    def _nonsense(self) -> ConversationError:
        return ConversationError("conversations-damaged", file=self.file, reason="a value has the wrong type")

    def _told(self, error: sqlite3.Error) -> ConversationError:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith("SQLITE_FULL"):
            return ConversationError("conversations-disk-full", file=self.file)
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return ConversationError("conversations-busy", file=self.file)
        if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_PERM")):
            return ConversationError("conversations-not-written", file=self.file, reason=error)
        return ConversationError("conversations-damaged", file=self.file, reason=error)


def keep_log(database: sqlite3.Connection) -> None:
    """Has changes written ahead, so that readers need not wait.

    SQLite itself does not wait for another process here, though it does elsewhere.

    Raises:
        sqlite3.OperationalError: another process is still busy after five seconds.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
