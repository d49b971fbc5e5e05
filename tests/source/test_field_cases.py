"""Situations that people met with tools that do this job: where the request stands, and where the code lands."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from tests.source.sites import found, placed, site_in

READ = "with open(path) as file:\n        for line in file:\n            yield json.loads(line)"


def test_a_comment_above_a_stub() -> None:
    text = "import json\n\n\n# read a json lines file lazily, one object at a time¤\ndef read_lines(path):\n    pass\n\n\nprint(read_lines('x'))\n"
    code = f"def read_lines(path):\n    {READ}"
    assert placed(text, "python", code).result == text.replace("¤", "").replace("pass", READ)


def test_a_comment_above_a_typed_stub_with_an_ellipsis() -> None:
    text = "# return the n largest values¤\ndef largest(values: list[int], n: int) -> list[int]: ...\n\n\nprint(largest([3], 2))\n"
    code = "def largest(values, n):\n    return sorted(values, reverse=True)[:n]"
    result = placed(text, "python", code).result
    assert result.count("def largest") == 1
    assert "-> list[int]:\n    return sorted(values, reverse=True)[:n]\n\n\nprint" in result


def test_a_todo_in_the_body() -> None:
    text = "import json\n\n\ndef read_lines(path):\n    # TODO: read a json lines file lazily¤\n    pass\n"
    assert found(text).task.stub == "def read_lines(path):"
    code = f"def read_lines(path):\n    {READ}"
    assert placed(text, "python", code).result == text.replace("¤", "").replace("pass", READ)


def test_a_todo_in_a_method_that_raises() -> None:
    text = (
        "class Basket:\n    def __init__(self):\n        self.items = []\n\n"
        "    def grouped(self, key):\n        # group self.items by the key¤\n        raise NotImplementedError\n"
    )
    site = found(text)
    assert site.task.signature == "class Basket:\ndef grouped(self, key):"
    assert site.task.neighbours == ("self.items = []", "def __init__(self)")
    result = placed(text, "python", "…\n    return {key(i): i for i in self.items}").result
    assert result == text.replace("¤", "").replace(
        "raise NotImplementedError", "return {key(i): i for i in self.items}"
    )


@pytest.mark.parametrize("body", ["return None", "return NotImplemented", "yield", "pass", "..."])
@pytest.mark.parametrize("doc", ['    """The n largest."""\n', ""])
def test_stubs_with_and_without_a_docstring(doc: str, body: str) -> None:
    text = f"def largest(values: list[int], n: int) -> list[int]:¤\n{doc}    {body}\n"
    assert found(text).task.request == ("The n largest." if doc else "Largest, given values and n.")
    result = placed(text, "python", "…\n    return sorted(values)[-n:]").result
    assert result == text.replace("¤", "").replace(f"    {body}\n", "    return sorted(values)[-n:]\n")


def test_a_class_with_a_docstring_only() -> None:
    text = 'class Stack:\n    """A stack with push and pop¤."""\n'
    code = "class Stack:\n    def push(self, x):\n        self.x = x"
    assert placed(text, "python", code).result == text.replace("¤", "") + "    def push(self, x):\n        self.x = x\n"


def test_a_comment_in_jsx() -> None:
    text = "export function Page() {\n  return (\n    <main>\n      {/* a grid¤ */}\n      <p>hi</p>\n    </main>\n  );\n}\n"
    placement = placed(text, "typescriptreact", '<div className="grid" />')
    assert placement.warning is None
    assert '*/}\n      <div className="grid" />\n      <p>' in placement.result


def test_no_main_guard_in_a_main_guard() -> None:
    text = "import sys\n\n\ndef main():\n    print(sys.argv)\n\n\nif __name__ == '__main__':\n    # parse --verbose¤\n    main()\n"
    code = "import argparse\n\ndef parse_args():\n    return argparse.ArgumentParser()\n\nif __name__ == '__main__':\n    print(parse_args())"
    placement = placed(text, "python", code)
    assert placement.result.count("__main__") == 1
    assert placement.warning is None


def test_a_comment_in_a_list() -> None:
    assert site_in("STATES = [\n    'open',\n    # add the states closed, merged and draft¤\n]\n")[1] is None


def test_a_licence_header() -> None:
    text = "# Copyright 2024 Example Ltd. All rights reserved.¤\n# SPDX-License-Identifier: MIT\n\nimport os\n"
    assert site_in(text)[1] is None


def test_a_future_import_stays_first() -> None:
    text = '#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n"""Tool."""\nfrom __future__ import annotations\n\n\n# count words¤\n'
    result = placed(
        text, "python", "from collections import Counter\n\n\ndef tally(words):\n    return Counter(words)"
    ).result
    assert (
        result.index("__future__")
        < result.index("collections")
        < result.index("# count words")
        < result.index("def tally")
    )


def test_crlf_tabs_and_no_final_newline() -> None:
    text = 'import os\r\n\r\n\r\nclass A:\r\n\tdef tally(self, words):\r\n\t\t"""Count¤."""\r\n\t\tpass'
    result = placed(text, "python", "def tally(self, words):\n    if words:\n        return 1").result
    assert result == text.replace("¤", "").replace("pass", "if words:\r\n\t\t\treturn 1")


def test_a_numpy_docstring() -> None:
    doc = '    """Split a list¤.\n\n    Raises\n    ------\n    ValueError\n        If size is less than 1.\n\n    Examples\n    --------\n    >>> f([1], 2)\n    [[1]]\n    """\n'
    text = f"def f(values, size):\n{doc}    raise NotImplementedError\n"
    site = found(text)
    assert ">>> f([1], 2)\n[[1]]" in site.task.request
    assert site.task.stub == f"def f(values, size):\n{doc}".replace("¤", "").rstrip("\n")
    assert placed(text, "python", "…\n    return []").result == text.replace("¤", "").replace(
        "raise NotImplementedError", "return []"
    )


def test_a_cell_of_a_notebook() -> None:
    text = "# %%\n# count how often each word occurs¤\n\n# %%\nprint(1)\n"
    result = placed(text, "python", "def tally(words):\n    return len(words)").result
    assert result == text.replace("¤", "").replace("occurs\n", "occurs\ndef tally(words):\n    return len(words)\n")


def test_a_request_in_another_script() -> None:
    text = "import os\n\n\n# CSV 파일을 읽어서 딕셔너리 목록으로 돌려준다¤\ndef read(path):\n    ...\n"
    assert placed(text, "python", "…\n    return []").result == text.replace("¤", "").replace("...", "return []")
