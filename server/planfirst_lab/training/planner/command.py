"""`planfirst train planner`: rows in, a LoRA adapter with its loss curve and report out. Resumable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from rich.console import Console

from planfirst.adapters.lora_file import Use
from planfirst.core.errors import PlanfirstError
from planfirst.corpora.report import Report
from planfirst_lab.convert.adapter import OURS
from planfirst_lab.convert.folder import HfFolder, fingerprint
from planfirst_lab.convert.tokenizer import HfTokenizer
from planfirst_lab.training import plot
from planfirst_lab.training.augment.rows import Row
from planfirst_lab.training.command import device_of
from planfirst_lab.training.loop import LOSS
from planfirst_lab.training.planner import config as configs
from planfirst_lab.training.planner.base import Base, base_of
from planfirst_lab.training.planner.benchmarks import UNCOMPARED, Compared, apart
from planfirst_lab.training.planner.export import export
from planfirst_lab.training.planner.rows import Encoder, Rows, prepare
from planfirst_lab.training.planner.student import Student
from planfirst_lab.training.planner.trainer import HELD_OUT, Trainer
from planfirst_lab.training.same_run import require_same_run

ADAPTER, CURVE, REPORT, ABOUT = "adapter", "loss.png", "report.json", "about.json"
FILES: dict[Use, str] = {"plan": "planner.gguf", "change": "changes.gguf"}  # the adapter as llama.cpp loads it
_TITLES: dict[Use, str] = {"plan": "Training the planner", "change": "Training to follow changed plans"}
_SETTING: dict[Use, str] = {"plan": "planner.adapter", "change": "generator.changes"}


@dataclass(frozen=True, slots=True)
class Options:
    """What is to be done.

    Attributes:
        base: see `planfirst_lab.training.planner.base.base_of`.
        data: the JSON lines that `planfirst train augment`, or `planfirst train changes`, wrote.
        work: the folder of the checkpoint; ``out`` that of the results.
        minutes: stop training after so many minutes of steps.
        device: ``auto``, ``cpu`` or ``cuda``.
        benchmarks: files of what the planner will be measured with; rows near them are not learned.
    """

    base: str
    data: Path
    out: Path
    work: Path
    config: Path | None = None
    minutes: float | None = None
    device: str = "auto"
    benchmarks: tuple[Path, ...] = ()


class _Choice:
    """Leaves out the rows that are near a benchmark; ``found`` is what it came to, None where none was named."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files
        self.found: Compared | None = None

    def __call__(self, rows: list[Row]) -> list[Row]:
        if not self._files:
            return rows
        from planfirst.embedders.sbert import Embedder

        kept, self.found = apart(rows, self._files, Embedder().embed)
        return kept


def train_planner(options: Options, console: Console) -> Path:
    """Trains an adapter, and returns its folder.

    Raises:
        BadSetting: the work folder is that of another run, or a setting cannot be followed.
        PlanfirstError: base or rows cannot be used, or the memory does not suffice.
        KeyboardInterrupt: the user stopped it; the checkpoint is kept.
    """
    settings = configs.load(options.config)
    device = device_of(options.device)
    if device.type == "cpu" and options.device == "auto":
        console.print("There is no GPU, so it runs on the CPU, which is right for small models only.")
    options.work.mkdir(parents=True, exist_ok=True)
    base = base_of(options.base, options.work)
    folder = base.folder
    tokenizer = HfTokenizer(folder)
    with HfFolder(folder) as opened:
        shape = opened.shape
    profile = settings.data.profile or str(shape.ours.get("profile") or "instruct")
    longest = min(settings.data.longest_row, shape.context)
    report = Report()
    encoder = Encoder(tokenizer, profile, longest, settings.data.example_tokens)
    choice = _Choice(options.benchmarks)
    rows = prepare(options.data, encoder, settings.data.held_out, settings.seed, report, choice)
    _say_of_rows(report, rows, longest, console)
    console.print(choice.found.said() if choice.found else UNCOMPARED, highlight=False, soft_wrap=True)
    known = fingerprint(folder)
    # Other benchmarks leave other rows. Without any, the run is the one that earlier versions began.
    compared = {"benchmarks": sorted(map(_digest, options.benchmarks))} if options.benchmarks else {}
    require_same_run(
        options.work / ABOUT,
        {"base": known, "data": _digest(options.data), **compared, **asdict(settings)},
        f"{options.work} holds the checkpoint of another base, other rows or benchmarks, or another configuration.",
        "Choose another folder with --work, or delete it to begin anew.",
    )
    student = _student(folder, shape.architecture, settings, device)
    if student.notice:
        console.print(f"The base is not held in 4 bits, since {student.notice}. This is a plain LoRA.")
    trainer = Trainer(settings, student, rows, options.work, device, options.minutes)
    trained, everything = student.counts
    number_format = str(student.dtype).removeprefix("torch.")
    console.print(
        f"Training {trained:,} of {everything:,} weights ({trained / everything:.2%}), "
        f"{'base in nf4' if student.four_bit else 'base as it is'}, computed in {number_format}, "
        f"on {len(rows.learned):,} rows, from step {trainer.progress.step}",
        soft_wrap=True,
    )
    trainer.run(console)
    adapter = options.out / ADAPTER
    student.save(adapter)
    about = {"base": known, "profile": profile}
    (adapter / OURS).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    held_out = options.work / HELD_OUT if rows.held_out else None
    plot.curve(options.work / LOSS, options.out / CURVE, _TITLES[rows.use], held_out)
    found = {
        "rows": {"learned": len(rows.learned), "held_out": len(rows.held_out), **asdict(rows.lengths)},
        "benchmarks": asdict(choice.found) if choice.found else None,
        "weights": {
            "trained": trained,
            "all": everything,
            "four_bit": student.four_bit,
            "notice": student.notice,
            "number_format": number_format,
        },
        "progress": asdict(trainer.progress),
        "held_out_loss": _losses(held_out),
        "config": asdict(settings),
    }
    (options.out / REPORT).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    console.print(f"Wrote {adapter}, with {CURVE} and {REPORT} beside it.", soft_wrap=True, highlight=False)
    if base.gguf:
        _as_file(base, adapter, options.out / FILES[rows.use], profile, rows.use, console)
    if rows.use == "plan":  # what follows changed plans writes nothing else, so it is no model of its own
        console.print("Make a model of it with", soft_wrap=True, highlight=False)
        console.print(
            f"  planfirst models convert {folder} --adapter {adapter} --out planner.gguf",
            soft_wrap=True,
            highlight=False,
        )
    return adapter


def _student(folder: Path, architecture: str, settings: configs.Config, device: torch.device) -> Student:
    try:
        return Student(folder, architecture, settings.weights, settings.lora, settings.seed, device)
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise PlanfirstError(
            "plain",
            what="The memory does not suffice for the base.",
            next="Set weights.four_bit, choose a smaller base, or a machine with more memory.",
        ) from error


def _say_of_rows(report: Report, rows: Rows, longest: int, console: Console) -> None:
    for line in report.lines():
        console.print(line.replace("examples read", "rows read"), highlight=False)
    cut = rows.lengths
    if rows.use == "change":
        said = f"{cut.whole:,} rows taken, {cut.left_out:,} left out as they are longer than {longest} tokens"
    else:
        said = (
            f"{cut.whole:,} rows whole, {cut.shorter:,} with a shorter example, {cut.without:,} without one, "
            f"{cut.left_out:,} left out as request and plan alone are longer than {longest} tokens"
        )
    console.print(said, soft_wrap=True)


def _as_file(base: Base, adapter: Path, target: Path, profile: str, use: Use, console: Console) -> None:
    """Writes the adapter for the GGUF file that it was trained on, and what was measured of it."""
    assert base.gguf is not None  # who calls has looked
    console.print("Writing it as a file, and comparing it with PyTorch")
    found = export(base.folder, adapter, base.gguf, target, profile, use)
    target.with_suffix(".json").write_text(json.dumps(asdict(found), indent=1) + "\n", encoding="utf-8")
    console.print(
        f"The logits are off by {found.on:.3f} on average with it, by {found.off:.3f} without it; it changes them by "
        f"{found.effect:.3f}. The likeliest token is the same in {found.agreement:.1%} of the places.",
        soft_wrap=True,
    )
    console.print(
        f"Wrote {target} ({target.stat().st_size / 1e6:.1f} MB). Use it with the setting {_SETTING[use]}.",
        soft_wrap=True,
        highlight=False,
    )


def _losses(path: Path | None) -> list[dict[str, float]]:
    """The losses on the held-out rows, by step."""
    lines = path.read_text(encoding="utf-8").splitlines()[1:] if path else []
    cells = (line.split(",") for line in lines)
    return [{"step": int(step), "loss": float(loss)} for step, _, _, loss in cells]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
