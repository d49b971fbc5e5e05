"""A request that was typed in a chat, as a comment in a file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planfirst.source.edits import apply, between
from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.source.typed import with_request


@pytest.mark.parametrize(
    ("text", "line", "name", "expected"),
    [
        ("", 0, "a.py", "# add\n"),
        ("x = 1\n", 0, "a.py", "x = 1\n\n# add\n"),
        ("x = 1", 0, "a.py", "x = 1\n\n# add\n"),
        ("x = 1\r\n\r\n", 9, "a.py", "x = 1\r\n\r\n# add\r\n"),
        ("x = 1\ny = 2\n", 0, "a.py", "x = 1\n\n# add\n\ny = 2\n"),
        ("def f():\n\n    return 1\n", 0, "a.py", "def f():\n    # add\n\n    return 1\n"),
        ("class A:\n", 0, "a.py", "class A:\n    # add\n"),
        ("if (a) {\n\tb();\n}\n", 0, "a.js", "if (a) {\n\t// add\n\n\tb();\n}\n"),
        ("<p>\n</p>\n", 0, "a.html", "<p>\n\n<!-- add -->\n\n</p>\n"),
    ],
)
def test_it_stands_as_you_would_have_written_it(text: str, line: int, name: str, expected: str) -> None:
    assert with_request(text, line, " add\n\n", language_of("", name))[0] == expected


def test_it_is_found_where_it_stands_and_cannot_leave_its_comment() -> None:
    python, css = language_of("python"), language_of("css")
    text, line = with_request("import os\n", 0, "read a file\nand count its words", python)
    site = locate(text, line, line, python)
    assert site is not None
    assert site.task.request == "read a file\nand count its words"
    text, line = with_request("", 0, "make it red */ body {}", css)
    assert text == "/* make it red   body {} */\n"


@given(st.text("ab\n\r", max_size=30), st.text("ab\n\r", max_size=30))
def test_edits_between_two_texts_make_one_of_the_other(before: str, after: str) -> None:
    assert apply(before, between(before, after)) == after
