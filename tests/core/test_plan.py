from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planfirst.core.plan import as_comments, as_markdown, parse
from planfirst.core.types import Plan

steps = st.lists(
    st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=1, max_size=40),
    min_size=1,
    max_size=6,
)


@given(steps)
def test_what_is_rendered_is_parsed_back(texts: list[str]) -> None:
    plan = Plan(tuple(texts))
    assert parse(plan.numbered()) == plan
    comments = as_comments(plan, "//", "    ")
    assert all(line.startswith("    // ") for line in comments.splitlines())
    assert parse(comments.replace("    // ", "")) == plan


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("no steps here", None),
        ("1. ", None),
        ("1. one\n2. ", ("one",)),
        ("Plan:\n1) one\n2) two", ("one", "two")),
        ("1. one\n   goes on\n2. two", ("one goes on", "two")),
        ("1. one\n3. three", ("one",)),
        ("\n".join(f"{n}. step" for n in range(1, 9)), ("step",) * 6),
        ("1. one\n\n\nThat is all.", ("one",)),
    ],
)
def test_parsing(text: str, expected: tuple[str, ...] | None) -> None:
    plan = parse(text)
    assert (plan.steps if plan else None) == expected


def test_markdown_shows_markup_as_text() -> None:
    assert as_markdown(Plan(("call *f* on <x> and `y`",))) == "1. call \\*f\\* on \\<x\\> and \\`y\\`"


@pytest.mark.parametrize("bad", [(), ("a",) * 7, ("",), ("  ",), ("a\nb",)])
def test_a_plan_has_one_to_six_lines(bad: tuple[str, ...]) -> None:
    with pytest.raises(ValueError):
        Plan(bad)
