"""Writes the pairs of a store as JSON lines."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

from planfirst.core.errors import BadRequest, StoreError
from planfirst.store import read
from planfirst.store.pairs import to_line


def export(folder: Path, target: Path, corpora: Sequence[str]) -> int:
    """Writes the pairs, each with all its fields, and returns how many.

    Args:
        target: a file that does not exist; ``-`` is standard output.
        corpora: their names; empty for all.

    Raises:
        BadRequest: there is such a file, or no such corpus.
        StoreMissing, StoreRefused: there is no store, or it is damaged.
        StoreError: the file cannot be written; nothing of it is left.
    """
    state = read.status(folder)
    for name in corpora:
        if name not in state.corpora:
            raise BadRequest("corpus-missing", name=name, known=", ".join(state.corpora) or "-")
    store = read.opened(folder, whole=True)
    return write_lines(
        target, (to_line(pair) for name in corpora or store.status.corpora for pair in store.pairs_of(name))
    )


def write_lines(target: Path, lines: Iterable[bytes]) -> int:
    """Writes lines to a new file, whole or not at all, or to standard output; returns how many.

    Raises:
        BadRequest: there is such a file.
        StoreError: the file cannot be written; nothing of it is left.
    """
    if str(target) != "-" and target.exists():
        raise BadRequest("export-exists", file=target)
    if str(target) == "-":
        return _write(sys.stdout.buffer, lines)
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with beside.open("xb") as file:
            count = _write(file, lines)
            file.flush()
            os.fsync(file.fileno())
        os.link(beside, target) if os.name != "nt" else beside.rename(target)  # neither replaces a file
    except FileExistsError as error:
        raise BadRequest("export-exists", file=target) from error
    except OSError as error:
        raise StoreError("export-not-written", file=target, reason=error.strerror or error) from error
    finally:
        beside.unlink(missing_ok=True)
    return count


def _write(file: IO[bytes], lines: Iterable[bytes]) -> int:
    count = 0
    for line in lines:
        file.write(line)
        count += 1
    return count
