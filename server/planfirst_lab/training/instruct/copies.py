"""Keeps what models are measured with out of the data: by the words of a question, and by runs of tokens of a code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from planfirst.corpora import recipes as cookbook
from planfirst.corpora.held_out import requests
from planfirst_lab.evaluation import humaneval, mbpp
from planfirst_lab.evaluation.items import Item, from_cookbook
from planfirst_lab.training.near_copies import Requests

RUN = 8  # tokens
_TOKEN = re.compile(r"\w+|[^\w\s]")


class Copies:
    """Knows what is measured with, and what is kept already.

    Args:
        share: of a code's runs of tokens that another one has, from which it is a copy.
    """

    def __init__(self, items: Iterable[Item], share: float, texts: Iterable[str] = ()) -> None:
        given = list(items)
        self._share = share
        self._requests = Requests([*(item.task.request for item in given), *texts])
        self._codes = [(item.id, runs(item.reference)) for item in given]
        self._kept: list[tuple[str, frozenset[str]]] = []
        self._kept_words: set[str] = set()

    def of_measured(self, question: str, code: str = "") -> str:
        """What a question or a code is a copy of, in words; empty if it is new."""
        if self._requests.nearly_hold(question):
            return "the words of a measured request"
        return self._of(code, self._codes)

    def of_kept(self, question: str, code: str) -> str:
        """The dialogue of this run that it repeats; empty if it is new. What is new is remembered with ``keep``."""
        if question.lower() in self._kept_words:
            return "the words of another question"
        return self._of(code, self._kept)

    def keep(self, id_: str, question: str, code: str) -> None:
        """Remembers a dialogue that was kept."""
        self._kept_words.add(question.lower())
        self._kept.append((id_, runs(code)))

    def _of(self, code: str, others: Sequence[tuple[str, frozenset[str]]]) -> str:
        own = runs(code)
        for name, other in others:
            if own and len(own & other) >= self._share * len(own):
                return name
        return ""


def runs(code: str) -> frozenset[str]:
    """All runs of `RUN` tokens in a code; the whole of a shorter one."""
    tokens = _TOKEN.findall(code)
    if not tokens:
        return frozenset()
    return frozenset(" ".join(tokens[n : n + RUN]) for n in range(max(1, len(tokens) - RUN + 1)))


def measured(human_eval: Path | None, mbpp_file: Path | None) -> tuple[list[Item], list[str]]:
    """What models are measured with: the held-out recipes and requests of the cookbook, and the files that are given.

    Raises:
        BadSetting: a file is not what it should be.
    """
    recipes = cookbook.load()
    items = [item for item in from_cookbook(recipes) if item.unseen]
    items += humaneval.load(human_eval) if human_eval else []
    items += mbpp.load(mbpp_file) if mbpp_file else []
    return items, [request.text for request in requests(recipes)]
