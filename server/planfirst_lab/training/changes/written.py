"""Changed plans that people wrote: as a user would change them, with the code that follows and tests of it.

They are for training alone; nothing is measured with them. Their form is that of `evaluation.edited`.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files

from planfirst.core.draft import kept
from planfirst.core.plan import adopted
from planfirst.core.types import Plan
from planfirst_lab.evaluation.edited import drafted
from planfirst_lab.evaluation.items import Item
from planfirst_lab.training.changes.made import Change

KIND = "written"


def items() -> list[Item]:
    """All of them with their tests, by file."""
    folder = files("planfirst_lab.training.changes") / "written"
    paths = sorted(folder.iterdir(), key=lambda path: path.name)
    return [drafted(row) for path in paths for row in tomllib.loads(path.read_text(encoding="utf-8"))["tasks"]]


def rows() -> list[Change]:
    """What is learned of them.

    Raises:
        ValueError: an answer does not begin with the lines of the steps that stayed.
    """
    return [_row(item) for item in items()]


def _row(item: Item) -> Change:
    plan = adopted(Plan(item.steps), item.known)
    stays = plan.draft.rstrip(" \t")
    if not stays or not item.answer.startswith(stays):
        raise ValueError(f"{item.id}: the answer does not begin with the lines that stay")
    return Change(item.id, KIND, item.file, item.task, plan, kept(plan, item.task), item.answer.removeprefix(stays))
