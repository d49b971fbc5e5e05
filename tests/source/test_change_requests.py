"""Which comments ask for a change of code that stands there, by their words."""

from __future__ import annotations

import pytest

from planfirst.source.change_requests import asks_for_change, asks_for_more


@pytest.mark.parametrize(
    "request_",
    [
        "TODO: this is slow for long lists",
        "FIXME: wrong for negative numbers",
        "HACK remove when the server sends dates",
        "should not distinguish upper and lower case",
        "return None instead of failing",
        "make this a list comprehension",
        "please use pathlib",
        "don't change the list of the caller",
        "breaks for empty rows",
        "needs to be sorted by name",
        "take the mark as a second parameter",
        "as a generator",
        "TODO: limit parameter (default 10), leave out the rest",
        "a key argument that says what to sort by",
        "TODO(ann): type hints",
        "리스트 컴프리헨션으로 바꿔 주세요",
    ],
)
def test_it_says_that_the_code_is_to_be_otherwise(request_: str) -> None:
    assert asks_for_change(request_)


@pytest.mark.parametrize(
    "request_",
    [
        "one line per city, sorted by name",
        "skip users without an email",
        "TODO",
        "stop",
        "it is missing",
        "new function that should return the median",
        "a helper that must not change the list",
        "the n most visited pages",
        "the argument is a path, read it",
        "each argument in turn",
        "every argument, without the first",
        "check argument, stop if it is empty",
        "one argument for each column",
    ],
)
def test_it_says_what_is_to_be_done_there(request_: str) -> None:
    assert not asks_for_change(request_)


FILE = "def encode(text):\n    return text\n"


@pytest.mark.parametrize(
    "request_",
    ["decode(pairs) that makes the text again", "also a method for removing", "TODO: another function for bytes",
     "a class for pairs", "same for bytes", "we need decode(text), too", "write a test for encode"],
)  # fmt: skip
def test_it_asks_for_something_beside_the_function_below(request_: str) -> None:
    assert asks_for_more(request_, f"# {request_}\n{FILE}")


@pytest.mark.parametrize(
    "request_",
    ["encode(text) fails for bytes", "use zlib.compress(text)", "print(text) is left over", "use deepcopy(text)",
     "add type hints", "the shortest form of a text"],
)  # fmt: skip
def test_it_is_about_the_function_below(request_: str) -> None:
    assert not asks_for_more(request_, f"# {request_}\n{FILE}")
