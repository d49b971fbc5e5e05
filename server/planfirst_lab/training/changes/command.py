"""`planfirst train changes`: rows of changed plans: those that people wrote, and made ones of real functions."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from pathlib import Path

import typer

from planfirst.corpora.columns import Options
from planfirst.corpora.report import Report
from planfirst_lab.training.augment import corpus
from planfirst_lab.training.changes import written
from planfirst_lab.training.changes.rows import Plenty, made, record
from planfirst_lab.training.sources import functions

_OF_A_PACKAGE = 400  # functions


def make(out: Path, seed: int, plenty: Plenty | None = None) -> None:
    """Writes the rows, whole or not at all, and says how many there are of each kind."""
    recipes = list(corpus.pairs("cookbook", Options(), Report()))
    documented, _ = functions(_OF_A_PACKAGE, seed)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial, kinds = out.with_name(f"{out.name}.partial"), Counter[str]()
    with partial.open("w", encoding="utf-8") as file:
        for change in chain(written.rows(), made(recipes, documented, plenty or Plenty(), seed)):
            file.write(record(change) + "\n")
            kinds[change.kind] += 1
    partial.replace(out)
    for kind, count in kinds.most_common():
        typer.echo(f"{count:>6,} {kind}")
    typer.echo(f"{kinds.total():>6,} rows, in {out}")
