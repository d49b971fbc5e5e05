"""With nothing replaced but the search: the starter writes, the real sandbox decides."""

from __future__ import annotations

from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.adapters.scripted import ScriptedRetriever
from planfirst.core.pipeline import Limits, Pipeline
from planfirst.core.prompt import PromptBook
from planfirst.core.types import Example
from planfirst.corpora import recipes
from planfirst.models import resolve
from planfirst.verify.attempt import Attempt, Budget, best
from planfirst.verify.verification import verification
from planfirst.words import Message
from planfirst.workers.proxies import ModelWorker
from tests.verify.destinations import destination, in_sandbox

pytestmark = in_sandbox
TEXT = """# overlapping groups of consecutive elements
# >>> list(windows("abcd", 3))
# [('a', 'b', 'c'), ('b', 'c', 'd')]
# >>> list(windows([1, 2], 3))
# []
"""
CLOSEST, RIGHT = "itertools_tools/consecutive-ranges", "iteration/sliding-window"


async def allowed(worth_asking: bool) -> bool:
    return True


async def test_a_comment_whose_first_answer_fails_and_whose_verified_answer_holds() -> None:
    found = {pair.id: pair for pair in recipes.pairs(recipes.load())}
    hits = [Example(found[name], score) for name, score in ((CLOSEST, 0.62), (RIGHT, 0.6))]
    starter = ModelWorker(resolve("starter"), 1)
    pipeline = Pipeline(ScriptedRetriever(*hits), starter, starter, PromptBook(), Limits(min_score=0.35))
    target = destination(TEXT, 0)
    assert target.site is not None
    task = target.site.task
    try:
        checked = await verification(task, target, find_sandbox, trusted=True, permit=allowed)
        events = checked.attempts(pipeline, task, Budget(seconds=600))
        made = [event async for event in events if isinstance(event, Attempt)]
    finally:
        await starter.worker.close()
    chosen = best(made)
    assert made[0].verdict.status == "failed"
    assert (chosen.verdict.status, chosen.verdict.held, chosen.how) == ("passed", 2, Message("how-another-example"))
    assert chosen.outcome.example == hits[1]
