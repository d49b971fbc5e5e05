"""Where Planfirst keeps what it makes and downloads."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path


def data_folder() -> Path:
    """The base folder of all data; the environment variable ``PLANFIRST_HOME`` replaces it. It may not exist yet."""
    chosen = os.environ.get("PLANFIRST_HOME", "").strip()
    return Path(chosen).expanduser() if chosen else user_data_path("planfirst", appauthor=False)


def store_folder(configured: str = "") -> Path:
    """The folder of the store: the one in the settings, or the default one."""
    return Path(configured).expanduser() if configured else data_folder() / "store"
