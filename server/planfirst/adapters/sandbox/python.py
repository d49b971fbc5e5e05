"""Which Python runs in a sandbox, and what of this machine it needs to see."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Python:
    """An interpreter, and the folder that it was installed into."""

    executable: str
    prefix: str

    def folders(self) -> list[str]:
        """The folders that it needs, beside the system's."""
        wanted = (Path(self.prefix) / name for name in ("bin", "lib", "lib64"))
        return [str(folder) for folder in wanted if folder.is_dir() and self.prefix != "/usr"]


def this_python() -> Python:
    """The interpreter that runs Planfirst, without its virtual environment: the standard library and no packages."""
    base = Path(getattr(sys, "_base_executable", sys.executable) or sys.executable).resolve()
    return Python(str(base), str(Path(sys.base_prefix).resolve()))
