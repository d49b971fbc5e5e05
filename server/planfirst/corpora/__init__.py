"""Where pairs of question and code come from: one loader for all corpora, by name.

A corpus is imported only when it is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from planfirst.core.errors import BadSetting
from planfirst.core.types import Pair


def _cookbook() -> Iterator[Pair]:
    from planfirst.corpora import recipes

    return recipes.entries(recipes.load())


def _functions() -> Iterator[Pair]:
    from planfirst.corpora import functions

    return functions.standard_library()


CORPORA: Final[dict[str, Callable[[], Iterator[Pair]]]] = {"cookbook": _cookbook, "functions": _functions}


def load(name: str) -> Iterator[Pair]:
    """The pairs of the corpus of that name.

    Raises:
        BadSetting: there is no such corpus, or the cookbook is damaged.
    """
    loader = CORPORA.get(name)
    if loader is None:
        raise BadSetting("corpus-unknown", name=name, known=", ".join(sorted(CORPORA)))
    return loader()
