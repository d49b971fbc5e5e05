"""A function that an answer gives once more under another name is left out."""

from __future__ import annotations

import pytest

from tests.source.sites import answered

FUNCTIONS = {
    "python": ("def {}(db, day):\n    row = db.get(day)\n    db.set(day, row + 1)\n    db.commit()\n", "#"),
    "javascript": ("function {}(db, day) {{\n  const row = db.get(day);\n  db.set(day, row + 1);\n}}\n", "//"),
    "go": ("func {}(db Db, day int) {{\n\trow := db.Get(day)\n\tdb.Set(day, row+1)\n}}\n", "//"),
    "rust": ("fn {}(db: &Db, day: i32) {{\n    let row = db.get(day);\n    db.set(day, row + 1);\n}}\n", "//"),
}


@pytest.mark.parametrize("language", FUNCTIONS)
def test_a_twin_goes_with_its_comment(language: str) -> None:
    form, mark = FUNCTIONS[language]
    text = f"{'package a' if language == 'go' else ''}\n{mark} record a hit¤\n"
    one = form.format("record_hit")
    placement = answered(text, language, f"{one}\n{mark} record a visit\n{form.format('record_visit')}")
    assert placement.result == f"{text.replace('¤', '')}{one}"


@pytest.mark.parametrize("language", FUNCTIONS)
def test_a_twin_that_is_used_stays(language: str) -> None:
    form, mark = FUNCTIONS[language]
    one, two = form.format("record_hit"), form.format("record_visit")
    three = one.replace("record_hit", "both").replace("day, row", "record_visit(day), row").replace("+ 1", "+ 2")
    text = f"{'package a' if language == 'go' else ''}\n{mark} record a hit¤\n"
    placement = answered(text, language, f"{one}\n{two}\n{three}")
    assert "record_visit" in placement.result.split("both")[0]


def test_short_functions_and_types_may_be_alike() -> None:
    text = "# the two errors, and what says so¤\n"
    code = (
        "class Absent(Exception):\n    pass\n\n\nclass Denied(Exception):\n    pass\n\n\n"
        "def on_open(event):\n    print(event)\n\n\ndef on_close(event):\n    print(event)\n"
    )
    assert answered(text, "python", code).result == text.replace("¤", "") + code
