"""Asks a model the questions in several ways of retrieving, and keeps every answer as soon as it is there."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planfirst.core.generate import extract_code
from planfirst.core.ports import Writer
from planfirst.core.types import Decoding, Example, Prompt
from planfirst_lab.training.rag.comparison import Comparison, compared
from planfirst_lab.training.rag.hit_form import call_of
from planfirst_lab.training.rag.index import Search, is_own
from planfirst_lab.training.rag.prompts import Prompts
from planfirst_lab.training.rag.questions import Question

ANSWERS = "answers.jsonl"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is put to a model.

    Attributes:
        arm: the way of retrieving, for example ``none``.
        names: all that exist in the repository at that moment.
        rank: of the right hit among those that are shown, from 1; 0 when it is not shown.
        first: the call that the first hit's signature asks for; empty when there is none.
    """

    arm: str
    question: Question
    request: str
    prompt: Prompt
    names: frozenset[str]
    rank: int
    first: str


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with what is right about it."""

    asked: Asked
    answer: str
    comparison: Comparison


def ask_with(
    arm: str,
    questions: Sequence[tuple[Question, str]],
    names: Mapping[str, frozenset[str]],
    prompts: Prompts,
    search: Search | None,
    shown: int,
) -> list[Asked]:
    """The questions with what a search finds for them; without any hit where there is no search.

    Args:
        names: of each repository.
    """
    asked: list[Asked] = []
    for question, request in questions:
        hits: list[Example] = search.hits(question, request, shown) if search else []
        rank = next((n for n, hit in enumerate(hits, start=1) if is_own(hit.pair, question)), 0)
        prompt = Prompt(*prompts.write(request, question.given, question.signature, prompts.as_shown(hits)))
        first = (call_of(hits[0].pair.code) or "") if hits else ""
        asked.append(Asked(arm, question, request, prompt, names[question.repository], rank, first))
    return asked


def by_rule(asked: Sequence[Asked]) -> list[Answered]:
    """What would be answered without any model: the call that the first hit's signature asks for."""
    return [_answered(each, each.first) for each in asked]


class Answers:
    """The answers of one work folder; what is there already is not asked again."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / ANSWERS
        self._known: dict[str, str] = {}
        if self._path.is_file():
            for line in self._path.read_text(encoding="utf-8").split("\n"):
                try:
                    record = json.loads(line)
                    self._known[record["key"]] = record["answer"]
                except (ValueError, KeyError, TypeError):
                    continue  # the last line of a run that was killed

    def missing(self, model: str, asked: Sequence[Asked]) -> int:
        """How many are still to be asked."""
        return sum(_key(model, each) not in self._known for each in asked)

    def ask(
        self,
        model: str,
        writer: Callable[[], Writer],
        asked: Sequence[Asked],
        tokens: int,
        tell: Callable[[int, int], None],
    ) -> list[Answered]:
        """All answers, in order.

        Args:
            model: what tells it from other models, for example a checksum.
            writer: makes it; called only if something is still to be asked.
        """
        if self.missing(model, asked):
            asyncio.run(self._ask(model, writer(), asked, tokens, tell))
        done = [(each, self._known[_key(model, each)]) for each in asked]
        return [_answered(each, text) for each, text in done]

    async def _ask(
        self, model: str, writer: Writer, asked: Sequence[Asked], tokens: int, tell: Callable[[int, int], None]
    ) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            for n, each in enumerate(asked, start=1):
                key = _key(model, each)
                if key not in self._known:
                    pieces = [piece async for piece in writer.stream(each.prompt, Decoding(tokens))]
                    self._known[key] = extract_code("".join(pieces))
                    file.write(json.dumps(_record(key, each, self._known[key]), ensure_ascii=False) + "\n")
                    file.flush()
                tell(n, len(asked))


def _answered(each: Asked, answer: str) -> Answered:
    return Answered(each, answer, compared(answer, each.question.answer, each.question.function.name, each.names))


def _record(key: str, each: Asked, answer: str) -> dict[str, Any]:
    return {
        "key": key,
        "arm": each.arm,
        "question": each.question.id,
        "request": each.request,
        "rank": each.rank,
        "wanted": each.question.answer,
        "answer": answer,
    }


def _key(model: str, each: Asked) -> str:
    parts = (model, each.arm, each.question.id, each.prompt.text)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:24]
