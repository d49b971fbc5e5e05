"""The store of an opened folder follows the folder, and is searched beside the user's own."""

from __future__ import annotations

import json
from concurrent.futures import CancelledError
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from planfirst.core.errors import CorpusError, StoreBusy, StoreMissing
from planfirst.core.types import Example, Pair
from planfirst.corpora import installed
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.store import read
from planfirst.store.write import locked
from planfirst.workers.folder_indexes import FILES, STORE, FolderIndexes, is_there, merged


class Opened:
    """A folder with a store, and what was emitted."""

    def __init__(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "project"
        self.path = tmp_path / "index"
        self.folder.mkdir()
        self.models = 0
        self.model = ""
        self.stop_at = 10**9
        self.items: list[dict[str, Any]] = []
        self.indexes = self.new()

    def new(self) -> FolderIndexes:
        """As another process would begin."""
        return FolderIndexes(self.model, self._embedder)

    def _embedder(self) -> HashedEmbedder:
        self.models += 1
        return HashedEmbedder(64)

    def write(self, name: str, *words: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        code = "\n\n".join(f"def open_{word}(key):\n    return {word}.open(key)" for word in words)
        path.write_text(code + "\n", encoding="utf-8")

    def refresh(self, changed: list[str] | None = None, python: str = "") -> dict[str, Any]:
        self.items = []
        return self.indexes.refresh(self.path, self.folder, changed, python, self._emit, self._stopped)

    def _emit(self, item: dict[str, Any]) -> None:
        self.items.append(item)

    def _stopped(self) -> bool:
        return any(item.get("done", 0) >= self.stop_at for item in self.items)

    @property
    def embedded(self) -> int:
        """How many texts there were to embed the last time."""
        first = next((item for item in self.items if "done" in item), {"done": 0, "total": 0})
        return int(first["total"] - first["done"])

    @property
    def questions(self) -> list[str]:
        return sorted(pair.question for pair in read.load(self.path / STORE, "hashed-words-64").pairs)


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    made = Opened(tmp_path)
    made.write("a.py", "door", "gate")
    made.write("pkg/b.py", "box")
    return made


def test_the_store_follows_the_folder(opened: Opened) -> None:
    assert opened.refresh() == {"read": 2, "count": 3, "changed": True}
    assert opened.questions == ["open box", "open door", "open gate"]
    assert opened.items[-1] == {"note": "3 examples read, 0 left out."}
    opened.write("a.py", "door", "window")
    assert opened.refresh(["a.py"])["changed"]
    assert opened.embedded == 1
    assert opened.questions == ["open box", "open door", "open window"]
    (opened.folder / "pkg" / "b.py").unlink()
    assert opened.refresh(["pkg/b.py"])["changed"]
    assert opened.embedded == 0
    assert opened.questions == ["open door", "open window"]


def test_nothing_new_loads_no_model_and_writes_nothing(opened: Opened) -> None:
    opened.refresh()
    generation = read.status(opened.path / STORE).generation
    opened.models, opened.indexes = 0, opened.new()
    assert opened.refresh()["changed"] is False
    assert opened.refresh(["a.py", "not-there.py"])["changed"] is False
    assert opened.models == 0
    assert read.status(opened.path / STORE).generation == generation


def test_a_folder_without_code_gets_no_store(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    assert opened.refresh() == {"read": 0, "count": 0, "changed": False}
    assert not (opened.path / STORE / "CURRENT").exists()
    opened.write("a.py", "door")
    opened.refresh(["a.py"])
    (opened.folder / "a.py").unlink()
    assert opened.refresh(["a.py"])["changed"]  # what was there must go
    assert opened.questions == []


def test_a_branch_switch_embeds_only_what_changed(opened: Opened) -> None:
    names = [f"src/m{n}.py" for n in range(300)]
    for n, name in enumerate(names):
        opened.write(name, f"lid{n}", f"jar{n}")
    opened.refresh()
    assert opened.embedded == 603
    for n, name in enumerate(names):  # every tenth file has one other function; the rest is written as it was
        opened.write(name, f"lid{n}", f"cup{n}" if n % 10 == 0 else f"jar{n}")
    for name in names[290:]:
        (opened.folder / name).unlink()
    opened.refresh(names)
    assert opened.embedded == 29
    assert len(opened.questions) == 3 + 2 * 290
    for n, name in enumerate(names):
        opened.write(name, f"lid{n}", f"jar{n}")
    opened.indexes = opened.new()
    opened.refresh()  # and back, noticed at the next start
    assert opened.embedded <= 29 + 20
    assert len(opened.questions) == 603


def test_a_stop_goes_on_where_it_was(opened: Opened) -> None:
    opened.write("many.py", *(f"lid{n}" for n in range(600)))
    opened.stop_at = 300
    with pytest.raises(CancelledError):
        opened.refresh()
    assert not (opened.path / STORE / "CURRENT").exists()
    opened.stop_at, opened.indexes = 10**9, opened.new()
    assert opened.refresh()["read"] <= 3
    assert 0 < opened.embedded <= 603 - 256
    assert len(opened.questions) == 603


def test_what_is_kept_is_lost(opened: Opened) -> None:
    opened.refresh()
    (opened.path / FILES).unlink()
    opened.indexes = opened.new()
    assert opened.refresh() == {"read": 2, "count": 3, "changed": False}
    for path in (opened.path / STORE).rglob("*"):
        if path.is_file():
            path.write_bytes(b"damage")
    assert opened.refresh([])["changed"]
    assert opened.questions == ["open box", "open door", "open gate"]


def test_another_model_makes_the_vectors_again(opened: Opened) -> None:
    opened.refresh()
    opened.model = "another"
    opened.indexes = FolderIndexes("another", lambda: HashedEmbedder(32))
    assert opened.refresh()["changed"]
    assert opened.embedded == 3
    assert read.status(opened.path / STORE).embedding == "hashed-words-32"


def test_so_does_another_model_that_planfirst_comes_with(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    opened.write("a.py", "door")
    opened.refresh()
    assert opened.new().refresh(opened.path, opened.folder, None, "", opened._emit, lambda: False)["changed"] is False
    monkeypatch.setattr(
        "planfirst.workers.folder_indexes.BUNDLED", SimpleNamespace(identity="all-MiniLM-L6-v2 0123456789abcdef")
    )
    assert opened.new().refresh(opened.path, opened.folder, None, "", opened._emit, lambda: False)["changed"] is True


def test_another_process_is_at_it(opened: Opened) -> None:
    opened.refresh()
    opened.write("a.py", "window")
    with locked(opened.path / STORE), pytest.raises(StoreBusy):
        opened.refresh(["a.py"])
    assert opened.refresh([])["changed"]  # what was read then is not forgotten
    assert opened.questions == ["open box", "open window"]


def test_no_secret_is_kept_beside_the_store(opened: Opened) -> None:
    (opened.folder / "c.py").write_text(
        'def connect_to_it():\n    key = "AKIAZ7Q3MNBVCXLKJHGF"\n    return connect(key)\n', encoding="utf-8"
    )
    opened.refresh()
    everything = b"".join(path.read_bytes() for path in opened.path.rglob("*") if path.is_file())
    assert b"connect" in everything
    assert b"AKIAZ7Q3" not in everything
    assert any("1 secrets were taken out" in item.get("note", "") for item in opened.items)


def test_a_folder_that_went_away(opened: Opened) -> None:
    opened.refresh()
    opened.folder.rename(opened.folder.with_name("moved"))
    with pytest.raises(CorpusError, match="cannot be read"):
        opened.refresh()
    assert len(opened.questions) == 3


def test_packages_of_an_interpreter(opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "venv" / "lib" / "python3.11" / "site-packages"
    site.mkdir(parents=True)
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    python = str(tmp_path / "venv" / "bin" / "python")  # there is no such file: nothing is started
    install(site, "1.0")
    opened.refresh(python=python)
    assert opened.questions == ["Turn the handle of a door", "open box", "open door", "open gate"]
    reads: list[Any] = []
    real = installed.pairs_in
    monkeypatch.setattr(installed, "pairs_in", lambda *given: reads.append(given) or real(*given))
    assert opened.refresh(python=python)["changed"] is False
    opened.write("a.py", "door")
    assert opened.refresh(["a.py"], python)["changed"]
    assert reads == []
    install(site, "1.1")
    assert opened.refresh([], python)["changed"]
    assert len(reads) == 1
    assert len(opened.questions) == 3
    assert opened.refresh([])["changed"]  # the setting was cleared
    assert opened.questions == ["open box", "open door"]


def test_nothing_that_came_with_a_folder_is_started(opened: Opened) -> None:
    python = opened.folder / "tools" / "python"
    python.parent.mkdir()
    python.write_text(f"#!/bin/sh\ntouch '{opened.folder}/started'\n", encoding="utf-8")
    python.chmod(0o755)
    assert opened.refresh(python=str(python))["count"] == 3
    assert not (opened.folder / "started").exists()
    assert "is no virtual environment" in opened.items[0]["note"]


def install(site: Path, version: str) -> None:
    (site / "handles.py").write_text(
        'raise RuntimeError("imported")\n\n\n'
        'def turn(door):\n    """Turn the handle of a door."""\n    return door.turn()\n',
        encoding="utf-8",
    )
    info = site / "handles-1.0.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: handles\nVersion: {version}\n", encoding="utf-8")
    (info / "RECORD").write_text("handles.py,,\n", encoding="utf-8")


def example(score: float, source: str = "workspace", place: str = "a.py:1") -> Example:
    return Example(Pair("i", "q", "c", source, "own", place), score)


def missing() -> list[Example]:
    raise StoreMissing("plain", what="There is none.", next="Build it.")


def test_hits_of_several_stores_are_merged() -> None:
    found = merged(lambda: [example(0.9), example(0.1)], [lambda: [example(0.5)], missing, lambda: [example(0.7)]], 3)
    assert [hit.score for hit in found] == [0.9, 0.7, 0.5]
    assert [hit.score for hit in merged(missing, [lambda: [example(0.5)]], 3)] == [0.5]
    assert merged(lambda: [], [missing], 3) == []
    with pytest.raises(StoreMissing):
        merged(missing, [missing, lambda: []], 3)


def test_code_of_a_file_that_is_gone_is_not_offered(tmp_path: Path) -> None:
    (tmp_path / "a.py").touch()
    assert is_there(example(1).pair, tmp_path)
    assert not is_there(example(1, place="b.py:1").pair, tmp_path)
    assert is_there(example(1, "packages", "b.py:1").pair, tmp_path)


def test_the_place_says_which_folder_it_is_of(opened: Opened) -> None:
    opened.refresh()
    origin = read.status(opened.path / STORE).corpora["workspace"].origin
    assert origin["place"] == str(opened.folder)
    assert json.loads((opened.path / FILES).read_text().splitlines()[0])["name"] == "workspace"
