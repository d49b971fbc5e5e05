"""A plan as a file: written, read after it was edited, and never losing what you wrote."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planfirst.core.errors import BadRequest
from planfirst.plans.document import FORMAT, parse, slug, with_result, written

STEPS = ["Read the orders in src/orders.py", "Total them per customer in `src/totals.py`.", "Print 3 of them"]
REQUEST = "read orders\n## and total them"
PLAN = written(REQUEST, STEPS, "main.py", "small", "read a file — cookbook, Apache-2.0", "2026-01-01")


def refusal(text: str) -> BadRequest:
    with pytest.raises(BadRequest) as caught:
        parse(text, "plan.md")
    return caught.value


def test_what_is_written_is_read_again() -> None:
    document = parse(PLAN, "plan.md")
    assert [(step.number, step.text, step.file) for step in document.steps] == [
        (1, STEPS[0], "src/orders.py"),
        (2, STEPS[1], "src/totals.py"),
        (3, STEPS[2], "main.py"),
    ]
    assert [step.request for step in document.steps] == ["Read the orders", "Total them per customer.", STEPS[2]]
    assert not any(step.done for step in document.steps)
    assert "read orders" in document.request
    assert "total them" in document.request


def test_a_result_ticks_its_step_and_takes_the_place_of_an_earlier_one() -> None:
    document = parse(PLAN, "plan.md")
    once = with_result(document, document.steps[1], "```python\n## not a heading\nx\n```\n\nVerdict: read.")
    twice = with_result(once, once.steps[1], "second")
    both = parse(with_result(twice, twice.steps[0], "# first").text, "plan.md")
    assert [step.done for step in both.steps] == [True, True, False]
    assert both.text.count("## Result of step") == 2
    assert "second" in both.text
    assert "not a heading" not in both.text
    undone = with_result(with_result(both, both.steps[0], "", done=False), both.steps[1], "", done=False)
    assert undone.text == PLAN


def test_your_own_edits_stay() -> None:
    edited = PLAN.replace("- [ ] 3. Print 3 of them", "* [X] Print all in cli/out.py\n  with a note\n- [ ] 4. one more")
    edited = edited.replace("## Steps\n", "## Steps\n\nMind the time zones.\n") + "\n## My notes\n\n- [ ] 1. buy milk\n"
    document = parse(edited, "plan.md")
    found = [(step.text, step.done) for step in document.steps]
    assert found[2:] == [("Print all in cli/out.py", True), ("one more", False)]
    after = with_result(document, document.steps[3], "done").text
    assert after.replace("- [x] 4. one more", "- [ ] 4. one more").startswith(edited.rstrip())
    assert "- [ ] 1. buy milk" in after


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "plan-file-refused"),
        ("# Steps\n- [ ] a\n", "plan-file-refused"),
        (PLAN.replace("planfirst-plan: 1", "planfirst-plan: one"), "plan-file-refused"),
        (PLAN.replace("planfirst-plan: 1", f"planfirst-plan: {FORMAT + 1}"), "plan-file-newer"),
        (PLAN.replace("- [ ]", "-"), "plan-file-refused"),
        (PLAN.replace("## Steps", "## Stages"), "plan-file-refused"),
        (PLAN.replace("- [ ] 1. R", "- [ ] 1. a\n" * 60 + "- [ ] R"), "plan-file-refused"),
        (PLAN + "x" * (1 << 20), "plan-file-refused"),
    ],
)
def test_nonsense_is_refused(text: str, code: str) -> None:
    assert refusal(text).code == code
    assert refusal(text).next_step


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    for whole in (text, f"---\nplanfirst-plan: 1\n---\n{text}", PLAN + text):
        try:
            document = parse(whole, "plan.md")
        except BadRequest:
            continue
        for step in document.steps:
            after = parse(with_result(document, step, "done").text, "plan.md")
            assert after.steps[step.number - 1].done
            assert [one.text for one in after.steps] == [one.text for one in document.steps]


def test_names_of_files_are_short_and_plain() -> None:
    assert slug("Read a CSV file, into: a list (of dicts)!") == "read-a-csv-file-into-a"
    assert slug("파일을 읽어 줘") == "파일을-읽어-줘"
    assert slug("../../etc/passwd") == "etc-passwd"
    assert slug("!!!") == "plan"


@pytest.mark.parametrize(
    "text",
    [
        "## Steps\n\n- [ ] a" + " " * 200_000 + "b\n",
        "## " + " " * 200_000 + "\n## Steps\n\n- [ ] a\n",
        "## a" + " " * 200_000 + "b\n## Steps\n\n- [ ] a\n",
        "## Steps\n\n- [ ] in " + "a/" * 100_000 + "\n",
        "## Steps\n\n- [ ] " + "in-" * 60_000 + "\n",
        "## Steps\n\n" + "- [ ] a in b.py\n" * 10_000,
    ],
    ids=["step", "title", "words", "folders", "in", "steps"],
)
def test_no_file_takes_longer_than_its_length(text: str) -> None:
    """One line that is tried at each of its places takes minutes."""
    began = time.process_time()
    with suppress(BadRequest):
        found = parse(f"---\nplanfirst-plan: 1\na: b{' ' * 100_000}c\n---\n{text}", "plan.md")
        assert found.steps[0].request
        with_result(found, found.steps[0], "done")
    assert time.process_time() - began < 10
