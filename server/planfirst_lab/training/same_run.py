"""What a folder of a run was begun with, so that other settings do not go on in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planfirst.core.errors import BadSetting


def require_same_run(path: Path, about: Mapping[str, Any], what: str, advice: str) -> None:
    """Writes what a run is made with; where that is written already, it must be the same.

    Args:
        about: goes into a JSON file at ``path``.
        what, advice: the two sentences of the error.

    Raises:
        BadSetting: the folder is that of another run.
    """
    text = json.dumps(about, indent=1, sort_keys=True) + "\n"
    if path.is_file() and _read(path) != json.loads(text):
        raise BadSetting("plain", what=what, next=advice)
    path.write_text(text, encoding="utf-8")


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:  # it was written to by somebody else
        return None
