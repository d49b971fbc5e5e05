"""What an opened folder declares, as it is asked for and as a prompt shows it."""

from __future__ import annotations

import pytest

from planfirst.core.calls import call_of, fields_of, receiver_of
from planfirst.core.declaration import asked_for, listed, listing_in
from planfirst.core.types import Declaration, Task

BOOK = Declaration(
    "Book", "@dataclass\nclass Book:\n    tongue: str\n    _rows: list[int]\n", "A book", "m/books.py", 9, True
)
JOT = Declaration("Book.jot", "def jot(self, account: str) -> Jotting", "Write an amount down", "m/books.py", 14)
STANDING = Declaration("Book.standing", "def standing(self, account: str) -> Grains", "The balance", "m/books.py", 30)
MINT = Declaration("mint", "def mint(text: str) -> Grains", "", "m/amounts.py", 4)
BASKET = """export class Basket {
  private items: Item[] = [];
  /** Who it belongs to. */
  readonly owner: string;
  constructor(
    name: string,
  ) { ... }
  put(item: Item): void { ... }
}"""


def test_python_is_shown_as_it_is_called_in_the_order_of_its_lines() -> None:
    text, shown = listed([STANDING, MINT, JOT, BOOK], "python", "def sheet(ledger: Book) -> str:")
    assert text == (
        "# m/books.py\n"
        "# Book: A book\n"
        "ledger.tongue: str\n"
        "ledger.jot(account: str) -> Jotting  # Write an amount down\n"
        "ledger.standing(account: str) -> Grains  # The balance\n"
        "# m/amounts.py\n"
        "mint(text: str) -> Grains"
    )
    assert set(shown) == {STANDING, MINT, JOT, BOOK}


@pytest.mark.parametrize(
    ("code", "name", "call"),
    [
        ("@property\ndef sum(self) -> int", "Book.sum", "book.sum -> int"),
        ("@classmethod\ndef nought(cls, tongue: str)", "Book.nought", "Book.nought(tongue: str)"),
        ("@staticmethod\ndef read(text)", "Book.read", "Book.read(text)"),
        ("def __init__(self, name: str = 'a')", "Book.__init__", "Book(name: str='a')"),
        ("async def load(self, *names, deep=False)", "Book.load", "await book.load(*names, deep=False)"),
        ("def cast(self, kind, /, **cargo)", "Book.cast", "book.cast(kind, /, **cargo)"),
        ("def cast(self, /, **cargo)", "Book.cast", "book.cast(**cargo)"),
        ("async def fetch(url)", "fetch", "await fetch(url)"),
        ("def inner(step)", "Book.inner", ""),
        ("def broken(", "broken", ""),
    ],
)
def test_how_it_is_called(code: str, name: str, call: str) -> None:
    assert call_of(Declaration(name, code, "", "a.py", 1), "book") == call


@pytest.mark.parametrize(
    ("kind", "header", "receiver"),
    [
        ("Book", "def f(ledger: Book)", "ledger"),
        ("Book", "def f(one: m.Book | None, n: int)", "one"),
        ("Book", "def f(all: list[Book])", "book"),
        ("Book", "def f(card: Bookish)", "book"),
        ("RateCard", "", "rate_card"),
    ],
)
def test_what_an_instance_is_called(kind: str, header: str, receiver: str) -> None:
    assert receiver_of(kind, header) == receiver


def test_fields_are_public_ones() -> None:
    assert fields_of(BOOK, "book") == ["book.tongue: str"]
    assert fields_of(Declaration("E", "class E(Exception): ...", "", "a.py", 1, True), "e") == []
    assert fields_of(Declaration("E", "class E(", "", "a.py", 1, True), "e") == []


def test_other_languages_are_shown_by_their_headers() -> None:
    basket = Declaration("Basket", BASKET, "A basket", "src/basket.ts", 1, True)
    put = Declaration("Basket.put", "put(item: Item): void", "Puts it in", "src/basket.ts", 4)
    assert listed([put, basket], "typescript")[0].split("\n") == [
        "// src/basket.ts",
        "export class Basket {  // A basket",
        "  readonly owner: string;",
        "    put(item: Item): void;  // Puts it in",
    ]
    assert listed([put], "typescript")[0].split("\n")[1] == "// Basket:"


def test_the_likeliest_stay_where_there_is_no_room() -> None:
    text, shown = listed([MINT, BOOK, JOT, STANDING], "python", most=100)
    assert shown == (MINT, BOOK)
    assert len(text) <= 100
    assert listed([MINT], "python", most=10) == ("", ())


def test_it_is_asked_for_by_the_names_of_the_header_and_the_words_of_the_request() -> None:
    task = Task(
        "write the balance of each account",
        signature="def sheet(book: Book) -> list[str]:",
        neighbours=("card: RateCard",),
    )
    request, names = asked_for(task)
    assert request == task.request
    assert names[:3] == ["def", "sheet", "book"]
    assert {"Book", "RateCard", "balance", "account"} <= set(names)
    assert "the" not in names


@pytest.mark.parametrize("marker", ["#", "//", "--"])
def test_an_answer_that_writes_the_list_again_is_cut_there(marker: str) -> None:
    answer = f"def f(x):\n    return mint(x)\n{marker} m/amounts.py\ndef mint(text): ..."
    at = listing_in(answer, [MINT])
    assert at is not None
    assert answer[:at] == "def f(x):\n    return mint(x)\n"
    assert listing_in(answer, []) is None
    assert listing_in(f"{marker} reads m/amounts.py\nopen('m/amounts.py')\n", [MINT]) is None
