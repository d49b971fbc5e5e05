from __future__ import annotations

import pytest

from planfirst.adapters.query_text import bare


@pytest.mark.parametrize(
    ("request_", "left"),
    [
        ("TODO: read a csv file", "read a csv file"),
        ("# FIXME(ann): read a csv file", "read a csv file"),
        ("Please write a Python function that can read a csv file", "read a csv file"),
        ("I want to read a csv file", "read a csv file"),
        ("todo: I need to read a csv file", "read a csv file"),
        ("create a script to read a csv file", "read a csv file"),
    ],
)
def test_what_says_nothing_is_taken_away(request_: str, left: str) -> None:
    assert bare(request_) == left


@pytest.mark.parametrize(
    "request_",
    ["read a csv file in python", "write a function", "create a note", "TODO", "todo list", "", "write rows to a file"],
)
def test_what_says_something_stays(request_: str) -> None:
    assert bare(request_) == request_
