"""Which adapter a setting means, and who says that it is in use."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from planfirst.adapters.lora_file import Use
from planfirst.cli import doctor
from planfirst.core.errors import ModelMissing, ModelRefused
from planfirst.core.profile import INSTRUCT
from planfirst.models import import_file, manifest, resolve, shipped_folder
from planfirst.models.model_adapters import chosen, made_for, planning
from planfirst.settings_reader import parse
from tests.cli.command_line import in_process
from tests.random_llama import write_random_llama
from tests.random_lora import write_random_lora


@pytest.fixture
def mine(random_llama: Path, own_data_folder: Path) -> Path:
    """The random model, imported as ``mine``."""
    return import_file(random_llama, "mine")


@pytest.fixture
def planner(mine: Path, own_data_folder: Path) -> Path:
    """An adapter of the user's own for it."""
    return write_random_lora(own_data_folder / "planners" / "careful.gguf", mine)


def test_none_a_name_a_path_and_auto(mine: Path, planner: Path, tmp_path: Path) -> None:
    spec = resolve("mine")
    other = write_random_lora(tmp_path / "elsewhere.gguf", mine)
    assert chosen("", spec) is None
    for setting in ("careful", " auto ", str(planner)):
        found = chosen(setting, spec)
        assert found is not None
        assert found.path == planner
    found = chosen(str(other), spec)
    assert found is not None
    assert found.name == "elsewhere"
    with pytest.raises(ModelMissing, match="named 'unknown'"):
        chosen("unknown", spec)
    with pytest.raises(ModelMissing):
        chosen(str(tmp_path / "none.gguf"), spec)


def test_auto_takes_none_of_another_model_and_passes_damaged_ones_over(mine: Path, planner: Path) -> None:
    other = write_random_llama(planner.with_name("other-base"), seed=9)
    write_random_lora(planner.with_name("a-first.gguf"), other)
    planner.with_name("a-second.gguf").write_bytes(planner.read_bytes()[:500])
    found = chosen("auto", resolve("mine"))
    assert found is not None
    assert found.path == planner
    with pytest.raises(ModelRefused):
        chosen("a-second", resolve("mine"))
    planner.unlink()
    assert chosen("auto", resolve("mine")) is None
    assert made_for("") == []


def test_an_adapter_is_for_one_use(mine: Path, planner: Path) -> None:
    spec, said = resolve("mine"), {"planfirst.use": "change"}
    follower = write_random_lora(planner.with_name("follower.gguf"), mine, keys=said)
    uses: tuple[tuple[Use, Path, str], ...] = (("plan", planner, "follower"), ("change", follower, "careful"))
    for use, path, other in uses:
        for setting in ("auto", path.stem, str(path)):
            found = chosen(setting, spec, use)
            assert found is not None
            assert (found.path, found.use) == (path, use)
        with pytest.raises(ModelRefused, match="was trained to"):
            chosen(other, spec, use)


def test_a_planner_with_an_adapter_plans_first() -> None:
    assert INSTRUCT.plan == "draft"
    assert (planning(INSTRUCT).plan, planning(INSTRUCT).plan_tokens) == ("first", INSTRUCT.plan_tokens)


def test_the_doctor_and_the_list_say_what_is_in_use(mine: Path, planner: Path) -> None:
    def said(adapter: str) -> str:
        return doctor._planner(parse({"planner": {"model": "mine", "adapter": adapter}})[0])

    assert said("auto").endswith(f"It plans with the adapter careful, 0 MB, {planner}.")
    assert "adapter" not in said("")
    listed = in_process("models", "list", "--set", "planner.model=mine", "--set", "planner.adapter=careful").stdout
    assert [line.split()[0] for line in listed.splitlines() if "plans with the adapter careful" in line] == ["mine"]
    follower = write_random_lora(planner.with_name("follower.gguf"), mine, keys={"planfirst.use": "change"})
    assert said("").endswith(
        f"Where you change a plan, the code is written with the adapter follower, 0 MB, {follower}."
    )
    listed = in_process("models", "list", "--set", "planner.model=mine").stdout
    assert listed.count("follows changed plans with the adapter follower") == 1
    follower.unlink()
    assert "adapter" not in in_process("models", "list").stdout
    write_random_lora(planner, write_random_llama(planner.with_name("other-base"), seed=9))
    with pytest.raises(ModelRefused, match="another model"):
        said("careful")
    assert said("auto").endswith("No planner adapter ships for it.")


def test_the_one_that_ships_is_for_the_model_that_its_card_names() -> None:
    base = next(entry.sha256 for entry in manifest() if entry.name == "qwen2.5-coder-0.5b")
    (ships,) = [lora for lora in made_for(base, "change") if lora.path.parent == shipped_folder() / "planners"]
    card = ships.path.with_name("README.md").read_text("utf-8")
    assert base in card
    assert hashlib.sha256(ships.path.read_bytes()).hexdigest() in card
    assert made_for(base, "plan") == []
