"""Data sets fetched with the real huggingface_hub, in a process of their own, from a look-alike on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import planfirst
from planfirst.adapters.datasets import split_name
from planfirst.core.errors import BadRequest
from tests.adapters.dataset_hub import DatasetHub, serve

PROGRAM = """
import json, sys, time
from planfirst.adapters import datasets
from planfirst.core.errors import PlanfirstError
time.sleep = lambda seconds: None  # between its tries the hub's client waits 23 seconds in all
said = []
try:
    found = getattr(datasets, sys.argv[1])(*sys.argv[2:4], *([said.append] if sys.argv[1] == "fetch" else []))
    files = {path.relative_to(found.folder).as_posix(): path.read_text() for path in found.files}
    print(json.dumps({"files": files, "said": said}))
except PlanfirstError as error:
    print(json.dumps({"error": type(error).__name__, "what": error.what, "next": error.next_step}))
"""
ROW = b'{"question": "q", "snippet": "s"}\n'
# What the hub has of koutch/staqc: a script, and the hub's own conversion.
STAQC = {
    ("koutch/staqc", "main"): {"README.md": b"#", "staqc.py": b"print()", ".gitattributes": b""},
    ("koutch/staqc", "refs/convert/parquet"): {
        "sca_python/train/0000.parquet": b"one",
        "sca_python/train/index.duckdb": b"no",
        "mca_python/train/0000.parquet": b"two",
    },
}


def ask(what: str, repository: str, subset: str, folder: Path, url: str, **variables: str) -> dict[str, Any]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    environment |= {
        "HF_ENDPOINT": url,
        "HF_HOME": str(folder),
        "NO_PROXY": "*",
        "PYTHONPATH": str(Path(planfirst.__file__).parents[1]),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, what, repository, subset],
        env=environment | variables,
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_subset_that_the_hub_converted(tmp_path: Path) -> None:
    with serve(DatasetHub(STAQC)) as hub:
        found = ask("fetch", "koutch/staqc", "sca_python", tmp_path, hub.url)
        asked = len(hub.asked)
        again = ask("local", "koutch/staqc", "sca_python", tmp_path, hub.url)
        offline = ask("fetch", "koutch/staqc", "sca_python", tmp_path, hub.url, HF_HUB_OFFLINE="1")
        other = ask("local", "koutch/staqc", "mca_python", tmp_path, hub.url)
        assert len(hub.asked) == asked
    assert found["files"] == again["files"] == offline["files"] == {"sca_python/train/0000.parquet": "one"}
    assert len(found["said"]) == 1
    assert found["said"][0].startswith("Fetching 1 files, 0.0 MB, of koutch/staqc from http://127.0.0.1")
    assert not any(path.endswith((".py", ".duckdb")) for path in hub.asked)
    assert other["error"] == "HubError"
    assert "not on this machine" in other["what"]


def test_tables_of_its_own_come_first_and_in_one_format(tmp_path: Path) -> None:
    files = {
        "data/train-0.parquet": b"p",
        "data/train.jsonl": ROW,
        "evil.pkl": b"\x80",
        "dataset_infos.json": b"{}",
        "data/test-0.parquet": b"q",
    }
    with serve(DatasetHub({("a/b", "main"): files, ("a/b", "refs/convert/parquet"): {"x.parquet": b"no"}})) as hub:
        found = ask("fetch", "a/b", "", tmp_path, hub.url)
    assert found["files"] == {"data/test-0.parquet": "q", "data/train-0.parquet": "p"}


@pytest.mark.parametrize("subset", ["conala", "conala-mined"])
def test_a_subset_named_by_its_file(tmp_path: Path, subset: str) -> None:
    files = {"conala.jsonl": ROW, "conala-mined.jsonl": ROW, "other.jsonl": ROW}
    with serve(DatasetHub({("a/b", "main"): files})) as hub:
        found = ask("fetch", "a/b", subset, tmp_path, hub.url)
    assert f"{subset}.jsonl" in found["files"]
    assert "other.jsonl" not in found["files"]


@pytest.mark.parametrize(
    ("repository", "subset", "said", "advice"),
    [
        ("a/none", "", "has no data set a/none", "HF_ENDPOINT"),
        ("koutch/staqc", "cobol", "staqc/cobol has no tables", "index add FOLDER"),
        ("a/gated", "", "conditions", "HF_TOKEN"),
        ("a/broken", "", "answered 500", "Try again later"),
    ],
)
def test_refusals_say_what_to_do(tmp_path: Path, repository: str, subset: str, said: str, advice: str) -> None:
    refusals = {"a/gated": (403, "GatedRepo"), "a/broken": (500, "")}
    with serve(DatasetHub(STAQC, refusals)) as hub:
        found = ask("fetch", repository, subset, tmp_path, hub.url)
    assert found["error"] == "HubError"
    assert said in found["what"]
    assert advice in found["next"]


def test_a_data_set_that_was_never_fetched_offline(tmp_path: Path) -> None:
    with serve(DatasetHub(STAQC)) as hub:
        found = ask("fetch", "koutch/staqc", "sca_python", tmp_path, hub.url, HF_HUB_OFFLINE="1")
    assert hub.asked == []
    assert found["error"] == "HubError"
    assert "koutch/staqc/sca_python is not on this machine" in found["what"]
    assert "HF_HUB_OFFLINE" in found["next"]


def test_a_hub_that_is_down(tmp_path: Path) -> None:
    found = ask("fetch", "koutch/staqc", "sca_python", tmp_path, "http://127.0.0.1:9")
    assert found["error"] == "HubError"
    assert "could not be fetched" in found["what"]


def test_names_of_data_sets() -> None:
    assert split_name("koutch/staqc/sca_python") == ("koutch/staqc", "sca_python")
    assert split_name("koutch/staqc") == ("koutch/staqc", "")
    for wrong in ("staqc", "", "a/b/c/d", "../x", "a/b/../c", "a b/c", "a/b\n"):
        with pytest.raises(BadRequest):
            split_name(wrong)
