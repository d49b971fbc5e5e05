"""`planfirst train starter`: data, training, export, checks, measuring and the model card, in order and resumable."""

from __future__ import annotations

import importlib.util
import platform
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from planfirst.core.errors import BadSetting, PlanfirstError

if TYPE_CHECKING:
    import torch

MODEL, CARD, CURVE = "starter-iq4_nl.gguf", "README.md", "loss.png"
_FULL = "starter-f32.gguf"
_NOTES = "notes.md"
_STORE, _EVALUATION = "store", "evaluation"
_NEEDED = (
    "torch",
    "sentence_transformers",
    "numpy",
    "tokenizers",
    "safetensors",
    "gguf",
    "matplotlib",
    "llama_cpp",
)
ADAPTERS = ("accelerate", "peft")  # what LoRA needs in addition
_SAMPLES = 10  # for pass@10
_OWN_REQUESTS = (
    "read a text file and return its lines without trailing spaces",
    "find the key with the largest value in a dict",
    "check whether a number is even",
    "join a list of names with commas and an and before the last",
    "count how often each word occurs in a text",
    "try a function three times before giving up",
    "load a json file, or return an empty dict if it is missing",
    "group a list of dicts by one of their keys",
    "print how long a function takes each time it is called",
    "take the numbers from a string and add them up",
)


def train_starter(
    config_path: Path | None,
    work_folder: Path,
    out_folder: Path,
    *,
    minutes: float | None = None,
    device: str = "auto",
    extra_data: Path | None = None,
    begin: Path | None = None,
) -> None:
    """Trains the starter model and writes it with its card and loss curve to ``out_folder``.

    What is done already stays in ``work_folder`` (rows, checkpoint) and is not done again. A file ``notes.md`` there
    goes into the card, for what a person should know about the run.

    Args:
        config_path: a TOML file like the shipped ``starter.toml``; None for that one.
        minutes: stop training after so many minutes of steps, whatever the configuration says.
        device: ``auto``, ``cpu`` or ``cuda``.
        extra_data: a folder of public data sets to learn from as well, or None.
        begin: the work folder of an earlier run, whose tokenizer and weights this one begins with.

    Raises:
        PlanfirstError: the extra is not installed, or a part of the work failed.
        KeyboardInterrupt: the user stopped it; the checkpoint is kept.
    """
    require_extra()
    from planfirst_lab.evaluation import report as measured
    from planfirst_lab.evaluation.ask import ask
    from planfirst_lab.evaluation.starter import Options, evaluate
    from planfirst_lab.training import card, check, checkpoint, config, data, export, loop, plot, starter, store
    from planfirst_lab.training.tokenizer import encode_prompts

    console = Console(stderr=True)
    settings = config.load(config_path)
    chosen = device_of(device)
    out_folder.mkdir(parents=True, exist_ok=True)
    first = begin / checkpoint.NAME if begin else None
    if begin and not (work_folder / data.TOKENIZER).is_file():
        _take_tokenizer(begin / data.TOKENIZER, work_folder / data.TOKENIZER)
    bpe, rows = data.prepare(settings, work_folder, extra_data, console.print)
    trainer = starter.Trainer(settings, rows, work_folder, chosen, minutes, first)
    console.print(
        f"Training {settings.model.parameters:,} weights on {len(rows):,} rows, from step {trainer.progress.step}"
    )
    trainer.run(console)
    model = trainer.model.cpu()

    console.print("Exporting, and checking the export against PyTorch")
    full, small = work_folder / _FULL, out_folder / MODEL
    export.write(model, bpe, full, "Planner and coder of Planfirst, trained from scratch.")
    prompts = encode_prompts(bpe, [("Plan.", text) for text in check.sample_texts(10)])
    report = check.compare(model, bpe, full, prompts)
    export.quantise(full, small, settings.optimiser.threads, "iq4_nl")  # no AMX kernel takes it, and they crash
    plot.curve(work_folder / loop.LOSS, out_folder / CURVE)

    console.print("Measuring on the held-out requests, which takes a while")
    store.prepare(work_folder / _STORE, console)
    options = Options(
        str(small), samples=_SAMPLES, store=work_folder / _STORE, out=work_folder / _EVALUATION, seed=settings.seed
    )
    result = evaluate(options, console)
    for name in (measured.JSON, measured.PLOT):
        shutil.copyfile(options.folder / name, out_folder / name)
    notes = work_folder / _NOTES
    card.write(
        out_folder / CARD,
        small,
        settings,
        work_folder / data.REPORT,
        work_folder / loop.LOSS,
        trainer.progress,
        int(rows.tokens.size),
        _machine(chosen, settings.optimiser.threads),
        report,
        result,
        ask(options, _OWN_REQUESTS),
        notes.read_text(encoding="utf-8").strip() if notes.is_file() else "",
    )
    console.print(measured.table(result))
    console.print(f"Wrote {small} ({small.stat().st_size / 1e6:.1f} MB)")


def _take_tokenizer(source: Path, target: Path) -> None:
    if not source.is_file():
        raise BadSetting(
            "plain",
            what=f"There is no tokenizer in {source.parent} to begin with.",
            next="Name the work folder of an earlier run.",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def require_extra(what: str = "Training", more: Sequence[str] = ()) -> None:
    """Makes sure that what training needs is installed.

    Args:
        more: packages that are needed beside those that all training needs.

    Raises:
        PlanfirstError: something is missing.
    """
    missing = [name for name in (*_NEEDED, *more) if importlib.util.find_spec(name) is None]
    if missing:
        raise PlanfirstError(
            "plain",
            what=f"{what} needs {', '.join(missing)}, which is not installed.",
            next='Run pip install "planfirst-lab[train]" and try again.',
        )


def device_of(name: str) -> torch.device:
    """The device of a name: ``auto``, ``cpu`` or ``cuda``."""
    import torch

    if name not in ("auto", "cpu", "cuda"):
        raise BadSetting("plain", what=f"There is no device {name!r}.", next="Use auto, cpu or cuda.")
    if name == "cuda" and not torch.cuda.is_available():
        raise BadSetting(
            "plain", what="PyTorch finds no CUDA device.", next="Use cpu, or install a PyTorch that fits the GPU."
        )
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def _machine(device: torch.device, threads: int) -> str:
    import torch

    if device.type == "cuda":
        return f"one {torch.cuda.get_device_name(device)}"
    return f"{threads} thread{'s' * (threads != 1)} of an {platform.machine()} CPU"
