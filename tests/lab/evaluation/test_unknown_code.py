"""Requests on packages that no model can know."""

from __future__ import annotations

import ast
import re
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

NAME, FRESH = unknown_code.SETS
REASON = outside.why_not_here()
RECIPE = Pair(
    "a", "read an amount of money", "def amount(text):\n    return float(text)", "cookbook", "MIT", "a.toml#a"
)


def test_each_request_needs_its_package_and_nothing_else() -> None:
    assert [package.name for package in unknown_code.packages(NAME)] == ["driftlog", "ledgerline", "tidepool"]
    for package in unknown_code.packages(NAME):
        assert len(package.items) == 12
        assert 150 <= sum(text.count("\n") for _, text in package.files) <= 300
        for item in package.items:
            assert item.check.files == package.files
            assert f"import {package.name}\n" in item.file
            calls = {node.attr for node in ast.walk(ast.parse(item.answer)) if isinstance(node, ast.Attribute)}
            assert calls & {word for _, text in package.files for word in _defined(text)}, item.id
    items = unknown_code.load()
    assert packages.split(items, []) == (items, {})


def test_a_fresh_request_does_not_name_what_it_needs() -> None:
    assert [package.name for package in unknown_code.packages(FRESH)] == ["galecode", "stagelamp", "vernal"]
    for package in unknown_code.packages(FRESH):
        assert len(package.items) == 12
        assert 3 <= len(package.files) <= 6
        assert 200 <= sum(text.count("\n") for _, text in package.files) <= 400
        defined = {word for _, text in package.files for word in _defined(text)}
        for item in package.items:
            assert item.check.files == package.files
            needed, known = _names(item.answer) & defined, _words(item.file)
            assert needed - known, item.id
            assert not needed & _words(item.task.request), item.id
            assert not _names(item.guess) & defined - known, item.id
        assert sum(package.name in _imported(item.file) for item in package.items) == 6
    items = unknown_code.load_fresh()
    assert packages.split(items, []) == (items, {})


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def _names(code: str) -> set[str]:
    """The attributes and the free names of a code."""
    nodes = list(ast.walk(ast.parse(code)))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    own = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    own |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return attributes | {node.id for node in names} - own


def _imported(code: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(code)))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


def _defined(text: str) -> set[str]:
    kinds = ast.FunctionDef | ast.ClassDef
    return {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)}


@pytest.mark.skipif(bool(REASON), reason=REASON)
@pytest.mark.parametrize("name", unknown_code.SETS)
def test_without_the_package_nothing_passes(name: str) -> None:
    for package in unknown_code.packages(name):
        item = package.items[0]
        alone = check(item.reference, replace(item.check, files=()))
        assert f"No module named '{package.name}'" in alone.error


@pytest.mark.real
@pytest.mark.usefixtures("embedding_ready")
async def test_the_search_with_the_index_and_without_it(tmp_path: Path) -> None:
    embedder = open_embedder()
    build(tmp_path, {"cookbook": [RECIPE]}, embedder)
    ids = ["ledgerline/read-amounts", "tidepool/second-chance", "vernal/half-came-up"]
    wanted = [item for item in (*unknown_code.load(), *unknown_code.load_fresh()) if item.id in ids]
    retriever = RetrieverWorker(tmp_path, "")
    try:
        found = await unknown_code.search(retriever, Settings(), wanted)
    finally:
        await retriever.worker.close()
    assert list(retriever.folder_indexes) == []
    assert sorted(found) == ids
    assert {hit.pair.place.rpartition(":")[0] for hit in found["tidepool/second-chance"].store[:1]} == {
        "tidepool/pool.py"
    }
    assert found["vernal/half-came-up"].store[0].pair.place.startswith("vernal/")
    assert "def mint(" in found["ledgerline/read-amounts"].store[0].pair.code
    for hits in found.values():
        assert [hit.pair for hit in hits.left_out] == [RECIPE]
        assert len(hits.store) == Settings().retriever.examples
        assert all(hit.pair.licence == "own" for hit in hits.store if hit.pair != RECIPE)


@pytest.mark.parametrize("name", unknown_code.SETS)
def test_there_is_nothing_to_verify_by(name: str) -> None:
    with pytest.raises(BadSetting, match=f"The requests of {name} show nothing to verify by"):
        Options(name, arms=("verified",)).chosen()
    assert [arm.name for arm in Options(name, arms=("plain", "full", "left_out")).chosen()] == [
        "plain",
        "full",
        "left_out",
    ]
