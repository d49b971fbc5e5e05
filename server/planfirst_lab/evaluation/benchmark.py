"""`planfirst eval humaneval` and the like: one model, several arms, one set of tasks, from options to figures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from planfirst.adapters.sandbox.packages import installed
from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.core.errors import BadSetting
from planfirst.core.pipeline import Limits
from planfirst.core.ports import Sandbox, Writer
from planfirst.core.prompt import PromptBook
from planfirst_lab.evaluation import comparison, packages, references, unknown_code
from planfirst_lab.evaluation.arms import Answerer, Arm, Spending
from planfirst_lab.evaluation.checks import Checker, check, checker
from planfirst_lab.evaluation.figures import Figures
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.journal import Journal, run_key
from planfirst_lab.evaluation.options import SHOWN, Options, load
from planfirst_lab.evaluation.prepare import book_of, in_store, limits_of, prompts_hash, search
from planfirst_lab.evaluation.references import Tally
from planfirst_lab.evaluation.retrieval import Hits
from planfirst_lab.evaluation.runner import CHECKS, TEMPERATURE, Job, Runner, jobs
from planfirst_lab.evaluation.verified import prose_of, verifier
from planfirst_lab.evaluation.writer import InProcessWriter, model_of

VERSION = 2  # raise it when the same inputs would be answered differently


@dataclass(frozen=True, slots=True)
class Bench:
    """All that answers are made of, ready to use; tests make one with stand-ins."""

    items: Sequence[Item]
    arms: Sequence[Arm]
    found: Mapping[str, Hits]
    writer: Writer
    book: PromptBook
    limits: Limits
    journal: Journal
    spending: Spending
    seed: int = 0
    samples: int = 0
    checker: Checker = check
    sandbox: Sandbox | None = None
    checks: int = CHECKS
    streams: int = 1

    def work(self) -> list[Job]:
        """Every answer that is wanted: all greedy ones, then the samples."""
        return jobs(self.items, self.arms, self.samples, self.arms)


def evaluate(options: Options, console: Console) -> tuple[Figures, dict[tuple[str, str], Figures]]:
    """Answers what no earlier run has answered, and counts.

    Returns:
        The figures, and every greedy answer by arm and item.

    Raises:
        PlanfirstError: model, store, data or sandbox are missing or refused, or a folder cannot be written.
        KeyboardInterrupt: the user stopped it; what was answered is kept.
    """
    return asyncio.run(_evaluate(options, console))


def check_references(options: Options, console: Console) -> tuple[list[Tally], Figures]:
    """Runs the right and the wrong solutions of a benchmark through its checks; no model is asked.

    Returns:
        The tallies, and how many tasks were left out, by the modules that they lack.

    Raises:
        PlanfirstError: data or sandbox are missing or refused.
    """
    return asyncio.run(_check_references(options, console))


async def _evaluate(options: Options, console: Console) -> tuple[Figures, dict[tuple[str, str], Figures]]:
    settings, arms = options.settings, options.chosen()
    every = load(options)
    model = model_of(options.model, settings, options.at_once, options.checks)
    book, limits = book_of(settings), limits_of(settings, model.profile)
    async with AsyncExitStack() as stack:
        folders = await _packages(options, stack)
        sandbox = await find_sandbox(folders)  # refused now, and not after the first answer
        items, left_out = _usable(every, folders)
        items = items[: options.limit]
        found: dict[str, Hits] = {}
        store: Figures | None = None
        if any(arm.example != "none" for arm in arms):
            with console.status("Searching the store"):
                by = unknown_code.search if options.benchmark in unknown_code.SETS else in_store
                found, store = await search(options.store_folder, settings, items, by)
                if any(arm.verified for arm in arms):
                    found |= await _by_prose(options, items, found)
        with console.status("Reading the model"):
            description = model.describe()
        parts = {
            "version": VERSION,
            "model": description,
            "prompts": prompts_hash(book, model.profile),
            "store": store["manifest"] if store else None,
            "limits": asdict(limits),
            "budget": asdict(options.spending),
            "temperature": TEMPERATURE,
            "seed": options.seed,
            "packages": sorted(options.packages),
            "rules": every[0].task.rules,
        }
        journal = stack.enter_context(Journal(options.folder, run_key(parts)))
        writer = await stack.enter_async_context(model.opened())
        bench = Bench(
            items,
            arms,
            found,
            writer,
            book,
            limits,
            journal,
            options.spending,
            options.seed,
            options.samples,
            checker(sandbox),
            sandbox,
            options.checks,
            model.at_once,
        )
        result = await _with_progress(bench, console)
    result |= {
        "benchmark": {
            "name": options.benchmark,
            "file": options.file.name if options.file else "",
            "tasks": len(every),
            "measured": len(items),
            "left_out": left_out,
        },
        "model": description,
        "budget": asdict(options.spending),
        "samples": options.samples,
        "temperature_of_samples": TEMPERATURE,
        "min_score": limits.min_score,
        "seed": options.seed,
        "store": store,
        "sandbox": sandbox.name,
        "run": journal.run,
    }
    return result, answers(bench)


async def measure(bench: Bench, done: Callable[[], None]) -> Figures:
    """Answers what is missing and counts."""
    own = bench.writer if isinstance(bench.writer, InProcessWriter) else None
    adapters = (own.adapted, own.follower) if own else ()
    answerer = Answerer(bench.writer, bench.book, bench.limits, bench.spending, *adapters)
    verify = verifier(answerer, bench.sandbox) if bench.sandbox else None
    runner = Runner(
        answerer,
        bench.journal,
        bench.checker,
        bench.seed,
        verify,
        True,
        bench.checks,
        bench.streams,
    )
    await runner.run(bench.work(), bench.found, done)
    names = [name for name in SHOWN if name in {arm.name for arm in bench.arms}]
    return comparison.counted(bench.items, bench.journal, names, bench.samples)


def answers(bench: Bench) -> dict[tuple[str, str], Figures]:
    """Every greedy answer by arm and item, for a report that shows some of them."""
    found = (
        (arm.name, item, bench.journal.get(arm.name, item.id, item.digest))
        for arm in bench.arms
        for item in bench.items
    )
    return {(name, item.id): asdict(answer) for name, item, answer in found if answer is not None}


async def _by_prose(options: Options, items: Sequence[Item], found: Mapping[str, Hits]) -> dict[str, Hits]:
    """What is found for requests that have examples in them when those are left out of the search."""
    asked = [replace(item, task=replace(item.task, request=prose)) for item in items if (prose := prose_of(item))]
    if not asked:
        return {}
    hits, _ = await search(options.store_folder, options.settings, asked)
    return {name: replace(found[name], prose=hit.store) for name, hit in hits.items()}


async def _with_progress(bench: Bench, console: Console) -> Figures:
    columns = TextColumn("Answering"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, disable=not console.is_interactive) as bar:
        task = bar.add_task("", total=len(bench.work()))
        return await measure(bench, lambda: bar.advance(task))


async def _check_references(options: Options, console: Console) -> tuple[list[Tally], Figures]:
    every = load(options)
    async with AsyncExitStack() as stack:
        folders = await _packages(options, stack)
        sandbox = await find_sandbox(folders)
        items, left_out = _usable(every, folders)
        items = items[: options.limit]
        if not references.count(items):
            raise BadSetting(
                "plain",
                what="These tasks have no reference solutions.",
                next="Leave --references out to measure a model.",
            )
        columns = TextColumn("Checking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        with Progress(*columns, console=console, disable=not console.is_interactive) as bar:
            task = bar.add_task("", total=references.count(items))
            tallies = await asyncio.to_thread(
                references.run, items, checker(sandbox), options.checks, lambda: bar.advance(task)
            )
    return tallies, left_out


async def _packages(options: Options, stack: AsyncExitStack) -> list[Path]:
    await find_sandbox()  # before anything is fetched
    if options.of_the_cookbook:
        return packages.of_this_python()
    return await stack.enter_async_context(installed(options.packages))


def _usable(every: Sequence[Item], folders: Sequence[Path]) -> tuple[list[Item], dict[str, int]]:
    items, left_out = packages.split(every, folders)
    if not items:
        raise BadSetting(
            "plain",
            what=f"Every task's check needs packages that the sandbox does not have ({next(iter(left_out))}, for one).",
            next="Add them with --package NAME; they are installed for this run alone.",
        )
    return items, left_out
