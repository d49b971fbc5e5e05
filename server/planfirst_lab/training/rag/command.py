"""`planfirst train rag`: questions, index, rows, tuning, export and measuring, in order and resumable."""

from __future__ import annotations

import asyncio
import csv
import dataclasses
import json
from pathlib import Path

import torch
from rich.console import Console

from planfirst.adapters.checksums import sha256_of
from planfirst.core.errors import PlanfirstError
from planfirst.models import resolve
from planfirst.store.build import TextEmbedder
from planfirst_lab.training import check, export, loop, roles, starter
from planfirst_lab.training import config as starter_config
from planfirst_lab.training.command import device_of
from planfirst_lab.training.rag import config, pairs, replay, report, weights
from planfirst_lab.training.rag.config import Config
from planfirst_lab.training.rag.teacher import OfflineTeacher, WritingTeacher
from planfirst_lab.training.rag.work import Asked, Work
from planfirst_lab.training.same_run import require_same_run
from planfirst_lab.training.tokenizer import encode_prompts

MODEL, REPORT, PLOT, CALLS = "rag-q8_0.gguf", "report.json", "rag.png", "calls.jsonl"
_RUN, _BEGIN, _FULL = "run.json", "begin.safetensors", "rag-f32.gguf"


@dataclasses.dataclass(frozen=True, slots=True)
class Options:
    """What a run is told.

    Attributes:
        repos: folders, or names of installed packages.
        begin: the model to begin with: a name, or the path of a GGUF file.
        work: where everything that is made on the way is kept; ``out``: where model, report and plot go.
        minutes: stop training after so long; None for the configuration's steps.
        device: ``auto``, ``cpu`` or ``cuda``.
        teacher: who words the questions: ``offline``, or a model as `planfirst_lab.training.roles` names it.
        hosts: that the teacher's endpoint may be on, beside this machine.
        replay: the work folder of a starter's training, whose rows are learned again; None for recipes.
    """

    repos: tuple[str, ...]
    begin: str
    work: Path
    out: Path
    config: Path | None = None
    minutes: float | None = None
    device: str = "auto"
    teacher: str = roles.OFFLINE
    hosts: tuple[str, ...] = ()
    replay: Path | None = None


def train_rag(options: Options, console: Console, embedder: TextEmbedder | None = None) -> report.Figures:
    """Tunes a model on what the store retrieves in the repositories, and measures it before and after.

    Args:
        embedder: makes the store's vectors; the bundled model when there is none.

    Raises:
        PlanfirstError: an option is wrong, or a part of the work failed.
        KeyboardInterrupt: the user stopped it; the same command goes on.
    """
    settings = config.load(options.config)
    begin = resolve(options.begin)
    options.work.mkdir(parents=True, exist_ok=True)
    options.out.mkdir(parents=True, exist_ok=True)
    _same_run(options, settings, sha256_of(begin.path))
    model, bpe = weights.read(begin.path)
    work = Work(options.repos, options.work, settings, bpe, console, embedder or _bundled(), options.replay)

    train, kept = asyncio.run(_worded(work, options, settings.seed, console))
    work.index()
    pairs.write(list(work.symbols.values()), options.out / CALLS)
    encoded = work.rows(train)
    weights.as_checkpoint(model, options.work / _BEGIN)
    plan = starter_config.Config(settings.seed, model.shape, starter_config.load().data, settings.optimiser)
    chosen = device_of(options.device)
    trainer = starter.Trainer(plan, encoded, options.work, chosen, options.minutes, options.work / _BEGIN)
    console.print(f"Tuning on {len(encoded):,} rows, from step {trainer.progress.step}")
    try:
        trainer.run(console)
        tuned = trainer.model.cpu()
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise PlanfirstError(
            "plain",
            what="The memory is not enough for the tuning.",
            next="Lower optimiser.batch_tokens or data.longest_row.",
        ) from error

    full, small = options.work / _FULL, options.out / MODEL
    export.write(tuned, bpe, full, "The starter of Planfirst, tuned on what a store retrieves.", model.shape.copies)
    texts = encode_prompts(bpe, [("Plan.", text) for text in check.sample_texts(2)])
    parity = check.compare(tuned, bpe, full, texts)
    export.quantise(full, small, settings.optimiser.threads, "q8_0")

    result = work.measured(kept, begin.path, small)
    result["training"] = {
        "rows": len(encoded),
        "steps": trainer.progress.step,
        "tokens": trainer.progress.tokens,
        "seconds": trainer.progress.seconds,
        "device": chosen.type,
        "parity of the export": dataclasses.asdict(parity),
    }
    result["seed"], result["config"] = settings.seed, dataclasses.asdict(settings)
    (options.out / REPORT).write_text(json.dumps(result, indent=1), encoding="utf-8")
    report.draw(result, _losses(options.work / loop.LOSS), options.out / PLOT)
    console.print(report.table("Questions about functions of held-out files", result["held out"]))
    console.print(report.table("Questions about functions that were changed after the tuning", result["changed"]))
    console.print(f"Wrote {small}, {options.out / CALLS}, {options.out / REPORT} and {options.out / PLOT}")
    return result


async def _worded(work: Work, options: Options, seed: int, console: Console) -> tuple[Asked, Asked]:
    if options.teacher == roles.OFFLINE:
        return work.split(await work.worded(OfflineTeacher(seed)))
    async with roles.opened(options.teacher, options.hosts) as writer:
        teacher = WritingTeacher(writer, seed)
        worded = await work.worded(teacher)
    if teacher.refused:
        said = ", ".join(f"{reason} {count}" for reason, count in teacher.refused.most_common())
        console.print(f"Rules were used in the teacher's place: {said}")
    return work.split(worded)


def _bundled() -> TextEmbedder:
    from planfirst.embedders.sbert import Embedder

    return Embedder(threads=1)


def _same_run(options: Options, settings: Config, begin: str) -> None:
    """Refuses a work folder in which another run was begun; how much is measured may change."""
    about = {
        "repositories": list(options.repos),
        "teacher": options.teacher,
        "begin": begin,
        "replay": replay.digest(options.replay) if options.replay else "",
        "config": {name: part for name, part in dataclasses.asdict(settings).items() if name != "measure"},
    }
    require_same_run(
        options.work / _RUN,
        about,
        f"{options.work} holds a run with other repositories, another configuration or other first weights.",
        "Name another folder with --work, or delete that one.",
    )


def _losses(path: Path) -> list[tuple[int, float]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(int(row["tokens"]), float(row["loss"])) for row in csv.DictReader(file)]
