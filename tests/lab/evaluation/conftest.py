"""A bench over the small world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from planfirst.core.pipeline import Limits
from planfirst.core.prompt import PromptBook
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.journal import Journal
from planfirst_lab.evaluation.retrieval import Hits, find
from planfirst_lab.evaluation.starter import Bench
from tests.lab.evaluation.small_world import NAMES, Store, TellingWriter, item, names_it


@pytest.fixture
def writer() -> TellingWriter:
    return TellingWriter()


@pytest.fixture
async def found() -> dict[str, Hits]:
    return {f"numbers/{name}": await find(Store(), item(name), 2) for name in NAMES}


@pytest.fixture
def bench(tmp_path: Path, writer: TellingWriter, found: dict[str, Hits]) -> Callable[..., Bench]:
    """Makes a bench over a journal in ``tmp_path``; each call opens the journal anew."""

    def make(samples: int = 2, count: int = 3, mbpp: Sequence[Item] = (), run: str = "r") -> Bench:
        items = [item(name) for name in NAMES][:count]
        return Bench(
            items,
            mbpp,
            found,
            writer,
            PromptBook(),
            Limits(min_score=0.5),
            Journal(tmp_path / "out", run),
            seed=0,
            samples=samples,
            checker=names_it,
        )

    return make
