from __future__ import annotations

import pytest

from planfirst.core.example_language import family, suits
from planfirst.core.types import Example, Pair


def example(place: str) -> Example:
    return Example(Pair("id", "question", "code", "source", "own", place), 0.9)


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("text.toml#slugify", "python"),
        ("src/store/change.py:120", "python"),
        ("src/pure/anchor.ts:7", "javascript"),
        ("lib.rs", "rust"),
        ("answers.jsonl:12", "python"),
        ("https://example.org/q/17", "python"),
        ("", "python"),
    ],
)
def test_the_language_is_told_by_the_place(place: str, wanted: str) -> None:
    assert family(example(place).pair) == wanted


def test_an_example_is_for_its_own_language_and_its_kin() -> None:
    assert suits(example("a.ts:1"), "javascriptreact")
    assert suits(example("a.h:1"), "cpp")
    assert not suits(example("text.toml#slugify"), "typescript")
    assert not suits(example("a.ts:1"), "python")
    assert not suits(example("text.toml#slugify"), "ruby")
