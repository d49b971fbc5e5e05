from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planfirst.source import lines
from planfirst.source.edits import Draft, Insertion, apply, finish


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\n", ["a\n"]),
        ("a\r\nb\rc\n\nd", ["a\r\n", "b\r", "c\n", "\n", "d"]),
        ("a\x0cb\u2028c\x85d\x1ce\n", ["a\x0cb\u2028c\x85d\x1ce\n"]),
    ],
)
def test_lines_end_where_an_editor_ends_them(text: str, found: list[str]) -> None:
    assert lines.split(text) == found


@given(st.text())
def test_split_loses_nothing(text: str) -> None:
    assert "".join(lines.split(text)) == text


@pytest.mark.parametrize(("text", "end"), [("", "\n"), ("a\r\nb", "\r\n"), ("a\rb\rc\n", "\r"), ("a\nb\nc\r\n", "\n")])
def test_newline_is_the_usual_one(text: str, end: str) -> None:
    assert lines.newline_of(text) == end


@pytest.mark.parametrize(
    ("text", "draft", "edit", "after"),
    [
        ("a\nb\n", Draft(1, 1, ("x",)), Insertion(1, "x\n", 1), "a\nx\nb\n"),
        ("a\r\nb\r\n", Draft(2, 2, ("x", "y")), Insertion(2, "x\r\ny\r\n", 2), "a\r\nb\r\nx\r\ny\r\n"),
        ("a\nb", Draft(2, 2, ("x",)), Insertion(2, "\nx", 2), "a\nb\nx"),
        ("a\nb", Draft(1, 2, ("x", "y")), Insertion(1, "x\ny", 2), "a\nx\ny"),
        ("a\nb", Draft(0, 1, ("x",)), Insertion(0, "x\n", 1), "x\nb"),
    ],
)
def test_a_draft_takes_the_line_ends_of_its_file(text: str, draft: Draft, edit: Insertion, after: str) -> None:
    assert finish(text, [draft]) == (edit,)
    assert apply(text, [edit]) == after


def test_edits_are_in_order_and_those_at_one_place_are_one() -> None:
    edits = finish("a\nb\n", [Draft(1, 2, ("late",)), Draft(0, 0, ("first",)), Draft(0, 0, ("second",))])
    assert edits == (Insertion(0, "first\nsecond\n", 0), Insertion(1, "late\n", 2))
    assert apply("a\nb\n", edits) == "first\nsecond\na\nlate\n"
