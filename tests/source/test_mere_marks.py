"""Comments that ask for nothing by themselves: marks, links, folded regions, parts of code that is commented out."""

from __future__ import annotations

import pytest

from planfirst.source.wording import is_mere_mark
from tests.source.sites import found, site_in

MARKS = ["TODO", "TODO:", "FIXME", "TODO: implement", "TODO(kim): write this", "implement me", "Your code here"]
MARKS += ["TODO Auto-generated method stub", "not implemented yet", "write your code here", "XXX", "fill in the body"]
WORDS = ["sort", "TODO: sort", "write the file", "add two numbers", "implement quicksort", "put it into the cart"]


@pytest.mark.parametrize("words", MARKS)
def test_a_mark_says_nothing(words: str) -> None:
    assert is_mere_mark(words)
    text = f"# the larger of two\ndef larger(a, b):\n    # {words}¤\n    pass\n"
    assert found(text).task.request == "the larger of two"
    assert found(f"def larger(a, b):\n    # {words}¤\n    pass\n").task.request == "Larger, given a and b."
    assert found(f"def larger(a, b):\n    pass  # {words}¤\n").task.request == "Larger, given a and b."
    java = f"class A {{\n  // the larger\n  int larger(int a, int b) {{\n    // {words}¤\n    return 0;\n  }}\n}}\n"
    if "TODO" in words or "mplement" in words:
        assert found(java, "java").task.request == "the larger"
    assert site_in(f"x = 1\n# {words}¤\n\ny = 2\n")[1] is None


@pytest.mark.parametrize("words", WORDS)
def test_words_say_something(words: str) -> None:
    assert not is_mere_mark(words)
    assert found(f"def larger(a, b):\n    # {words}¤\n    pass\n").task.request == words


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "# https://example.com/a?b=c¤\nx = 1\n"),
        ("go", "package a\n\n// See: https://example.com/a¤\nvar x = 1\n"),
        ("python", "# region helpers¤\ndef f():\n    return 1\n# endregion\n"),
        ("python", "# else:\n#     x = 3¤\ny = 1\n"),
        ("python", "# elif x > 3:¤\ny = 1\n"),
        ("python", "# except ValueError:\n#     x = 3¤\ny = 1\n"),
        ("python", "# finally:¤\ny = 1\n"),
        ("python", "# @app.route('/x')¤\ndef f():\n    return 1\n"),
        ("typescriptreact", "const a = (\n  <p>\n    {/* <b>old</b>¤ */}\n  </p>\n);\n"),
    ],
)
def test_nothing_is_asked_for(language: str, text: str) -> None:
    assert site_in(text, language)[1] is None


@pytest.mark.parametrize("words", ["region growing on the image", "else do nothing", "finally, sort them"])
def test_sentences_are_requests(words: str) -> None:
    assert found(f"# {words}¤\nx = 1\n").task.request == words
