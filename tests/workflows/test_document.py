from __future__ import annotations

from collections.abc import Sequence

import pytest

from planfirst.core.errors import BadRequest
from planfirst.workflows.document import LARGEST, Passage, fitting, passages_of, ranked, spans

TEXT = """# Boats

Boats float on water.

# Locks

A lock lifts a boat. The lock keeper opens the gate.

# Fees

The fee for a lock is two euros.
"""


async def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def test_passages_begin_at_headings_and_know_their_lines() -> None:
    found = passages_of(TEXT, "guide.md")
    assert [(one.first, one.last) for one in found] == [(1, 4), (5, 8), (9, 11)]
    assert found[1].text == "# Locks\n\nA lock lifts a boat. The lock keeper opens the gate."
    assert spans(found) == "1-11"
    assert spans([found[0], found[2]]) == "1-4, 9-11"


def test_every_line_is_in_exactly_one_passage() -> None:
    text = "\n\n".join(" ".join(f"word{n}" for n in range(90)) for _ in range(40)) + "\n" + "x" * 9000
    found = passages_of(text, "long.txt")
    assert len(found) > 5
    lines = [line for one in found for line in range(one.first, one.last + 1)]
    assert lines == list(range(1, len(text.splitlines()) + 1))
    assert "\n".join(one.text for one in found).split() == text.split()


@pytest.mark.parametrize("text", ["", " \n\t\n"])
def test_nothing_to_read(text: str) -> None:
    with pytest.raises(BadRequest) as caught:
        passages_of(text, "empty.md")
    assert caught.value.code == "workflow-nothing-to-read"


def test_too_much_to_read() -> None:
    with pytest.raises(BadRequest) as caught:
        passages_of("a" * (LARGEST + 1), "huge.md")
    assert caught.value.code == "workflow-file-large"


def test_what_is_asked_for_comes_first() -> None:
    assert ranked(passages_of(TEXT, "guide.md"), "what are the fees?")[0] == 2


def test_without_a_question_what_the_whole_is_about_comes_first() -> None:
    assert ranked(passages_of(TEXT, "guide.md"), "")[0] == 1


async def test_what_fits_is_kept_in_the_order_of_the_document() -> None:
    passages = passages_of(TEXT, "guide.md")
    assert await fitting(passages, "", 100, words) == passages
    assert await fitting(passages, "fees for boats", 19, words) == [passages[0], passages[2]]


async def test_of_one_passage_that_is_too_long_the_beginning_is_kept() -> None:
    (kept,) = await fitting([Passage("one two\nthree four\nfive", 7, 9)], "", 4, words)
    assert kept == Passage("one two\nthree four", 7, 8)
