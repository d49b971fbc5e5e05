"""What a pair of an opened folder's code declares."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from planfirst.core.types import OWN, Pair
from planfirst.corpora.code.chunks import chunks
from planfirst.corpora.code.declarations import declaration_of, module_of
from planfirst.corpora.code.files import SourceFile
from planfirst.corpora.code.pairs import cut
from planfirst.corpora.report import Report

PYTHON = '''
class Book:
    """A book in one tongue."""

    tongue: str

    def carry(self, source: str, amount: Grains, why: str = "a: b") -> tuple[Jotting, Jotting]:
        """Move money from one account to another."""
        return self.jot(source, amount), self.jot(why, amount)

    @property
    def sum(
        self,
        account: str,
    ) -> Grains:
        total = self.nought()
        return total


async def fetch_all(urls: list[str]) -> dict[str, bytes]:
    found = {}
    return found
'''
TYPESCRIPT = """
export class Basket {
  /** Puts a good into the basket. */
  put(item: Item, count = 1): void {
    this.items.push(item);
  }
}
export class Backoff {
  crashed(now: number): number | undefined {
    this.crashes = this.crashes.filter((time) => time > now);
    return undefined;
  }
}
export const twice = (x: number): number => {
  return x * 2;
};
"""
GO = """package a

// Put puts a good into it.
func (b *Basket) Put(item string) error {
	b.items = append(b.items, item)
	return nil
}
"""
JAVA = """
class Basket {
    /** Puts a good into the basket. */
    public void put(Item item, int count) {
        this.items.add(item);
    }
}
"""


def declared(text: str, name: str) -> dict[str, str]:
    file = SourceFile(name, text.encode())
    found = [declaration_of(pair, Path("/nowhere")) for pair in cut(file, "workspace", Report()).pairs]
    return {one.name: one.code for one in found if one is not None and not one.is_type}


def test_a_function_is_declared_by_its_header() -> None:
    assert declared(PYTHON, "m/books.py") == {
        "Book.carry": 'def carry(self, source: str, amount: Grains, why: str = "a: b") -> tuple[Jotting, Jotting]',
        "Book.sum": "@property\ndef sum(\n    self,\n    account: str,\n) -> Grains",
        "fetch_all": "async def fetch_all(urls: list[str]) -> dict[str, bytes]",
    }


@pytest.mark.parametrize(
    ("text", "file", "wanted"),
    [
        (
            TYPESCRIPT,
            "a.ts",
            {
                "Basket.put": "put(item: Item, count = 1): void",
                "Backoff.crashed": "crashed(now: number): number | undefined",
                "twice": "export const twice = (x: number): number",
            },
        ),
        (GO, "a.go", {"Basket.Put": "func (b *Basket) Put(item string) error"}),
        (JAVA, "Basket.java", {"Basket.put": "public void put(Item item, int count)"}),
    ],
)
def test_in_other_languages(text: str, file: str, wanted: dict[str, str]) -> None:
    assert declared(text, file) == wanted


def test_a_type_is_declared_with_its_members_and_what_is_said_of_it() -> None:
    pairs = cut(SourceFile("m/books.py", PYTHON.encode()), "workspace", Report()).pairs
    book = next(found for pair in pairs if (found := declaration_of(pair, Path("/nowhere"))) and found.is_type)
    assert (book.name, book.about, book.file, book.line, book.owner) == (
        "Book",
        "A book in one tongue",
        "m/books.py",
        2,
        "",
    )
    assert "tongue: str" in book.code
    assert "return" not in book.code


def test_statements_declare_nothing() -> None:
    assert (
        declaration_of(Pair("m/a.py::3", "open the log", "log = open(name)", "workspace", OWN, "m/a.py:3"), Path())
        is None
    )


def test_a_name_in_words_says_nothing() -> None:
    pairs = cut(SourceFile("a.py", PYTHON.encode()), "workspace", Report()).pairs
    about = {one.name: one.about for pair in pairs if (one := declaration_of(pair, Path("/nowhere")))}
    assert about["fetch_all"] == ""
    assert about["Book.carry"] == "Move money from one account to another"


def test_a_module_begins_at_the_first_folder_that_is_no_package(tmp_path: Path) -> None:
    for package in ("src/app", "src/app/core"):
        (tmp_path / package).mkdir(parents=True, exist_ok=True)
        (tmp_path / package / "__init__.py").touch()
    assert module_of(tmp_path, PurePosixPath("src/app/core/model.py")) == "app.core.model"
    assert module_of(tmp_path, PurePosixPath("src/app/core/__init__.py")) == "app.core"
    assert module_of(tmp_path, PurePosixPath("tools/build.py")) == "build"
    assert module_of(tmp_path, PurePosixPath("main.py")) == "main"


def test_every_chunk_of_our_own_server_is_a_declaration_or_statements() -> None:
    """No header is lost: what has a name is declared, and nothing of a body is in it."""
    from planfirst.corpora.code.grammars import BY_SUFFIX

    folder = Path(__file__).parents[3] / "server" / "planfirst" / "core"
    seen = 0
    for path in sorted(folder.glob("*.py")):
        for chunk in chunks(path.read_bytes(), BY_SUFFIX[".py"]):
            if not chunk.name:
                continue
            pair = Pair(
                f"{path.name}:{chunk.name}:{chunk.line}", chunk.question, chunk.code, "workspace", OWN, f"{path.name}:1"
            )
            found = declaration_of(pair, folder)
            assert found is not None, chunk.name
            assert found.is_type or compile(f"{found.code}: ...", path.name, "exec", flags=0x1000000), chunk.name
            seen += 1
    assert seen > 150
