"""A small world to evaluate: three items, a store of their pairs, and a writer that keeps what it was asked."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from planfirst.core.profile import COMPACT
from planfirst.core.types import Decoding, Example, Pair, Prompt, Task
from planfirst_lab.evaluation.checks import Check, Verdict
from planfirst_lab.evaluation.items import Item

NAMES = ("double", "negate", "square")


def pair(name: str) -> Pair:
    return Pair(
        f"numbers/{name}", f"{name} a number", f"def {name}(n):\n    return abs({name!r})", "cookbook", "MIT", name
    )


def item(name: str) -> Item:
    return Item(
        f"numbers/{name}",
        Task(f"I want to {name}"),
        Check("doctest", f">>> {name}(1)"),
        f"def {name}(n):\n    return abs(n)",
        ("Call abs.",),
        pair(name),
        unseen=name == "double",
    )


class Store:
    """Finds the pair that the request names first, then the others."""

    async def search(self, query: str, count: int) -> list[Example]:
        first = sorted(NAMES, key=lambda name: name not in query)
        return [Example(pair(name), 0.9 - 0.1 * n) for n, name in enumerate(first)][:count]


class TellingWriter:
    """Writes a plan that names abs; as code, the example's if there is one, else nonsense that parses."""

    name, profile, context, threads = "telling", COMPACT, 4096, 1

    def __init__(self) -> None:
        self.asked: list[tuple[Prompt, Decoding]] = []

    async def stream(self, prompt: Prompt, decoding: Decoding) -> AsyncGenerator[str, None]:
        self.asked.append((prompt, decoding))
        if decoding.grammar:
            yield "1. Call abs with the number"
            return
        lines = [line for line in prompt.user.splitlines() if line.startswith(("def ", "    return"))]
        yield "\n".join(lines) if lines else f"def guess():\n    return {decoding.seed}"

    async def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def close(self) -> None:
        pass


def names_it(code: str, by: Check) -> Verdict:
    """Passes code that defines the function which the doctest calls."""
    wanted = by.text.removeprefix(">>> ").removesuffix("(1)")
    return Verdict(True) if f"def {wanted}(" in code else Verdict(False, f"no {wanted}")
