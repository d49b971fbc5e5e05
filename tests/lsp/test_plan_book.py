"""Which plan is known for a request: that of the same request, whatever else in the file has changed."""

from __future__ import annotations

from planfirst.core.types import Task
from planfirst.lsp.plan_book import PlanBook
from planfirst.source.languages import language_of
from planfirst.source.locate import locate

FILE = "RATE = 2\n\n\n# double it\ndef double(n):\n    pass\n"


def task(text: str, shown: bool) -> Task:
    line = text[: text.index("# double")].count("\n")
    site = locate(text, line, line, language_of("python"), shown)
    assert site is not None
    return site.task


def test_other_code_of_the_file_may_change_and_need_not_be_read() -> None:
    book = PlanBook()
    key = book.key(task(FILE, shown=True), "planner", "store")
    assert task(FILE, shown=True).excerpts == ("RATE = 2",)
    assert key == book.key(task(FILE, shown=False), "planner", "store")
    assert key == book.key(task(FILE.replace("= 2", "= 3"), shown=True), "planner", "store")
    assert key != book.key(task(FILE.replace("# double it", "# double it twice"), shown=True), "planner", "store")
