"""The tables that conversations are kept in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

_TABLES = """
CREATE TABLE conversation (id TEXT PRIMARY KEY, system TEXT NOT NULL, made TEXT NOT NULL, changed TEXT NOT NULL);
CREATE TABLE turn (
  row INTEGER PRIMARY KEY,
  conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  user TEXT NOT NULL,
  assistant TEXT NOT NULL,
  model TEXT NOT NULL,
  stopped INTEGER NOT NULL,
  made TEXT NOT NULL,
  UNIQUE (conversation, number)
);
CREATE VIRTUAL TABLE said USING fts5 (user, assistant, content = 'turn', content_rowid = 'row');
CREATE TRIGGER turn_added AFTER INSERT ON turn BEGIN
  INSERT INTO said (rowid, user, assistant) VALUES (new.row, new.user, new.assistant);
END;
CREATE TRIGGER turn_removed AFTER DELETE ON turn BEGIN
  INSERT INTO said (said, rowid, user, assistant) VALUES ('delete', old.row, old.user, old.assistant);
END;
CREATE TRIGGER turn_changed AFTER UPDATE ON turn BEGIN
  INSERT INTO said (said, rowid, user, assistant) VALUES ('delete', old.row, old.user, old.assistant);
  INSERT INTO said (rowid, user, assistant) VALUES (new.row, new.user, new.assistant);
END;
"""


def statements() -> Iterator[str]:
    """The statements that make the tables; a script would end the transaction."""
    statement = ""
    for line in _TABLES.strip().splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
