"""A request that stands in no file."""

from __future__ import annotations

from planfirst.core.types import Task
from planfirst.source.alone import alone


def test_without_a_file_a_script_is_asked_for_as_in_a_new_one() -> None:
    task = alone("print the ten largest files\nbelow the current folder")
    assert task.statements
    assert task.opening == "# print the ten largest files\n# below the current folder"
    assert task.request == "print the ten largest files\nbelow the current folder"


def test_other_requests_stand_for_themselves() -> None:
    assert alone("the mean of some numbers") == Task("the mean of some numbers")
    assert alone("mean(values): the average").opening == "def mean(values):"
    assert alone("#") == Task("#")
    assert alone("") == Task("")
