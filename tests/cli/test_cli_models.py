"""``planfirst models``: what is there, taking over files, checking them, and what a download says when it fails."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from planfirst.models import manifest
from planfirst.words import Message
from tests.adapters.hub_lookalike import Hub, serve
from tests.cli.command_line import answer, complaint, in_process, last_line, planfirst
from tests.small_gguf import small_gguf, write_gguf

SMALL = small_gguf()
BY_HAND = "or fetch the file on another machine and run `planfirst models import FILE`."


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "small.gguf")


def in_models(home: Path) -> list[str]:
    return sorted(path.name for path in home.glob("models/*"))


def test_list_tells_of_every_known_model_on_a_line_of_its_own() -> None:
    done = in_process("models", "list")
    assert (done.returncode, done.stderr) == (0, "")
    head, *rows = done.stdout.splitlines()
    assert head.split() == ["Model", "Size", "Licence", "State"]
    assert [row.split()[0] for row in rows] == [entry.name for entry in manifest()]
    for row, entry in zip(rows, manifest(), strict=True):
        assert entry.licence in row
        get = f"  not installed; get it with: planfirst models pull {entry.name}"
        assert row.endswith("; it is what auto stands for" if entry.shipped else get)


def test_an_imported_model_is_listed_and_verified(small: Path, own_data_folder: Path) -> None:
    done = in_process("models", "import", small)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Imported as small; use it with --set planner.model=small\n"
    (row,) = [row for row in answer(in_process("models", "list", "--json")) if row["name"] == "small"]
    assert row["path"] == str(own_data_folder / "models" / "small.gguf")
    assert (row["installed"], row["size"], row["origin"], row["problem"]) == (True, len(SMALL), "imported", "")
    assert row["asked"] == "default"
    assert "  installed, asked as an unknown model\n" in in_process("models", "list").stdout
    checked = in_process("models", "verify", "small")
    digest = hashlib.sha256(SMALL).hexdigest()
    assert checked.returncode == 0
    assert checked.stdout.startswith("small: ")
    assert checked.stdout.endswith(f"(sha256 {digest}).\n")


def test_one_damaged_model_does_not_hide_the_others(small: Path, own_data_folder: Path) -> None:
    for name in ("before", "damaged", "later"):
        assert in_process("models", "import", small, "--name", name).returncode == 0
    (own_data_folder / "models" / "damaged.gguf").write_bytes(SMALL[:-1] + b"x")
    done = in_process("models", "verify")
    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stdout.splitlines()][-2:] == ["before", "later"]
    line = last_line(done, 1)
    assert line.startswith("The model damaged has changed since it came here: ")
    assert hashlib.sha256(SMALL).hexdigest() in line


def test_a_foreign_file_is_not_imported(tmp_path: Path, own_data_folder: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    line = complaint(in_process("models", "import", picture), 1)
    assert line.startswith("picture.png cannot be used as a model: it is not a GGUF file. ")
    assert in_models(own_data_folder) == []


def test_a_missing_file_is_not_imported(tmp_path: Path) -> None:
    line = complaint(in_process("models", "import", tmp_path / "missing.gguf"), 1)
    assert line.startswith(f"There is no model file at {tmp_path / 'missing.gguf'}. ")


@pytest.mark.parametrize("name", ["starter", "../escape", "."])
def test_a_name_that_cannot_be_used(small: Path, own_data_folder: Path, name: str) -> None:
    line = complaint(in_process("models", "import", small, "--name", name), 1)
    assert "--name" in line
    assert in_models(own_data_folder) == []


def test_a_name_that_another_file_has(small: Path, tmp_path: Path, own_data_folder: Path) -> None:
    in_process("models", "import", small)
    other = write_gguf(tmp_path / "other" / "small.gguf", data=128)
    line = complaint(in_process("models", "import", other), 1)
    assert line.startswith("There is already another model named small. ")
    assert (own_data_folder / "models" / "small.gguf").read_bytes() == SMALL


def test_a_file_that_only_has_the_name_of_a_known_model(tmp_path: Path, own_data_folder: Path) -> None:
    entry = manifest()[-1]
    line = complaint(in_process("models", "import", write_gguf(tmp_path / entry.file)), 1)
    assert line.startswith(f"{entry.file} is not the file that the manifest lists as {entry.name}: ")
    assert in_models(own_data_folder) == []


def test_verify_of_what_is_not_there() -> None:
    assert complaint(in_process("models", "verify", "nonsense"), 1).startswith("There is no model named 'nonsense'. ")
    entry = manifest()[-1]
    line = complaint(in_process("models", "verify", entry.name), 1)
    assert f"Run `planfirst models pull {entry.name}`" in line


def test_pull_of_an_unknown_name() -> None:
    line = complaint(in_process("models", "pull", "nonsense"), 1)
    assert line.startswith("There is no model named 'nonsense' to fetch. You can fetch ")
    assert all(entry.name in line for entry in manifest())


def test_pull_of_the_model_that_ships() -> None:
    line = complaint(in_process("models", "pull", "starter"), 1)
    assert line == str(Message("model-shipped", name="starter"))


def test_pull_while_offline_asks_nobody() -> None:
    entry = manifest()[-1]
    with serve(Hub({f"{entry.repository}/{entry.file}": SMALL})) as hub:
        line = complaint(
            planfirst("models", "pull", entry.name, "--from", "hub", HF_ENDPOINT=hub.url, HF_HUB_OFFLINE="1"), 1
        )
    assert "because HF_HUB_OFFLINE is set" in line
    assert line.endswith(BY_HAND)
    assert hub.requests == 0


def test_pull_from_a_hub_that_offers_another_file(own_data_folder: Path) -> None:
    entry = manifest()[-1]
    with serve(Hub({f"{entry.repository}/{entry.file}": SMALL})) as hub:
        pull = "models", "pull", entry.name.upper(), "--from", "hub"
        line = complaint(planfirst(*pull, HF_ENDPOINT=hub.url, HF_HUB_OFFLINE="0", NO_PROXY="*"), 1)
    assert line.startswith(f"The hub offers {entry.file} with {len(SMALL)} bytes instead of {entry.size}. ")
    assert line.endswith(BY_HAND)
    assert not any(name.endswith(".gguf") for name in in_models(own_data_folder))
