"""Downloads with the real huggingface_hub, in a process of their own, from a hub look-alike on loopback.

A process of its own, because huggingface_hub reads the environment when it is imported.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import planfirst
from planfirst.adapters.checksums import recorded
from planfirst.adapters.hub import pull
from planfirst.core.errors import HubError
from planfirst.models import ModelEntry
from tests.adapters.hub_lookalike import COMMIT, Hub, serve
from tests.small_gguf import large_gguf, small_gguf

SMALL = small_gguf()
LARGE = large_gguf(6 << 20)  # 24 MB: huggingface_hub hands on 10 MB at a time
CHUNK = 10 << 20

PROGRAM = """
import json, sys
from pathlib import Path
from planfirst.adapters.hub import pull
from planfirst.core.errors import PlanfirstError
from planfirst.models import ModelEntry

def said(**message):
    print(json.dumps(message), flush=True)

for entry in json.loads(sys.argv[1]):
    try:
        said(path=str(pull(ModelEntry(**entry), Path(sys.argv[2]), lambda done, size: said(done=done, size=size))))
    except PlanfirstError as error:
        said(error=type(error).__name__, what=error.what, next_step=error.next_step)
"""


def entry_for(content: bytes, **changes: Any) -> dict[str, Any]:
    return {
        "name": "small",
        "file": "small.gguf",
        "repository": "someone/small-GGUF",
        "revision": COMMIT,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "licence": "Apache-2.0",
        "context": 512,
        "roles": ["planner"],
        "profile": "instruct",
        "summary": "",
    } | changes


def start(entries: list[dict[str, Any]], folder: Path, url: str, **variables: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    environment |= {
        "HF_ENDPOINT": url,
        "HF_HOME": str(folder / "hf"),
        "NO_PROXY": "*",
        "PYTHONPATH": str(Path(planfirst.__file__).parents[1]),
    }
    command = [sys.executable, "-c", PROGRAM, json.dumps(entries), str(folder)]
    return subprocess.Popen(command, env=environment | variables, stdout=subprocess.PIPE, text=True, encoding="utf-8")


def fetch(entry: dict[str, Any], folder: Path, url: str, **variables: str) -> list[dict[str, Any]]:
    return fetch_all([entry], folder, url, **variables)


def fetch_all(entries: list[dict[str, Any]], folder: Path, url: str, **variables: str) -> list[dict[str, Any]]:
    with start(entries, folder, url, **variables) as process:
        assert process.stdout
        messages = [json.loads(line) for line in process.stdout]
    assert process.returncode == 0
    return messages


def files_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix in (".gguf", ".sha256", ".part"))


@pytest.fixture
def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def test_downloads_with_progress_and_records_the_checksum(tmp_path: Path) -> None:
    with serve(Hub({"someone/small-GGUF/small.gguf": LARGE})) as hub:
        messages = fetch(entry_for(LARGE), tmp_path, hub.url, HF_TOKEN="hf_secret")
        again = fetch(entry_for(LARGE), tmp_path, hub.url)
    target = tmp_path / "small.gguf"
    assert messages[-1] == {"path": str(target)}
    assert [message["done"] for message in messages[:-1]] == [0, CHUNK, 2 * CHUNK, len(LARGE)]
    assert {message["size"] for message in messages[:-1]} == {len(LARGE)}
    assert target.read_bytes() == LARGE
    assert recorded(target) == hashlib.sha256(LARGE).hexdigest()
    assert files_of(tmp_path) == ["small.gguf", "small.gguf.sha256"]
    assert set(hub.tokens) == {"Bearer hf_secret"}
    assert again == [{"path": str(target)}]
    assert hub.requests == 2


def test_goes_on_after_a_broken_connection(tmp_path: Path) -> None:
    with serve(Hub({"someone/small-GGUF/small.gguf": LARGE}, break_after=[CHUNK + 5])) as hub:
        messages = fetch(entry_for(LARGE), tmp_path, hub.url)
    assert messages[-1] == {"path": str(tmp_path / "small.gguf")}
    assert hub.ranges == ["", f"bytes={CHUNK}-"]
    assert (tmp_path / "small.gguf").read_bytes() == LARGE


def test_goes_on_after_the_process_was_killed(tmp_path: Path) -> None:
    with serve(Hub({"someone/small-GGUF/small.gguf": LARGE}, break_after=[CHUNK + 5], stall=True)) as hub:
        with start([entry_for(LARGE)], tmp_path, hub.url) as process:
            assert process.stdout
            for line in process.stdout:
                if json.loads(line)["done"] == CHUNK:
                    break
            _wait_for_part(tmp_path, CHUNK)
            process.kill()
        assert not (tmp_path / "small.gguf").exists()
        messages = fetch(entry_for(LARGE), tmp_path, hub.url)
    assert hub.ranges == ["", f"bytes={CHUNK}-"]
    assert messages[0] == {"done": CHUNK, "size": len(LARGE)}
    assert (tmp_path / "small.gguf").read_bytes() == LARGE
    assert files_of(tmp_path) == ["small.gguf", "small.gguf.sha256"]


def test_the_storage_that_the_hub_points_to_gets_no_token(tmp_path: Path) -> None:
    files = {"someone/small-GGUF/small.gguf": LARGE}
    with serve(Hub(files)) as storage, serve(Hub(files, redirect=storage.url)) as hub:
        storage.break_after.append(CHUNK + 5)
        messages = fetch(entry_for(LARGE), tmp_path, hub.url, HF_TOKEN="hf_secret")
    assert messages[-1] == {"path": str(tmp_path / "small.gguf")}
    assert set(hub.tokens) == {"Bearer hf_secret"}
    assert set(storage.tokens) == {""}
    assert storage.ranges == ["", f"bytes={CHUNK}-"]


def test_a_file_that_changed_on_the_hub_is_not_patched_together(tmp_path: Path) -> None:
    (tmp_path / ".small.gguf.0123456789abcdef.part").write_bytes(b"older")
    with serve(Hub({"someone/small-GGUF/small.gguf": SMALL})) as hub:
        fetch(entry_for(SMALL), tmp_path, hub.url)
    assert hub.ranges == [""]
    assert files_of(tmp_path) == ["small.gguf", "small.gguf.sha256"]


def test_a_wrong_checksum_is_an_error_and_nothing_is_kept(tmp_path: Path) -> None:
    other = SMALL[:-1] + b"x"
    with serve(Hub({"someone/small-GGUF/small.gguf": other})) as hub:
        *_, last = fetch(entry_for(SMALL), tmp_path, hub.url)
    assert last["error"] == "FetchError"
    assert hashlib.sha256(other).hexdigest() in last["what"]
    assert "do not trust" in last["next_step"]
    assert files_of(tmp_path) == []


def test_without_a_known_checksum_the_one_seen_is_recorded(tmp_path: Path) -> None:
    with serve(Hub({"someone/small-GGUF/small.gguf": SMALL})) as hub:
        fetch(entry_for(SMALL, sha256="", size=0, revision="main"), tmp_path, hub.url)
    assert recorded(tmp_path / "small.gguf") == hashlib.sha256(SMALL).hexdigest()


def test_what_is_not_a_model_is_not_kept(tmp_path: Path) -> None:
    page = b"<html>please log in</html>"
    with serve(Hub({"someone/small-GGUF/small.gguf": page})) as hub:
        *_, last = fetch(entry_for(page), tmp_path, hub.url)
    assert last["error"] == "ModelRefused"
    assert "not a GGUF file" in last["what"]
    assert files_of(tmp_path) == []


def test_another_size_is_noticed_before_the_download(tmp_path: Path) -> None:
    with serve(Hub({"someone/small-GGUF/small.gguf": SMALL})) as hub:
        *_, last = fetch(entry_for(SMALL, size=7), tmp_path, hub.url)
    assert last["error"] == "HubError"
    assert "instead of 7" in last["what"]
    assert hub.ranges == []


def test_refusals_say_what_to_do(tmp_path: Path) -> None:
    cases = [
        (404, "EntryNotFound", "has no", "HF_ENDPOINT"),
        (404, "RevisionNotFound", "has no", "HF_ENDPOINT"),
        (401, "RepoNotFound", "has no", "HF_TOKEN"),
        (401, "", "", "HF_TOKEN"),
        (403, "GatedRepo", "conditions", "HF_TOKEN"),
        (403, "", "answered 403", "HF_TOKEN"),
        (500, "", "answered 500", "Try again later"),
    ]
    refusals = {f"someone/{number}": (status, code) for number, (status, code, _, _) in enumerate(cases)}
    with serve(Hub({}, refusals=refusals)) as hub:
        messages = fetch_all([entry_for(SMALL, repository=repository) for repository in refusals], tmp_path, hub.url)
    for (_, _, said, advice), message in zip(cases, messages, strict=True):
        assert message["error"] == "HubError"
        assert said in message["what"]
        assert advice in message["next_step"]
        assert "models import" in message["next_step"]
    assert files_of(tmp_path) == []


def test_offline_asks_nobody(tmp_path: Path) -> None:
    with serve(Hub({"someone/small-GGUF/small.gguf": SMALL})) as hub:
        (last,) = fetch(entry_for(SMALL), tmp_path, hub.url, HF_HUB_OFFLINE="1")
    assert last["error"] == "HubError"
    assert "HF_HUB_OFFLINE" in last["what"]
    assert hub.requests == 0


def test_a_hub_that_is_down(tmp_path: Path, closed_port: str) -> None:
    (last,) = fetch(entry_for(SMALL), tmp_path, closed_port)
    assert last["error"] == "HubError"
    assert "could not be reached" in last["what"]
    assert "HF_ENDPOINT" in last["next_step"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    blocked = tmp_path / "models"
    blocked.write_text("in the way", encoding="utf-8")
    with pytest.raises(HubError, match="could not be saved"):
        pull(ModelEntry(**entry_for(SMALL)), blocked / "inner", lambda done, size: None)


def test_too_little_space_is_noticed_before_the_download(tmp_path: Path) -> None:
    huge = 1 << 60
    with serve(Hub({"someone/small-GGUF/small.gguf": SMALL})) as hub:
        hub.claimed_size = huge
        (last,) = fetch(entry_for(SMALL, size=huge), tmp_path, hub.url)
    assert "MB free" in last["what"]
    assert "PLANFIRST_HOME" in last["next_step"]
    assert hub.ranges == []


def test_a_shipped_model_is_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="comes with Planfirst"):
        pull(ModelEntry(**entry_for(SMALL, repository="")), tmp_path, lambda done, size: None)


def _wait_for_part(folder: Path, size: int) -> None:
    """Until the bytes that were reported are in the file; the report comes a moment before the write."""
    while sum(path.stat().st_size for path in folder.glob(".*.part")) < size:
        pass
