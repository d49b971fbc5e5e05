"""Gives a question, its hits and its answer other names, so that a name must be copied and cannot be remembered."""

from __future__ import annotations

import ast
import keyword
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from planfirst.core.types import Example
from planfirst_lab.training.rag import given
from planfirst_lab.training.rag.questions import Question
from planfirst_lab.training.rag.symbols import Function

_DEFINED = re.compile(r"(?:^|\n)\s*(?:async )?(?:def|class) (\w+)|^(?:self\.|cls\.)?(\w+)\(")


@dataclass(frozen=True, slots=True)
class Disguised:
    """A question in other names; ``hits`` in the order in which they were given."""

    given: str
    signature: str
    answer: str
    hits: tuple[Example, ...]


class Disguise:
    """Draws names of the kind that the repositories use.

    Args:
        functions: that may be learned from.
    """

    def __init__(self, functions: Iterable[Function], random_: random.Random) -> None:
        every = list(functions)
        self._words = sorted({word for f in every for word in f.name.split("_") if len(word) > 1})
        self._parameters = sorted({name.rstrip("=") for f in every for name in f.required} | set(given.VARIABLES))
        self._random = random_

    def wear(self, question: Question, hits: Sequence[Example]) -> Disguised:
        """The question with other names for its function, for those of the hits, and for what they are called with.

        What a question of the kind `given` is given is drawn anew.

        Args:
            hits: as they are shown; the right one among them.
        """
        arguments = question.given
        if question.kind == given.KIND:
            arguments = given.arguments(question.function.required, self._random)
        names = [question.function.name, *(name for hit in hits for name in _defined(hit.pair.code))]
        mapping = self._names(names)
        if question.kind != given.KIND:
            variables = [name.rstrip("=") for name in question.function.required] + _arguments(question.signature)
            fresh = [name for name in dict.fromkeys(variables) if name not in mapping and name not in ("self", "cls")]
            mapping |= dict(zip(fresh, self._random.sample(self._parameters, len(fresh)), strict=True))
        pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, mapping))})\b")

        def other(text: str) -> str:
            return pattern.sub(lambda found: mapping[found[0]], text)

        shown = tuple(replace(hit, pair=replace(hit.pair, code=other(hit.pair.code))) for hit in hits)
        name = mapping[question.function.name]
        answer = f"{name}({arguments})" if arguments else other(question.answer)
        return Disguised(arguments, other(question.signature), answer, shown)

    def _names(self, names: Iterable[str]) -> dict[str, str]:
        """A name that no other one has, for each."""
        drawn: dict[str, str] = {}
        for name in names:
            while name not in drawn:
                new = "_".join(self._random.choices(self._words, k=self._random.randint(1, 3)))
                if new not in drawn.values() and not keyword.iskeyword(new):
                    drawn[name] = new
        return drawn


def _defined(code: str) -> list[str]:
    return [name for pair in _DEFINED.findall(code) for name in pair if name]


def _arguments(signature: str) -> list[str]:
    tree = ast.parse(f"{signature} pass") if signature else None
    return [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)] if tree else []
