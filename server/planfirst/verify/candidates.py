"""Other ways to answer a request, the most promising first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from planfirst.core.profile import Profile
from planfirst.core.types import Example, Outcome, SectionName
from planfirst.words import Message

if TYPE_CHECKING:  # it takes the prompt templates with it, which an editor's first question need not wait for
    from planfirst.core.pipeline import Pipeline

MOST_OTHERS = 4  # other examples that are tried
# Temperatures of what is drawn: at 0 the same prompt gives the same code. A model that copies needs more to leave its
# example; a coder's drawn answers are nearly as often right as its greedy one at the lower, and far less often above.
WARMTH, MILD = 0.6, 0.4


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to write the code.

    Attributes:
        how: it differs from the first one.
        example: the one to use; None for none.
        plan: whether the plan is used.
        seed: 0 is greedy; others are drawn.
        mends: it is made from an attempt that failed, and from what its check said.
        begun: its answer is begun for the model where the others' are; else the model answers in its own way, which
            is longer, and right where the begun one is wrong more often than a second draw is.
    """

    how: Message
    example: Example | None
    plan: bool
    seed: int = 0
    mends: bool = False
    begun: bool = True

    def pipeline(self, usual: Pipeline, tokens: int) -> Pipeline:
        """The pipeline that writes it, with at most so many tokens of code."""
        limits = replace(
            usual.limits, code_tokens=min(usual.limits.code_tokens, tokens), min_score=-1.0, stub_score=-1.0
        )
        if self.seed:
            warmth = WARMTH if usual.generator.profile.copies else MILD
            limits = replace(limits, temperature=max(limits.temperature, warmth), seed=self.seed)
        limits = replace(limits, begun=self.begun)
        if self.mends:  # a request with a code in it is long
            limits = replace(limits, budget=replace(limits.budget, request=limits.budget.request * 3))
        return replace(usual, retriever=_Given([self.example] if self.example else []), limits=limits)

    def leave_out(self, usual: frozenset[SectionName]) -> frozenset[SectionName]:
        """The sections of the prompt that it goes without."""
        off = set(usual)
        if not self.plan:
            off.add("plan")
        if self.example is None:
            off.add("example")
        return frozenset(off)


class _Given:
    """A retriever whose search is already done."""

    def __init__(self, hits: list[Example]) -> None:
        self._hits = hits

    async def search(self, query: str, count: int) -> list[Example]:
        return self._hits


def others(
    first: Outcome,
    fits: Sequence[Example],
    follows: bool,
    keep_plan: bool,
    off: frozenset[SectionName],
    profile: Profile,
    carried: bool = False,
) -> list[Candidate]:
    """The greedy candidates after the first.

    Args:
        first: what the first one made.
        fits: the examples that may be tried, best first.
        follows: its code follows its plan.
        keep_plan: the plan is the user's, so there is no going without it.
        off: sections of the prompt that the user switched off.
        profile: the generator's. For one that does little more than carry an example over, other examples come first.
        carried: the first one fails by a name that its example has and the file lacks, so without it is next.
    """
    plan, example = follows and "plan" not in off, first.example
    bare = [Candidate(Message("how-without-plan"), example, False)] if plan and not keep_plan else []
    tried = {example.pair.code} if example else set()
    more: list[Candidate] = []
    for one in fits:
        if one.pair.code not in tried:  # a pair can be found in several ways
            tried.add(one.pair.code)
            more.append(Candidate(Message("how-another-example"), one, plan and keep_plan))
    less: list[Candidate] = []
    if example is not None:
        less.append(Candidate(Message("how-without-example"), None, plan))
        if plan and not keep_plan:
            less.append(Candidate(Message("how-bare"), None, False))
    more = more[:MOST_OTHERS] if "example" not in off else []
    free = [Candidate(Message("how-whole-answer"), example, plan, begun=False)] if profile.begun else []
    if profile.copies:
        return more + bare + less
    return less + free + bare + more if carried else free + bare + less + more


def merged(first: Sequence[Example], more: Sequence[Example]) -> list[Example]:
    """The best of each search, then the second best, and so on; ``first`` says what a pair that both found scores."""
    known = {one.pair.code: one for one in reversed(first)}
    rows = zip_longest((known.get(one.pair.code, one) for one in more), first)
    return [one for row in rows for one in row if one is not None]


def drawn(
    first: Outcome, follows: bool, keep_plan: bool, off: frozenset[SectionName], seed: int
) -> Iterator[Candidate]:
    """Drawn candidates without end, with and without the plan, begun for the model and not."""
    plan = follows and "plan" not in off
    n = 0
    while True:
        n += 1
        with_plan = plan and (keep_plan or n % 2 == 1)
        yield Candidate(Message("how-drawn"), first.example, with_plan, seed + n, begun=n % 4 in (1, 2))
