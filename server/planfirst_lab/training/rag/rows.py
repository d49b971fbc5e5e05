"""Training rows: a question, what the store finds for it at that moment, and the call that answers it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tokenizers import Tokenizer

from planfirst.core.prompt import PromptBook
from planfirst.core.types import Example, Plan, Task
from planfirst.corpora import recipes as cookbook
from planfirst.corpora.held_out import held_out
from planfirst_lab.training import rows as starter
from planfirst_lab.training.rag.config import Data
from planfirst_lab.training.rag.disguise import Disguise
from planfirst_lab.training.rag.index import Search, is_own, place_of
from planfirst_lab.training.rag.prompts import Prompts
from planfirst_lab.training.rag.questions import Question
from planfirst_lab.training.tokenizer import Row, encode_rows

_DEEP = 8  # hits among which the right one is looked for


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row with where it comes from.

    Attributes:
        hits: of each hit that is shown its place, its score and whether it is the right one.
        trimmed: hits that were left out because the row was too long.
    """

    question: str
    kind: str
    request: str
    answer: str
    row: Row
    hits: tuple[tuple[str, float, bool], ...] = ()
    trimmed: int = 0

    def record(self) -> dict[str, Any]:
        """For a line of JSON."""
        return asdict(self)


class Drawer:
    """Draws rows; the same seed draws the same ones."""

    def __init__(
        self, data: Data, search: Search, prompts: Prompts, bpe: Tokenizer, disguise: Disguise, seed: int
    ) -> None:
        self._data, self._search, self._prompts, self._bpe, self._disguise = data, search, prompts, bpe, disguise
        self._random = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def row(self, question: Question, request: str) -> Drawn | None:
        """A row for a question in the words of ``request``; None if it is too long even without any hit.

        Where the right hit is among the first `_DEEP` and not among those that are shown, it takes the last one's
        place: a row whose answer cannot be known teaches to guess.
        """
        data, draw = self._data, self._random.random()
        hits: list[Example] = []
        if draw >= data.without:
            only_others = draw < data.without + data.distractors
            count = self._random.randint(1, data.shown)
            found = self._search.hits(question, request, _DEEP, only_others)
            hits = found[:count]
            own = next((hit for hit in found if is_own(hit.pair, question)), None)
            if own and own not in hits:
                hits[-1] = own
        if self._random.random() < data.shuffled:
            self._random.shuffle(hits)
        known = any(is_own(hit.pair, question) for hit in hits)
        kept, given = self._prompts.as_shown(hits), question.given
        signature, answer = question.signature, question.answer
        if known and self._random.random() < data.disguised:
            made = self._disguise.wear(question, kept)
            given, signature, answer, kept = made.given, made.signature, made.answer, list(made.hits)
        while True:
            row = Row(*self._prompts.write(request, given, signature, kept), answer)
            if len(encode_rows(self._bpe, [row])[0][0]) <= data.longest_row:
                shown = tuple(("/".join(place_of(h.pair)), round(h.score, 4), is_own(h.pair, question)) for h in kept)
                return Drawn(question.id, question.kind, request, answer, row, shown, trimmed=len(hits) - len(kept))
            if not kept:
                return None
            kept.pop()


def replayed(count: int, book: PromptBook, seed: int) -> list[Drawn]:
    """Rows of the starter's own kind, so that planning is not forgotten; no held-out recipe or wording is in them."""
    random_, kept = random.Random(seed), held_out()  # noqa: S311 - repeatable, not secret
    recipes = [recipe for recipe in cookbook.load() if recipe.id not in kept.recipes]
    pairs = dict(zip((recipe.id for recipe in recipes), starter.as_pairs(recipes), strict=True))
    drawn: list[Drawn] = []
    for recipe in random_.choices(recipes, k=count) if recipes else ():
        request = random_.choice([recipe.question, *recipe.queries])
        example = Example(pairs[recipe.id], random_.uniform(0.45, 0.9))
        plan, task = Plan(recipe.steps), Task(request)
        if random_.random() < 0.5:
            row = Row(*starter.prompt(book, "plan", task, example, plan), plan.numbered())
        else:
            row = Row(*starter.prompt(book, "code", task, example, plan), recipe.code)
        drawn.append(Drawn(f"cookbook/{recipe.id}", "replay", request, row.answer, row))
    return drawn


def draw(
    questions: Sequence[tuple[Question, str]], drawer: Drawer, tell: Callable[[int, int], None]
) -> tuple[list[Drawn], int]:
    """A row for each question and request, and how many were left out as too long."""
    drawn: list[Drawn] = []
    for n, (question, request) in enumerate(questions, start=1):
        if made := drawer.row(question, request):
            drawn.append(made)
        tell(n, len(questions))
    return drawn, len(questions) - len(drawn)
