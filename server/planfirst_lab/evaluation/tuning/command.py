"""`planfirst models tune`: from options to a profile file."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from planfirst.adapters.gguf_header import read_header
from planfirst.adapters.openai import OpenAIWriter
from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.core.errors import BadSetting, PlanfirstError
from planfirst.core.profile import INSTRUCT, Profile
from planfirst.folders import data_folder, store_folder
from planfirst.models import profile_file, profiles
from planfirst.models.library import locate
from planfirst.settings import Settings
from planfirst_lab.evaluation import development, packages
from planfirst_lab.evaluation.arms import Spending
from planfirst_lab.evaluation.checks import checker
from planfirst_lab.evaluation.journal import Journal, run_key
from planfirst_lab.evaluation.prepare import book_of, limits_of, prompts_hash, search
from planfirst_lab.evaluation.tuning.choice import Decision
from planfirst_lab.evaluation.tuning.decisions import Progress, Task, Tuning
from planfirst_lab.evaluation.tuning.trials import Clock, Trials, World
from planfirst_lab.evaluation.writer import Model, model_of

VERSION = 1  # raise it when the same trials would be answered differently


@dataclass(frozen=True, slots=True)
class Options:
    """What is tuned, and for how long.

    Attributes:
        model: a name, the path of a GGUF file, or the URL of a server.
        minutes: that one run may take, loading and searching not counted.
        at_once: answers written at a time.
        store, out: folders; None for the settings' store, and for one in the data folder.
    """

    model: str
    minutes: float = 20.0
    at_once: int = 4
    store: Path | None = None
    out: Path | None = None
    settings: Settings = field(default_factory=Settings)

    @property
    def of_a_server(self) -> bool:
        """Whether it is a server that is asked."""
        return urlsplit(self.model).scheme in ("http", "https")

    @property
    def folder(self) -> Path:
        """Where the answers are kept."""
        return self.out or data_folder() / "tuning" / _as_name(self.settings, self.model)

    @property
    def store_folder(self) -> Path:
        """Where the store is."""
        return self.store or store_folder(self.settings.retriever.store)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is tuned.

    Attributes:
        base: how it is asked without a profile file.
        file: where its profile file goes.
        model_bytes: of its file; 0 for a server's.
    """

    model: Model
    name: str
    base: Profile
    file: Path
    model_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it.

    Attributes:
        before: how the model was asked without a profile file.
        answers: how many there are by now, those of earlier runs among them.
    """

    profile: Profile
    before: Profile
    decisions: tuple[Decision, ...]
    file: Path
    answers: int
    seconds: float


def tune(options: Options, progress: Progress) -> Result:
    """Measures and writes a profile.

    Raises:
        PlanfirstError: model, store or sandbox are missing or refused, a folder cannot be written, or the time was too
            short to decide anything.
        KeyboardInterrupt: the user stopped it; what was answered is kept.
    """
    return asyncio.run(_tune(options, progress))


async def measure(
    world: World, tasks: Sequence[Task], base: Profile, begins: bool, seconds: float, progress: Progress
) -> tuple[Profile, list[Decision]]:
    """The profile that these tasks speak for, and why."""
    tuning = Tuning(Trials(world), tasks, base, begins, seconds, progress)
    profile = await tuning.run()
    return profile, tuning.decisions


async def _tune(options: Options, progress: Progress) -> Result:
    subject = _subject(options)
    settings = options.settings
    book, limits = book_of(settings), limits_of(settings, subject.base)
    folders = packages.of_this_python()
    sandbox = await find_sandbox(folders)
    made = {task.item.id: Task(task.item, task.example) for task in development.tasks("development")}
    items, _ = packages.split(development.load(), folders)
    found, store = await search(options.store_folder, settings, items)
    spending = Spending()
    parts: Mapping[str, object] = {
        "version": VERSION,
        "model": subject.model.describe(),
        "prompts": prompts_hash(book, replace(INSTRUCT, name=subject.base.name)),
        "store": store["manifest"],
        "limits": asdict(replace(limits, min_score=0.0)),
        "budget": spending.total,
    }
    async with AsyncExitStack() as stack:
        journal = stack.enter_context(Journal(options.folder, run_key(parts)))
        writer = await stack.enter_async_context(subject.model.opened())
        begins = not isinstance(writer, OpenAIWriter) or await writer.goes_on() is not None
        clock: Clock = time.monotonic
        world = World(
            writer, book, limits, spending, journal, found, checker(sandbox), subject.model.at_once, clock
        )  # fmt: skip
        began, tasks = clock(), [made[item.id] for item in items]
        profile, decisions = await measure(world, tasks, subject.base, begins, options.minutes * 60, progress)
        result = Result(profile, subject.base, tuple(decisions), subject.file, len(journal), clock() - began)
    if not any(decision.options for decision in decisions):
        raise PlanfirstError(
            "plain",
            what=f"Only {result.answers} answers were written in the time, which decides nothing.",
            next="Run the same command again to continue, or give it more --minutes.",
        )
    _write(subject, result)
    return result


def _subject(options: Options) -> Subject:
    model = model_of(options.model, options.settings, options.at_once, options.at_once)
    if options.of_a_server:
        name = f"{options.settings.generator.endpoint_model} at {urlsplit(options.model).hostname}"
        file = data_folder() / "profiles" / f"{_as_name(options.settings, options.model)}{profiles.SUFFIX}"
        subject = Subject(model, name, INSTRUCT, file)
    else:
        name, path, entry = locate(options.model)
        header = read_header(path)
        base = profiles.of_model(path, entry, header, tuned=False).profile
        if base.copies:
            raise BadSetting(
                "plain",
                what=f"{name} was trained on prompts of its own, so there is nothing to tune.",
                next="Tune another model.",
            )
        subject = Subject(model, name, base, profiles.beside(path), header.size)
    there = next(folder for folder in subject.file.parents if folder.exists())
    if not os.access(there, os.W_OK):
        raise BadSetting(
            "plain",
            what=f"The profile would be {subject.file}, and that folder cannot be written.",
            next="Take the model over with `planfirst models import FILE`, and tune that.",
        )
    return subject


def _write(subject: Subject, result: Result) -> None:
    figures = [decision.figure() for decision in result.decisions]
    try:
        profile_file.write(subject.file, result.profile, subject.name, subject.model_bytes, figures)
    except OSError as error:
        raise PlanfirstError(
            "plain",
            what=f"The profile {subject.file} cannot be written: {error.strerror or error}.",
            next="Make room or give leave, and run the same command again: all answers are kept.",
        ) from error


def _as_name(settings: Settings, model: str) -> str:
    """A name for files: the server and its model, or the model's own name."""
    parts = urlsplit(model)
    if parts.scheme in ("http", "https"):
        told = f"{parts.hostname}-{parts.port or ''}-{settings.generator.endpoint_model}"
    else:
        told = Path(model).name.removesuffix(".gguf")
    return re.sub(r"[^A-Za-z0-9._-]+", "-", told).strip(".-") or "model"
