"""Which plan is known for a request: that of the same request, whatever else in the file has changed."""

from __future__ import annotations

from planfirst.core.types import Task
from planfirst.lsp.plan_book import PlanBook
from planfirst.source.languages import language_of
from planfirst.source.locate import locate

FILE = "RATE = 2\n\n\n# double it\ndef double(n):\n    pass\n"


def task(text: str, excerpts: bool) -> Task:
    line = text[: text.index("# double")].count("\n")
    site = locate(text, line, line, language_of("python"), excerpts)
    assert site is not None
    return site.task


def test_other_code_of_the_file_may_change_and_need_not_be_read() -> None:
    book = PlanBook()
    key = book.key(task(FILE, excerpts=True), "planner", "store")
    assert task(FILE, excerpts=True).excerpts == ("RATE = 2",)
    assert key == book.key(task(FILE, excerpts=False), "planner", "store")
    assert key == book.key(task(FILE.replace("= 2", "= 3"), excerpts=True), "planner", "store")
    assert key != book.key(task(FILE.replace("# double it", "# double it twice"), excerpts=True), "planner", "store")
