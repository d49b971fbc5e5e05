"""Requests that nothing can be made of: each is said in one line, before any model is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line import complaint, in_process

EITHER = "Give either a request, or --file together with --line. See `planfirst generate --help`."
CODE = b"# sort the names\n\nnames = []\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "names.py"
    path.write_bytes(CODE)
    return path


@pytest.mark.parametrize("command", ["plan", "prompt", "generate"])
@pytest.mark.parametrize("request_text", [[], [""], [" \n\t "]], ids=["none", "empty", "blank"])
def test_an_empty_request(command: str, request_text: list[str]) -> None:
    line = complaint(in_process(command, *request_text), 2)
    assert line == "Your request is empty. Write what the code should do, then try again."


def test_a_request_and_a_file(source: Path) -> None:
    assert complaint(in_process("plan", "sort", "--file", source, "--line", "1"), 2) == EITHER


def test_a_request_and_a_line() -> None:
    assert complaint(in_process("plan", "sort", "--line", "1"), 2) == EITHER


def test_a_file_without_a_line(source: Path) -> None:
    assert complaint(in_process("plan", "--file", source), 2) == EITHER


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0", "{} has no line 0. Its last line is 3; lines count from 1."),
        ("-1", "{} has no line -1. Its last line is 3; lines count from 1."),
        ("4", "{} has no line 4. Its last line is 3; lines count from 1."),
        ("99999999999999999999", "{} has no line 99999999999999999999. Its last line is 3; lines count from 1."),
        ("2", "There is no comment or empty function at line 2 of {}. Name the line of a comment, or of a function"),
        ("3", "There is no comment or empty function at line 3 of {}. Name the line of a comment, or of a function"),
    ],
)
def test_a_line_that_holds_no_request(source: Path, line: str, said: str) -> None:
    assert complaint(in_process("plan", "--file", source, "--line", line), 2).startswith(said.format(source))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "{} has no line 2. Its last line is 0; lines count from 1."),
        (b"# one\n", "{} has no line 2. Its last line is 1; lines count from 1."),
        (b"# one\r", "{} has no line 2. Its last line is 1; lines count from 1."),
        ("# größer".encode("latin-1"), "{} is not UTF-8 text. Save it as UTF-8, then try again."),
        ("# größer\n# und\n".encode("utf-16"), "{} is not UTF-8 text. Save it as UTF-8, then try again."),
    ],
    ids=["empty", "one line", "carriage return", "latin-1", "utf-16"],
)
def test_a_file_that_is_not_as_it_should_be(source: Path, content: bytes, said: str) -> None:
    source.write_bytes(content)
    assert complaint(in_process("plan", "--file", source, "--line", "2"), 2) == said.format(source)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    missing = tmp_path / "missing.py"
    line = complaint(in_process("plan", "--file", missing, "--line", "1"), 2)
    assert (
        line == f"{missing} cannot be read: No such file or directory. Check that it exists and that you may read it."
    )


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    line = complaint(in_process("plan", "--file", tmp_path, "--line", "1"), 2)
    assert line.startswith(f"{tmp_path} cannot be read: ")
    assert line.endswith(" Check that it exists and that you may read it.")
