"""``planfirst index`` add, remove, verify and export, with the real embedding model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from planfirst.core.types import Pair
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.store.build import build
from planfirst.store.partial import waiting
from tests.cli.command_line import COMMAND, answer, complaint, environment, in_process, last_line, planfirst


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write(tmp_path / "company.jsonl", 3)


@pytest.fixture
def small_store(own_data_folder: Path) -> Path:
    """A store of two corpora that no real model made."""
    folder = own_data_folder / "store"
    pairs = [Pair(f"p{n}", f"question {n}", f"code({n})", "own", "MIT", "") for n in range(4)]
    build(folder, {"one": pairs[:1], "two": pairs[1:]}, HashedEmbedder())
    return folder


def write(path: Path, count: int) -> Path:
    rows = [{"intent": f"open the company vault number {n}", "snippet": f"vault.open({n})"} for n in range(count)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{bad\n", encoding="utf-8")
    return path


@pytest.mark.real
@pytest.mark.usefixtures("embedding_ready")
def test_a_table_from_add_to_remove(table: Path, own_data_folder: Path, tmp_path: Path) -> None:
    done = in_process("index", "add", table, "--licence", "MIT")
    assert done.returncode == 0, done.stderr
    said = done.stderr.splitlines()
    assert said[0] == "company: 3 examples read, 1 left out: row is not JSON 1."
    assert said[1].startswith("  company.jsonl:4: row is not JSON (")
    assert done.stdout.startswith("3 examples (company 3), ")
    assert f"company is from {table}\n" in done.stdout
    found = answer(in_process("index", "search", "how do I open the vault of the company", "--json"))
    assert found[0]["pair"]["code"].startswith("vault.open(")
    assert found[0]["pair"]["licence"] == "MIT"
    done = planfirst("index", "build", "--set", "retriever.corpora=[]")
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines() == said
    assert done.stdout.startswith("3 examples (company 3), ")
    assert f"in {own_data_folder / 'store'}\ngeneration 2, built " in done.stdout
    checked = answer(in_process("index", "verify", "--json"))
    assert checked["sampled"] == 3
    assert checked["lowest"] > 0.999
    exported = tmp_path / "out.jsonl"
    assert in_process("index", "export", exported).stdout == f"3 examples in {exported}\n"
    assert [json.loads(line)["code"] for line in exported.read_text(encoding="utf-8").splitlines()] == [
        f"vault.open({n})" for n in range(3)
    ]
    done = in_process("index", "remove", "company")
    assert done.stdout.startswith("0 examples (), ")


@pytest.mark.real
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process there")
@pytest.mark.usefixtures("embedding_ready")
def test_control_c_pauses(own_data_folder: Path, tmp_path: Path) -> None:
    table, store = write(tmp_path / "many.jsonl", 900), own_data_folder / "store"
    with subprocess.Popen(
        [*COMMAND, "index", "add", table],
        env=environment(own_data_folder, {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        while waiting(store) < 128 and process.poll() is None:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        printed, said = process.communicate(timeout=150)
    assert (process.returncode, printed) == (1, "")
    kept = waiting(store)
    assert kept >= 128
    assert said.splitlines()[-2:] == [
        f"{kept} embedded texts are kept; run the same command again to continue.",
        "planfirst: Stopped.",
    ]
    done = planfirst("index", "add", table, PLANFIRST_PROGRESS="json")
    assert done.returncode == 0, done.stderr
    steps = [json.loads(line) for line in done.stderr.splitlines() if line.startswith('{"done"')]
    assert steps[0] == {"done": kept, "total": 900}
    assert steps[-1] == {"done": 900, "total": 900}
    assert answer(in_process("index", "status", "--json"))["waiting"] == 0


@pytest.mark.real
@pytest.mark.usefixtures("embedding_ready")
def test_a_folder_of_code_and_a_package(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    (folder / "src").mkdir(parents=True)
    (folder / ".gitignore").write_text("made.py\n", encoding="utf-8")
    (folder / "made.py").write_text("def never_seen():\n    return 1\n", encoding="utf-8")
    (folder / "src" / "cart.ts").write_text(
        "// Adds up the prices of everything in the cart.\n"
        "export function total(cart: Cart) {\n  return cart.items.reduce((sum, item) => sum + item.price, 0);\n}\n",
        encoding="utf-8",
    )
    done = in_process("index", "add", folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 examples (shop 1), ")
    done = in_process("index", "add", "--python", sys.executable, "--package", "filelock")
    assert done.returncode == 0, done.stderr
    assert f"packages is from --python {sys.executable}\n" in done.stdout
    found = answer(in_process("index", "search", "sum of all prices in a shopping cart", "--json"))
    assert found[0]["pair"]["place"] == "src/cart.ts:2"
    assert found[0]["pair"]["licence"] == "own"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "You named nothing to add"),
        (["x.jsonl", "--python", "python3"], "or two things at once"),
        (["x.jsonl", "--package", "rich"], "--package needs --python"),
    ],
)
def test_add_is_told_what(arguments: list[str], said: str) -> None:
    assert said in complaint(in_process("index", "add", *arguments), 2)


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    line = complaint(in_process("index", "add", tmp_path / "no.jsonl"), 1)
    assert line.startswith(f"There is no file or folder {tmp_path / 'no.jsonl'}.")


def test_a_table_without_the_needed_columns_is_refused_before_a_model_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Frage,Antwort\na,b\n", encoding="utf-8")
    done = in_process("index", "add", path, "--set", "retriever.model=/nowhere")
    assert done.returncode == 1
    assert "its columns are: Frage, Antwort. Name them with --question-column" in last_line(done, 1)


def test_a_data_set_that_is_not_here_offline(tmp_path: Path) -> None:
    done = planfirst("index", "add", "hf:koutch/staqc/sca_python", HF_HUB_OFFLINE="1", HF_HOME=str(tmp_path))
    line = complaint(done, 1)
    assert line.startswith("The data set koutch/staqc/sca_python is not on this machine")


def test_remove_needs_no_model(small_store: Path) -> None:
    done = in_process("index", "remove", "one", "--set", "retriever.model=/nowhere")
    assert done.stdout.startswith("3 examples (two 3), ")
    line = complaint(in_process("index", "remove", "one"), 2)
    assert line == "The store has no corpus named 'one'. It has: two."


def test_export(small_store: Path, tmp_path: Path) -> None:
    done = planfirst("index", "export", "-", "--corpus", "two")
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["p1", "p2", "p3"]
    mine = tmp_path / "mine.jsonl"
    mine.write_text("my own text", encoding="utf-8")
    assert complaint(in_process("index", "export", mine), 2).startswith(f"There is already a file {mine}.")
    assert mine.read_text(encoding="utf-8") == "my own text"
    assert "no corpus named 'three'" in complaint(in_process("index", "export", "-", "--corpus", "three"), 2)
    assert list(tmp_path.glob(".*part")) == []


def test_verify_tells_damage_before_a_model_is_loaded(small_store: Path) -> None:
    path = small_store / "g-000001" / "vectors.f32"
    path.write_bytes(b"\x7f" + path.read_bytes()[1:])
    line = complaint(in_process("index", "verify", "--set", "retriever.model=/nowhere"), 1)
    assert "vectors.f32 does not match its checksum" in line
