"""Every generation, one line of JSON each, appended as soon as it is checked; a later run takes up what is there."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout

from planfirst.core.errors import PlanfirstError

FILE = "generations.jsonl"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered request.

    Attributes:
        arm, item, sample: which; sample 0 is the greedy one.
        digest: of the item, so that a changed request or check is answered anew.
        example, question, score: id and question of the example and its cosine; empty and None without one.
        plan: numbered lines; ``plan_tokens`` and ``plan_seconds`` are what it cost, None when there was none to write.
        tokens, seconds: what the code cost.
        passed: the code passes its check. ``renamed``: it does once its only definition bears the wanted name.
        error: why it did not pass, in one line.
        plan_first, first: seconds until the first token of the plan and of the code, each from its own beginning; None
            where nothing was written, or by a version that did not measure it.
        attempts, said: of a verified answer, how many codes were written (``tokens`` and ``seconds`` are of all), and
            what the product then says of it: passed, only read (nothing was there to run it by), failed or not checked.
    """

    arm: str
    item: str
    digest: str
    sample: int
    request: str
    example: str
    question: str
    score: float | None
    plan: str
    plan_tokens: int
    plan_seconds: float | None
    code: str
    tokens: int
    seconds: float
    parses: bool
    passed: bool
    renamed: bool
    error: str
    plan_first: float | None = None
    first: float | None = None
    attempts: int | None = None
    said: str = ""

    @property
    def key(self) -> tuple[str, str, int]:
        """What it is known by."""
        return self.arm, self.item, self.sample


_FIELDS = {field.name for field in fields(Answer)}
_REQUIRED = {field.name for field in fields(Answer) if field.default is MISSING}


def run_key(parts: Mapping[str, object]) -> str:
    """A short hash of all that a run's answers depend on."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


class Journal:
    """The answers of one run, in ``generations.jsonl``. The file of another run is kept beside it under its key.

    Raises:
        PlanfirstError: the folder cannot be written, or another process writes to it.
    """

    def __init__(self, folder: Path, run: str) -> None:
        self.run = run
        self.path = folder / FILE
        self._lock = FileLock(folder / "lock", timeout=0)
        self._answers: dict[tuple[str, str, int], Answer] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
            self._make_way(folder)
            for answer in self._read():
                self._answers[answer.key] = answer
            self._file = self.path.open("a", encoding="utf-8")
            if self._cut_off():
                self._file.write("\n")
        except Timeout as error:
            raise PlanfirstError(
                "plain",
                what=f"Another evaluation writes to the folder {folder}.",
                next="Wait for its end, or choose another with --out.",
            ) from error
        except OSError as error:
            self._lock.release()
            raise PlanfirstError(
                "plain",
                what=f"The folder {folder} cannot be written: {error.strerror or error}.",
                next="Choose another one with --out.",
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        self._lock.release()

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, arm: str, item: str, digest: str, sample: int = 0) -> Answer | None:
        """The answer, if it is there and the item is still the same."""
        answer = self._answers.get((arm, item, sample))
        return answer if answer is not None and answer.digest == digest else None

    def add(self, answer: Answer) -> None:
        """Keeps an answer; it is on its way to the disk when this returns."""
        self._answers[answer.key] = answer
        self._file.write(json.dumps({"run": self.run, **asdict(answer)}, ensure_ascii=False) + "\n")
        self._file.flush()

    def _make_way(self, folder: Path) -> None:
        """Puts a file of another run aside, and takes this run's back if it was put aside before."""
        there = next(self._lines(), None)
        if there is not None and there.get("run") != self.run:
            self.path.replace(_aside(folder, str(there.get("run"))))
        if not self.path.exists() and (kept := _aside(folder, self.run)).exists():
            kept.replace(self.path)

    def _read(self) -> Iterator[Answer]:
        for record in self._lines():
            if record.pop("run", None) == self.run and _REQUIRED <= record.keys() <= _FIELDS:
                yield Answer(**record)

    def _lines(self) -> Iterator[dict[str, Any]]:
        """The whole lines of the file; one that was cut off by a crash is passed over."""
        if not self.path.is_file():
            return
        with self.path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                if isinstance(record, dict):
                    yield record

    def _cut_off(self) -> bool:
        """Whether the file does not end with a newline."""
        with self.path.open("rb") as file:
            if file.seek(0, os.SEEK_END) == 0:
                return False
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"


def _aside(folder: Path, run: str) -> Path:
    safe = "".join(character for character in run if character.isalnum())[:32] or "unknown"
    return folder / f"generations-{safe}.jsonl"
