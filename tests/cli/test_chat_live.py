"""What a model writes is shown as text and does nothing to the terminal."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from planfirst.cli.chat.live import Streamed, finished
from planfirst.cli.chat.slash import command_of

ANSWER = "Use `sum`:\n\n```python\nx = 1\n\n\ny = 2\n```\n\n1. one\n\n2. two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nEnd."


def shown(text: str, size: int = 3, terminal: bool = True) -> str:
    """What stands on a terminal after an answer that came in pieces."""
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=80, height=20, color_system=None, highlight=False)
    with Streamed(console) as streamed:
        for at in range(0, len(text), size):
            streamed.add(text[at : at + size])
    return file.getvalue()


def test_an_answer_is_rendered_whole_whatever_its_pieces() -> None:
    for size in (1, 7, 1000):
        text = shown(ANSWER, size)
        for part in ("sum", "x = 1", "y = 2", "2 two", "End."):
            assert part in text, (size, part)


@pytest.mark.parametrize(
    "evil", ["\x1b[2J", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\", "\x9b31m", "a\rb", "\x08\x08", "\u202e"]
)
@pytest.mark.parametrize("frame", ["{}", "`{}`", "```\n{}\n```\n\nand", "[{}](http://{}/)", "# {}\n\nx"])
def test_escapes_are_inert(evil: str, frame: str) -> None:
    clean = shown(frame.replace("{}", "E"), 1000)
    text = shown(frame.replace("{}", evil), 1000)
    allowed = set(clean) | {"\x1b"}
    assert not (set(text) - allowed) & {chr(n) for n in (*range(32), *range(127, 160), 0x202E)}
    assert text.count("\x1b") == clean.count("\x1b")


def test_html_and_addresses_stay_to_be_read() -> None:
    text = shown("A <div onclick='x'>tag</div> and [a link](http://example.org/a).\n\n<script>b</script>\n")
    for part in ("<div onclick='x'>", "<script>b</script>", "http://example.org/a"):
        assert part in text
    assert "\x1b]8" not in text


def test_a_pipe_gets_the_answer_as_it_is() -> None:
    assert shown("a\x1b[1m *b*", terminal=False) == "a\x1b[1m *b*\n"
    assert shown("a\n", terminal=False) == "a\n"


def test_an_open_block_is_not_finished() -> None:
    assert ANSWER[: finished(ANSWER)].endswith("| 1 | 2 |\n\n")
    for text in ("one line", "```py\na\n\n\nb\n", "~~~\n```\n\n", "- a\n\n  b"):
        assert finished(text) == 0, text
    assert finished("a\n\nb") == 3


@given(st.text("ab`~ \n#-", max_size=80))
def test_what_is_finished_stays_so(text: str) -> None:
    ends = [finished(text[:n]) for n in range(len(text) + 1)]
    assert ends == sorted(ends)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/plan  read a file\n", ("plan", "read a file")),
        ("/quit", ("quit", "")),
        ("/etc/hosts is a file", None),
        (" /plan", None),
        ("/", None),
        ("/Plan x", None),
    ],
)
def test_what_is_a_command(line: str, command: tuple[str, str] | None) -> None:
    assert command_of(line) == command
