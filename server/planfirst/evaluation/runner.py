"""Makes the answers that are not there yet: generates them one after another, and checks them beside that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from planfirst.core import plan as plans
from planfirst.core.retrieve import gate
from planfirst.core.types import Example, Pair
from planfirst.evaluation.arms import Answerer, Arm, Coded, Planned
from planfirst.evaluation.calls import parses
from planfirst.evaluation.checks import Check, Verdict, under_its_own_name
from planfirst.evaluation.items import Item
from planfirst.evaluation.journal import Answer, Journal
from planfirst.evaluation.retrieval import Found

TEMPERATURE = 0.8  # of samples; the greedy answer has none
_CHECKS = 2  # processes at a time
_WAITING = 16  # generations that may wait for their check
Checker = Callable[[str, Check], Verdict]


@dataclass(frozen=True, slots=True)
class Job:
    """One answer to make; ``sample`` 0 is the greedy one, others are drawn."""

    item: Item
    arm: Arm
    sample: int = 0


def jobs(items: Sequence[Item], arms: Sequence[Arm], samples: int, sampled: Sequence[Arm]) -> list[Job]:
    """First every greedy answer, request by request; then ``samples`` drawn ones in the arms that are sampled."""
    greedy = [Job(item, arm) for item in items for arm in arms]
    return greedy + [Job(item, arm, n) for item in items for arm in sampled for n in range(1, samples + 1)]


class Runner:
    """Answers jobs into a journal.

    Args:
        min_score: cosine below which no example is used.
        checker: runs a code against a check; asked once for the same code and check.
    """

    def __init__(self, answerer: Answerer, journal: Journal, checker: Checker, min_score: float, seed: int) -> None:
        self._answerer, self._journal, self._checker = answerer, journal, checker
        self._min_score, self._seed = min_score, seed
        self._plans: dict[tuple[str, str], Planned] = {}
        self._codes: dict[tuple[str, str, str, int], Coded] = {}
        self._verdicts: dict[tuple[str, str], Future[tuple[Verdict, bool]]] = {}
        self._waiting: list[tuple[Answer, Future[tuple[Verdict, bool]]]] = []

    async def run(self, work: Iterable[Job], found: Mapping[str, Found], done: Callable[[], None]) -> None:
        """Makes what is missing.

        Args:
            found: the examples, by an item's id.
            done: called after each job.

        Cancelled, it still writes down what was generated.
        """
        with ThreadPoolExecutor(_CHECKS) as pool:
            try:
                for job in work:
                    if self._journal.get(job.arm.name, job.item.id, job.item.digest, job.sample) is None:
                        answer = await self._answer(job, found[job.item.id])
                        self._waiting.append((answer, self._check(pool, job.item, answer.code)))
                        self._write(_WAITING)
                    done()
                    await asyncio.sleep(0)
            finally:
                self._write(0)

    async def _answer(self, job: Job, found: Found) -> Answer:
        arm, item = job.arm, job.item
        hits = found.of(arm.example)
        example, _ = gate(hits, self._min_score)
        planned = await self._plan(item, hits, example) if arm.plan else None
        temperature = TEMPERATURE if job.sample else 0.0
        seed = self._seed * 1000 + job.sample
        known = (item.id, _numbered(planned), _id(example) if arm.shown else "", planned.tokens if planned else 0)
        coded = self._codes.get(known) if not job.sample else None
        if coded is None:
            coded = await self._answerer.code(item.task, hits, planned, arm.shown, temperature, seed)
            if not job.sample:
                self._codes[known] = coded
        return Answer(
            arm=arm.name,
            item=item.id,
            digest=item.digest,
            sample=job.sample,
            request=item.task.request,
            example=_id(example),
            question=example.pair.question if example else "",
            score=round(example.score, 4) if example else None,
            plan=_numbered(planned),
            plan_tokens=planned.tokens if planned else 0,
            plan_seconds=round(planned.seconds, 4) if planned else None,
            code=coded.code,
            tokens=coded.tokens,
            seconds=round(coded.seconds, 4),
            parses=parses(coded.code),
            passed=False,
            renamed=False,
            error="",
        )

    async def _plan(self, item: Item, hits: Sequence[Example], example: Example | None) -> Planned:
        """The plan for this request and example, made once; a journal's earlier one is taken over."""
        key = (item.id, _id(example))
        if key not in self._plans:
            for arm in ("in_store", "left_out", "plan", "full"):
                old = self._journal.get(arm, item.id, item.digest)
                if old is not None and old.plan_seconds is not None and old.example == key[1]:
                    self._plans[key] = Planned(plans.parse(old.plan), old.plan_tokens, old.plan_seconds)
                    break
            else:
                self._plans[key] = await self._answerer.plan(item.task, hits)
        return self._plans[key]

    def _check(self, pool: ThreadPoolExecutor, item: Item, code: str) -> Future[tuple[Verdict, bool]]:
        key = (item.id, code)
        if key not in self._verdicts:
            self._verdicts[key] = pool.submit(self._judge, item, code)
        return self._verdicts[key]

    def _judge(self, item: Item, code: str) -> tuple[Verdict, bool]:
        """The verdict, and whether the code passes at least when its definition bears the wanted name."""
        verdict = self._checker(code, item.check)
        other = None if verdict.passed else under_its_own_name(code, item.reference)
        return verdict, verdict.passed or (other is not None and self._checker(other, item.check).passed)

    def _write(self, most: int) -> None:
        """Writes down what is checked, in order, until at most ``most`` generations wait."""
        while self._waiting and (len(self._waiting) > most or self._waiting[0][1].done()):
            answer, future = self._waiting.pop(0)
            verdict, renamed = future.result()
            self._journal.add(replace(answer, passed=verdict.passed, renamed=renamed, error=verdict.error))


def id_of(pair: Pair) -> str:
    """What a journal calls a pair."""
    return f"{pair.source}:{pair.id}"


def _id(example: Example | None) -> str:
    return id_of(example.pair) if example else ""


def _numbered(planned: Planned | None) -> str:
    return planned.plan.numbered() if planned and planned.plan else ""
