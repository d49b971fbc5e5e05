"""``planfirst eval``: measuring."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from planfirst.cli.console import Sets, err, out, settings_from

app = typer.Typer(help="Measure what retrieval, plan and model are worth.", rich_markup_mode=None)


@app.callback()
def evaluate() -> None:
    """Keeps ``starter`` a subcommand while it is the only one."""


@app.command(
    help="Measure a model on the 200 held-out requests of the cookbook. Stop with Ctrl-C; the same command goes on."
)
def starter(
    model: Annotated[str, typer.Option("--model", help="A name, or the path of a GGUF file.")] = "starter",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only the first so many requests.")] = None,
    samples: Annotated[
        int, typer.Option("--samples", min=0, max=100, help="Answers drawn a request for pass@10; 0 for none.")
    ] = 10,
    sample_plain: Annotated[
        bool, typer.Option("--sample-plain", help="Draw samples without example and plan, too.")
    ] = False,
    mbpp: Annotated[Path | None, typer.Option("--mbpp", help="sanitized-mbpp.json, to measure with as well.")] = None,
    store: Annotated[Path | None, typer.Option("--store", help="A store's folder; without it, the usual one.")] = None,
    folder: Annotated[Path | None, typer.Option("--out", help="Where report and generations go.")] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2_000_000, help="Seed of the samples.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    sets: Sets = None,
) -> None:
    from planfirst.evaluation import report
    from planfirst.evaluation import starter as evaluation

    options = evaluation.Options(model, limit, samples, sample_plain, mbpp, store, folder, seed, settings_from(sets))
    result = evaluation.evaluate(options, err)
    if as_json:
        sys.stdout.write(report.as_json(result))
        return
    out.print(report.table(result))
    for sentence in report.sentences(result):
        out.print(sentence, markup=False)
    out.print(f"Everything, and every generation, is in {options.folder}", markup=False, soft_wrap=True)
