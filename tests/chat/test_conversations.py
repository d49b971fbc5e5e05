"""Conversations on the disk: kept, found, deleted, and refused where the file is none of ours."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from planfirst.chat.conversations import SCHEMA, Conversations, keep_log
from planfirst.chat.export import as_json, as_markdown
from planfirst.chat.turns import Conversation, Turn, title_of
from planfirst.core.errors import ConversationError

ONE = Conversation("0a0a0a0a")


@pytest.fixture
def conversations(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "data" / "conversations.sqlite3")


def fill(conversations: Conversations, *said: tuple[str, str], of: Conversation = ONE) -> None:
    for user, assistant in said:
        conversations.add(of, Turn(user, assistant, "small"))


def refused(file: Path) -> ConversationError:
    before = file.read_bytes()
    with pytest.raises(ConversationError) as caught:
        conversations = Conversations(file)
        conversations.listed()
        conversations.get("0a")
    assert file.read_bytes() == before
    return caught.value


def test_a_conversation_comes_back_as_it_was(conversations: Conversations) -> None:
    number = conversations.add(ONE, Turn("Add two numbers.\nPlease.", stopped=True, model="small"))
    conversations.answer(ONE.id, Turn("", "a + b\x00 한글", "small", number))
    assert conversations.add(ONE, Turn("And three?")) == 2
    conversations.close()
    again = Conversations(conversations.file).get("0a")
    assert (again.id, again.title, len(again.turns)) == (ONE.id, "Add two numbers.", 2)
    first = again.turns[0]
    assert (first.user, first.assistant, first.stopped) == ("Add two numbers.\nPlease.", "a + b\x00 한글", False)
    assert [turn.number for turn in again.turns] == [1, 2]


def test_the_list_begins_with_what_was_changed_last(conversations: Conversations) -> None:
    other = Conversation("0b0b0b0b")
    fill(conversations, ("first", "1"))
    fill(conversations, ("second", "2"), ("more", "3"), of=other)
    assert [(one.id, one.title, one.turns) for one in conversations.listed()] == [
        (other.id, "second", 2),
        (ONE.id, "first", 1),
    ]
    with pytest.raises(ConversationError) as caught:
        conversations.get("0")
    assert caught.value.code == "conversation-ambiguous"
    for id in ("", "%", "ffff", "_" * 8):
        with pytest.raises(ConversationError) as caught:
            conversations.get(id)
        assert caught.value.code == "conversation-missing"


@pytest.mark.parametrize("words", ["read", "csv READ", "함수", '"quoted"', "that's", "near(", "col:umn", "a-b*"])
def test_words_are_found_by_their_beginnings(conversations: Conversations, words: str) -> None:
    fill(conversations, ("reading a CSV file", "함수를 쓰세요"), ('a "quoted" word', "that's near( col:umn a-b*"))
    assert [one.id for one in conversations.search(words)] == [ONE.id]
    assert conversations.search("absent") == []
    assert conversations.search("  ") == []


def test_what_is_deleted_is_gone_from_the_file(conversations: Conversations) -> None:
    fill(conversations, ("the password is swordfish", "noted"))
    fill(conversations, ("other", "kept"), of=Conversation("0b0b0b0b"))
    conversations.delete(ONE.id)
    assert conversations.search("swordfish") == []
    assert conversations.search("kept")
    files = [path for path in conversations.file.parent.iterdir() if path.is_file()]
    assert len(files) >= 1
    assert not any(b"swordfish" in path.read_bytes() for path in files)
    with pytest.raises(ConversationError):
        conversations.delete(ONE.id)


def test_only_the_last_turn_can_be_removed(conversations: Conversations) -> None:
    fill(conversations, ("a", "1"), ("b", "2"))
    assert not conversations.remove_last(ONE.id, 1)
    assert conversations.remove_last(ONE.id, 2)
    assert [turn.user for turn in conversations.turns(ONE.id)] == ["a"]
    assert conversations.search("b") == []


def test_two_processes_in_one_conversation_lose_nothing(conversations: Conversations) -> None:
    script = (
        "import sys; from pathlib import Path; from planfirst.chat.conversations import *;"
        "from planfirst.chat.turns import *;"
        "conversations = Conversations(Path(sys.argv[1]));"
        "[conversations.add(Conversation('0a0a0a0a'), Turn(f'{sys.argv[2]} {n}', 'x' * 2000)) for n in range(40)]"
    )
    command = [sys.executable, "-c", script, str(conversations.file)]
    both = [subprocess.Popen([*command, name]) for name in ("left", "right")]
    assert [one.wait(60) for one in both] == [0, 0]
    turns = conversations.turns(ONE.id)
    assert [turn.number for turn in turns] == list(range(1, 81))
    for name in ("left", "right"):
        assert [turn.user for turn in turns if turn.user.startswith(name)] == [f"{name} {n}" for n in range(40)]


def test_a_file_that_another_process_is_making_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "conversations.sqlite3"
    reading, opening = (
        sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False) for _ in range(2)
    )
    reading.execute("CREATE TABLE held (row INTEGER)")
    reading.execute("BEGIN")
    reading.execute("SELECT row FROM held").fetchone()
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        opening.execute("PRAGMA journal_mode = WAL")  # at once, whatever patience the connection has
    ends = threading.Timer(0.2, lambda: reading.execute("COMMIT"))
    ends.start()
    keep_log(opening)
    ends.join()
    assert opening.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    reading.close()
    opening.close()


def test_a_newer_file_is_left_as_it_is(conversations: Conversations) -> None:
    fill(conversations, ("a", "1"))
    conversations.close()
    with sqlite3.connect(conversations.file, isolation_level=None) as database:
        database.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    database.close()
    assert refused(conversations.file).code == "conversations-newer"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE turn SET user = x'00ff'",
        "UPDATE conversation SET made = 3.5, changed = x'00'",
        "DROP TABLE turn",
        "ALTER TABLE turn DROP COLUMN made",
        "PRAGMA user_version = 0",
    ],
)
def test_a_file_that_was_edited_into_nonsense_is_refused(conversations: Conversations, statement: str) -> None:
    fill(conversations, ("a", "1"))
    conversations.close()
    database = sqlite3.connect(conversations.file, isolation_level=None)
    for trigger in ("turn_added", "turn_changed", "turn_removed"):
        database.execute(f"DROP TRIGGER {trigger}")
    database.execute(statement)
    database.close()
    assert refused(conversations.file).code == "conversations-damaged"


@pytest.mark.parametrize("data", [b"no database at all " * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_foreign_or_damaged_file_is_refused(conversations: Conversations, data: bytes) -> None:
    conversations.file.parent.mkdir()
    conversations.file.write_bytes(data)
    assert refused(conversations.file).code == "conversations-damaged"


def test_a_file_that_was_cut_off_is_refused(conversations: Conversations) -> None:
    fill(conversations, *[("question", "answer " * 500)] * 20)
    conversations.close()
    whole = conversations.file.read_bytes()
    conversations.file.write_bytes(whole[: len(whole) // 2])
    assert refused(conversations.file).code == "conversations-damaged"


def test_a_full_disk_changes_nothing(conversations: Conversations) -> None:
    fill(conversations, ("a", "1"))
    database = conversations._opened()  # SQLite itself says that there is no more room
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    database.execute(f"PRAGMA max_page_count = {pages}")
    conversations.close()
    conversations._database = database
    with pytest.raises(ConversationError) as caught:
        conversations.add(ONE, Turn("b", "x" * 100_000))
    assert caught.value.code == "conversations-disk-full"
    assert [turn.user for turn in conversations.turns(ONE.id)] == ["a"]


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", encoding="utf-8")
    with pytest.raises(ConversationError) as caught:
        Conversations(tmp_path / "data" / "conversations.sqlite3").add(ONE, Turn("a"))
    assert caught.value.code == "conversations-not-written"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_the_file_is_nobody_elses(conversations: Conversations) -> None:
    fill(conversations, ("a", "1"))
    assert all(path.stat().st_mode & 0o077 == 0 for path in conversations.file.parent.iterdir())


def test_exports_hold_all_that_was_said() -> None:
    turns = (
        Turn("Add.\nNow.", "```python\na + b\n```", "small", 1, made="2026-01-01"),
        Turn("더", "", "small", 2, True),
    )
    conversation = Conversation("0a0a0a0a", turns, "Be brief.", "2026-01-01", "2026-01-02")
    text = as_markdown(conversation)
    assert text.startswith("# Add.\n")
    for part in ("> Be brief.", "> Add.\n> Now.", "```python\na + b\n```", "> 더", "stopped"):
        assert part in text
    data = json.loads(as_json(conversation))
    assert [turn["user"] for turn in data["turns"]] == ["Add.\nNow.", "더"]
    assert (data["format"], data["system"], data["turns"][1]["stopped"]) == (1, "Be brief.", True)


def test_titles_are_one_short_line() -> None:
    assert title_of("\n\n  a\tb \nc") == "a b"
    assert len(title_of("word " * 50)) <= 60
