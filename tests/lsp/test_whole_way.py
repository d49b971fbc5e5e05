"""The whole way with nothing replaced: the embedding model, a FAISS store, the starter, and the server over stdio."""

from __future__ import annotations

import ast
import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from tests.lsp.editor import Editor

pytestmark = pytest.mark.real
TEXT = (
    '"""Reads the stock."""\n\n\ndef stock(path):\n    # read a csv file into a list of dicts\n    # and nothing else\n'
)
REAL: dict[str, Any] = {"planner": {}, "generator": {}}


@pytest.fixture
def cookbook_store(cookbook_home: Path, embedding_ready: None) -> Path:
    """A store of the cookbook, built by the real retriever process."""
    return cookbook_home / "store"


async def test_from_comment_to_code_with_the_starter(start: Any, cookbook_store: Path) -> None:
    editor: Editor = await start({**REAL, "retriever": {"store": str(cookbook_store)}})
    uri = editor.open(TEXT)
    answer = await editor.ask("generate", uri, 4)
    used = [example for example in answer["examples"] if example["used"]]
    assert [example["question"] for example in used] == ["read a csv file into a list of dicts"]
    assert used[0]["score"] > 0.6
    assert used[0]["source"] == "cookbook"
    assert used[0]["licence"] == "Apache-2.0"
    assert used[0]["place"] == "cookbook/csv_data.toml#read-csv-dicts"
    assert answer["planner"] == answer["model"] == "starter"
    assert used[0]["code"] in answer["prompt"]["user"]
    assert f"1. {answer['plan'][0]}" in answer["prompt"]["user"]
    edited = editor.apply(answer["edit"])
    assert answer["code"]
    assert all(line in edited.splitlines() for line in TEXT.splitlines())
    try:
        ast.parse(edited)
    except SyntaxError:
        assert any("parse" in notice["text"] for notice in answer["notices"])
    hover = await editor.hover(uri, 4)
    assert "Planned by starter" in hover
    assert f"score {used[0]['score']:.2f}" in hover


async def test_two_servers_share_a_store_and_answer_while_they_start(start: Any, cookbook_store: Path) -> None:
    options = {**REAL, "retriever": {"store": str(cookbook_store)}, "editor": {"warmUp": True}}
    editors: list[Editor] = [await start(options), await start(options)]
    uris = [editor.open(TEXT) for editor in editors]  # opening starts the child processes
    answers = await asyncio.gather(*(e.ask("prompt", uri, 4) for e, uri in zip(editors, uris, strict=True)))
    assert answers[0]["examples"] == answers[1]["examples"] != []
    assert answers[0]["prompt"] == answers[1]["prompt"]


async def test_a_tampered_store_is_refused_and_the_work_goes_on(
    start: Any, cookbook_store: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(cookbook_store, copy)
    (vectors,) = copy.glob("g-*/vectors.f32")
    data = bytearray(vectors.read_bytes())
    data[1000] ^= 1
    vectors.write_bytes(data)
    editor: Editor = await start({"retriever": {"store": str(copy)}})
    answer = await editor.ask("plan", editor.open("# read a csv file\n"), 0)
    assert "store-refused" in [notice["code"] for notice in answer["notices"]]
    assert answer["plan"]


async def test_settings_change_the_engine_while_it_runs(start: Any, cookbook_store: Path) -> None:
    editor: Editor = await start({"retriever": {"store": str(cookbook_store), "minScore": 1.25}})
    uri = editor.open(TEXT)
    answer = await editor.ask("prompt", uri, 4, plan=["a step"])
    assert not any(example["used"] for example in answer["examples"])
    assert "example-not-close" in [notice["code"] for notice in answer["notices"]]
    settings = {"retriever": {"store": str(cookbook_store), "minScore": 0.3}, "planner": {"model": "starter"}}
    editor.client.workspace_did_change_configuration(lsp.DidChangeConfigurationParams({"planfirst": settings}))
    answer = await editor.ask("prompt", uri, 4, plan=["a step"])
    assert answer["examples"][0]["used"]
