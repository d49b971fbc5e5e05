"""What an answer needs of the example that it was written after, so that it runs where the example is not."""

from __future__ import annotations

from planfirst.core.types import Pair
from planfirst.source.example_names import with_names
from planfirst.source.example_parameters import with_own_parameters


def carried_over(code: str, example: Pair, file: str = "") -> str:
    """The code with the parameters of its own function, and with the example's names that it uses.

    Of your own code imports alone come along: what it defines is there already, and a copy would go its own way.

    Args:
        code: Python.
        file: the text of the file that it is for.
    """
    code = with_own_parameters(code, example.code, file)
    return with_names(code, example.code, file, definitions=not example.is_own)
