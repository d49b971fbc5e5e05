"""What was made of each file of a folder, kept on disk, so that only files that changed are read and cut again.

JSON lines: a head, then one record a file; a later record takes the place of an earlier one. Records are appended
while files are read, so whoever is killed loses the file in hand. What cannot be read is made again: nothing depends
on it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from planfirst import __version__
from planfirst.core.types import OWN, Pair
from planfirst.corpora.code.files import Signature
from planfirst.corpora.code.pairs import CUT

_LONGEST = 64 << 20  # bytes of a line
_SPARE = 1000  # records that may be out of date before the file is written anew


@dataclass(frozen=True, slots=True)
class CachedFile:
    """What is known of a file.

    Attributes:
        sha256: of its content.
        pairs: what was made of it.
        fault: why it is left out; empty if it is not.
        signature: by which it is known without being read; None if it has to be.
    """

    sha256: str
    pairs: tuple[Pair, ...] = ()
    fault: str = ""
    signature: Signature | None = None


class FileCache(dict[str, CachedFile]):
    """Kept files by their names. What is put in is written at once; ``close`` it in the end.

    Args:
        path: of the file that holds them; its folder is made when it is first written.
        name: of the corpus.
    """

    def __init__(self, path: Path, name: str) -> None:
        super().__init__()
        self._path = path
        self._name = name
        self._head = json.dumps({"planfirst": __version__, "cut": CUT, "name": name}).encode() + b"\n"
        self._file: IO[bytes] | None = None
        self._records = 0
        with suppress(OSError):
            self._load()

    def put(self, name: str, file: CachedFile | None) -> None:
        """Keeps a file, or forgets it.

        Raises:
            OSError: the disk is full.
        """
        if file is None:
            self.pop(name, None)
        else:
            self[name] = file
        out = self._file or self._begin()
        out.write(_line(name, file))
        self._records += 1

    def close(self) -> None:
        """Flushes and closes the file; it is opened again when something is put in."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _load(self) -> None:
        with self._path.open("rb") as file:
            if file.readline(len(self._head)) != self._head:
                return
            while line := file.readline(_LONGEST):
                self._records += 1
                with suppress(ValueError, TypeError, KeyError, RecursionError):
                    self._take(json.loads(line))

    def _take(self, record: Mapping[str, Any]) -> None:
        name = record["file"]
        if not isinstance(name, str):
            raise TypeError
        if "sha256" not in record:
            self.pop(name, None)
            return
        pairs = tuple(Pair(i, q, c, self._name, OWN, p, a) for i, q, c, p, a in record["pairs"])
        signature = record["signature"]
        size, content, status = signature or (0, 0, 0)
        if not all(isinstance(part, str) for pair in pairs for part in (pair.id, pair.question, pair.code, pair.about)):
            raise TypeError
        self[name] = CachedFile(
            str(record["sha256"]), pairs, str(record["fault"]), (size, content, status) if signature else None
        )

    def _begin(self) -> IO[bytes]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._records and self._records <= 2 * len(self) + _SPARE:
            self._file = self._path.open("ab")
            self._file.write(b"\n")  # the last line may have been cut short
        else:
            beside = self._path.with_suffix(f".{os.getpid()}")
            with beside.open("wb") as out:
                out.write(self._head)
                out.writelines(_line(*item) for item in self.items())
            beside.replace(self._path)
            self._records = len(self)
            self._file = self._path.open("ab")
        return self._file


def _line(name: str, file: CachedFile | None) -> bytes:
    record: dict[str, Any] = {"file": name}
    if file is not None:
        pairs = [[pair.id, pair.question, pair.code, pair.place, pair.about] for pair in file.pairs]
        record |= {"sha256": file.sha256, "signature": file.signature, "fault": file.fault, "pairs": pairs}
    return json.dumps(record, separators=(",", ":")).encode() + b"\n"
