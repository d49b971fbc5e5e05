"""What files were before each step of a plan, so that the whole can be undone.

They lie in the workspace, and both the plan and the files are known by where they are in it. So they go with a
workspace that is moved or copied, and each copy undoes only itself.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from planfirst.core.errors import BadRequest
from planfirst.core.regular_file import read_regular
from planfirst.plans import files
from planfirst.words import Message

_FORMAT = 1
_LARGEST = 2 * files.LARGEST  # bytes; a file in base64 is larger by a third


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A file before a step, and the checksum of what the step made of it.

    Attributes:
        file: below the workspace, with ``/``.
        before: None where it was not there.
    """

    step: int
    file: str
    before: bytes | None
    after: str


class Checkpoints:
    """The checkpoints of one plan, oldest first.

    A plan that lies outside the workspace is known by its whole path.

    Args:
        root: the workspace, resolved.
        plan: the plan's file.
    """

    def __init__(self, root: Path, plan: Path) -> None:
        self._root = root
        path = plan.resolve()
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
        self._folder = self._of(plan, name)
        earlier = self._of(plan, str(path))  # the first versions took the whole path of every plan
        if any(earlier.glob("*.json")):
            self._folder = earlier

    def add(self, step: int, file: str, before: bytes | None, after: bytes) -> None:
        """Keeps what a file is before a step writes it.

        Raises:
            BadRequest: it cannot be kept.
        """
        data = {
            "format": _FORMAT,
            "step": step,
            "file": file,
            "before": None if before is None else base64.b64encode(before).decode("ascii"),
            "after": checksum(after),
        }
        hidden = self._folder.parent / ".gitignore"
        files.write(hidden, b"*\n", files.read(hidden))
        number = max((int(path.stem) for path in self._paths()), default=0) + 1
        files.write(self._folder / f"{number:04}.json", (json.dumps(data) + "\n").encode(), None)

    def all(self) -> list[Checkpoint]:
        """What is kept.

        Raises:
            BadRequest: one of them is damaged, or was written by a newer version.
        """
        return [self._read(path) for path in self._paths()]

    def drop_last(self) -> None:
        """Forgets the last one, whose step was not written, or was undone."""
        for path in self._paths()[-1:]:
            path.unlink()

    def undo(self, step: int = 0) -> list[Checkpoint]:
        """Gives every file back as it was before a step and those after it, by default before the first one.

        Returns:
            What was undone, the last step first.

        Raises:
            BadRequest: there is nothing to undo, or a file is not as these steps left it; then nothing is changed.
        """
        paths = self._paths()
        kept = [(path, one) for path in paths if (one := self._read(path)).step >= step]
        if not kept:
            raise BadRequest("plan-nothing-to-undo")
        last: dict[str, Checkpoint] = {}
        first: dict[str, Checkpoint] = {}
        for _, one in kept:
            last[one.file] = one
            first.setdefault(one.file, one)
        now = {name: files.read(files.inside(self._root, name)) for name in first}
        for name, data in now.items():
            if data is None or checksum(data) != last[name].after:
                raise BadRequest("plan-undo-changed", file=name)
        for name, one in first.items():
            path, data = files.inside(self._root, name), now[name]
            assert data is not None  # it was looked at above
            if one.before is None:
                files.remove(path, data)
            else:
                files.write(path, one.before, data)
        for path, _ in kept:
            path.unlink()
        return [one for _, one in kept[::-1]]

    def _of(self, plan: Path, name: str) -> Path:
        digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        return self._root / ".planfirst" / "checkpoints" / f"{plan.stem}-{digest}"

    def _paths(self) -> list[Path]:
        return sorted(path for path in self._folder.glob("*.json") if path.stem.isdigit())

    def _read(self, path: Path) -> Checkpoint:
        try:
            data = json.loads(read_regular(path, _LARGEST))
            if type(data["format"]) is int and data["format"] > _FORMAT:
                raise BadRequest("plan-file-newer", file=path.name)
            if data["format"] != _FORMAT:
                raise ValueError(data["format"])
            before = data["before"]
            given = None if before is None else base64.b64decode(before, validate=True)
            step, file, after = data["step"], data["file"], data["after"]
            if not (isinstance(step, int) and isinstance(file, str) and isinstance(after, str)):
                raise TypeError
        except (OSError, ValueError, KeyError, TypeError, RecursionError, binascii.Error) as error:
            raise BadRequest("plan-file-refused", file=path.name, reason=Message("plan-file-damaged")) from error
        return Checkpoint(step, file, given, after)


def checksum(data: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
