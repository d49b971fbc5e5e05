"""What an answer needs of what its model was shown, so that it runs where that is not."""

from __future__ import annotations

from collections.abc import Sequence

from planfirst.core.types import Declaration, Pair
from planfirst.source.declared_calls import with_own_calls
from planfirst.source.declared_names import with_imports
from planfirst.source.example_names import with_names
from planfirst.source.example_parameters import with_own_parameters


def carried_over(code: str, example: Pair | None, file: str = "", declarations: Sequence[Declaration] = ()) -> str:
    """The code with the parameters of its own function, and with the names that it uses.

    Of your own code imports alone come along: what it defines is there already, and a copy would go its own way.

    Args:
        code: Python.
        example: None where none was shown.
        file: the text of the file that it is for.
        declarations: of the opened folders, as they were shown.
    """
    if example is not None:
        code = with_own_parameters(code, example.code, file)
        code = with_names(code, example.code, file, definitions=not example.is_own)
    return with_imports(with_own_calls(code, declarations), declarations, file)
