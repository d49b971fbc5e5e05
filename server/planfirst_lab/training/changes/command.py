"""`planfirst train changes`: rows of changed plans: those that people wrote, and made ones of real functions."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import typer

from planfirst.corpora.columns import Options
from planfirst.corpora.report import Report
from planfirst_lab.training.augment import corpus
from planfirst_lab.training.changes import written
from planfirst_lab.training.changes.made import Change
from planfirst_lab.training.changes.rows import Plenty, made, record
from planfirst_lab.training.sources import functions

_OF_A_PACKAGE = 400  # functions
_DRAWN, _ORDER = 7, 9  # seeds; the adapter that ships was trained on what they give


def make(out: Path, seed: int, plenty: Plenty | None = None, most: int | None = None) -> None:
    """Writes the rows, whole or not at all, and says how many there are of each kind.

    Args:
        most: so many of the made ones are drawn, and all rows mixed; None for all, behind those that people wrote.
    """
    recipes = list(corpus.pairs("cookbook", Options(), Report()))
    documented, _ = functions(_OF_A_PACKAGE, seed)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial, kinds = out.with_name(f"{out.name}.partial"), Counter[str]()
    with partial.open("w", encoding="utf-8") as file:
        for change in mixed(written.rows(), made(recipes, documented, plenty or Plenty(), seed), most):
            file.write(record(change) + "\n")
            kinds[change.kind] += 1
    partial.replace(out)
    for kind, count in kinds.most_common():
        typer.echo(f"{count:>6,} {kind}")
    typer.echo(f"{kinds.total():>6,} rows, in {out}")


def mixed(by_people: list[Change], others: Iterator[Change], most: int | None) -> Iterable[Change]:
    """Those that people wrote, with so many of the others among them; behind them all others where ``most`` is None."""
    if most is None:
        return chain(by_people, others)
    drawn = list(others)
    random.Random(_DRAWN).shuffle(drawn)  # noqa: S311 - repeatable, not secret
    rows = [*by_people, *drawn[:most]]
    random.Random(_ORDER).shuffle(rows)  # noqa: S311
    return rows
