"""What the tests of the store in PostgreSQL put into it, and how they look at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from planfirst.adapters.postgres.store import DatabaseStore
from planfirst.core.errors import (
    PlanfirstError,
)
from planfirst.core.types import Pair
from planfirst.store.build import Given, Present
from tests.adapters.postgres_server import PASSWORD, is_there

HERE = pytest.mark.skipif(not is_there(), reason="there is no wheel of pgserver for this platform")

QUESTIONS = ["read a csv file", "sort a list of words", "draw a circle", "count lines in a file", "parse a date"]
PAIRS = [Pair(f"p{n}", question, f"x = {n}", "test", "MIT", f"t#{n}") for n, question in enumerate(QUESTIONS)]
ODD = Pair("odd", "a NUL \x00 and 파일 🎈", "x = '\x00'\n\\u0041", "test", "MIT", "t#odd")


def exactly(**corpora: Sequence[Pair]) -> Callable[[Present], Mapping[str, Given | None]]:
    return lambda present: {name: Given(pairs, {"place": name}) for name, pairs in corpora.items()}


def add(name: str, pairs: Sequence[Pair]) -> Callable[[Present], Mapping[str, Given | None]]:
    return lambda present: {**dict.fromkeys(present.corpora), name: Given(pairs)}


def counts(store: DatabaseStore) -> dict[str, int]:
    return {name: entry.count for name, entry in store.status().corpora.items()}


def said(error: PlanfirstError) -> str:
    text = f"{error} {error.what} {error.next_step} {error!r} {error.__cause__!r}"
    for secret in (PASSWORD, "member-pw-7", "visitor-pw-7"):
        assert secret not in text
    return str(error)
