"""The header of a function that the file calls before it is there."""

from __future__ import annotations

import pytest

from tests.source.sites import found

MAIN = "\n\ndef main(path, row):\n    print({call})\n"


@pytest.mark.parametrize(
    ("request_", "call", "header"),
    [
        ("count how often each level appears", "count_levels(Path(path))", "def count_levels(path):"),
        ("how many levels there are", "countLevels(path, 3)", "def countLevels(path, number):"),
        ("count the levels", "countLevels(path, 3)", "def countLevels(path, number):"),
        ("count the levels", "count_levels(row['name'], path.parent)", "def count_levels(name, parent):"),
        ("count the levels", "count_levels(path, path, lowest=3)", "def count_levels(path, path2, lowest):"),
        ("count the levels", "count_levels(*path)", ""),
        ("count the levels", "len(path)", ""),
        ("count the levels", "main(path)", ""),
        ("read the file", "count_levels(path)", ""),
        ("count the levels", "count_levels(path) + count_level(row)", ""),  # it could be either
    ],
)
def test_a_call_of_what_is_not_there_names_it(request_: str, call: str, header: str) -> None:
    site = found(f"from pathlib import Path\n\n# {request_}¤\n{MAIN.format(call=call)}")
    assert site.task.announced == header


def test_it_is_asked_for_where_the_function_can_be_reached() -> None:
    assert found("# count the levels¤\n\nprint(count_levels(3))\n").task.announced == "def count_levels(number):"
    assert found("print(count_levels(3))\n\n# count the levels¤\n").task.announced == ""
    assert found("# count the levels¤\nprint(count_levels(3))\n").task.announced == ""  # it speaks of that line
    assert found("from os import *\n\n# count the levels¤\n\nprint(count_levels(3))\n").task.announced == ""
    waits = "# count the levels¤\n\n\nasync def main(path):\n    print(await count_levels(path))\n"
    assert found(waits).task.announced == "async def count_levels(path):"


def test_a_method_that_a_class_calls_is_named_with_self() -> None:
    text = "class A{base}:\n    def show(self, row):\n        print(self.{call}(row))\n\n    # count the levels¤\n"
    assert found(text.format(base="", call="count_levels")).task.announced == "def count_levels(self, row):"
    assert found(text.format(base="(B)", call="count_levels")).task.announced == ""
    known = "class A:\n    levels_count = len\n\n    def show(self, row):\n        print(self.levels_count(row))\n\n"
    assert found(f"{known}    # count the levels¤\n").task.announced == ""


def test_what_the_request_announces_itself_comes_first() -> None:
    text = f"# levels(path): count the levels¤\n{MAIN.format(call='count_levels(path)')}"
    assert found(text).task.announced == "def levels(path):"
