"""``planfirst chat`` in processes of its own: from a pipe, and on a real terminal."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command_line import COMMAND, Done, answer, complaint, environment, in_process

pytestmark = pytest.mark.real


def said(model: Path, text: str, *options: str) -> Done:
    """Sends lines to a conversation."""
    settings = ["--set", f"planner.model={model}", "--set", "chat.maxTokens=24", "--set", "chat.temperature=0"]
    return subprocess.run(
        [*COMMAND, "chat", *settings, *options],
        input=text,
        env=environment(None, {}),
        capture_output=True,
        encoding="utf-8",
        timeout=150,
        check=False,
    )


def test_a_pipe_brings_messages_and_what_was_said_is_kept(assigning: Path) -> None:
    done = said(assigning, "Hello\\\nyou\n\n   \nAgain\n/list\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("x=1\n") == 12
    (kept,) = answer(in_process("chat", "list", "--json"))
    assert (kept["title"], kept["turns"]) == ("Hello", 2)
    assert kept["id"] in done.stdout
    again = said(assigning, "More\n", "--continue")
    assert again.returncode == 0, again.stderr
    data = json.loads(in_process("chat", "export", kept["id"][:5], "--json").stdout)
    assert [turn["user"] for turn in data["turns"]] == ["Hello\nyou", "Again", "More"]
    assert "> More" in in_process("chat", "show", kept["id"]).stdout
    (found,) = answer(in_process("chat", "search", "agai", "--json"))
    assert (found["id"], found["turns"]) == (kept["id"], 2)


def test_commands_and_mistakes_in_a_conversation(assigning: Path, tmp_path: Path) -> None:
    file = tmp_path / "talk.md"
    lines = [
        "/help",
        "/nonsense",
        "/file",
        f"/file {tmp_path / 'none.py'}",
        "/set temperature 9",
        "/set topK 3",
        "/explain",
        "/model no-such-model",
        "/open ffff",
        "/undo",
        "x" * 200_000,
        "/etc/hosts is a file",
        "/undo",
        "/system Speak briefly.",
        "Once more",
        "/retry",
        f"/export {file}",
        f"/export {file}",
        "/delete",
        "/list",
        "/quit",
        "never read",
    ]
    done = said(assigning, "\n".join(lines))
    codes = [
        "There is no command /nonsense",
        "Write /file PATH",
        "none.py cannot be read",
        "must be from -1 to 2",
        "There is no code in this conversation yet",
        "no-such-model",
        "There is no conversation 'ffff'",
        "There is nothing to take back",
        "Your message has 200000 characters",
        "already exists and was not overwritten",
        "is deleted",
    ]
    at = 0
    for code in codes:
        assert code in done.stderr[at:], code
        at = done.stderr.index(code, at)
    assert "topK           3" in done.stdout
    assert done.stdout.count("x=1\n") == 18
    assert "> Speak briefly." in file.read_text(encoding="utf-8")
    assert "> Once more" in file.read_text(encoding="utf-8")
    assert done.stdout.rstrip().endswith("There are none.")
    assert done.returncode == 1  # some of it could not be done
    assert "Traceback" not in done.stderr


def test_a_file_goes_with_the_next_message(assigning: Path, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("y = '```'\n", encoding="utf-8")
    said(assigning, f"/file {tmp_path / 'a.py'}\nWhat is y?\nAnd now?\n/fix {tmp_path / 'a.py'}\n")
    (kept,) = answer(in_process("chat", "list", "--json"))
    turns = json.loads(in_process("chat", "export", kept["id"], "--json").stdout)["turns"]
    assert turns[0]["user"].startswith("What is y?\n\n")
    assert "````python\ny = '```'\n````" in turns[0]["user"]
    assert turns[1]["user"] == "And now?"
    assert turns[2]["user"].startswith("Find the mistakes")


def test_deleting_needs_a_yes(assigning: Path) -> None:
    said(assigning, "Hello\n")
    (kept,) = answer(in_process("chat", "list", "--json"))
    assert "--yes" in complaint(in_process("chat", "delete", kept["id"]), 2)
    assert in_process("chat", "delete", kept["id"], "--yes").returncode == 0
    assert answer(in_process("chat", "list", "--json")) == []
    assert "planfirst chat list" in complaint(in_process("chat", "show", kept["id"]), 1)


def test_what_cannot_be_opened_is_said_in_one_line(own_data_folder: Path) -> None:
    own_data_folder.mkdir(parents=True)
    (own_data_folder / "conversations.sqlite3").write_bytes(b"no database " * 100)
    assert "conversations.sqlite3" in complaint(in_process("chat", "list"), 1)


class Terminal:
    """A conversation on a pseudo-terminal."""

    def __init__(self, model: Path, *options: str) -> None:
        import pty

        command = [*COMMAND, "chat", "--set", f"planner.model={model}", "--set", "chat.maxTokens=4000", *options]
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, command, environment(None, {"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}))
        self.seen = b""
        self.all = b""

    def until(self, text: str, seconds: float = 100.0) -> None:
        """Reads on until a text comes, behind what was waited for before."""
        deadline = time.monotonic() + seconds
        while text.encode() not in self.seen:
            assert time.monotonic() < deadline, self.seen[-2000:]
            if select.select([self.fd], [], [], 1.0)[0]:
                try:
                    piece = os.read(self.fd, 65536)
                except OSError:
                    break
                self.seen += piece
                self.all += piece
        assert text.encode() in self.seen, self.seen[-2000:]
        self.seen = self.seen.partition(text.encode())[2]

    def type(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def ended(self) -> int:
        while True:
            try:
                if not os.read(self.fd, 65536):
                    break
            except OSError:
                break
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture
def terminal(assigning: Path) -> Iterator[Terminal]:
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals")
    terminal = Terminal(assigning)
    yield terminal
    os.close(terminal.fd)


def test_ctrl_c_stops_the_answer_and_not_the_program(terminal: Terminal) -> None:
    terminal.until("/help lists the commands")
    terminal.until(">")
    terminal.type("Hello\r")
    terminal.until("x=1")
    terminal.type("\x03")
    terminal.until("Stopped. What was written is kept.")
    assert b"^C" not in terminal.all  # it would move what is drawn, which would then stand there twice
    terminal.until(">")
    terminal.type("\x03")
    terminal.until("Nothing is being written.")
    terminal.until(">")
    terminal.type("/list\r")
    terminal.until("Hello")
    terminal.until(">")
    terminal.type("\x04")
    assert terminal.ended() == 0
    (kept,) = answer(in_process("chat", "list", "--json"))
    (turn,) = json.loads(in_process("chat", "export", kept["id"], "--json").stdout)["turns"]
    assert turn["stopped"]
    assert re.search("x=1", turn["assistant"])


def test_a_window_that_is_closed_in_mid_answer_keeps_what_was_written(terminal: Terminal) -> None:
    terminal.until(">")
    terminal.type("Hello\r")
    terminal.until("x=1")
    os.kill(terminal.pid, signal.SIGHUP)
    assert terminal.ended() == 128 + signal.SIGHUP
    (kept,) = answer(in_process("chat", "list", "--json"))
    (turn,) = json.loads(in_process("chat", "export", kept["id"], "--json").stdout)["turns"]
    assert turn["stopped"]
    assert "x=1" in turn["assistant"]
