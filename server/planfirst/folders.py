"""Where Planfirst keeps what it makes and downloads."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from platformdirs import user_data_path


def data_folder() -> Path:
    """The base folder of all data; the environment variable ``PLANFIRST_HOME`` replaces it. It may not exist yet."""
    chosen = os.environ.get("PLANFIRST_HOME", "").strip()
    return Path(chosen).expanduser() if chosen else user_data_path("planfirst", appauthor=False)


def conversations_file() -> Path:
    """Where conversations are kept. It may not exist yet."""
    return data_folder() / "conversations.sqlite3"


def store_folder(configured: str = "") -> Path:
    """The folder of the store: the one in the settings, or the default one.

    For the address of a database, where what belongs to it is kept on this machine. The name does not tell the address.
    """
    if "://" in configured:
        return data_folder() / "databases" / hashlib.sha256(configured.encode()).hexdigest()[:16]
    return Path(configured).expanduser() if configured else data_folder() / "store"


def embedding_folder() -> Path:
    """Where the embedding model is kept, and what was converted for llama.cpp. It may not exist yet."""
    return data_folder() / "embedding"


def folder_indexes() -> Path:
    """Where the indexes of opened folders are."""
    return data_folder() / "workspaces"


def folder_index(folder: Path) -> Path:
    """Where the store of an opened folder is kept, and what is known of its files. It may not exist yet."""
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return folder_indexes() / f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', folder.name)[:40]}-{digest}"
