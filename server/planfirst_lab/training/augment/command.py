"""`planfirst train augment`: from pairs to rows with another wording, a plan and a confidence. Resumes at the row."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from planfirst.core.errors import EndpointError
from planfirst.core.types import Pair
from planfirst.corpora.columns import Options as Columns
from planfirst.corpora.report import Report
from planfirst.embedders.sbert import Embedder
from planfirst_lab.training import roles
from planfirst_lab.training.augment import config as configs
from planfirst_lab.training.augment.beside import Beside
from planfirst_lab.training.augment.config import Config
from planfirst_lab.training.augment.corpus import pairs, wordings
from planfirst_lab.training.augment.rows import Journal, visit_id
from planfirst_lab.training.augment.teachers import Answer, ModelTeacher, OfflineTeacher, Teacher
from planfirst_lab.training.same_run import require_same_run

ROWS, REJECTED, ABOUT, REPORT = "rows.jsonl", "rejected.jsonl", "about.json", "report.json"
NO_ANSWER = "the teacher did not answer"


@dataclass(frozen=True, slots=True)
class Options:
    """What is to be done.

    Attributes:
        corpus: a name, or the path of a table.
        teacher: ``offline``, a model of this machine, or ``URL#MODEL``.
        out: the folder of rows, rejected rows and report.
        hosts: that an endpoint may be on, beside this machine.
    """

    corpus: str
    teacher: str
    out: Path
    config: Path | None = None
    columns: Columns = field(default_factory=Columns)
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """A pair, and how many rows were made of it before this one."""

    pair: Pair
    number: int

    @property
    def id(self) -> str:
        """The ``question_id`` of its row."""
        return visit_id(self.pair.id, self.number)


@dataclass(slots=True)
class Totals:
    """What one folder holds, and what the teacher read and wrote for it in all parts of the run."""

    made: int = 0
    rejected: int = 0
    tokens_read: int = 0
    tokens_written: int = 0


def augment(options: Options, console: Console) -> Totals:
    """Makes the rows that are not there yet.

    Raises:
        BadSetting: the folder holds the rows of another run.
        PlanfirstError: corpus or teacher cannot be used, or the teacher stopped answering; what is done is kept.
    """
    settings = configs.load(options.config)
    out = options.out
    out.mkdir(parents=True, exist_ok=True)
    require_same_run(
        out / ABOUT,
        {"corpus": options.corpus, "teacher": options.teacher, **asdict(settings)},
        f"{out} holds rows that were made with another corpus, teacher or configuration.",
        "Choose another folder with --out, or go on with what stands in its about.json.",
    )
    report = Report()
    chosen = list(islice(_fresh(options, settings, report), settings.rows.most or None))
    for line in report.lines():
        console.print(line, highlight=False)
    journal = Journal(out / ROWS, out / REJECTED, NO_ANSWER)
    totals = Totals(journal.made, journal.rejected, *_spent(out / REPORT))
    visits = [Visit(pair, n) for pair in chosen for n in range(settings.rows.visits)]
    waiting = [visit for visit in visits if visit.id not in journal.done]
    if len(waiting) < len(visits):
        console.print(f"{len(visits) - len(waiting):,} of {len(visits):,} are done already")
    work = _Work(settings, options, journal, totals, console)
    try:
        asyncio.run(work.run(waiting, chosen))
    finally:
        work.report()
    return totals


def _fresh(options: Options, settings: Config, report: Report) -> Iterator[Pair]:
    """The pairs of the corpus, without those whose id came before."""
    seen: set[str] = set()
    for pair in pairs(options.corpus, options.columns, report):
        if pair.id in seen:
            report.taken -= 1
            report.leave_out(pair.place, "the id occurs twice", pair.id)
        else:
            seen.add(pair.id)
            yield pair


class _Work:
    """One part of a run."""

    def __init__(self, settings: Config, options: Options, journal: Journal, totals: Totals, console: Console) -> None:
        self.settings, self.options, self.journal, self.totals, self.console = (
            settings,
            options,
            journal,
            totals,
            console,
        )
        self.silent = 0

    async def run(self, waiting: list[Visit], corpus: list[Pair]) -> None:
        """Asks the teacher about each visit; what stands beside a request is taken from ``corpus``."""
        if not waiting:
            return
        beside = Beside(corpus, Embedder(threads=1), self.settings.examples, self.settings.seed)
        columns = TextColumn("Rows"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[said]}")
        async with self.teacher() as teacher:
            with Bar(
                *columns, TimeRemainingColumn(), console=self.console, disable=not self.console.is_terminal
            ) as bar:
                task = bar.add_task("", total=len(waiting), said="")
                async for visit, answer in _in_order(teacher, waiting, self.settings.seed):
                    self.take(visit, answer, beside)
                    bar.update(task, advance=1, said=self.said(teacher))
        self.console.print(
            f"{self.totals.made:,} rows, {self.totals.rejected:,} rejected; {self.said(teacher)}", soft_wrap=True
        )

    @asynccontextmanager
    async def teacher(self) -> AsyncIterator[Teacher]:
        """The teacher that the options name."""
        name, plan = self.options.teacher, self.settings.teacher
        if name == roles.OFFLINE:
            yield OfflineTeacher(wordings(self.options.corpus))
            return
        async with roles.opened(name, self.options.hosts) as writer:
            yield ModelTeacher(
                writer,
                jobs=plan.jobs,
                answer_tokens=plan.answer_tokens,
                temperature=plan.temperature,
                remote=name.startswith(("http://", "https://")),
            )

    def take(self, visit: Visit, answer: Answer | EndpointError, beside: Beside) -> None:
        """Writes a row, or why there is none.

        Raises:
            EndpointError: the teacher has been silent for too many questions in a row.
        """
        if isinstance(answer, EndpointError):
            self.silent += 1
            if self.silent >= self.settings.teacher.patience:
                raise answer
            self.reject(visit, NO_ANSWER, answer.what)
            return
        self.silent = 0
        pair = visit.pair
        self.totals.tokens_read += answer.tokens_read
        self.totals.tokens_written += answer.tokens_written
        reason, detail = self.fault(pair, answer)
        if answer.plan is None or reason:
            self.reject(visit, reason, detail)
            return
        alike = beside.likeness(pair, answer.similar)
        if alike < self.settings.rows.least_confidence:
            self.reject(visit, "the other wording asks for something else", f"{alike:.2f}: {answer.similar}")
            return
        self.journal.add(beside.row(visit.id, pair, answer.similar, answer.plan, alike))
        self.totals.made += 1

    def fault(self, pair: Pair, answer: Answer) -> tuple[str, str]:
        """Why an answer cannot be used, and what is particular to it; empty texts if it can."""
        limits = self.settings.rows
        if answer.reason:
            return answer.reason, answer.detail
        if len(pair.question) > limits.longest_question or len(answer.similar) > limits.longest_question:
            return "the question is too long", ""
        if len(pair.code) > limits.longest_snippet:
            return "the snippet is too long", f"{len(pair.code)} characters"
        if not answer.similar or answer.similar.casefold() == pair.question.casefold():
            return "the question is not worded anew", ""
        return "", ""

    def reject(self, visit: Visit, reason: str, detail: str) -> None:
        self.journal.reject(visit.id, visit.pair.question, reason, detail)
        self.totals.rejected += 1

    def said(self, teacher: Teacher) -> str:
        """What it has cost so far."""
        if not self.totals.tokens_read:
            return f"teacher {teacher.name}, at no cost"
        read, written = self.totals.tokens_read, self.totals.tokens_written
        cost = f", cost {self.cost():.4f}" if self.cost() else ""
        return f"teacher {teacher.name}, {read:,} tokens read and {written:,} written{cost}"

    def cost(self) -> float:
        """At the configured prices. A server's tokens are an estimate."""
        plan = self.settings.teacher
        return (self.totals.tokens_read * plan.price_read + self.totals.tokens_written * plan.price_written) / 1e6

    def report(self) -> None:
        """Writes the figures of all parts of the run; rejected rows are counted from their file."""
        lines = (self.options.out / REJECTED).read_text(encoding="utf-8").splitlines()
        reasons = Counter(json.loads(line)["reason"] for line in lines)
        found = {**asdict(self.totals), "cost": round(self.cost(), 6), "reasons": dict(reasons.most_common())}
        found["tokens_are"] = "estimated" if self.options.teacher.startswith("http") else "counted"
        (self.options.out / REPORT).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        for reason, count in reasons.most_common():
            self.console.print(f"  rejected {count:,}: {reason}", highlight=False)


async def _in_order(
    teacher: Teacher, waiting: list[Visit], seed: int
) -> AsyncIterator[tuple[Visit, Answer | EndpointError]]:
    """Answers in the order of the pairs, as many at a time as the teacher allows."""
    pending: list[tuple[Visit, asyncio.Task[Answer | EndpointError]]] = []
    queue = iter(waiting)
    try:
        while True:
            for visit in islice(queue, teacher.jobs - len(pending)):
                pending.append((visit, asyncio.create_task(_answer(teacher, visit, seed))))
            if not pending:
                return
            visit, task = pending[0]
            answer = await task
            pending.pop(0)
            yield visit, answer
    finally:
        for _, task in pending:
            task.cancel()
        await asyncio.gather(*(task for _, task in pending), return_exceptions=True)


async def _answer(teacher: Teacher, visit: Visit, seed: int) -> Answer | EndpointError:
    try:
        return await teacher.ask(visit.pair, visit.number, seed)
    except EndpointError as error:
        return error


def _spent(report: Path) -> tuple[int, int]:
    """Tokens read and written by earlier parts of the run."""
    if not report.is_file():
        return 0, 0
    found = json.loads(report.read_text(encoding="utf-8"))
    return int(found.get("tokens_read", 0)), int(found.get("tokens_written", 0))
