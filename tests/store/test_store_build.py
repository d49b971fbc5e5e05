"""A build gives a new generation or leaves everything as it was."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path
from subprocess import Popen

import numpy as np
import pytest
from numpy.typing import NDArray

from planfirst.core.errors import StoreBusy, StoreError
from planfirst.core.types import Pair
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.store import read
from planfirst.store.build import build

Spawn = Callable[[str, Path], "Popen[str]"]
posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits, and no fork, on Windows")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"lock"}


def test_progress_goes_from_none_to_all(tmp_path: Path, pairs: list[Pair], embedder: HashedEmbedder) -> None:
    heard: list[tuple[int, int]] = []
    build(tmp_path / "s", {"c": pairs}, embedder, progress=lambda done, total: heard.append((done, total)))
    assert heard == [(n, 5) for n in range(6)]


def test_the_same_question_and_code_is_found_once(tmp_path: Path, pairs: list[Pair], embedder: HashedEmbedder) -> None:
    again = [replace(pairs[0], id="other"), replace(pairs[0], code="pass")]
    status = build(tmp_path / "s", {"a": pairs, "b": again}, embedder)
    assert {name: entry.count for name, entry in status.corpora.items()} == {"a": 5, "b": 2}
    loaded = read.load(tmp_path / "s", embedder.identity)
    assert loaded.pairs == (*pairs, again[1])
    assert loaded.vectors.shape == (6, 32)
    np.testing.assert_allclose(loaded.vectors[5], embedder.embed([f"{again[1].question}\npass"])[0], atol=1e-6)


def test_a_pair_that_is_searched_for_in_two_ways_has_two_rows(
    tmp_path: Path, pairs: list[Pair], embedder: HashedEmbedder
) -> None:
    build(tmp_path / "s", {"a": [pairs[0], replace(pairs[0], about="open it, then read it")]}, embedder)
    assert len(read.load(tmp_path / "s", embedder.identity).pairs) == 2


def test_within_a_corpus_the_same_pair_is_stored_once(
    tmp_path: Path, pairs: list[Pair], embedder: HashedEmbedder
) -> None:
    assert build(tmp_path / "s", {"a": [*pairs, replace(pairs[0], id="other")]}, embedder).count == 5


def test_a_corpus_hash_changes_with_its_content(tmp_path: Path, pairs: list[Pair], embedder: HashedEmbedder) -> None:
    first = build(tmp_path / "s", {"a": pairs}, embedder).corpora["a"].sha256
    assert build(tmp_path / "s", {"a": pairs}, embedder).corpora["a"].sha256 == first
    changed = [*pairs[:-1], replace(pairs[-1], licence="0BSD")]
    assert build(tmp_path / "s", {"a": changed}, embedder).corpora["a"].sha256 != first


def test_a_store_may_be_empty(tmp_path: Path, embedder: HashedEmbedder) -> None:
    assert build(tmp_path / "s", {"none": []}, embedder).count == 0
    assert read.load(tmp_path / "s", embedder.identity).vectors.shape == (0, 32)


def test_vectors_follow_their_pairs_across_chunks(tmp_path: Path, embedder: HashedEmbedder) -> None:
    many = [Pair(str(n), f"word{n} and more " * (1 + n % 7), f"x = {n}", "t", "MIT", "") for n in range(2500)]
    build(tmp_path / "s", {"c": many}, embedder)
    loaded = read.load(tmp_path / "s", embedder.identity)
    assert [pair.id for pair in loaded.pairs] == [pair.id for pair in many]
    for row in (0, 1023, 1024, 2047, 2048, 2499):
        text = f"{many[row].question}\n{many[row].code}"
        np.testing.assert_allclose(loaded.vectors[row], embedder.embed([text])[0], atol=1e-6)


def test_text_that_utf8_cannot_hold_is_mended(tmp_path: Path, pairs: list[Pair], embedder: HashedEmbedder) -> None:
    odd = replace(pairs[0], code="x = '\ud800'", question="line\u2028separator \x85 and 🎈")
    build(tmp_path / "s", {"c": [odd]}, embedder)
    (stored,) = read.load(tmp_path / "s", embedder.identity).pairs
    assert stored == replace(odd, code="x = '?'")


def test_two_generations_are_kept(built: Path, pairs: list[Pair], embedder: HashedEmbedder) -> None:
    for generation in range(2, 6):
        changed = [replace(pair, code=f"{pair.code}  # {generation}") for pair in pairs]
        assert build(built, {"c": changed}, embedder).generation == generation
        assert names(built) == {"CURRENT", f"g-{generation:06d}", f"g-{generation - 1:06d}"}


def test_leftovers_are_removed(built: Path, pairs: list[Pair], embedder: HashedEmbedder) -> None:
    for name in ("new-g-000002", "g-000007"):  # killed while writing; killed between the two renames
        (built / name).mkdir()
        (built / name / "vectors.f32").write_bytes(b"half")
    (built / "new-CURRENT").write_bytes(b"half")
    (built / "mine.txt").write_text("not ours", encoding="utf-8")
    assert read.status(built).generation == 1
    status = build(built, {"c": pairs}, embedder)
    assert names(built) == {"CURRENT", "g-000001", f"g-{status.generation:06d}", "mine.txt"}


def test_a_refused_store_can_be_built_again(built: Path, pairs: list[Pair], embedder: HashedEmbedder) -> None:
    (built / "CURRENT").write_bytes(b"../x " + b"0" * 64 + b"\n")
    assert build(built, {"c": pairs}, embedder).count == 5
    (built / f"g-{read.status(built).generation:06d}" / "pairs.jsonl").write_bytes(b"")
    assert build(built, {"c": pairs}, embedder).count == 5
    assert read.load(built, embedder.identity).pairs == tuple(pairs)


@pytest.mark.parametrize("after", [0, 1, 3])
def test_stopping_leaves_the_store_as_it_was(
    built: Path, pairs: list[Pair], embedder: HashedEmbedder, after: int
) -> None:
    before = (built / "CURRENT").read_bytes()
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > after

    with pytest.raises(CancelledError):
        build(built, {"c": [replace(pair, code="new") for pair in pairs[:3]]}, embedder, stop=stop)
    assert (built / "CURRENT").read_bytes() == before
    assert names(built) - {"partial"} == {"CURRENT", "g-000001"}
    assert build(built, {"c": pairs}, embedder).generation == 2


def test_a_model_that_fails_leaves_the_store_as_it_was(built: Path, pairs: list[Pair]) -> None:
    class Failing(HashedEmbedder):
        def embed(
            self,
            texts: Sequence[str],
            *,
            progress: Callable[[int], None] | None = None,
            stop: Callable[[], bool] | None = None,
        ) -> NDArray[np.float32]:
            raise MemoryError("no memory for the batch")

    with pytest.raises(MemoryError):
        build(built, {"c": pairs}, Failing())
    assert names(built) == {"CURRENT", "g-000001"}


@pytest.mark.parametrize("nth", range(1, 8))
def test_disk_full_at_each_sync(
    built: Path, pairs: list[Pair], embedder: HashedEmbedder, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    before = read.load(built, embedder.identity).pairs
    sync, calls = os.fsync, 0

    def full(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == nth:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError) as caught:
        build(built, {"c": pairs[:1]}, embedder)
    monkeypatch.undo()
    assert "No space left on device" in caught.value.what
    assert "planfirst index build" in caught.value.next_step
    assert read.load(built, embedder.identity).pairs == before
    assert not [name for name in names(built) if name.startswith("new-g")]
    assert build(built, {"c": pairs[:1]}, embedder).count == 1
    assert not [name for name in names(built) if name.startswith("new-")]


@posix
def test_a_limit_of_the_operating_system_while_writing(
    built: Path, pairs: list[Pair], embedder: HashedEmbedder, spawn: Spawn
) -> None:
    out, _ = spawn("limited", built).communicate(timeout=60)
    assert out.startswith("StoreError: ")
    assert "could not be written" in out
    assert names(built) - {"partial"} == {"CURRENT", "g-000001"}
    assert read.load(built, embedder.identity).pairs == tuple(pairs)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path, pairs: list[Pair], embedder: HashedEmbedder) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="permissions"):
        build(tmp_path / "s", {"c": pairs}, embedder)


def test_a_file_in_the_folders_place(tmp_path: Path, pairs: list[Pair], embedder: HashedEmbedder) -> None:
    (tmp_path / "s").write_text("a file", encoding="utf-8")
    with pytest.raises(StoreError, match="could not be written"):
        build(tmp_path / "s", {"c": pairs}, embedder)


@posix
def test_killed_at_every_step_it_always_opens(tmp_path: Path, spawn: Spawn) -> None:
    child = spawn("killed", tmp_path / "s")
    out, _ = child.communicate(timeout=150)
    assert child.returncode == 0
    kills = int(out.split()[1])
    assert kills > 15
    assert out.endswith("left over 0\n")


@posix
@pytest.mark.parametrize(
    ("programme", "kills"),
    [("changing-briefly", 40), pytest.param("changing", 200, marks=(pytest.mark.large, pytest.mark.timeout(900)))],
)
def test_killed_at_random_moments_of_change(tmp_path: Path, spawn: Spawn, programme: str, kills: int) -> None:
    child = spawn(programme, tmp_path / "s")
    out, _ = child.communicate(timeout=880)
    assert child.returncode == 0
    said = re.fullmatch(
        rf"{kills} kills, (\d+) while writing, (\d+) after a change, (\d+) indexed, left over \[\]\n", out
    )
    assert said, out
    assert all(int(count) >= 1 for count in said.groups()), out


def test_one_writer_at_a_time(built: Path, pairs: list[Pair], embedder: HashedEmbedder, spawn: Spawn) -> None:
    with spawn("hold", built) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "embedding\n"
        with pytest.raises(StoreBusy):
            build(built, {"c": pairs}, embedder)
        assert read.load(built, embedder.identity).pairs == tuple(pairs)  # readers do not wait
        out, _ = child.communicate("go on\n", timeout=60)
    assert out == "done\n"
    assert list(read.status(built).corpora) == ["held"]
    assert build(built, {"c": pairs}, embedder).generation == 3


def test_a_writer_that_was_killed_holds_no_lock(
    built: Path, pairs: list[Pair], embedder: HashedEmbedder, spawn: Spawn
) -> None:
    with spawn("hold", built) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "embedding\n"
        child.kill()
        child.wait(timeout=60)
    assert read.load(built, embedder.identity).pairs == tuple(pairs)
    assert build(built, {"c": pairs}, embedder).count == 5
    assert not [name for name in names(built) if name.startswith("new-")]


def test_reading_goes_on_while_another_process_builds(tmp_path: Path, spawn: Spawn) -> None:
    reader = HashedEmbedder()
    build(tmp_path, {"again": [Pair("0", "round", "x", "t", "MIT", "")]}, reader)
    generations = set()
    with spawn("rebuild", tmp_path) as child:
        while child.poll() is None:
            loaded = read.load(tmp_path, reader.identity)
            generations.add(loaded.status.generation)
            assert len({pair.question.split()[0] for pair in loaded.pairs}) == 1
    assert child.returncode == 0
    assert read.status(tmp_path).generation == 41
    assert len(generations) > 2
