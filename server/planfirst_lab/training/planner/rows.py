"""Rows as token ids: the product's own prompt, what is to be answered, the end of the answer.

A row asks for a plan, with an example and its score, or for the code that follows a changed plan.

Text is tokenised as llama.cpp will do it: what the chat template wrote with control tokens, all content without.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from planfirst.adapters.chat_tokens import ChatTemplate
from planfirst.adapters.lora_file import Use
from planfirst.core.errors import CorpusError, ModelRefused
from planfirst.core.profile import named
from planfirst.core.prompt import Budget, PromptBook, build
from planfirst.core.types import Example, Pair, Prompt, Task
from planfirst.corpora.report import Report
from planfirst_lab.convert.tokenizer import HfTokenizer
from planfirst_lab.training.augment.rows import Row, own_id, read
from planfirst_lab.training.changes import rows as changes
from planfirst_lab.training.changes.made import Change

Choice = Callable[[list[Row]], list[Row]]
_LEAST_EXAMPLE = 16  # tokens; a shorter piece of code shows nothing, so the row goes without


@dataclass(frozen=True, slots=True)
class Encoded:
    """A row: its token ids, where what is learned, the plan, begins among them, and its weight (at least 0)."""

    tokens: list[int]
    plan: int
    weight: float


@dataclass(slots=True)
class Lengths:
    """What was done so that rows fit: whole, with a shorter example, without one, and left out."""

    whole: int = 0
    shorter: int = 0
    without: int = 0
    left_out: int = 0


@dataclass(slots=True)
class Rows:
    """The rows of one file, divided; ``use`` is what they teach."""

    use: Use = "plan"
    learned: list[Encoded] = field(default_factory=list)
    held_out: list[Encoded] = field(default_factory=list)
    lengths: Lengths = field(default_factory=Lengths)


class Encoder:
    """Turns rows into tokens.

    Args:
        profile: which prompts.
        longest: tokens of a row.
        example: tokens that the example's code may have, at most.

    Raises:
        ModelRefused: the tokenizer has no end token, or the chat template cannot be used.
    """

    def __init__(self, tokenizer: HfTokenizer, profile: str, longest: int, example: int) -> None:
        if tokenizer.eos is None:
            raise ModelRefused(
                "plain",
                what="The base does not say which token ends an answer.",
                next="Add eos_token to its tokenizer_config.json.",
            )
        self._tokenizer, self._end = tokenizer, tokenizer.eos
        self._template = ChatTemplate(
            tokenizer.chat_template, tokenizer.text_of(tokenizer.begin), tokenizer.text_of(tokenizer.eos)
        )
        self._book, self._profile = PromptBook(), named(profile)
        self._longest, self._example = longest, example
        self.lengths = Lengths()

    def prompt_tokens(self, prompt: Prompt) -> list[int]:
        """A prompt as the model process will read it."""
        tokens = self._template.tokens(prompt, self._tokenizer.tokenise)
        bos = self._tokenizer.bos
        return [bos, *tokens] if self._tokenizer.adds_bos and bos is not None and tokens[:1] != [bos] else tokens

    async def encode(self, row: Row) -> Encoded | None:
        """The row within the longest length: the example is cut first, then left out; the plan never is.

        None if request and plan alone are too long; that is counted in ``lengths``.
        """
        plan = [*self._tokenizer.tokenise(row.plan.numbered()), self._end]
        budget = self._example if row.snippet else 0
        while True:
            tokens, trimmed = await self._prompt(row, budget)
            over = len(tokens) + len(plan) - self._longest
            if over <= 0 or budget == 0:
                break
            used = min(budget, len(self._tokenizer.tokenise(row.snippet)))
            budget = used - over if used - over >= _LEAST_EXAMPLE else 0
        if over > 0:
            self.lengths.left_out += 1
            return None
        if budget == 0 and row.snippet:
            self.lengths.without += 1
        elif trimmed:
            self.lengths.shorter += 1
        else:
            self.lengths.whole += 1
        return Encoded([*tokens, *plan], len(tokens), max(0.0, row.weight))

    async def encode_change(self, change: Change) -> Encoded | None:
        """The rest of the code that follows a changed plan; None, and counted, where it is too long."""
        prompt = await build(
            self._book, self._profile, "code", change.task, None, change.plan, Budget(), 1 << 30, self._count
        )
        tokens = self.prompt_tokens(replace(prompt, begun=change.opening))
        rest = [*self._tokenizer.tokenise(change.rest.rstrip("\n") + "\n```"), self._end]
        if len(tokens) + len(rest) > self._longest:
            self.lengths.left_out += 1
            return None
        self.lengths.whole += 1
        return Encoded([*tokens, *rest], len(tokens), 1.0)

    async def _prompt(self, row: Row, budget: int) -> tuple[list[int], bool]:
        pair = Pair(row.question_id, row.question, row.snippet, "augmented", "", "")
        example = Example(pair, row.confidence) if budget else None
        sections = replace(Budget(), example=budget, request=self._longest)
        task = Task(row.similar, stub=row.stub)
        prompt = await build(self._book, self._profile, "plan", task, example, None, sections, 1 << 30, self._count)
        return self.prompt_tokens(prompt), any(section.trimmed for section in prompt.sections)

    async def _count(self, texts: Sequence[str]) -> list[int]:
        return [len(self._tokenizer.tokenise(text)) for text in texts]


def prepare(
    path: Path, encoder: Encoder, held_out: float, seed: int, report: Report, choice: Choice | None = None
) -> Rows:
    """All rows of a file that fit, divided by the pair they were made of, in the same way for the same seed.

    Args:
        choice: takes all rows and gives those that may be learned and measured with; None for all of them.

    Raises:
        CorpusError: no row can be used.
    """
    return asyncio.run(_prepare(path, encoder, held_out, seed, report, choice))


async def _prepare(
    path: Path, encoder: Encoder, held_out: float, seed: int, report: Report, choice: Choice | None
) -> Rows:
    use: Use = "change" if changes.are_in(path) else "plan"
    rows = Rows(use, lengths=encoder.lengths)
    found = (
        [(made.as_row(), made) for made in changes.read(path, report)]
        if use == "change"
        else [(row, row) for row in read(path, report)]
    )
    every = [row for row, _ in found]
    kept = set(map(id, choice(every) if choice else every))
    for row, made in found:
        if id(row) not in kept:
            continue
        encoded = await (encoder.encode(made) if isinstance(made, Row) else encoder.encode_change(made))
        if encoded is not None:
            draw = random.Random(f"{seed} {own_id(row.question_id)}").random()  # noqa: S311 - repeatable, not secret
            (rows.held_out if draw < held_out else rows.learned).append(encoded)
    if not rows.learned:
        raise CorpusError(
            "plain",
            what=f"No row of {path.name} is left to learn from; {rows.lengths.left_out} were too long, "
            f"{len(every) - len(kept)} near a benchmark.",
            next="Raise data.longest_row, lower data.held_out, or make other rows.",
        )
    return rows
