from __future__ import annotations

import ast
from pathlib import Path

import pytest

from planfirst_lab.training.rag.changes import changed
from planfirst_lab.training.rag.snapshot import Snapshot, take
from planfirst_lab.training.rag.symbols import symbols_of
from tests.lab.training.rag.small_repository import write


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return take(str(write(tmp_path / "site")), tmp_path / "repos")


@pytest.mark.parametrize("seed", range(6))
def test_names_and_parameters_change_everywhere_and_the_files_still_parse(
    snapshot: Snapshot, tmp_path: Path, seed: int
) -> None:
    before = symbols_of(snapshot)
    copy, names = changed(snapshot, before, 4, tmp_path / "changed", seed)
    after = symbols_of(copy)
    assert len(names) >= 3
    renamed = {old: new for old, new in names.items() if old != new}
    assert renamed
    for old, new in names.items():
        assert after.functions[new].call != before.functions[old].call
        assert after.functions[new].sentence == before.functions[old].sentence
        assert (old in after.functions) == (old == new)
    for file in (*copy.files(tests=False), *copy.files(tests=True)):
        text = (copy.folder / file).read_text(encoding="utf-8")
        ast.parse(text)
        assert not any(f"{old}(" in text for old in renamed)
    assert symbols_of(snapshot) == before


def test_a_changed_parameter_is_checked_when_the_function_runs(snapshot: Snapshot, tmp_path: Path) -> None:
    for seed in range(20):
        copy, names = changed(snapshot, symbols_of(snapshot), 4, tmp_path / "changed", seed)
        if names.get("make_slug") == "make_slug":
            break
    namespace: dict[str, object] = {}
    exec((copy.folder / "names.py").read_text(encoding="utf-8"), namespace)
    make_slug = namespace["make_slug"]
    assert callable(make_slug)
    assert make_slug("A b", 1) == "a-b"
    with pytest.raises(ValueError, match="is needed"):
        make_slug("A b", None)


def test_a_name_that_means_something_else_too_is_left(tmp_path: Path) -> None:
    folder = write(tmp_path / "site")
    (folder / "other.py").write_text("def f(page):\n    return page.make_slug\n", encoding="utf-8")
    snapshot = take(str(folder), tmp_path / "repos")
    for seed in range(5):
        _, names = changed(snapshot, symbols_of(snapshot), 9, tmp_path / "changed", seed)
        assert names
        assert "make_slug" not in names


def test_a_function_with_overloads_is_changed_where_it_is_defined(tmp_path: Path) -> None:
    folder = write(tmp_path / "site")
    text = (folder / "names.py").read_text(encoding="utf-8")
    (folder / "names.py").write_text("@overload\ndef make_slug(title): ...\n\n\n" + text, encoding="utf-8")
    snapshot = take(str(folder), tmp_path / "repos")
    kinds = set()
    for seed in range(12):
        copy, names = changed(snapshot, symbols_of(snapshot), 4, tmp_path / "changed", seed)
        if "make_slug" in names:
            kinds.add(names["make_slug"] == "make_slug")
            assert names["make_slug"] in symbols_of(copy).functions
    assert kinds == {True, False}
