from __future__ import annotations

import pytest

from planfirst_lab.training.rag.comparison import compared

NAMES = frozenset({"make_slug", "page_path", "len", "join"})


@pytest.mark.parametrize(
    ("answer", "exact", "calls", "named", "exists"),
    [
        ("make_slug( title )", True, True, True, True),
        ("make_slug(name)", False, True, True, True),
        ("x = make_slug(title)", False, True, True, True),
        ("page_path(make_slug(title))", False, False, True, True),
        ("page_path(title)", False, False, False, True),
        ("make_slugs(title)", False, False, False, False),
        ("def make_slug(title):\n    return len(title)", False, False, True, True),
        ("def make_slug(title", False, False, True, False),
        ("title", False, False, False, False),
        ("", False, False, False, False),
    ],
)
def test_what_is_right_about_an_answer(answer: str, exact: bool, calls: bool, named: bool, exists: bool) -> None:
    found = compared(answer, "make_slug(title)", "make_slug", NAMES)
    assert (found.exact, found.calls, found.named, found.exists) == (exact, calls, named, exists)
