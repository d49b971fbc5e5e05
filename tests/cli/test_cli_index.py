"""``planfirst index`` with the real embedding model: build, status, search, and what goes wrong with a store."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from planfirst.core.retrieve import WORDS
from planfirst.core.types import Pair
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.store.build import build
from planfirst.store.write import locked
from planfirst.words import Message
from tests.cli.command_line import COMMAND, answer, complaint, environment, in_process, planfirst

QUESTION = "read a csv file into a list of dicts"
REBUILD = "Build it again with `planfirst index build`."


@pytest.fixture
def own_copy(cookbook_home: Path, own_data_folder: Path) -> Path:
    """The store of the cookbook, for a test to spoil."""
    shutil.copytree(cookbook_home, own_data_folder, symlinks=True)
    return own_data_folder / "store"


def write_foreign_store(folder: Path) -> None:
    pair = Pair("p", "sort a list", "sorted(items)", "own", "MIT", "own.toml#p")
    build(folder, {"own": [pair]}, HashedEmbedder())


@pytest.mark.parametrize("arguments", [["status"], ["status", "--json"], ["search", "sort a list"]])
def test_without_a_store(arguments: list[str], own_data_folder: Path) -> None:
    line = complaint(in_process("index", *arguments), 1)
    store = own_data_folder / "store"
    assert line == str(Message("store-missing", place=store))


def test_an_empty_question() -> None:
    assert complaint(in_process("index", "search", "  "), 2) == "Your question is empty. Write what to look for."


def test_a_corpus_that_is_not_there() -> None:
    line = complaint(in_process("index", "build", "cookbook", "nonsense"), 2)
    assert line == "No corpus named 'nonsense' comes with Planfirst. Choose one of: cookbook, functions."


@pytest.mark.real
def test_status_tells_what_is_in_the_store(cookbook_home: Path) -> None:
    found = answer(planfirst("index", "status", "--json", home=cookbook_home))
    assert found["folder"] == str(cookbook_home / "store")
    assert found["generation"] == 1
    assert found["count"] == found["corpora"]["cookbook"]["count"] >= 60
    assert list(found["corpora"]) == ["cookbook"]
    assert found["embedding"].startswith("all-MiniLM-L6-v2 ")
    assert found["dimension"] == 384
    assert found["size"] > 4 * found["dimension"] * found["count"]


@pytest.mark.real
def test_search_shows_the_nearest_examples_best_first(cookbook_home: Path) -> None:
    found = answer(planfirst("index", "search", QUESTION, "--count", "4", "--json", home=cookbook_home))
    assert found[0]["pair"]["question"] == QUESTION
    worths = [hit["score"] + WORDS * hit["shared"] for hit in found]  # all are recipes
    assert len(worths) == 4
    assert worths == sorted(worths, reverse=True)
    assert found[0]["score"] > 0.6
    assert found[0]["shared"] == 1.0
    assert found[0]["match"] == "close match"
    assert set(found[0]["pair"]) == {"id", "question", "code", "source", "licence", "place", "about", "steps"}


@pytest.mark.real
def test_a_store_of_another_embedding_model_is_refused(own_data_folder: Path) -> None:
    write_foreign_store(own_data_folder / "store")
    line = complaint(in_process("index", "search", QUESTION), 1)
    assert "was made with the embedding model hashed-words-128, and the one in use is all-MiniLM-L6-v2 " in line
    assert line.endswith(REBUILD)


@pytest.mark.real
def test_a_store_that_was_tampered_with_is_refused(own_copy: Path) -> None:
    vectors = own_copy / "g-000001" / "vectors.f32"
    data = bytearray(vectors.read_bytes())
    data[1000] ^= 1
    vectors.write_bytes(data)
    line = complaint(in_process("index", "search", QUESTION), 1)
    assert "vectors.f32 does not match its checksum" in line
    assert line.endswith(REBUILD)


@pytest.mark.real
@pytest.mark.parametrize("command", [["status"], ["search", QUESTION]])
def test_a_half_written_store_is_refused_before_a_model_is_loaded(own_copy: Path, command: list[str]) -> None:
    vectors = own_copy / "g-000001" / "vectors.f32"
    vectors.write_bytes(vectors.read_bytes()[:-4])
    line = complaint(in_process("index", *command), 1)
    assert f"The store of examples in {own_copy} cannot be used: vectors.f32 has " in line
    assert line.endswith(REBUILD)


@pytest.mark.real
def test_a_second_build_at_the_same_time_is_refused(own_data_folder: Path) -> None:
    store = own_data_folder / "store"
    with locked(store):
        line = complaint(in_process("index", "build", "cookbook"), 1)
    assert line == f"Another process is changing the store of examples in {store}. Wait until it has finished."


@pytest.mark.real
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process there")
def test_control_c_leaves_the_old_store_in_place(own_copy: Path, own_data_folder: Path) -> None:
    before = answer(in_process("index", "status", "--json"))
    command = [*COMMAND, "index", "build", "functions"]
    with subprocess.Popen(
        command,
        env=environment(own_data_folder, {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,  # as a terminal has it, the signal reaches the child processes too
    ) as process:
        while not (own_copy / "partial").exists() and process.poll() is None:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        printed, said = process.communicate(timeout=60)
    assert (process.returncode, printed) == (1, "")
    assert said.splitlines()[-1] == "planfirst: Stopped."
    after = answer(in_process("index", "status", "--json"))
    assert {**after, "waiting": 0} == before
