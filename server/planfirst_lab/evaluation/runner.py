"""Makes the answers that are not there yet, and checks them beside that.

A local model answers one thing after another; a server may be asked several at a time. What is answered depends on the
seed alone, the order in which it is written down may vary then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby

from planfirst.core import plan as plans
from planfirst.core.types import Declaration, Example, Pair, Plan
from planfirst.source.carried_over import carried_over
from planfirst_lab.evaluation.arms import Answerer, Arm, Coded, Planned
from planfirst_lab.evaluation.checks import Checker, Verdict, under_its_own_name
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.journal import Answer, Journal
from planfirst_lab.evaluation.retrieval import Hits
from planfirst_lab.evaluation.verified import Verifier

TEMPERATURE = 0.8  # of samples; the greedy answer has none
CHECKS = 2  # sandboxes at a time
_WAITING = 16  # generations that may wait for their check


@dataclass(frozen=True, slots=True)
class Job:
    """One answer to make; ``sample`` 0 is the greedy one, others are drawn."""

    item: Item
    arm: Arm
    sample: int = 0


_NOTHING = Hits((), ())


def jobs(items: Sequence[Item], arms: Sequence[Arm], samples: int, sampled: Sequence[Arm]) -> list[Job]:
    """First every greedy answer, request by request; then ``samples`` drawn ones in the arms that are sampled."""
    greedy = [Job(item, arm) for item in items for arm in arms]
    return greedy + [Job(item, arm, n) for item in items for arm in sampled for n in range(1, samples + 1)]


class Runner:
    """Answers jobs into a journal.

    Args:
        checker: runs a code against a check; asked once for the same code and check.
        verify: answers in the arms that are verified.
        forget: whether the model begins each answer in the same state; else it may keep what prompts have in common.
        checks: how many run at a time.
        streams: how many answers are generated at a time.
    """

    def __init__(
        self,
        answerer: Answerer,
        journal: Journal,
        checker: Checker,
        seed: int,
        verify: Verifier | None = None,
        forget: bool = False,
        checks: int = CHECKS,
        streams: int = 1,
    ) -> None:
        self._verify, self._forget = verify, forget
        self._answerer, self._journal, self._checker = answerer, journal, checker
        self._seed = seed
        self._checks, self._streams = checks, streams
        self._plans: dict[tuple[str, str, bool, bool, bool], Planned] = {}
        self._codes: dict[tuple[str, str, str, int, bool], Coded] = {}
        self._verdicts: dict[tuple[str, str], Future[tuple[Verdict, bool]]] = {}
        self._waiting: list[tuple[Answer, Future[tuple[Verdict, bool]]]] = []

    async def run(self, work: Iterable[Job], found: Mapping[str, Hits], done: Callable[[], None]) -> None:
        """Makes what is missing.

        Args:
            found: the examples, by an item's id.
            done: called after each job.

        Cancelled, it still writes down what was generated.
        """
        groups = (list(group) for _, group in groupby(work, key=lambda job: job.item.id))
        with ThreadPoolExecutor(self._checks) as pool:
            try:
                async with asyncio.TaskGroup() as tasks:
                    for _ in range(self._streams):
                        tasks.create_task(self._stream(pool, groups, found, done))
            except ExceptionGroup as errors:
                raise errors.exceptions[0] from None
            finally:
                self._write(wait=True)

    async def _stream(
        self,
        pool: ThreadPoolExecutor,
        groups: Iterator[list[Job]],
        found: Mapping[str, Hits],
        done: Callable[[], None],
    ) -> None:
        """Takes one item's jobs after another's, so that arms with the same plan find it made."""
        for group in groups:
            for job in group:
                if self._journal.get(job.arm.name, job.item.id, job.item.digest, job.sample) is None:
                    answer = await self._answer(job, found.get(job.item.id, _NOTHING))
                    self._waiting.append((answer, self._check(pool, job.item, job.arm, answer.code)))
                    while len(self._waiting) > _WAITING:
                        await asyncio.wait([asyncio.wrap_future(self._waiting[0][1])])
                        self._write()
                    self._write()
                done()
                await asyncio.sleep(0)

    async def _answer(self, job: Job, found: Hits) -> Answer:
        arm, item = job.arm, job.item
        hits = found.of(arm.example)
        example, _ = self._answerer.gate(item.task, hits)
        temperature = TEMPERATURE if job.sample else 0.0
        seed = self._seed * 1000 + job.sample
        if self._forget:
            self._answerer.forget()
        if arm.bare:
            return _answer_of(job, None, None, await self._answerer.bare(item.bare_prompt))
        if arm.verified:
            assert self._verify is not None  # who asks for such an arm brings what it takes
            done = await self._verify(item, found, temperature, seed)
            answer = _answer_of(job, example, done.planned, done.coded)
            return replace(answer, attempts=done.attempts, said=done.said)
        declared = found.declared_in(arm.example)
        planned = await self._plan(item, hits, example, arm, declared) if arm.plan else None
        if arm.own and item.steps:
            planned = Planned(plans.adopted(Plan(item.steps), item.known), 0, 0.0)
        seen = _id(example) if arm.shown else ""
        known = (item.id, _numbered(planned), seen, planned.tokens if planned else 0, bool(declared))
        coded = self._codes.get(known) if not job.sample else None
        if coded is None:
            coded = await self._answerer.code(item.task, hits, planned, arm.shown, temperature, seed, declared)
            if item.task.language == "python":
                pair = example.pair if arm.shown and example else None
                coded = replace(coded, code=carried_over(coded.code, pair, item.file, declared))
            if not job.sample:
                self._codes[known] = coded
        return _answer_of(job, example, planned, coded)

    async def _plan(
        self, item: Item, hits: Sequence[Example], example: Example | None, arm: Arm, declared: Sequence[Declaration]
    ) -> Planned:
        """The plan for this request and example, made once; a journal's earlier one is taken over."""
        first = arm.first or self._answerer.plans_first
        key = (item.id, _id(example), first, arm.adapted, bool(declared))
        if key not in self._plans:
            alike = ("in_store", "left_out", "full") if first == self._answerer.plans_first else ()
            known = (arm.name,) if arm.adapted or declared else (*alike, *(("plan", "planned") if first else ()))
            for name in known:
                old = self._journal.get(name, item.id, item.digest)
                if old is not None and old.plan_seconds is not None and old.example == key[1]:
                    self._plans[key] = Planned(plans.parse(old.plan), old.plan_tokens, old.plan_seconds, old.plan_first)
                    break
            else:
                self._plans[key] = await self._answerer.plan(item.task, hits, first, arm.adapted, declared)
        return self._plans[key]

    def _check(self, pool: ThreadPoolExecutor, item: Item, arm: Arm, code: str) -> Future[tuple[Verdict, bool]]:
        program = _program(arm, item, code) if code.strip() else ""
        key = (item.id, program)
        if key not in self._verdicts:
            self._verdicts[key] = pool.submit(self._judge, item, program)
        return self._verdicts[key]

    def _judge(self, item: Item, program: str) -> tuple[Verdict, bool]:
        """The verdict, and whether the code passes at least when its definition bears the wanted name."""
        verdict = self._checker(program, item.check)
        other = None if verdict.passed else under_its_own_name(program, item.reference)
        return verdict, verdict.passed or (other is not None and self._checker(other, item.check).passed)

    def _write(self, wait: bool = False) -> None:
        """Writes down what is checked, in order; ``wait`` for all of it."""
        while self._waiting and (wait or self._waiting[0][1].done()):
            answer, future = self._waiting.pop(0)
            verdict, renamed = future.result()
            self._journal.add(replace(answer, passed=verdict.passed, renamed=renamed, error=verdict.error))


def _program(arm: Arm, item: Item, code: str) -> str:
    return item.bare_program(code) if arm.bare else item.program(code)


def id_of(pair: Pair) -> str:
    """What a journal calls a pair."""
    return f"{pair.source}:{pair.id}"


def _answer_of(job: Job, example: Example | None, planned: Planned | None, coded: Coded) -> Answer:
    """An answer that is not checked yet."""
    arm, item = job.arm, job.item
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
        parses=bool(coded.code.strip()) and item.parses(_program(arm, item, coded.code)),
        passed=False,
        renamed=False,
        error="",
        plan_first=_rounded(planned.first) if planned else None,
        first=_rounded(coded.first),
    )


def _id(example: Example | None) -> str:
    return id_of(example.pair) if example else ""


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 4)


def _numbered(planned: Planned | None) -> str:
    return planned.plan.numbered() if planned and planned.plan else ""
