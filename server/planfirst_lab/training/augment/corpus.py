"""The pairs that rows are made of: a table, a folder of tables, or a corpus that ships.

Of the cookbook, what is held out for measuring is left out, and so are the further entries that only a search needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from planfirst import corpora
from planfirst.core.types import Pair
from planfirst.corpora import recipes
from planfirst.corpora.columns import Options
from planfirst.corpora.held_out import held_out
from planfirst.corpora.report import Report
from planfirst.corpora.tables import pairs_in


def wordings(name: str) -> dict[str, tuple[str, ...]]:
    """Other wordings that are known of a corpus' questions, by the id of the pair; only recipes have them."""
    if name != "cookbook":
        return {}
    known = recipes.load()
    return {pair.id: recipe.other_wordings for recipe, pair in zip(known, recipes.pairs(known), strict=True)}


def pairs(name: str, options: Options, report: Report) -> Iterator[Pair]:
    """The pairs of a corpus by name, or of the table or folder at a path.

    Raises:
        CorpusError: there is no such table, or it cannot be read.
        BadSetting: the cookbook is damaged.
    """
    if name == "cookbook":
        kept = held_out()
        known = recipes.load()
        for recipe, pair in zip(known, recipes.pairs(known), strict=True):
            if recipe.id in kept.recipes | kept.wordings:
                report.leave_out(pair.id, "held out for measuring", show=False)
            else:
                report.taken += 1
                yield pair
    elif name in corpora.CORPORA:
        for pair in corpora.load(name):
            report.taken += 1
            yield pair
    else:
        path = Path(name).expanduser()
        yield from pairs_in(path, path.stem, options, report)
