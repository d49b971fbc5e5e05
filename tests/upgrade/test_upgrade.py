"""Data of earlier versions opens, or says what to do; data of a newer version is refused with a message.

`data/` was written by the code of the first version that wrote each kind: stores of the formats 1, 2 and 4 (there was
no version that wrote 3), a file of conversations, a plan with a checkpoint, a profile.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from planfirst.chat.conversations import SCHEMA, Conversations
from planfirst.chat.turns import Conversation, Turn
from planfirst.core.errors import BadRequest, ConversationError, ProfileRefused, StoreRefused
from planfirst.core.types import Pair
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.models import fitted, profiles
from planfirst.plans import document
from planfirst.plans.checkpoints import Checkpoints
from planfirst.store import build, manifest, read

DATA = Path(__file__).with_name("data")
QUESTIONS = ["read a csv file", "sort words", "파일 읽기"]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A copy of the data, since opening may change a file."""
    folder = tmp_path / "old"
    shutil.copytree(DATA, folder)
    return folder


def test_a_store_of_the_present_format_opens(old: Path) -> None:
    loaded = read.load(old / "store4", "hashed 16")
    assert [pair.question for pair in loaded.pairs] == QUESTIONS
    assert {pair.source for pair in loaded.pairs} == {"answers"}


@pytest.mark.parametrize("format_", [1, 2])
def test_a_store_of_an_earlier_format_says_what_to_do_and_can_be_built_again(old: Path, format_: int) -> None:
    folder = old / f"store{format_}"
    with pytest.raises(StoreRefused) as caught:
        read.load(folder, "hashed 16")
    assert f"format is {format_}" in caught.value.what
    assert "planfirst index build" in caught.value.next_step
    pairs = [Pair("a", "read", "x", "new", "MIT", "a")]
    build.build(folder, {"new": pairs}, HashedEmbedder(16))
    assert read.load(folder, HashedEmbedder(16).identity).pairs == tuple(pairs)


def test_the_corpora_of_an_earlier_store_are_known_by_name(old: Path) -> None:
    """So that what you have added is read again, and not forgotten."""
    assert list(read.corpora_in(old / "store2")) == ["answers"]


def test_a_newer_store_is_refused_and_left_as_it_is(old: Path) -> None:
    folder = old / "store4"
    path = folder / "g-000001" / "manifest.json"
    record = json.loads(path.read_bytes()) | {"format": manifest.FORMAT + 1}
    path.write_text(json.dumps(record), encoding="utf-8")
    sealed = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "CURRENT").write_text(f"g-000001 {sealed}\n", encoding="ascii")
    with pytest.raises(StoreRefused) as caught:
        read.load(folder, "hashed 16")
    assert caught.value.code == "store-newer"
    assert "Update Planfirst" in caught.value.next_step


def test_conversations_open_and_go_on(old: Path) -> None:
    kept = Conversations(old / "conversations.sqlite3")
    found = kept.get("0a")
    assert found.system == "Be brief."
    assert [(turn.number, turn.user, turn.stopped) for turn in found.turns] == [
        (1, "Read a file.\n한글", False),
        (2, "And twice?", True),
    ]
    assert [one.id for one in kept.search("한글")] == ["0a0a0a0a"]
    assert kept.add(Conversation("0a0a0a0a"), Turn("More.")) == 3
    kept.close()


def test_newer_conversations_are_refused_and_left_as_they_are(old: Path) -> None:
    file = old / "conversations.sqlite3"
    database = sqlite3.connect(file)
    database.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    database.commit()
    database.close()
    before = file.read_bytes()
    with pytest.raises(ConversationError) as caught:
        Conversations(file).listed()
    assert caught.value.code == "conversations-newer"
    assert file.read_bytes() == before


def test_a_plan_is_read_and_undone(old: Path) -> None:
    (old / "lines.py").write_bytes(b"after\n")
    (old / "dot-planfirst").rename(old / ".planfirst")
    file = old / ".planfirst" / "plans" / "count-lines.md"
    found = document.parse(file.read_text(encoding="utf-8"), file.name)
    assert [(step.text, step.file) for step in found.steps] == [
        ("Open the file in `lines.py`.", "lines.py"),
        ("Count its lines.", "lines.py"),
    ]
    kept = old / ".planfirst" / "checkpoints"
    whole = hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:8]  # its name told where the plan was
    (kept / "count-lines").rename(kept / f"count-lines-{whole}")
    points = Checkpoints(old.resolve(), file)
    assert [one.step for one in points.undo()] == [1]
    assert (old / "lines.py").read_bytes() == b"before\n"


def test_a_newer_plan_or_checkpoint_is_refused(old: Path) -> None:
    text = (old / "dot-planfirst" / "plans" / "count-lines.md").read_text(encoding="utf-8")
    with pytest.raises(BadRequest) as caught:
        document.parse(text.replace("planfirst-plan: 1", f"planfirst-plan: {document.FORMAT + 1}"), "plan.md")
    assert caught.value.code == "plan-file-newer"
    points = Checkpoints(old.resolve(), old / "plan.md")
    (old / "lines.py").write_bytes(b"after\n")
    points.add(1, "lines.py", b"before\n", b"after\n")
    (path,) = points._folder.glob("*.json")
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"format": 2}), encoding="utf-8")
    with pytest.raises(BadRequest) as caught:
        points.undo()
    assert caught.value.code == "plan-file-newer"
    assert (old / "lines.py").read_bytes() == b"after\n"


def test_a_profile_is_read(old: Path) -> None:
    found = profiles.read(old / "model.gguf.profile.toml")
    assert (found.profile.plan, found.profile.candidates) == ("none", 4)


def test_a_newer_profile_is_refused(old: Path) -> None:
    path = old / "model.gguf.profile.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("schema = 1", f"schema = {profiles.SCHEMA + 1}"))
    with pytest.raises(ProfileRefused, match="newer"):
        profiles.read(path)


def test_a_newer_record_of_a_fit_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANFIRST_HOME", str(tmp_path))
    model = tmp_path / "model.gguf"
    model.write_bytes(b"GGUF")
    origin = fitted.File(4, model.stat().st_mtime_ns, "0" * 64)
    fitted.write(model, fitted.Fitted(origin, "Q4_0", None, fitted.Running()))
    assert fitted.of_model(model).fitted is not None
    record = fitted.record_of(model)
    record.write_text(json.dumps(json.loads(record.read_bytes()) | {"schema": fitted.SCHEMA + 1}))
    assert "newer" in fitted.of_model(model).problem
