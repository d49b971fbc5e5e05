"""Requests with a plan that a user has edited: whether the code does what the plan says.

Each plan asks for something that its request does not, so code that does not follow the plan fails. All were written
for this; none is taken from a benchmark, nor from the cookbook. In the first file a plan may differ in several steps;
in the others it is one step, and the guess does what the request asks for without it.

The edited drafts are as in the editor: the plan says what a draft does, each step by its lines, and one step of it was
replaced, added, taken out or put elsewhere.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from typing import Any

from planfirst.core.parts import parts_of
from planfirst.core.types import Plan
from planfirst_lab.evaluation.development import item_of
from planfirst_lab.evaluation.items import Item, shuffled

NAME, DRAFTS, DRAFTS_FRESH = "edited-plans", "edited-drafts", "edited-drafts-fresh"


def load() -> list[Item]:
    """All of them, shuffled once and for all."""
    return shuffled([replace(item_of(f"edited/{row['id']}", row), steps=tuple(row["plan"])) for row in _rows("edited")])


def load_drafts() -> list[Item]:
    """The edited drafts. Things may be chosen by them."""
    return shuffled([drafted(row) for row in _rows("edited_drafts")])


def load_drafts_fresh() -> list[Item]:
    """More of them, on other subjects. Nothing may be chosen by them."""
    return shuffled([drafted(row) for row in _rows("edited_drafts_fresh")])


def _rows(name: str) -> Iterator[dict[str, Any]]:
    for file in sorted((files("planfirst_lab.evaluation") / "tasks" / name).iterdir(), key=lambda file: file.name):
        yield from tomllib.loads(file.read_text(encoding="utf-8"))["tasks"]


def drafted(row: dict[str, Any]) -> Item:
    """The task of a draft whose plan was edited.

    Raises:
        ValueError: its plan has not a step for each part of the draft.
    """
    item = item_of(f"edited-draft/{row['id']}", row)
    draft = str(row["draft"]).strip() + "\n"
    parts = parts_of(draft, item.task)
    if len(parts) != len(row["plan"]):
        raise ValueError(f"{row['id']}: {len(row['plan'])} steps for {len(parts)} parts")
    known = Plan(tuple(row["plan"]), draft, tuple(part.text for part in parts))
    return replace(item, steps=tuple(row["edited"]), guess=draft.rstrip("\n"), known=known)
