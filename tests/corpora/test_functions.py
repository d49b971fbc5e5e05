"""Documented functions are found in source files, without running them."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from planfirst.core.types import Pair
from planfirst.corpora.functions import MAX_LINES, first_sentence, functions_in, standard_library

MODULE = '''
"""A module's own docstring."""
import functools


def area(width, height):
    """Return the area of a rectangle. It is not checked.

    More about it.
    """
    return width * height


def undocumented(a):
    return a


def only_documented():
    """Do nothing at all here."""


def short(a):
    """Too short."""
    return a


def _private(a):
    """Return a private thing."""
    return a


def signature(a):
    """signature(a) -> the same a"""
    return a


def one_line(a): "Return the same thing again."; return a


class Shape:
    """A shape."""

    class Corner:
        @functools.cache
        @staticmethod
        def angle(degrees):
            """Return the angle
            in full turns."""
            # of the circle
            return degrees / 360

    async def draw(self):
        "Draw the shape on paper."
        text = """
    kept"""
        return text
'''


def found_in(folder: Path, source: str = "mine", licence: str = "MIT") -> dict[str, Pair]:
    return {pair.id: pair for pair in functions_in(folder, source, licence)}


@pytest.mark.parametrize(
    ("docstring", "sentence"),
    [
        ("Return the sum.", "Return the sum"),
        ("Return the sum\nof   two numbers. Slowly.", "Return the sum of two numbers"),
        ("Return the sum\n\nSecond paragraph.", "Return the sum"),
        ("  Return 3.5 times x, e.g. 7. Not more.  ", "Return 3.5 times x, e.g. 7"),
        ("Is it there? Yes.", "Is it there?"),
        ("Wait...", "Wait"),
        ("", ""),
    ],
)
def test_first_sentence(docstring: str, sentence: str) -> None:
    assert first_sentence(docstring) == sentence


def test_functions_and_methods_with_their_places(tmp_path: Path) -> None:
    (tmp_path / "shapes.py").write_text(MODULE, encoding="utf-8")
    found = {pair.question: pair for pair in functions_in(tmp_path, "mine", "MIT")}
    assert sorted(found) == [
        "Draw the shape on paper",
        "Return the angle in full turns",
        "Return the area of a rectangle",
    ]
    area = found["Return the area of a rectangle"]
    assert area == Pair(
        id="shapes.py:area:6",
        question="Return the area of a rectangle",
        code="def area(width, height):\n    return width * height",
        source="mine",
        licence="MIT",
        place="shapes.py:6",
    )


def test_methods_are_moved_to_the_margin_without_decorators(tmp_path: Path) -> None:
    (tmp_path / "shapes.py").write_text(MODULE, encoding="utf-8")
    angle, draw = [pair for pair in functions_in(tmp_path, "mine", "MIT") if "Shape" in pair.id]
    assert angle.id.startswith("shapes.py:Shape.Corner.angle:")
    assert angle.code == "def angle(degrees):\n    # of the circle\n    return degrees / 360"
    assert draw.code == 'async def draw(self):\n    text = """\nkept"""\n    return text'


def test_broken_files_and_tests_are_passed_over(tmp_path: Path) -> None:
    good = 'def add(a, b):\n    """Return the sum of both."""\n    return a + b\n'
    (tmp_path / "tests").mkdir()
    (tmp_path / "deep").mkdir()
    (tmp_path / "broken.py").write_text("def (:\n" + good, encoding="utf-8")
    (tmp_path / "latin.py").write_bytes(good.replace("sum", "sümme").encode("latin-1"))
    (tmp_path / "null.py").write_bytes(b"\0" + good.encode())
    (tmp_path / "test_add.py").write_text(good, encoding="utf-8")
    (tmp_path / "tests" / "add.py").write_text(good, encoding="utf-8")
    (tmp_path / "notes.txt").write_text(good, encoding="utf-8")
    (tmp_path / "deep" / "add.py").write_text(good, encoding="utf-8")
    assert list(found_in(tmp_path)) == ["deep/add.py:add:1"]


def test_odd_files_are_cut_in_the_right_place(tmp_path: Path) -> None:
    lines = (
        "# \f one line, whatever str.splitlines says \u2028",
        "class A:",
        "\tdef add(self, a):",
        '\t\t"""Return one more than a."""',
        '\t\treturn a + "\\d"',
    )
    (tmp_path / "odd.py").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    (pair,) = found_in(tmp_path).values()
    assert pair.code == 'def add(self, a):\n\treturn a + "\\d"'
    assert pair.place == "odd.py:3"


def test_long_functions_are_left_out(tmp_path: Path) -> None:
    for name, lines in (("fits", MAX_LINES - 2), ("long", MAX_LINES - 1)):
        text = f'def {name}():\n    """Return nothing at all."""\n' + "    pass\n" * lines
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    assert list(found_in(tmp_path)) == ["fits.py:fits:1"]


def test_the_standard_library_is_a_corpus() -> None:
    found = list(standard_library())
    assert len(found) > 1_000
    assert len({pair.id for pair in found}) == len(found)
    assert {pair.source for pair in found} == {f"python-{sys.version_info.major}.{sys.version_info.minor}"}
    for pair in found:
        (function,) = ast.parse(pair.code).body
        assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        assert ast.get_docstring(function) is None
