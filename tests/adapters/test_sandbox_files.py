"""Which files a program may be given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planfirst.adapters.sandbox.files import laid_out


def test_the_program_lies_among_its_files() -> None:
    laid = laid_out("print()", {"a/b/c.txt": b"1", "a/ü 😀.txt": b"2"}, 100)
    assert laid == {"program.py": b"print()", "a/b/c.txt": b"1", "a/ü 😀.txt": b"2"}


@pytest.mark.parametrize(
    "path",
    [
        "", ".", "..", "/", "/etc/passwd", "../x", "a/../../x", "a/..", "a//b", "a/", "./a", "a/./b", "a\0b", "..\\x",
        "C:/x", "c:x", "x" * 256, "a/" * 600 + "b", "\udcff",
    ],
)  # fmt: skip
def test_what_is_no_path_within_is_refused(path: str) -> None:
    with pytest.raises(ValueError):
        laid_out("", {path: b""}, 100)


@pytest.mark.parametrize("files", [["program.py"], ["program.py/x"], ["a", "a/b"], ["a/b", "a/b/c/d"]])
def test_what_clashes_is_refused(files: list[str]) -> None:
    with pytest.raises(ValueError):
        laid_out("", dict.fromkeys(files, b""), 100)


def test_no_more_than_fits() -> None:
    laid_out("12345", {"a": b"12345"}, 10)
    with pytest.raises(ValueError, match="11 bytes"):
        laid_out("12345", {"a": b"123456"}, 10)


@given(st.text(alphabet="./\\a:\0é", max_size=12))
def test_whatever_is_taken_stays_within(path: str) -> None:
    try:
        laid = laid_out("", {path: b""}, 10)
    except ValueError:
        return
    parts = path.split("/")
    assert path in laid
    assert not set(parts) & {"", ".", ".."}
