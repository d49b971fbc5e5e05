"""``planfirst index workspaces``: what is kept of opened folders can be seen and forgotten."""

from __future__ import annotations

from pathlib import Path

from planfirst.embedders.hashed import HashedEmbedder
from planfirst.folders import folder_index
from planfirst.lsp import read_permission
from planfirst.words import Message
from planfirst.workers.folder_indexes import FolderIndexes
from tests.cli.command_line import answer, complaint, in_process


def test_from_reading_to_forgetting(tmp_path: Path) -> None:
    assert in_process("index", "workspaces").stdout == "No opened folder has been read.\n"
    folder = tmp_path / "my shop 가게"
    folder.mkdir()
    (folder / "a.py").write_text("def open_door(key):\n    return key.turn()\n", encoding="utf-8")
    read_permission.remember(folder, True)
    index = folder_index(folder)
    FolderIndexes("", HashedEmbedder).refresh(index, folder, None, "", lambda item: None, lambda: False)
    (found,) = answer(in_process("index", "workspaces", "--json"))
    assert (found["folder"], found["count"], found["place"]) == (str(folder), 1, str(index))
    assert found["size"] > 512
    assert in_process("index", "workspaces").stdout == f"{folder}  1 examples, 0.0 MB\n"
    line = complaint(in_process("index", "workspaces", "--forget", tmp_path / "other"), 2)
    assert line == str(Message("workspace-unknown", folder=tmp_path / "other"))
    assert in_process("index", "workspaces", "--forget", folder).stdout == "No opened folder has been read.\n"
    assert not index.exists()
    assert read_permission.answer(folder) is None
    assert (folder / "a.py").exists()


def test_a_damaged_place_is_shown_or_passed_over(tmp_path: Path) -> None:
    read_permission.remember(tmp_path / "a", None)
    read_permission.remember(tmp_path / "b", None)
    (folder_index(tmp_path / "b") / read_permission.ANSWER).write_bytes(b"\xff[")
    found = answer(in_process("index", "workspaces", "--json"))
    assert [(row["folder"], row["count"]) for row in found] == [(str(tmp_path / "a"), 0)]
