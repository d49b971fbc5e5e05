"""What the stores of opened folders declare, chosen for a request."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from planfirst.adapters.faiss_store import FaissStore
from planfirst.adapters.fusion import fused
from planfirst.core.example_language import in_language
from planfirst.core.types import Declaration
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.workers.declared import FolderNames, declared
from planfirst.workers.folder_indexes import STORE, FolderIndexes

BOOKS = '''
"""Books."""

from ledger.amounts import Grains


class Book:
    """A book in one tongue."""

    tongue: str

    def standing(self, account: str) -> Grains:
        """The balance of an account."""
        total = Grains(0)
        return total

    def _sorted(self, names: list[str]) -> list[str]:
        """The names of accounts in order."""
        names.sort()
        return names

    def close(self) -> None:
        """End the book."""
        self.closed = True
        self.ended = True
'''
AMOUNTS = '''
class Grains:
    """An amount of money."""

    count: int

    def less(self, other: "Grains") -> "Grains":
        """This amount without the other one."""
        rest = self.count - other.count
        return Grains(rest)


def mint(text: str) -> Grains:
    """Read an amount of money from a text."""
    count = int(text)
    return Grains(count)
'''
SCRIPT = """
/** Reads the balance of an account. */
export function balance(account: string): number {
  const found = read(account);
  return found;
}
"""
Search = Callable[..., list[Declaration]]


@pytest.fixture
def search(tmp_path: Path) -> Search:
    folder, path = tmp_path / "project", tmp_path / "index"
    for name, text in (
        ("ledger/__init__.py", ""),
        ("ledger/books.py", BOOKS),
        ("ledger/amounts.py", AMOUNTS),
        ("web/a.ts", SCRIPT),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    embedder = HashedEmbedder(64)
    FolderIndexes("", lambda: embedder).refresh(path, folder, None, "", lambda item: None, bool)
    store = FaissStore.open(path / STORE, embedder)
    names = FolderNames(folder)
    names.refresh(store)

    def asked(request: str, *called: str, language: str = "python", hidden: str = "") -> list[Declaration]:
        near = fused(request, store.search(request, 30))
        return declared(called, near, names, lambda one: in_language(one.file, language) and one.file != hidden)

    return asked


def test_what_is_near_to_the_request_comes_first(search: Search) -> None:
    assert search("the balance of an account")[0].name == "Book.standing"
    assert search("the balance of an account")[0].module == "ledger.books"


def test_a_type_that_is_named_comes_with_its_members_however_it_is_written(search: Search) -> None:
    for name in ("Book", "book", "books"):
        found = [one.name for one in search("nothing that is there", name)]
        assert found[:3] == ["Book", "Book.standing", "Book.close"], name


def test_what_these_take_and_return_comes_along(search: Search) -> None:
    assert {"Grains", "Grains.less"} <= {one.name for one in search("the balance of an account")}


def test_what_is_private_or_hidden_does_not(search: Search) -> None:
    assert "Book._sorted" not in {one.name for one in search("the names of accounts in order", "Book")}
    assert {one.file for one in search("the balance of an account", "Book", hidden="ledger/books.py")} <= {
        "ledger/amounts.py"
    }


def test_a_function_that_is_named(search: Search) -> None:
    assert next(one.name for one in search("nothing that is there", "mint")) == "mint"


def test_another_language_is_left_out(search: Search) -> None:
    assert [one.file for one in search("the balance of an account", language="typescript")] == ["web/a.ts"]
    assert "web/a.ts" not in {one.file for one in search("the balance of an account")}


def test_the_names_are_read_again_when_the_store_has_changed(tmp_path: Path) -> None:
    folder, path, embedder = tmp_path / "project", tmp_path / "index", HashedEmbedder(64)
    folder.mkdir()
    (folder / "a.py").write_text("def first(x):\n    y = x\n    return y\n", encoding="utf-8")
    indexes = FolderIndexes("", lambda: embedder)
    indexes.refresh(path, folder, None, "", lambda item: None, bool)
    store = FaissStore.open(path / STORE, embedder)
    names = FolderNames(folder)
    names.refresh(store)
    (folder / "a.py").write_text("def second(x):\n    y = x\n    return y\n", encoding="utf-8")
    indexes.refresh(path, folder, None, "", lambda item: None, bool)
    assert [one.name for one in names.functions("first")] == ["first"]
    assert store.refresh()
    names.refresh(store)
    assert (names.functions("first"), [one.name for one in names.functions("second")]) == ([], ["second"])
