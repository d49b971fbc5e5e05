"""What stands in the place of an answer where the answer is a script: the helpers that its tests run it with.

Its text goes into the sandbox; the script lies beside it, and is run anew for each `run`, in an empty folder.
"""

from __future__ import annotations

import io
import os
import re
import runpy
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

SCRIPT = "script.py"
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Ended:
    """What a script left behind: what it printed, its names, and the texts of the files below its folder."""

    printed: str
    names: Mapping[str, Any]
    files: Mapping[str, str]


def run(files: Mapping[str, str] = {}, typed: str = "", args: Sequence[str] = ()) -> Ended:
    """Runs the script as ``__main__`` in a new folder with these files, where this is typed; its errors are raised."""
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder, back = Path(name).resolve(), Path.cwd()
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8", newline="")
        printed, names = io.StringIO(), dict[str, Any]()
        os.chdir(folder)
        try:
            with (
                redirect_stdout(printed),
                patch.object(sys, "stdin", io.StringIO(typed)),
                patch.object(sys, "argv", [SCRIPT, *args]),
            ):
                names = runpy.run_path(str(_HERE / SCRIPT), run_name="__main__")
        except SystemExit:
            pass  # an end like any other; what it was is not known then
        finally:
            os.chdir(back)
        kept = {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8", errors="replace")
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
    return Ended(printed.getvalue(), names, kept)


def in_order(text: str, *parts: str) -> bool:
    """Whether the parts occur in this order; case does not count, nor white space at their ends."""
    at, text = 0, text.lower()
    for part in (part.strip().lower() for part in parts):
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def numbers(text: str) -> list[float]:
    """All numbers in a text; ``1,234`` are two."""
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]
