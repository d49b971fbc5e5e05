"""Puts questions into a programmer's words: offline by simple rules, or by a model that is asked to."""

from __future__ import annotations

import random
from collections import Counter
from typing import Protocol

from planfirst.core.errors import PlanfirstError
from planfirst.core.ports import Writer
from planfirst.core.types import Decoding, Prompt
from planfirst_lab.training.rag.questions import Question
from planfirst_lab.training.wording import reword

_SYSTEM = "You word requests as programmers type them in comments. Answer with one line and nothing else."
_USER = """A function is described so: {sentence}
Somebody needs it and does not know its name. Write in one line what they would type as a comment. Do not name it."""
_LONGEST = 200  # characters
_FAILURES = 3  # in a row, after which it is not asked again


class Teacher(Protocol):
    """Words questions."""

    async def words(self, question: Question, visit: int) -> str:
        """A request that asks a question; another one for each visit."""
        ...


class OfflineTeacher:
    """Rewords by rules; the same seed gives the same words."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    async def words(self, question: Question, visit: int) -> str:
        """As the protocol says."""
        random_ = random.Random(f"{self._seed}/{question.id}/{visit}")  # noqa: S311 - repeatable, not secret
        return reword(question.text, random_).rstrip(".")


class WritingTeacher:
    """Asks a model; where it gives nothing usable, the rules are used, and ``refused`` counts why.

    Raises:
        PlanfirstError: it failed several times in a row; what it has worded is kept.
    """

    def __init__(self, writer: Writer, seed: int) -> None:
        self._writer, self._seed = writer, seed
        self._offline = OfflineTeacher(seed)
        self._failed = 0
        self.refused: Counter[str] = Counter()

    async def words(self, question: Question, visit: int) -> str:
        """As the protocol says."""
        prompt = Prompt(_SYSTEM, _USER.format(sentence=question.text))
        pieces: list[str] = []
        try:
            async for piece in self._writer.stream(prompt, Decoding(80, 0.8, self._seed + visit)):
                pieces.append(piece)
        except PlanfirstError as error:
            self._failed += 1
            if self._failed == _FAILURES:
                raise
            self.refused[error.what] += 1
            return await self._offline.words(question, visit)
        self._failed = 0
        lines = [line.strip(" #`\"'") for line in "".join(pieces).splitlines() if line.strip(" #`\"'")]
        if len(lines) == 1 and len(lines[0]) <= _LONGEST and question.function.name not in lines[0]:
            return lines[0].rstrip(".")
        self.refused["no line" if not lines else "not one line" if len(lines) > 1 else "names it, or is long"] += 1
        return await self._offline.words(question, visit)
