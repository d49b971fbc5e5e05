"""Problems: a question together with its unit tests, from the cookbook or from a model that is asked for them."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from planfirst.core.errors import PlanfirstError
from planfirst.core.ports import Writer
from planfirst.core.types import Decoding, Prompt
from planfirst.corpora import recipes as cookbook
from planfirst.corpora.held_out import held_out
from planfirst.corpora.recipes import Recipe
from planfirst_lab.evaluation.calls import top_names
from planfirst_lab.evaluation.checks import Check
from planfirst_lab.parsing import parsed
from planfirst_lab.training import rename
from planfirst_lab.training.wording import reword

_SYSTEM = "You set small programming exercises in Python, each with unit tests that a wrong solution fails."
_USER = """Set one exercise that is inspired by this code. Answer in exactly this form and with nothing else:

QUESTION: what the function shall do, in one line
SIGNATURE: its def line
TESTS:
assert lines, one a line, at least three, with different arguments

The code:
{code}"""
_FORM = re.compile(
    r"QUESTION:\s*(?P<question>\S[^\n]*)\s+SIGNATURE:\s*`?(?P<signature>[^\n`]+)`?\s+TESTS:\s*(?P<tests>.+)", re.DOTALL
)
SILENT = "the questioner did not answer"
_LEAST = 3  # assert lines
_ENDINGS = ("of", "for", "with", "now", "here")


@dataclass(frozen=True, slots=True)
class Problem:
    """A question with its tests.

    Attributes:
        id: unique in a run.
        question: one line of natural language.
        signature: the ``def`` line that the tests expect; empty when they expect a class.
        check: the tests.
        reference: a solution that the questioner gives; empty if it gives none.
        provenance: where it comes from, for the record.
    """

    id: str
    question: str
    signature: str
    check: Check
    reference: str = ""
    provenance: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """What the reference or the signature defines."""
        return top_names(self.reference or f"{self.signature}\n    pass")


@dataclass(frozen=True, slots=True)
class Refused:
    """A problem that could not be made, and why, in a few words that are the same for all of its kind."""

    id: str
    reason: str
    detail: str = ""


class Questioner(Protocol):
    """Sets problems."""

    name: str

    def ids(self) -> list[str]:
        """All problems that it can set, in the order in which they are tried."""
        ...

    async def problem(self, id_: str) -> Problem | Refused:
        """One of them; the same each time, if it depends on nothing but the seed."""
        ...


class CookbookQuestioner:
    """Sets the cookbook's recipes in other words, some under another name, with their doctests as tests.

    Recipes that are held out for measuring are not set.
    """

    name = "offline"

    def __init__(self, renamed: float, seed: int, recipes: Sequence[Recipe] | None = None) -> None:
        kept = held_out().recipes
        given = cookbook.load() if recipes is None else recipes
        self._recipes = {recipe.id: recipe for recipe in given if recipe.id not in kept}
        self._renamed, self._seed = renamed, seed

    def ids(self) -> list[str]:
        """As the protocol says."""
        ordered = sorted(self._recipes)
        random.Random(self._seed).shuffle(ordered)  # noqa: S311 - repeatable, not secret
        return ordered

    async def problem(self, id_: str) -> Problem | Refused:
        """As the protocol says."""
        recipe = self._recipes[id_]
        random_ = random.Random(f"{self._seed}/{id_}")  # noqa: S311 - repeatable, not secret
        code, tests, changed = recipe.code, recipe.doctest, "reworded"
        names = [name for name in top_names(code) if re.search(rf"\b{name}\b", tests)]
        if names and random_.random() < self._renamed:
            new = f"{names[-1]}_{random_.choice(_ENDINGS)}"
            code, tests = (re.sub(rf"\b{names[-1]}\b", new, text) for text in (code, tests))
            changed = f"reworded, {names[-1]} renamed {new}"
        question = reword(random_.choice([recipe.question, *recipe.other_wordings[:-1]]), random_)
        about = {"source": "cookbook", "recipe": id_, "licence": cookbook.LICENCE, "changed": changed}
        return Problem(id_, question, _signature_of(code, tests), Check("doctest", tests), code, about)


class WritingQuestioner:
    """Asks a model for problems that are inspired by given snippets.

    Args:
        snippets: by id; their licence is noted with each problem.
    """

    def __init__(self, writer: Writer, snippets: Sequence[tuple[str, str, str]], seed: int, tokens: int) -> None:
        self.name = writer.name
        self._writer, self._seed, self._tokens = writer, seed, tokens
        self._snippets = {name: (code, licence) for name, code, licence in snippets}

    def ids(self) -> list[str]:
        """As the protocol says."""
        ordered = sorted(self._snippets)
        random.Random(self._seed).shuffle(ordered)  # noqa: S311 - repeatable, not secret
        return ordered

    async def problem(self, id_: str) -> Problem | Refused:
        """As the protocol says."""
        code, licence = self._snippets[id_]
        prompt = Prompt(_SYSTEM, _USER.format(code=code))
        try:
            pieces = [piece async for piece in self._writer.stream(prompt, Decoding(self._tokens, 0.7, self._seed))]
        except PlanfirstError as error:
            return Refused(id_, SILENT, str(error))
        return read(id_, "".join(pieces), {"source": "written", "inspired by": id_, "licence": licence})


def read(id_: str, answer: str, provenance: dict[str, str]) -> Problem | Refused:
    """The problem in a questioner's answer."""
    match = _FORM.search(answer.replace("```python", "").replace("```", ""))
    if match is None:
        return Refused(id_, "the questioner's answer has another form", answer[:200])
    signature = match["signature"].strip()
    if not signature.endswith(":"):
        signature += ":"
    lines = [line.strip() for line in match["tests"].splitlines() if line.strip().startswith("assert ")]
    names = top_names(f"{signature}\n    pass")
    if len(names) != 1 or any(parsed(line) is None for line in lines):
        return Refused(id_, "the questioner's tests or signature do not parse", answer[:200])
    calling = [line for line in dict.fromkeys(lines) if re.search(rf"\b{names[0]}\(", line)]
    if len(calling) < _LEAST:
        return Refused(id_, f"fewer than {_LEAST} tests", answer[:200])
    return Problem(id_, match["question"].strip(), signature, Check("asserts", "\n".join(calling)), "", provenance)


def _signature_of(code: str, tests: str) -> str:
    """The ``def`` line of the last function that the tests name, or an empty text."""
    tree = parsed(code)
    lines = code.split("\n")
    for node in reversed(tree.body if tree else []):
        if getattr(node, "name", None) and re.search(rf"\b{node.name}\b", tests):  # type: ignore[attr-defined]
            return rename.signature("\n".join(lines[node.lineno - 1 : node.end_lineno]))
    return ""
