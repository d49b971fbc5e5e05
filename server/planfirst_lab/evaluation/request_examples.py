"""Puts an example into a request, as a person does who knows what should come out: so there is something to verify by.

The first example of a doctest is shown, with the lines that lead to it; the whole doctest still measures.
"""

from __future__ import annotations

import doctest
from collections.abc import Sequence
from dataclasses import replace

from planfirst.source.examples import checks_in
from planfirst_lab.evaluation.items import Item


def with_example(items: Sequence[Item]) -> list[Item]:
    """The items whose doctest has an example that can be shown, and at least one more that is not."""
    return [shown for item in items if (shown := _shown(item)) is not None]


def _shown(item: Item) -> Item | None:
    examples = doctest.DocTestParser().get_examples(item.check.text)
    first = next((n for n, example in enumerate(examples) if example.want), None)
    if first is None or not any(example.want for example in examples[first + 1 :]):
        return None
    text = "".join(f"{_prompted(example.source)}{example.want}" for example in examples[: first + 1])
    request = f"{item.task.request}\n\n{text.rstrip()}"
    found = checks_in(request)
    if not found.checks or found.problems:
        return None
    return replace(item, task=replace(item.task, request=request))


def _prompted(source: str) -> str:
    first, *more = source.rstrip("\n").split("\n")
    return "".join([f">>> {first}\n", *(f"... {line}\n" for line in more)])
