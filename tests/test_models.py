"""The manifest, the models on this machine, and how they are found, imported and checked."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from planfirst import models
from planfirst.adapters.checksums import recorded
from planfirst.core.errors import ModelError, ModelMissing, ModelRefused
from planfirst.core.profile import COMPACT, INSTRUCT, named
from planfirst.folders import data_folder
from planfirst.models import ModelEntry, manifest, models_folder, resolve, shipped_folder, verify
from planfirst.models.entries import path_of
from tests.small_gguf import KEYS, renamed, small_gguf, write_gguf

CODER = "qwen2.5-coder-0.5b"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLANFIRST_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> ModelEntry:
    """A manifest entry whose file is a small one that a test can make."""
    entry = entry_of(CODER)
    content = small_gguf()
    entry = replace(entry, size=len(content), sha256=hashlib.sha256(content).hexdigest())
    others = [other for other in manifest() if other.name != CODER]
    for module in ("planfirst.models.entries", "planfirst.models.library"):
        monkeypatch.setattr(f"{module}.manifest", lambda: [*others, entry])
    return entry


def entry_of(name: str) -> ModelEntry:
    return next(entry for entry in manifest() if entry.name == name)


def installed_names() -> list[str]:
    return [model.name for model in models.installed() if model.origin != "shipped"]


def test_the_manifest_is_complete_and_consistent() -> None:
    entries = manifest()
    assert len({entry.name for entry in entries}) == len({entry.file for entry in entries}) == len(entries) >= 4
    for entry in entries:
        assert entry.profile in ("compact", "instruct")
        assert set(entry.roles) <= {"planner", "generator"}
        assert entry.licence
        assert entry.summary.endswith(".")
        assert not entry.sha256 or re.fullmatch(r"[0-9a-f]{64}", entry.sha256)
        assert entry.shipped or (entry.size > 0 and re.fullmatch(r"main|[0-9a-f]{40}", entry.revision))


def test_the_starter_ships() -> None:
    starter = entry_of("starter")
    assert starter.shipped
    assert starter.profile == "compact"
    assert starter.roles == ("planner", "generator")
    assert (shipped_folder() / "manifest.toml").is_file()
    assert path_of(starter).parent == shipped_folder() / "starter"


def test_a_broken_manifest_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planfirst.models.entries.shipped_folder", lambda: tmp_path)
    for text in ("not toml", "", "[[model]]\nname = 1"):
        (tmp_path / "manifest.toml").write_text(text, encoding="utf-8")
        with pytest.raises(ModelError, match="cannot be read"):
            manifest.__wrapped__()


def test_the_data_folder_follows_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert models_folder() == home / "models"
    monkeypatch.setenv("PLANFIRST_HOME", " ")
    assert data_folder().is_absolute()
    assert data_folder() != home


def test_resolve_a_path(tmp_path: Path) -> None:
    spec = resolve(str(write_gguf(tmp_path / "Mine.gguf")))
    assert (spec.name, spec.path, spec.profile, spec.context) == ("Mine", tmp_path / "Mine.gguf", INSTRUCT, 512)
    assert resolve(str(spec.path), context=100).context == 100


def test_resolve_knows_a_starter_by_its_name(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "new.gguf", keys=renamed("planfirst-starter"))
    assert resolve(str(path)).profile == COMPACT


@pytest.mark.parametrize(("trained", "window"), [(131072, 4096), (0, 2048), (None, 2048)])
def test_the_window_of_a_long_or_silent_model(tmp_path: Path, trained: int | None, window: int) -> None:
    keys = [key for key in KEYS if key[0] != "llama.context_length"]
    if trained is not None:
        keys.append(("llama.context_length", 4, trained))
    assert resolve(str(write_gguf(tmp_path / "m.gguf", keys=keys))).context == window


def test_resolve_expands_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    write_gguf(tmp_path / "mine.gguf")
    assert resolve("~/mine.gguf").path == tmp_path / "mine.gguf"


def test_resolve_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"There is no model named 'gpt'.*starter, llama-3.2-1b"):
        resolve("gpt")
    with pytest.raises(ModelMissing, match="no model file"):
        resolve(str(tmp_path / "none.gguf"))
    with pytest.raises(ModelMissing, match=f"models pull {CODER}"):
        resolve(CODER.upper())


def test_resolve_refuses_a_bad_file(tmp_path: Path) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(b"")
    with pytest.raises(ModelRefused, match="empty"):
        resolve(str(path))


def test_import_by_the_files_own_name(tmp_path: Path) -> None:
    source = write_gguf(tmp_path / "Mine-Q4_0.gguf")
    target = models.import_file(source)
    assert target == models_folder() / "Mine-Q4_0.gguf"
    assert target.read_bytes() == source.read_bytes()
    assert recorded(target) == hashlib.sha256(source.read_bytes()).hexdigest()
    assert resolve("Mine-Q4_0").path == target
    assert sorted(path.name for path in models_folder().iterdir()) == ["Mine-Q4_0.gguf", "Mine-Q4_0.gguf.sha256"]


def test_import_twice_is_the_same_but_another_file_is_not_overwritten(tmp_path: Path) -> None:
    source = write_gguf(tmp_path / "mine.gguf")
    target = models.import_file(source, "coder")
    assert models.import_file(source, "coder.gguf") == target
    assert models.import_file(target, "coder") == target
    other = write_gguf(tmp_path / "other.gguf", data=128)
    with pytest.raises(ModelError, match="already another model named coder"):
        models.import_file(other, "coder")
    assert target.read_bytes() == source.read_bytes()


@pytest.mark.parametrize("name", ["../out", "a/b", ".hidden", "", "starter", "Starter", "x" * 101])
def test_import_under_a_name_that_cannot_be(tmp_path: Path, name: str) -> None:
    source = write_gguf(tmp_path / "mine file.gguf")  # not a name either, when none is given
    with pytest.raises(ModelError) as caught:
        models.import_file(source, name)
    assert caught.value.code in ("model-name-refused", "model-name-taken")
    assert installed_names() == []


def test_import_of_what_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        models.import_file(tmp_path / "none.gguf")
    (tmp_path / "cut.gguf").write_bytes(small_gguf()[:-40])
    with pytest.raises(ModelRefused, match="cut off"):
        models.import_file(tmp_path / "cut.gguf")
    assert not models_folder().exists()


def test_import_into_a_folder_that_cannot_be_made(tmp_path: Path, home: Path) -> None:
    home.write_text("in the way", encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be copied"):
        models.import_file(write_gguf(tmp_path / "mine.gguf"))


@pytest.mark.parametrize("by_name", [True, False])
def test_import_of_a_manifest_model(tmp_path: Path, known: ModelEntry, by_name: bool) -> None:
    source = write_gguf(tmp_path / ("any.gguf" if by_name else known.file))
    target = models.import_file(source, CODER if by_name else None)
    assert target == models_folder() / known.file
    spec = resolve(CODER)
    assert (spec.name, spec.path) == (CODER, target)
    assert spec.profile == replace(named(known.profile), **known.asked)
    (model,) = [model for model in models.installed() if model.name == CODER]
    assert (model.origin, model.size, model.licence, model.problem) == ("downloaded", known.size, "Apache-2.0", "")


def test_import_of_another_file_under_a_manifest_name(tmp_path: Path, known: ModelEntry) -> None:
    with pytest.raises(ModelRefused, match=f"not the file that the manifest lists as {known.name}"):
        models.import_file(write_gguf(tmp_path / "any.gguf", data=128), CODER)
    assert installed_names() == []


def test_installed_lists_imported_files_and_what_is_wrong_with_them(tmp_path: Path) -> None:
    licensed = [*KEYS, ("general.license", 8, "mit")]
    models.import_file(write_gguf(tmp_path / "b.gguf", keys=licensed))
    (models_folder() / "a.gguf").write_bytes(b"GGUF")
    (models_folder() / ".c.gguf.123.part").write_bytes(b"GGUF")
    bad, good = [model for model in models.installed() if model.origin == "imported"]
    assert (bad.name, bad.size) == ("a", 4)
    assert "cut off" in bad.problem
    assert (good.name, good.licence, good.roles, good.problem) == ("b", "mit", ("planner", "generator"), "")


def test_verify_against_the_manifest(tmp_path: Path, known: ModelEntry) -> None:
    target = models.import_file(write_gguf(tmp_path / known.file))
    seen: list[tuple[int, int]] = []
    verdict = verify(CODER, lambda done, size: seen.append((done, size)))
    assert (verdict.against, verdict.sha256, verdict.size) == ("manifest", known.sha256, known.size)
    assert seen == [(known.size, known.size)]
    target.write_bytes(small_gguf()[:-1] + b"x")
    with pytest.raises(ModelRefused, match="its checksum is"):
        verify(CODER)
    target.write_bytes(small_gguf() + b"x")
    with pytest.raises(ModelRefused, match=f"bytes, not {known.size}"):
        verify(CODER)


def test_verify_against_what_was_first_seen(tmp_path: Path) -> None:
    target = models.import_file(write_gguf(tmp_path / "mine.gguf"))
    assert verify("mine").against == "first seen"
    target.write_bytes(small_gguf()[:-1] + b"x")
    with pytest.raises(ModelRefused, match="has changed since it came here"):
        verify("mine")


def test_verify_with_nothing_known_records_it_in_the_models_folder_only(tmp_path: Path) -> None:
    outside = write_gguf(tmp_path / "outside.gguf")
    inside = write_gguf(models_folder() / "inside.gguf")
    for name in (str(outside), "inside"):
        verdict = verify(name)
        assert verdict.against == "nothing"
        assert "no checksum is known" in str(verdict)
    assert recorded(outside) == ""
    assert recorded(inside) == verdict.sha256
    assert verify("inside").against == "first seen"


def test_verify_a_cut_file(tmp_path: Path) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(small_gguf()[:-40])
    with pytest.raises(ModelRefused, match="cut off"):
        verify(str(path))
