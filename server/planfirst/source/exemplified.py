"""Comments of nothing but assertions or doctests: the examples of the function that they stand with, else none's."""

from __future__ import annotations

from planfirst.source.blocks import Block, blocks
from planfirst.source.languages import Language
from planfirst.source.silent import is_example
from planfirst.source.stubs import Stub
from planfirst.source.unwritten import stub_at, stub_below

_NEAR = 20  # lines above a function in which a comment that belongs to it ends


def exemplified(text: str, block: Block, language: Language) -> Stub | None:
    """The function to be written whose examples a comment block is.

    It stands in that function, directly above or directly below it, and names it.
    """
    if not is_example(block.request, language):
        return None
    stub = stub_at(text, block.first, block.last, language) or stub_below(text, block.last, language)
    if stub is None and block.first:
        stub = stub_at(text, block.first - 1, block.first - 1, language)
    named = stub is not None and stub.kind == "function" and stub.definition.name in block.request
    return stub if named else None


def examples_of(text: str, stub: Stub, language: Language) -> list[str]:
    """The texts of such blocks for a function."""
    near = [one for one in blocks(text, language) if stub.first - _NEAR <= one.last and one.first <= stub.last + 1]
    return [one.request for one in near if exemplified(text, one, language) == stub]
