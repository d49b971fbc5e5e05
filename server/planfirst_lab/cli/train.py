"""``planfirst train``: making models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planfirst.cli.console import err

app = typer.Typer(help="Train models.", rich_markup_mode=None)


@app.callback()
def train() -> None:
    """Keeps ``starter`` a subcommand while it is the only one."""


@app.command(
    help="Train the starter model from scratch: data, tokenizer, training, GGUF, 4 bits. Resumes where it stopped."
)
def starter(
    out: Annotated[Path, typer.Option("--out", help="Where the GGUF file and the model card go.")] = Path(
        "models/starter"
    ),
    work: Annotated[Path, typer.Option("--work", help="Where data and checkpoints are kept.")] = Path("build/starter"),
    config: Annotated[Path | None, typer.Option("--config", help="A TOML file; without it, the shipped one.")] = None,
    minutes: Annotated[float | None, typer.Option("--minutes", min=0.01, help="Stop training after so long.")] = None,
    device: Annotated[str, typer.Option("--device", help="auto, cpu or cuda.")] = "auto",
    extra_data: Annotated[Path | None, typer.Option("--extra-data", help="A folder of public data sets.")] = None,
    begin: Annotated[
        Path | None, typer.Option("--begin", help="The --work folder of an earlier run, to go on from its weights.")
    ] = None,
) -> None:
    from planfirst_lab.training.command import train_starter

    train_starter(config, work, out, minutes=minutes, device=device, extra_data=extra_data, begin=begin)


@app.command(
    help="Tune a model on questions about your repositories and what the store finds for them; measure what it gains."
)
def rag(
    repos: Annotated[
        list[str], typer.Option("--repo", help="A folder, or the name of an installed package. Can be repeated.")
    ],
    begin: Annotated[str, typer.Option("--begin", help="The model to tune: a name, or the path of a GGUF file.")] = (
        "starter"
    ),
    out: Annotated[Path, typer.Option("--out", help="Where model, report and plot go.")] = Path("build/rag/out"),
    work: Annotated[Path, typer.Option("--work", help="Where everything else is kept.")] = Path("build/rag"),
    config: Annotated[Path | None, typer.Option("--config", help="A TOML file; without it, the shipped one.")] = None,
    minutes: Annotated[float | None, typer.Option("--minutes", min=0.01, help="Stop training after so long.")] = None,
    device: Annotated[str, typer.Option("--device", help="auto, cpu or cuda.")] = "auto",
    teacher: Annotated[
        str, typer.Option("--teacher", help="Who words the questions: offline, a model, or URL#MODEL of an endpoint.")
    ] = "offline",
    hosts: Annotated[
        list[str] | None, typer.Option("--allow-host", help="A host that an endpoint may be on. Can be repeated.")
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option("--replay", help="The --work folder of the starter's training, whose rows are learned again."),
    ] = None,
) -> None:
    from planfirst_lab.training.command import require_extra

    require_extra()
    from planfirst_lab.training.rag.command import Options, train_rag

    given = Options(tuple(repos), begin, work, out, config, minutes, device, teacher, tuple(hosts or ()), replay)
    train_rag(given, err)


@app.command(help="Reword questions and plan for them, by a teacher: rows that a planner learns from. Resumes.")
def augment(
    corpus: Annotated[str, typer.Option("--corpus", help="A table, a folder of tables, cookbook or functions.")],
    teacher: Annotated[
        str, typer.Option("--teacher", help="offline, a model's name, a GGUF file, or URL#MODEL of an endpoint.")
    ] = "offline",
    out: Annotated[Path, typer.Option("--out", help="Where rows.jsonl, rejected.jsonl and report.json go.")] = Path(
        "build/augmented"
    ),
    config: Annotated[Path | None, typer.Option("--config", help="A TOML file; without it, the shipped one.")] = None,
    question: Annotated[str, typer.Option("--question-column", help="Of a table; found by its name without.")] = "",
    code: Annotated[str, typer.Option("--code-column", help="Of a table; found by its name without.")] = "",
    hosts: Annotated[
        list[str] | None, typer.Option("--allow-host", help="A host that an endpoint may be on. Can be repeated.")
    ] = None,
) -> None:
    from planfirst_lab.training.command import require_extra

    require_extra()
    from planfirst.corpora.columns import Options as Columns
    from planfirst_lab.training.augment.command import Options
    from planfirst_lab.training.augment.command import augment as run

    run(Options(corpus, teacher, out, config, Columns(question, code), tuple(hosts or ())), err)


@app.command(help="Change real functions in one thing and say it as a step: rows from which code learns to follow one.")
def changes(
    out: Annotated[Path, typer.Option("--out", help="The file of rows to write.")] = Path("build/changes.jsonl"),
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed makes the same rows.")] = 20260,
    most: Annotated[
        int | None,
        typer.Option("--made", min=0, help="Draw so many of the made rows, and mix them with those that people wrote."),
    ] = None,
) -> None:
    from planfirst_lab.training.changes.command import make

    make(out, seed, most=most)


@app.command(help="Weigh rows by whether their plans pay: whether code held after them that failed without.")
def sift(
    rows: Annotated[Path, typer.Option("--rows", help="The rows.jsonl that `planfirst train augment` wrote.")],
    measured: Annotated[Path, typer.Option("--measured", help="The --out folder of `planfirst eval recipes`.")],
    out: Annotated[Path, typer.Option("--out", help="The file of rows to write.")] = Path("build/sifted.jsonl"),
) -> None:
    from planfirst_lab.training.command import require_extra

    require_extra()
    from planfirst_lab.training.planner.sift import sift as run

    for what, count in sorted(run(rows, measured, out).items()):
        typer.echo(f"{count:>6,} {what}")
    typer.echo(f"Wrote {out}")


@app.command(
    help="Teach a model to plan, by a LoRA on 4-bit weights where they work, from augmented rows. Resumes where it was."
)
def planner(
    base: Annotated[
        str,
        typer.Option("--base", help="A Hugging Face folder, owner/model on the hub, or a model's name or GGUF file."),
    ],
    data: Annotated[
        Path, typer.Option("--data", help="The rows that `planfirst train augment` or `train changes` wrote.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Where adapter, plot and report go.")] = Path("build/planner/out"),
    work: Annotated[Path, typer.Option("--work", help="Where the checkpoint is kept.")] = Path("build/planner"),
    config: Annotated[Path | None, typer.Option("--config", help="A TOML file; without it, the shipped one.")] = None,
    minutes: Annotated[float | None, typer.Option("--minutes", min=0.01, help="Stop training after so long.")] = None,
    device: Annotated[str, typer.Option("--device", help="auto, cpu or cuda.")] = "auto",
    benchmarks: Annotated[
        list[Path] | None,
        typer.Option(
            "--benchmark",
            metavar="FILE",
            help="A benchmark's file; rows near one of its tasks are left out and counted. Can be repeated.",
        ),
    ] = None,
) -> None:
    from planfirst_lab.training.command import ADAPTERS, require_extra

    require_extra(more=ADAPTERS)
    from planfirst_lab.training.planner.command import Options, train_planner

    train_planner(Options(base, data, out, work, config, minutes, device, tuple(benchmarks or ())), err)
