"""Requests on packages that no model can know."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from planfirst.core.errors import BadSetting
from planfirst.core.types import Pair
from planfirst.embedders.open import open_embedder
from planfirst.settings import Settings
from planfirst.store.build import build
from planfirst.workers.proxies import RetrieverWorker
from planfirst_lab.evaluation import packages, unknown_code
from planfirst_lab.evaluation.checks import check
from planfirst_lab.evaluation.options import Options
from tests.adapters import sandbox_outside as outside

REASON = outside.why_not_here()
RECIPE = Pair(
    "a", "read an amount of money", "def amount(text):\n    return float(text)", "cookbook", "MIT", "a.toml#a"
)


def test_each_request_needs_its_package_and_nothing_else() -> None:
    assert [package.name for package in unknown_code.packages()] == ["driftlog", "ledgerline", "tidepool"]
    for package in unknown_code.packages():
        assert len(package.items) == 12
        assert 150 <= sum(text.count("\n") for _, text in package.files) <= 300
        for item in package.items:
            assert item.check.files == package.files
            assert f"import {package.name}\n" in item.file
            calls = {node.attr for node in ast.walk(ast.parse(item.answer)) if isinstance(node, ast.Attribute)}
            assert calls & {word for _, text in package.files for word in _defined(text)}, item.id
    items = unknown_code.load()
    assert packages.split(items, []) == (items, {})


def _defined(text: str) -> set[str]:
    kinds = ast.FunctionDef | ast.ClassDef
    return {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)}


@pytest.mark.skipif(bool(REASON), reason=REASON)
def test_without_the_package_nothing_passes() -> None:
    for package in unknown_code.packages():
        item = package.items[0]
        alone = check(item.reference, replace(item.check, files=()))
        assert f"No module named '{package.name}'" in alone.error


@pytest.mark.real
@pytest.mark.usefixtures("embedding_ready")
async def test_the_search_with_the_index_and_without_it(tmp_path: Path) -> None:
    embedder = open_embedder()
    build(tmp_path, {"cookbook": [RECIPE]}, embedder)
    wanted = [item for item in unknown_code.load() if item.id in ("ledgerline/read-amounts", "tidepool/second-chance")]
    retriever = RetrieverWorker(tmp_path, "")
    try:
        found = await unknown_code.search(retriever, Settings(), wanted)
    finally:
        await retriever.worker.close()
    assert list(retriever.folder_indexes) == []
    assert sorted(found) == ["ledgerline/read-amounts", "tidepool/second-chance"]
    assert {hit.pair.place.rpartition(":")[0] for hit in found["tidepool/second-chance"].store[:1]} == {
        "tidepool/pool.py"
    }
    assert "def mint(" in found["ledgerline/read-amounts"].store[0].pair.code
    for hits in found.values():
        assert [hit.pair for hit in hits.left_out] == [RECIPE]
        assert len(hits.store) == Settings().retriever.examples
        assert all(hit.pair.licence == "own" for hit in hits.store if hit.pair != RECIPE)


def test_there_is_nothing_to_verify_by() -> None:
    with pytest.raises(BadSetting, match="nothing to verify by"):
        Options(unknown_code.NAME, arms=("verified",)).chosen()
    assert [arm.name for arm in Options(unknown_code.NAME, arms=("plain", "full", "left_out")).chosen()] == [
        "plain",
        "full",
        "left_out",
    ]
