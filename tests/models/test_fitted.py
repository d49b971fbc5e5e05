"""What was fitted to this machine: when it counts, and when the original is used as if nothing were there."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planfirst.adapters.running import Running
from planfirst.models import fitted, installed, resolve
from planfirst.models.fitted import File, Fitted
from tests.small_gguf import renamed, write_gguf

RUNNING = Running(threads=1, batch=128, flash_attention=True, mmap=False)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "small.v2.gguf")


@pytest.fixture
def copy(model: Path) -> Path:
    """A fitted copy that counts."""
    copy = write_gguf(fitted.copy_of(model), keys=renamed("Copy"))
    fitted.write(model, Fitted(File.of(model), "Q4_0", File.of(copy), RUNNING, ({"tried": "layout Q4_0"},)))
    return copy


def changed(model: Path, **values: Any) -> None:
    """Other values in the record of a model."""
    record = fitted.record_of(model)
    record.write_text(json.dumps(json.loads(record.read_text()) | values))


def test_nothing_was_fitted(model: Path) -> None:
    assert fitted.of_model(model) == fitted.check(model) == fitted.LocalFit()
    assert resolve(str(model), fit=True) == resolve(str(model))


def test_the_copy_takes_the_place_of_the_original(model: Path, copy: Path) -> None:
    plain, spec = resolve(str(model)), resolve(str(model), fit=True)
    assert spec == replace(plain, path=copy, running=RUNNING, original=model)
    assert plain.path == model  # who does not ask for it gets the original
    assert fitted.check(model).path == copy


def test_only_how_the_original_is_run(model: Path) -> None:
    fitted.write(model, Fitted(File.of(model), "Q4_0", None, RUNNING))
    spec = resolve(str(model), fit=True)
    assert (spec.path, spec.running, spec.original) == (model, RUNNING, None)


def test_models_of_one_name_in_two_folders(model: Path, copy: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / model.name
    other.parent.mkdir()
    shutil.copy2(model, other)
    assert resolve(str(other), fit=True).path == other


@pytest.mark.parametrize("how", ["longer", "cut", "newer", "gone"])
def test_an_altered_copy_does_not_count(model: Path, copy: Path, how: str) -> None:
    if how == "gone":
        copy.unlink()
    elif how == "newer":
        os.utime(copy, ns=(1, 1))
    else:
        copy.write_bytes(copy.read_bytes() + b"x" if how == "longer" else copy.read_bytes()[:-40])
    spec = resolve(str(model), fit=True)
    assert (spec.path, spec.running, spec.original) == (model, Running(), None)
    assert spec.unfitted == ("the copy is not there" if how == "gone" else "the copy was altered")


def test_a_copy_that_was_altered_behind_its_time_is_found_by_its_checksum(model: Path, copy: Path) -> None:
    before = copy.stat()
    copy.write_bytes(copy.read_bytes()[:-1] + b"x")
    os.utime(copy, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert fitted.of_model(model).path == copy
    assert fitted.check(model).problem == "the copy was altered"


def test_a_copy_that_is_none_is_not_given_to_llama(model: Path, copy: Path) -> None:
    copy.write_bytes(b"GGUF and nothing else")
    fitted.write(model, Fitted(File.of(model), "Q4_0", File.of(copy), RUNNING))
    spec = resolve(str(model), fit=True)
    assert spec.path == model
    assert "cannot be used as a model" in spec.unfitted


def test_another_original(model: Path, copy: Path) -> None:
    write_gguf(model, keys=renamed("Another"))
    spec = resolve(str(model), fit=True)
    assert (spec.path, spec.unfitted) == (model, "the original is another file now")


@pytest.mark.parametrize("name", ["processor", "engine"])
def test_another_machine(model: Path, copy: Path, name: str) -> None:
    changed(model, here=fitted.here() | {name: "another"})
    assert resolve(str(model), fit=True).unfitted == "it was made on another processor or with another llama.cpp"


def test_a_record_of_a_newer_version(model: Path, copy: Path) -> None:
    changed(model, schema=fitted.SCHEMA + 1)
    assert resolve(str(model), fit=True).unfitted == "a newer version of Planfirst wrote its record"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"schema": "1"}', '{"schema": 1}', "[" * 100_000, "\x00", '{"schema": true}']
)
def test_a_record_that_is_nonsense(model: Path, copy: Path, text: str) -> None:
    fitted.record_of(model).write_text(text)
    spec = resolve(str(model), fit=True)
    assert (spec.path, spec.unfitted) == (model, "its record cannot be read")


@pytest.mark.parametrize(
    "values",
    [
        {"running": {"threads": -1}},
        {"running": {"threads": True}},
        {"running": {"batch": 0}},
        {"running": {"batch": 10**9}},
        {"running": {"mmap": 1}},
        {"running": {"speed": 1}},
        {"running": []},
        {"copy": {"size": 1, "modified": 1, "sha256": "nonsense"}},
        {"copy": "small.gguf"},
        {"origin": None},
        {"figures": {}},
        {"layout": 4},
        {"here": None},
    ],
)
def test_values_that_cannot_be(model: Path, copy: Path, values: dict[str, Any]) -> None:
    changed(model, **values)
    spec = resolve(str(model), fit=True)
    assert (spec.path, spec.running) == (model, Running())
    assert spec.unfitted


def test_the_list_names_it_and_does_not_take_the_copy_for_a_model(own_data_folder: Path) -> None:
    model = write_gguf(own_data_folder / "models" / "mine.gguf")
    copy = write_gguf(fitted.copy_of(model))
    fitted.write(model, Fitted(File.of(model), "IQ4_NL", File.of(copy), RUNNING))
    (mine,) = [one for one in installed() if one.origin == "imported"]
    assert (mine.name, mine.fitted) == ("mine", "IQ4_NL")


def test_it_is_removed_with_what_an_interrupted_run_left(model: Path, copy: Path) -> None:
    left = copy.with_name(f".{copy.stem}.q4_0.part")
    left.write_bytes(bytes(100))
    before = model.read_bytes()
    assert fitted.remove(model) > 100
    assert list(fitted.folder().iterdir()) == []
    assert model.read_bytes() == before
    assert fitted.remove(model) == 0


def test_a_processor_is_known_by_its_abilities(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("model name\t: EPYC\nflags\t\t: avx2 fma\n\nmodel name\t: EPYC\nflags\t\t: avx2 fma\n")
    first = fitted._processor.__wrapped__(cpuinfo)
    assert first.startswith("EPYC, ")
    cpuinfo.write_text("model name\t: EPYC\nflags\t\t: fma avx2\n")
    assert fitted._processor.__wrapped__(cpuinfo) == first
    cpuinfo.write_text("model name\t: EPYC\nflags\t\t: avx2 fma avx512f\n")
    assert fitted._processor.__wrapped__(cpuinfo) != first
    assert fitted._processor.__wrapped__(tmp_path / "none")
