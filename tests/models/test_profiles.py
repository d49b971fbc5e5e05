"""Where a model's profile comes from, and what a profile file may not do."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planfirst.adapters.gguf_header import PROFILE, read_header
from planfirst.core.errors import ProfileRefused
from planfirst.core.profile import COMPACT, INSTRUCT, SERVED, Profile
from planfirst.models import installed, manifest, models_folder, profile_file, profiles, resolve
from planfirst.settings import GeneratorSettings
from tests.small_gguf import KEYS, STRING, renamed, write_gguf

TUNED = replace(INSTRUCT, begun=False, example="turn", min_score=0.8, plan="first", plan_tokens=90, candidates=1)
GOOD = 'schema = 1\nbase = "instruct"\n[asked]\nexample = "none"\n'
VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
    max_leaves=4,
)


def entry(**changes: Any) -> Any:
    return replace(next(one for one in manifest() if one.name == "qwen2.5-coder-0.5b"), **changes)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "m" / "small.gguf")


def of(model: Path, known: Any = None) -> profiles.Sourced:
    return profiles.of_model(model, known, read_header(model))


def write(model: Path, text: str | bytes) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    profiles.beside(model).write_bytes(data)


def test_what_is_written_is_read_again(model: Path) -> None:
    figures = [{"field": "begun", "chosen": False, "right": {"yes": 3, 'a "b"\x7f': 4}, "says": 'Two\n"lines".'}]
    size = model.stat().st_size
    profile_file.write(profiles.beside(model), TUNED, "small", size, figures)
    assert of(model) == profiles.Sourced(TUNED, "tuned")
    data = tomllib.loads(profiles.beside(model).read_text(encoding="utf-8"))
    assert data["figures"] == figures
    assert set(data["asked"]) == {"begun", "example", "min_score", "plan", "plan_tokens", "candidates"}
    assert (data["base"], data["model"], data["model_bytes"]) == ("instruct", "small", size)
    assert data["made"].tzinfo is not None
    assert [path.name for path in model.parent.iterdir() if path.suffix == ".part"] == []


def test_a_profile_with_templates_of_the_users_own(model: Path) -> None:
    mine = replace(INSTRUCT, name="mine")
    profile_file.write(profiles.beside(model), mine, "small", 0, [])
    assert of(model) == profiles.Sourced(mine, "tuned")


def test_the_sources_in_their_order(tmp_path: Path) -> None:
    said = write_gguf(tmp_path / "a.gguf", keys=[*KEYS, (PROFILE, STRING, "compact")])
    known = entry(asked={"example": "turn", "min_score": 1})
    assert of(write_gguf(tmp_path / "b.gguf")) == profiles.Sourced(INSTRUCT, "default")
    assert of(write_gguf(tmp_path / "c.gguf", keys=renamed("planfirst-starter"))).profile == COMPACT
    assert of(said) == profiles.Sourced(COMPACT, "gguf")
    by_manifest = of(said, known)
    assert by_manifest == profiles.Sourced(replace(INSTRUCT, example="turn", min_score=1.0), "manifest")
    assert isinstance(by_manifest.profile.min_score, float)
    write(said, GOOD)
    assert of(said, known) == profiles.Sourced(replace(INSTRUCT, example="none"), "tuned")
    untuned = profiles.of_model(said, known, read_header(said), tuned=False)
    assert untuned == by_manifest


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("schema = 2\n", "a newer version of Planfirst wrote it (schema 2)"),
        ("schema = true\n", "it does not say its `schema`"),
        ("base = 'instruct'\n", "it does not say its `schema`"),
        ("schema = 1\nbase = 'other'\n", "its `base` must be one of compact, instruct"),
        ("schema = 1\nbase = 3\n", "its `base` must be one of"),
        ("schema = 1\nasked = 3\n", "`asked` must be a table"),
        ("schema = 1\n[asked]\nprompt = 'x'\n", "no profile has the field 'prompt'"),
        ("schema = 1\n[asked]\nbegun = 1\n", "`begun` must be true or false"),
        ("schema = 1\n[asked]\nexample = 'above'\n", "`example` must be one of inline, turn, none"),
        ("schema = 1\n[asked]\nplan = []\n", "`plan` must be one of"),
        ("schema = 1\n[asked]\nmin_score = nan\n", "`min_score` must be a number from -1 to 1.5"),
        ("schema = 1\n[asked]\nmin_score = true\n", "`min_score` must be a number"),
        ("schema = 1\n[asked]\nplan_tokens = 40.5\n", "`plan_tokens` must be a number from 16 to 1024"),
        ("schema = 1\n[asked]\ncandidates = 1000000\n", "`candidates` must be a number from 1 to 64"),
        ("schema = 1\n[asked]\nsystem = 3\n", "`system` must be a text of at most 2000 characters"),
        (f"schema = 1\n[asked]\nsystem = '{'x' * 2001}'\n", "`system` must be a text"),
        ("schema = 1\n[asked]\nstops = 'x'\n", "`stops` must be a list of at most 4 texts"),
        ("schema = 1\n[asked]\nstops = ['']\n", "`stops` must be a list"),
        ("schema = 1\n[asked]\nstops = ['a', 'b', 'c', 'd', 'e']\n", "`stops` must be a list"),
        ("schema = 1\n[asked]\nname = '../x'\n", "`name` must be the name of a set of templates"),
        ("schema = 1\nmodel_bytes = 7\n", "it was measured on another model file"),
        ("schema = 1\nmodel_bytes = -1\n", "its `model_bytes` must be a number of bytes"),
        ("schema = 1\nx = " + "[" * 5000 + "\n", "it is not TOML"),
        (b"\xff\xfe", "it is not TOML"),
        ("schema = " + "9" * 5000, "it is not TOML"),
        ("#" * (1 << 19), "it is larger than"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_the_next_source_is_used(
    model: Path, text: str | bytes, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    write(model, text)
    known = entry(asked={"candidates": 2})
    found = of(model, known)
    assert (found.profile, found.source) == (replace(INSTRUCT, candidates=2), "manifest")
    assert found.refused.startswith("The profile in small.gguf.profile.toml is not used: ")
    assert why in found.refused
    assert found.refused.endswith("`planfirst models tune` measures a new one.")
    assert caplog.messages == [found.refused]


def test_a_system_message_and_stop_texts(model: Path) -> None:
    asked = replace(INSTRUCT, system='You write "code".\n', stops=("\n# End", "<end>"))
    profile_file.write(profiles.beside(model), asked, "small", 0, [])
    assert of(model) == profiles.Sourced(asked, "tuned")


def test_a_folder_in_its_place(model: Path) -> None:
    profiles.beside(model).mkdir()
    found = of(model)
    assert (found.profile, found.source) == (INSTRUCT, "default")
    assert "it cannot be read" in found.refused


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.dictionaries(st.sampled_from([*Profile.__dataclass_fields__, "x"]), VALUES, max_size=4))
def test_whatever_the_values_are_the_profile_is_sound(values: dict[str, Any]) -> None:
    try:
        profile = profiles.checked(values, INSTRUCT, "x")
    except ProfileRefused:
        return
    assert "x" not in values
    assert all(getattr(profile, key) == (tuple(value) if key == "stops" else value) for key, value in values.items())
    for field in Profile.__dataclass_fields__:
        assert type(getattr(profile, field)) is type(getattr(INSTRUCT, field))
    assert -1 <= profile.min_score <= 1.5
    assert 16 <= profile.plan_tokens <= 1024
    assert 1 <= profile.candidates <= 64


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode) | st.tuples(
    st.sampled_from(["schema = 1\n", "", "schema = 1\n[asked]\n", "schema = 1\nasked = "]), st.text(max_size=40)
).map("".join).map(str.encode))  # fmt: skip
def test_whatever_the_bytes_are_nothing_else_is_raised(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.profile.toml"
    path.write_bytes(data)
    profiles._read.cache_clear()
    try:
        found = profiles.read(path)
    except ProfileRefused:
        return
    assert found.base in ("compact", "instruct")


def test_a_changed_file_counts_at_the_next_request(own_data_folder: Path) -> None:
    path = write_gguf(models_folder() / "mine.gguf")
    assert (resolve("mine").profile, resolve("mine").asked) == (INSTRUCT, "default")
    write(path, GOOD)
    assert (resolve("mine").profile.example, resolve("mine").asked) == ("none", "tuned")
    write(path, GOOD.replace('"none"', '"turn" '))
    assert resolve("mine").profile.example == "turn"
    (here,) = [one for one in installed() if one.name == "mine"]
    assert (here.profile, here.asked) == ("instruct", "tuned")
    write(path, "schema = 7")
    spec = resolve("mine")
    assert (spec.profile, spec.asked) == (INSTRUCT, "default")
    assert "a newer version" in spec.refused


def test_every_entry_of_the_manifest_has_a_sound_profile() -> None:
    asked = [profiles.checked(one.asked, INSTRUCT, one.name) for one in manifest()]
    assert len(asked) >= 4


def test_how_a_server_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "here.profile.toml"
    assert profiles.of_server(GeneratorSettings().profile) == profiles.Sourced(SERVED, "default")
    assert not SERVED.begun
    assert profiles.of_server("instruct") == profiles.Sourced(INSTRUCT, "setting")
    refused = profiles.of_server(str(path))
    assert (refused.profile, refused.source) == (SERVED, "default")
    assert "here.profile.toml is not used: it cannot be read" in refused.refused
    path.write_text(GOOD)
    assert profiles.of_server(str(path)) == profiles.Sourced(replace(INSTRUCT, example="none"), "tuned")
    assert profiles.of_server("a\0b").source == "default"
