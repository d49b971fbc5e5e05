from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

import pytest

from planfirst.source.blocks import block_at, blocks
from planfirst.source.comments import scan
from planfirst.source.languages import language_of

PYTHON = language_of("python")


def _seen(text: str, language: str) -> list[tuple[int, str]]:
    return [(comment.first, " / ".join(comment.rows)) for comment in scan(text, language_of(language))]


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("python", "# a\nx = '# no'  # yes\n", [(0, "a"), (1, "yes")]),
        ("python", 's = """\n# no\n"""\n# yes\n', [(3, "yes")]),
        ("python", "s = r'\\'  # no'\n", []),
        ("python", "s = 'open\n# yes\n", [(1, "yes")]),
        ("python", "x = 1#tight\n", [(0, "tight")]),
        ("python", "## a\n#: b\n", [(0, "a"), (1, ": b")]),
        ("javascript", "let u = 'http://x'; // yes\n`\n// no\n`\n", [(0, "yes")]),
        ("javascript", "/* a */\n/** b\n * c\n *   d\n */\n", [(0, "a"), (1, "b / c /   d / ")]),
        ("javascript", "/* open\nto the end", [(0, "open / to the end")]),
        ("javascript", "x /* a */ + y\n", [(0, "a")]),
        ("rust", "fn f<'a>(x: &'a str) {} // yes\n/// doc\n//! inner\n", [(0, "yes"), (1, "doc"), (2, "inner")]),
        ("shellscript", "echo ${#a} $# it's\n# yes\n", [(1, "yes")]),
        ("lua", "--[[ a\nb ]]\n-- c\n", [(0, "a / b"), (2, "c")]),
        ("haskell", "{- a -}\nf x' = x' -- c\n", [(0, "a"), (1, "c")]),
        ("html", "<!-- a\n     b -->\n<p>it's</p>\n", [(0, "a / b")]),
        ("css", "/* a */ p { content: '/* no */' }\n", [(0, "a")]),
        ("sql", "-- a\nselect '--no' -- b\n", [(0, "a"), (1, "b")]),
        ("ruby", "=begin\na\n=end\nx = 1 # b\n", [(0, " / a / "), (3, "b")]),
        ("c", "#include <a>\nint n = 1'000; // b\n", [(1, "b")]),
        ("unheard-of", "# a\n", [(0, "a")]),
    ],
)
def test_finds_comments(language: str, text: str, found: list[tuple[int, str]]) -> None:
    assert _seen(text, language) == found


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("python", "#!/usr/bin/env python3"),
        ("python", "# -*- coding: utf-8 -*-"),
        ("python", "# coding=utf-8"),
        ("python", "# type: ignore"),
        ("python", "x = 1  # noqa: F401"),
        ("python", "# pragma: no cover"),
        ("python", "# fmt: off"),
        ("python", "# pylint: disable=all"),
        ("python", "# ruff: noqa"),
        ("python", "# %% cell"),
        ("python", "#region x"),
        ("go", "//go:build linux"),
        ("typescript", "// @ts-ignore"),
        ("javascript", "// eslint-disable-next-line"),
    ],
)
def test_words_to_a_tool_are_no_request(language: str, line: str) -> None:
    assert _seen(line + "\n", language) == []


@pytest.mark.parametrize(
    "line", ["# typed dictionary of names", "# region of interest", "# pragmatic sort", "# go: left"]
)
def test_words_to_a_person_are(line: str) -> None:
    assert len(_seen(line + "\n", "python")) == 1


def test_agrees_with_the_tokenizer_of_python() -> None:
    folder = Path(tokenize.__file__).parent
    for name in ("ast", "inspect", "argparse", "typing", "re/_parser", "asyncio/base_events", "textwrap", "turtle"):
        text = (folder / f"{name}.py").read_text(encoding="utf-8")
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        wanted = [(token.start[0] - 1, token.start[1]) for token in tokens if token.type == tokenize.COMMENT]
        found = {(comment.first, comment.column) for comment in scan(text, PYTHON)}
        assert found <= set(wanted)
        # what is missing is spoken to a tool
        rows = text.split("\n")
        missing = [rows[line][column:] for line, column in wanted if (line, column) not in found]
        assert all(re.match(r"#\s*(type:|noqa|pragma|!|-\*-|XXX)", row) for row in missing), (name, missing)


def test_own_and_trailing() -> None:
    comments = scan("x = 1  # a\n    # b\n", PYTHON)
    assert [(c.own, c.trailing, c.indent, c.column) for c in comments] == [
        (False, True, "", 7),
        (True, False, "    ", 4),
    ]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("# a\n# b\n\n# c\n", [(0, 1), (3, 3)]),
        ("# a\n  # b\n", [(0, 0), (1, 1)]),
        ("# a\n# noqa\n# b\n", [(0, 0), (2, 2)]),
        ("x  # a\n# b\n", [(1, 1)]),
        ("# a\n# Plan:\n# 1. x\n# b\n", [(0, 2), (3, 3)]),
    ],
)
def test_blocks_of_line_comments(text: str, spans: list[tuple[int, int]]) -> None:
    assert [(block.first, block.last) for block in blocks(text, PYTHON)] == spans


@pytest.mark.parametrize(
    ("rows", "request_text", "steps", "request_last"),
    [
        (["sort"], "sort", None, 0),
        (["sort", "", "Plan:", "1. a", "2. b"], "sort", ("a", "b"), 1),
        (["sort", "PLAN :", "1) a", "   more"], "sort", ("a more",), 0),
        (["sort", "1. a", "2. b"], "sort", ("a", "b"), 0),
        (["sort", "1. a", "2. b", "then stop"], "sort\n1. a\n2. b\nthen stop", None, 3),
        (["1. Load the data"], "1. Load the data", None, 0),
        (["Plan:", "1. a"], "1. a", ("a",), -1),
        (["1. a", "2. b"], "1. a\n2. b", ("a", "b"), -1),
        (["sort", "Plan:"], "sort", None, 0),
        (["sort", "Plan:", "think"], "sort\nPlan:\nthink", None, 2),
        (["  sort", "    deeper", "  Plan:", "  1. a"], "sort\n  deeper", ("a",), 1),
        (["sort", "Plan:", *(f"{n}. s" for n in range(1, 10))], "sort", ("s",) * 6, 0),
    ],
)
def test_a_plan_in_a_block(
    rows: list[str], request_text: str, steps: tuple[str, ...] | None, request_last: int
) -> None:
    text = "".join(f"# {row}".rstrip() + "\n" for row in rows)
    block = block_at(text, PYTHON, 0)
    assert block is not None
    assert (block.request, block.plan and block.plan.steps, block.request_last) == (request_text, steps, request_last)
    assert block.last == len(rows) - 1


def test_a_plan_in_and_below_a_block_comment() -> None:
    language = language_of("javascript")
    inside = block_at("/*\n * sort\n * Plan:\n * 1. a\n */\n// next\n", language, 1)
    assert inside is not None
    assert inside.plan is not None
    assert (inside.request, inside.plan.steps, inside.first, inside.last) == ("sort", ("a",), 0, 4)
    below = block_at("/* sort\n   it */\n// Plan:\n// 1. a\n// next\n", language, 0)
    assert below is not None
    assert below.plan is not None
    assert (below.request, below.plan_lines, below.last) == ("sort\nit", (2, 3), 3)
