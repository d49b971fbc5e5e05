"""Requests with a plan that a user has edited: whether the code does what the plan says.

Each plan asks for something that its request does not, so code that does not follow the plan fails. All were written
for this; none is taken from a benchmark, nor from the cookbook. In the first file a plan may differ in several steps;
in the others it is one step, and the guess does what the request asks for without it.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib.resources import files

from planfirst_lab.evaluation.development import item_of
from planfirst_lab.evaluation.items import Item, shuffled

NAME = "edited-plans"


def load() -> list[Item]:
    """All of them, shuffled once and for all."""
    folder = files("planfirst_lab.evaluation") / "tasks" / "edited"
    rows = [row for file in folder.iterdir() for row in tomllib.loads(file.read_text(encoding="utf-8"))["tasks"]]
    return shuffled([replace(item_of(f"edited/{row['id']}", row), steps=tuple(row["plan"])) for row in rows])
