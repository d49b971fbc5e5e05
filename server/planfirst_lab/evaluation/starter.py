"""`planfirst eval starter`: the whole run, from settings to figures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from planfirst.adapters.checksums import sha256_of
from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.core.pipeline import Limits
from planfirst.core.ports import Writer
from planfirst.core.prompt import PromptBook
from planfirst.corpora import recipes
from planfirst.folders import data_folder, store_folder
from planfirst.models import resolve
from planfirst.settings import Settings
from planfirst_lab.evaluation import figures, mbpp, packages, report, retrieval, speed
from planfirst_lab.evaluation.arms import ARMS, FULL, LEFT_OUT, PLAIN, Answerer, Spending
from planfirst_lab.evaluation.checks import Checker, check, checker
from planfirst_lab.evaluation.items import Item, from_cookbook
from planfirst_lab.evaluation.journal import Journal, run_key
from planfirst_lab.evaluation.prepare import book_of, limits_of, prompts_hash, search
from planfirst_lab.evaluation.retrieval import Hits
from planfirst_lab.evaluation.runner import TEMPERATURE, Job, Runner, jobs
from planfirst_lab.evaluation.writer import InProcessWriter, described

VERSION = 1  # raise it when the same inputs would be answered differently
MBPP_ARMS = (PLAIN, FULL)


@dataclass(frozen=True, slots=True)
class Options:
    """What is measured and how.

    Attributes:
        model: a name or the path of a GGUF file.
        limit: the first so many requests of the fixed order; None for all.
        samples: drawn for pass@10; 0 leaves that out.
        sample_plain: whether the arm plain is sampled on the cookbook as well.
        mbpp: the file of the sanitised MBPP; None leaves it out.
        store, out: folders; None for the settings' store, and for ``evaluation/starter`` in the data folder.
    """

    model: str = "starter"
    limit: int | None = None
    samples: int = 10
    sample_plain: bool = False
    mbpp: Path | None = None
    store: Path | None = None
    out: Path | None = None
    seed: int = 0
    settings: Settings = field(default_factory=Settings)

    @property
    def folder(self) -> Path:
        """Where the results go."""
        return self.out or data_folder() / "evaluation" / "starter"

    @property
    def store_folder(self) -> Path:
        """Where the store is."""
        return self.store or store_folder(self.settings.retriever.store)


@dataclass(frozen=True, slots=True)
class Bench:
    """All that answers are made of, ready to use; tests make one with stand-ins."""

    items: Sequence[Item]
    mbpp: Sequence[Item]
    found: dict[str, Hits]
    writer: Writer
    book: PromptBook
    limits: Limits
    journal: Journal
    seed: int
    samples: int
    sample_plain: bool = False
    spending: Spending = field(default_factory=Spending)
    checker: Checker = check


def evaluate(options: Options, console: Console) -> figures.Figures:
    """Measures, writes ``report.json``, ``generations.jsonl`` and ``pass1.png``, and returns what the JSON holds.

    What an earlier run with the same model, store, seed and prompts has answered is not answered again.

    Raises:
        PlanfirstError: the model or the store is missing or refused, a folder cannot be written, or no sandbox works.
        KeyboardInterrupt: the user stopped it; what was answered is kept.
    """
    settings = options.settings
    spec = resolve(options.model, settings.planner.context)
    items = from_cookbook(recipes.load())[: options.limit]
    problems = mbpp.load(options.mbpp)[: options.limit] if options.mbpp else []
    with console.status("Searching the store"):
        found, store = asyncio.run(search(options.store_folder, settings, [*items, *problems]))
    sandbox = asyncio.run(find_sandbox(packages.of_this_python()))  # refused now, and not after the first answer
    book = book_of(settings)
    limits = limits_of(settings, spec.profile)
    spending = Spending()
    digest = sha256_of(spec.path)
    parts = {
        "version": VERSION,
        "model": digest,
        "context": spec.context,
        "prompts": prompts_hash(book, spec.profile),
        "store": store["manifest"],
        "limits": asdict(limits),
        "budget": asdict(spending),
        "temperature": TEMPERATURE,
        "seed": options.seed,
    }
    writer = InProcessWriter(spec, settings.planner.threads)
    try:
        with Journal(options.folder, run_key(parts)) as journal:
            bench = Bench(
                items,
                problems,
                found,
                writer,
                book,
                limits,
                journal,
                options.seed,
                options.samples,
                options.sample_plain,
                spending,
                checker(sandbox),
            )
            result = asyncio.run(_measured(bench, console))
    finally:
        writer.close()
    result["speed"]["threads"] = writer.threads
    result |= {
        "model": described(spec, digest),
        "budget": {"plan_and_code_tokens": spending.total, "plan_tokens_at_most": spending.plan},
        "temperature_of_samples": TEMPERATURE,
        "seed": options.seed,
        "store": store,
        "run": journal.run,
    }
    report.write(options.folder, result, console)
    return result


async def _measured(bench: Bench, console: Console) -> figures.Figures:
    work = plan_of_work(bench)
    columns = TextColumn("Answering"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, disable=not console.is_interactive) as bar:
        task = bar.add_task("", total=len(work))
        return await measure(bench, work, lambda: bar.advance(task))


def plan_of_work(bench: Bench) -> list[Job]:
    """Every answer that the report needs: the cookbook's first, greedy before samples."""
    sampled = (LEFT_OUT, PLAIN) if bench.sample_plain else (LEFT_OUT,)
    return [
        *jobs(bench.items, ARMS, bench.samples, sampled),
        *jobs(bench.mbpp, MBPP_ARMS, bench.samples, MBPP_ARMS),
    ]


async def measure(bench: Bench, work: Sequence[Job], done: Callable[[], None]) -> figures.Figures:
    """Answers what is missing and counts."""
    answerer = Answerer(bench.writer, bench.book, bench.limits, bench.spending)
    runner = Runner(answerer, bench.journal, bench.checker, bench.seed)
    await runner.run(work, bench.found, done)
    items, journal = bench.items, bench.journal
    names = [arm.name for arm in ARMS]
    sampled = {"left_out", "plain"} if bench.sample_plain else {"left_out"}
    result: figures.Figures = {
        name: figures.arm(items, journal, name, bench.samples if name in sampled else 0) for name in names
    }
    recall, parsing = figures.call_recall(items, journal), figures.parsing(items, journal, names)
    plain = result["plain"]["pass@1"]
    result |= {
        "in_store_when_found": figures.when_found(items, journal),
        "parses": parsing["in_store"],
        "call_recall": recall["mean"],
        "in_store_over_plain": result["in_store"]["pass@1"] / plain if plain else None,
        "both_minus_example": figures.both_minus_example(items, journal),
        "unseen": figures.split(items, journal, names),
        "parses_detail": parsing,
        "call_recall_detail": recall,
        "retrieval": retrieval.summary(items, [bench.found[item.id] for item in items], bench.limits.min_score),
        "speed": {
            **figures.plan_speed(items, journal),
            "plan_held_to_six_steps": await speed.six_steps(
                bench.writer, bench.book, bench.limits, [(item.task, bench.found[item.id].store) for item in items]
            ),
        },
    }
    if bench.mbpp:
        result["mbpp"] = {arm.name: figures.arm(bench.mbpp, journal, arm.name, bench.samples) for arm in MBPP_ARMS} | {
            "signature": "the name and the parameters of the reference solution are given with each prompt"
        }
    return result
