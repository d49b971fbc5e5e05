"""What may be done to a piece of code, with the words for it: the tables of ``ways.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from string import Template

Table = dict[str, list[str]]


@cache
def tables() -> dict[str, dict[str, Table]]:
    """All tables, by what is done and the kind of what it is done to."""
    text = (files("planfirst_lab.training.changes") / "ways.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def plain(name: str) -> Table:
    """A table that has no kinds: what is taken, and what may take its place or how it is said."""
    return tables()[name]  # type: ignore[return-value]


def ways(table: str, kinds: Sequence[str], /, **given: object) -> list[tuple[str, list[str]]]:
    """The code and the phrases of some tables, filled in.

    Args:
        kinds: those that there is no table for are left out.
        given: what stands for the names that begin with ``$``.
    """
    rows = [row for kind in kinds for row in tables()[table].get(kind, {}).items()]
    return [(_filled(code, given), [_filled(one, given) for one in phrases]) for code, phrases in rows]


def _filled(text: str, given: dict[str, object]) -> str:
    return Template(text).substitute(given)
