"""What a parameter is called, where only an argument for it is known."""

from __future__ import annotations

from collections.abc import Sequence

KINDS = {str: "text", int: "number", float: "number", bytes: "data", bool: "flag", dict: "mapping"}


def numbered(names: Sequence[str]) -> list[str]:
    """The names, with numbers behind those that came before."""
    return [name if not (seen := names[:n].count(name)) else f"{name}{seen + 1}" for n, name in enumerate(names)]
