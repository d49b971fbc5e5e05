"""What an answer repeats and has no second place in the file: the request, a shebang, a mark for what it leaves out."""

from __future__ import annotations

import pytest

from planfirst.source.heads import without_head
from planfirst.source.repeated import without_gaps
from tests.source.sites import placed

TOTAL = "    return sum(xs)"


@pytest.mark.parametrize("comment", ["# the sum of xs", "#the sum of xs", "#  The sum  of xs"])
def test_a_comment_in_the_body_stands_once(comment: str) -> None:
    text = "def total(xs):\n    # the sum of xs¤\n    pass\n\n\nprint(total([1]))\n"
    code = f"def total(xs):\n    {comment}\n{TOTAL}\n\n\nprint(total([1]))"
    assert placed(text, "python", code).result == text.replace("¤", "").replace("    pass", TOTAL)


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        (
            "typescript",
            "// the sum¤\nfunction total(xs: number[]): number {\n@}\n",
            "  // the sum\n  return sum(xs);\n",
        ),
        (
            "go",
            "package a\n\n// Total sums.¤\nfunc Total(xs []int) int {\n@}\n",
            "\t// Total sums.\n\treturn sum(xs)\n",
        ),
        (
            "java",
            "class A {\n    int total(int[] xs) {\n        // the sum¤\n@    }\n}\n",
            "        // the sum\n        return sum(xs);\n",
        ),
        (
            "rust",
            "fn total(xs: &[u8]) -> u8 {\n    // the sum¤\n    // of all\n@}\n",
            "    // the sum\n    // of all\n    sum(xs)\n",
        ),
    ],
)
def test_so_it_does_in_other_languages(language: str, text: str, code: str) -> None:
    file = text.replace("¤", "")
    result = placed(text.replace("@", ""), language, file.replace("@", code)).result
    said = [row for row in code.split("\n") if "//" not in row]
    assert result == file.replace("@", "\n".join(said))


def test_other_comments_stay() -> None:
    text = "def total(xs):\n    # the sum of xs¤\n    pass\n"
    code = f"def total(xs):\n    # numbers only\n    # the sum of xs\n{TOTAL}"
    assert "    # numbers only\n    # the sum of xs\n    return" in placed(text, "python", code).result


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n\nx = 1", "x = 1"),
        ("#!/bin/sh\nls", "ls"),
        ("# coding=utf-8\nx = 1", "x = 1"),
        ("# Huffman coding: a tree\nx = 1", None),
        ("#![allow(dead_code)]\nfn f() {}", None),
        ("#!/bin/sh", None),
    ],
)
def test_what_only_begins_a_file(code: str, left: str | None) -> None:
    assert without_head(code, "x = 0\n") == (code if left is None else left)


def test_an_opening_tag_stands_once() -> None:
    code = "<?php\nfunction twice($n) {\n    return 2 * $n;\n}\n?>"
    assert without_head(code, "<?php\n// twice n\n") == "function twice($n) {\n    return 2 * $n;\n}"
    assert without_head(code, "") == code


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("def f():\n    return 1\n\n# ... rest of the code unchanged ...", "def f():\n    return 1"),
        ("# existing code\n\ndef f():\n    return 1", "def f():\n    return 1"),
        ("function f() {\n  g();\n}\n\n// The rest of the file stays the same", "function f() {\n  g();\n}"),
        ("# Remaining code goes here: sort\nx = 1", None),
        ("x = 1\n# ...", None),  # of a body: a fault that is to be found
        ("def f():\n    # ...\n    return 1", None),
        ("# ...", None),
    ],
)
def test_marks_for_the_rest_of_the_file(code: str, left: str | None) -> None:
    assert without_gaps(code) == (code if left is None else left)


@pytest.mark.parametrize(
    ("language", "text", "body"),
    [
        (
            "java",
            "class A {\n    /** The sum of xs.\n     *  Of all.¤\n     */\n    int total(int[] xs) {\n@    }\n}\n",
            "        return sum(xs);\n",
        ),
        (
            "typescript",
            "/** The sum of xs.\n *  Of all, that is.¤ */\nfunction total(xs: number[]): number {\n@}\n",
            "  return sum(xs);\n",
        ),
        (
            "cpp",
            "/** The sum of xs.\n *  Of all.¤ */\nint total(V xs)\n{\n@}\n",
            "  return sum(xs);\n",
        ),
    ],
)
def test_a_doc_comment_that_begins_beside_its_mark_is_taken_as_a_whole(language: str, text: str, body: str) -> None:
    """Only its first row was taken out, and what was left of it broke the file."""
    placement = placed(text.replace("@", ""), language, f"…\n{body}}}")
    assert placement.refused is None
    assert [row.strip() for row in placement.result.split("\n")] == [
        row.strip() for row in text.replace("¤", "").replace("@", body).split("\n")
    ]
