"""The changed plans that people wrote: an answer does what its plan says, the draft does not, and none is measured."""

from __future__ import annotations

import pytest

from planfirst.core import plan as plans
from planfirst_lab.evaluation import edited
from planfirst_lab.training.changes import written
from planfirst_lab.training.near_copies import Runs
from tests.lab.evaluation.test_development import right_ones_pass, sandboxed

ITEMS = written.items()


def test_they_are_many_and_each_is_another() -> None:
    assert len(ITEMS) > 150
    assert len({item.id for item in ITEMS}) == len({item.digest for item in ITEMS}) == len(ITEMS)


def test_one_step_is_new_and_the_answer_begins_with_what_stays() -> None:
    for item, row in zip(ITEMS, written.rows(), strict=True):
        assert plans.as_change(row.plan).startswith("New: ")
        assert row.rest.strip()
        assert item.known is not None
        assert len(set(item.steps) - set(item.known.steps)) == 1


@sandboxed
def test_the_right_ones_pass_and_the_drafts_do_not() -> None:
    right_ones_pass(ITEMS)


@pytest.mark.parametrize("load", [edited.load, edited.load_drafts, edited.load_drafts_fresh])
def test_none_shares_a_run_of_words_with_what_is_measured(load: object) -> None:
    assert callable(load)
    runs = Runs(text for item in load() for text in (item.task.request, item.reference, *item.steps))
    assert not [item.id for item in ITEMS if any(map(runs.held_by, (item.task.request, item.reference, *item.steps)))]
