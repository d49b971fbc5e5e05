"""Names inside the folder of a store, and the file ``CURRENT`` that says which generation is in use.

store/
  CURRENT            "g-000002 <sha256 of its manifest>", replaced in one step
  lock               held by the one process that writes
  partial            vectors of a build that was stopped, for the next one
  g-000002/          manifest.json · live.bits: which rows of all its segments are alive
                     its own segment, when it brought new rows: vectors.f32 · pairs.jsonl · rows.bin · index.*
  g-000001/          the generation before, for readers that still load it, and for segments that are still in use
  new-g-000003/      half written; nobody reads it, the next build removes it
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path

from planfirst.core.errors import StoreError, StoreMissing, StoreRefused

CURRENT = "CURRENT"
LOCK = "lock"
PARTIAL = "partial"
MANIFEST = "manifest.json"
NEW = "new-"
_POINTER = re.compile(r"g-(\d{6,12}) ([0-9a-f]{64})\n")
_GENERATION = re.compile(r"g-(\d{6,12})")


class DamageError(Exception):
    """Why a store cannot be used, as the end of a sentence. It does not leave this package."""


class NewerError(DamageError):
    """A newer version of Planfirst made it."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which generation is in use, and the SHA-256 of its manifest."""

    generation: int
    sha256: str

    @property
    def folder(self) -> str:
        """The name of the generation's folder."""
        return generation_name(self.generation)

    def to_bytes(self) -> bytes:
        """What is written to ``CURRENT``."""
        return f"{self.folder} {self.sha256}\n".encode("ascii")


def generation_name(number: int) -> str:
    """The folder name of a generation."""
    return f"g-{number:06d}"


def generation_number(name: str) -> int | None:
    """The number in a generation's folder name; None when it is no such name."""
    match = _GENERATION.fullmatch(name)
    return int(match[1]) if match else None


def generations(folder: Path) -> dict[int, Path]:
    """All generations in the folder, in use or not, by number; empty when there is no such folder."""
    if not folder.is_dir():
        return {}
    numbered = ((generation_number(path.name), path) for path in folder.iterdir())
    return {number: path for number, path in numbered if number is not None}


def read_current(folder: Path) -> Pointer:
    """The generation in use.

    Raises:
        StoreMissing: there is no store.
        DamageError: ``CURRENT`` is not what was written.
    """
    path = folder / CURRENT
    try:
        size = path.stat().st_size
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoreMissing("store-missing", place=folder) from error
    except OSError as error:
        raise DamageError(f"{CURRENT} cannot be read ({error.strerror})") from error
    if size > 200:
        raise DamageError(f"{CURRENT} is not what Planfirst writes")
    match = _POINTER.fullmatch(read_exactly(path, size).decode("ascii", "replace"))
    if not match:
        raise DamageError(f"{CURRENT} does not name a generation")
    return Pointer(int(match[1]), match[2])


def read_exactly(path: Path, size: int) -> bytes:
    """A regular file's bytes, when they are ``size`` many; a file of another size is not read at all.

    Raises:
        DamageError: it is missing, unreadable, not a regular file, or of another size.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise DamageError(f"{path.name} is not a regular file")
        if found.st_size != size:
            raise DamageError(f"{path.name} has {found.st_size} bytes instead of {size}")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise DamageError(f"{path.name} is missing") from error
    except OSError as error:
        raise DamageError(f"{path.name} cannot be read ({error.strerror})") from error
    if len(data) != size:
        raise DamageError(f"{path.name} changed while it was read")
    return data


def refused(folder: Path, why: object) -> StoreError:
    """The error for a store that cannot be used."""
    return StoreRefused("store-newer" if isinstance(why, NewerError) else "store-refused", place=folder, reason=why)
