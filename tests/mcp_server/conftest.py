"""A data folder with a small store, built once, and a project to work in."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from planfirst.corpora.origins import Origin
from planfirst.workers.proxies import RetrieverWorker
from tests.conftest import link_embedding
from tests.mcp_server.small_store import QUESTIONS


@pytest.fixture(scope="session")
def stocked_home(tmp_path_factory: pytest.TempPathFactory, embedding: Path) -> Path:
    """Tests must not write to it."""
    home = tmp_path_factory.mktemp("stocked-home")
    link_embedding(embedding, home)
    table = home / "answers.jsonl"
    rows = [json.dumps({"question": question, "code": code}) for question, code in QUESTIONS.items()]
    table.write_text("\n".join(rows), encoding="utf-8")

    async def build() -> None:
        retriever = RetrieverWorker(home / "store", "")
        async for _ in retriever.add("answers", Origin("table", str(table)).to_record()):
            pass
        await retriever.worker.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLANFIRST_HOME", str(home))
        asyncio.run(build())
    return home


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    text = "import json\n\n\n# read a csv file into a list of dicts\n"
    (folder / "stock.py").write_text(text, encoding="utf-8")
    return folder
