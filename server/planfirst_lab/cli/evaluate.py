"""``planfirst eval``: measuring."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from planfirst.cli.console import Sets, err, out, settings_from

if TYPE_CHECKING:
    from planfirst_lab.evaluation.options import Options

_SHOWN = 20  # solutions that did not do as wanted


class _Commands(TyperGroup):
    """Takes ``planfirst eval tasks.jsonl`` for ``planfirst eval file tasks.jsonl``."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in self.commands and args[0].endswith((".jsonl", ".json")):
            args = ["file", *args]
        return super().resolve_command(ctx, args)


app = typer.Typer(cls=_Commands, help="Measure what retrieval, plan and model are worth.", rich_markup_mode=None)


def _benchmark(name: str, title: str, usual: str = "bare,plain,example,plan,full") -> None:
    """Registers the command for one benchmark; all have the same options. ``usual`` are the arms if none are named."""

    def measure(
        file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The benchmark's data.")] = None,
        arms: Annotated[
            str,
            typer.Option(
                "--arms",
                help="Which, with commas: bare, plain, example, plan, planned, adapted, full, left_out, verified.",
            ),
        ] = usual,
        model: Annotated[
            str, typer.Option("--model", help="A name, the path of a GGUF file, or the URL of a server.")
        ] = "starter",
        samples: Annotated[
            int, typer.Option("--samples", min=0, max=1000, help="Answers drawn a task and arm for pass@k; 0 for none.")
        ] = 0,
        limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only the first so many tasks.")] = None,
        budget: Annotated[
            int, typer.Option("--budget", min=32, max=32768, help="Tokens of an answer, plan and code together.")
        ] = 384,
        seed: Annotated[int, typer.Option("--seed", min=0, max=2_000_000, help="Seed of the samples.")] = 0,
        jobs: Annotated[
            int, typer.Option("--jobs", min=1, max=64, help="Checks at a time; a server is asked as many at a time.")
        ] = 2,
        at_once: Annotated[
            int,
            typer.Option(
                "--at-once", min=1, max=32, help="Answers that a model file writes at a time; times then mean little."
            ),
        ] = 1,
        package: Annotated[
            list[str] | None,
            typer.Option("--package", metavar="NAME", help="Install a package for the checks. Can be repeated."),
        ] = None,
        rules: Annotated[
            Path | None,
            typer.Option(
                "--rules", metavar="FILE", help="A project's AGENTS.md, as if all tasks were of that project."
            ),
        ] = None,
        references: Annotated[
            bool, typer.Option("--references", help="Check right and wrong solutions instead; no model is asked.")
        ] = False,
        store: Annotated[
            Path | None, typer.Option("--store", help="A store's folder; without it, the usual one.")
        ] = None,
        folder: Annotated[Path | None, typer.Option("--out", help="Where report and generations go.")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
        sets: Sets = None,
    ) -> None:
        from planfirst_lab.evaluation.options import Options

        options = Options(
            name,
            file,
            arms=tuple(part.strip() for part in arms.split(",") if part.strip()),
            model=model,
            samples=samples,
            limit=limit,
            budget=budget,
            seed=seed,
            checks=jobs,
            at_once=at_once,
            packages=tuple(package or ()),
            rules=rules,
            store=store,
            out=folder,
            settings=settings_from(sets),
        )
        (_check_references if references else _measure)(options, as_json)

    app.command(name, help=f"Measure a model on {title}. Stop with Ctrl-C; run it again to continue.")(measure)


_benchmark("humaneval", "HumanEval or HumanEval+")
_benchmark("mbpp", "MBPP or MBPP+")
_benchmark("odex", "ODEX")
_benchmark("multipl-e", "MultiPL-E in JavaScript, TypeScript or Java")
_benchmark("file", "tasks of your own, in a file of JSON lines; `eval FILE.jsonl` is the same")
_benchmark("cookbook", "the held-out requests of the cookbook, which comes with Planfirst")
_benchmark("cookbook-fresh", "one more wording of each of these requests, by which nothing was chosen")
_benchmark("cookbook-examples", "the same requests, each with the first example of its recipe's doctest in it")
_benchmark("development", "93 tasks in files, by which it is chosen how a model is asked")
_benchmark("natural", "20 comments as people write them")
_benchmark("natural-fresh", "20 more of them, by which nothing is chosen")
_benchmark("within", "18 comments inside classes and functions")
_benchmark("within-fresh", "18 more of them, by which nothing is chosen")
_benchmark("by-example", "24 comments with examples of a function to be written")
_benchmark("by-example-fresh", "24 more of them, by which nothing is chosen")
_benchmark("script", "24 comments in scripts, for something to be done there")
_benchmark("script-fresh", "24 more of them, by which nothing is chosen")
_benchmark("change", "24 comments above or in code, most of which ask to have it changed")
_benchmark("change-fresh", "24 more of them, by which nothing is chosen")
_benchmark("edited-plans", "100 requests with a plan that a user edited: whether the code follows it", "plain,followed")
_benchmark("edited-drafts", "46 drafts with a plan of which a user edited one step", "bare,followed")
_benchmark("edited-drafts-fresh", "71 more of them, by which nothing is chosen", "bare,followed")
_benchmark(
    "recipes",
    "the recipes that planners are trained on, to see which plans pay; no figure of the product",
    "plain,followed",
)
_benchmark(
    "unknown-code", "requests on packages that no model can know, with their index and without", "plain,left_out,full"
)
_benchmark("unknown-code-fresh", "three more packages with requests, by which nothing is chosen", "plain,left_out,full")


def _measure(options: Options, as_json: bool) -> None:
    from planfirst_lab.evaluation import benchmark, report, report_files, summary

    result, answers = benchmark.evaluate(options, err)
    report_files.write(options.folder, result, answers, err)
    if as_json:
        sys.stdout.write(report.as_json(result))
        return
    out.print(summary.table(result))
    for sentence in summary.sentences(result):
        out.print(sentence, markup=False)
    out.print(f"The report is {options.folder / report_files.HTML}", markup=False, soft_wrap=True)
    out.print(f"Everything, and every generation, is in {options.folder}", markup=False, soft_wrap=True)


def _check_references(options: Options, as_json: bool) -> None:
    """Exits with 1 when a right solution fails or a wrong one passes."""
    from planfirst_lab.evaluation import benchmark, report, summary

    tallies, left_out = benchmark.check_references(options, err)
    if as_json:
        sys.stdout.write(report.as_json({"solutions": [asdict(tally) for tally in tallies], "left_out": left_out}))
    else:
        out.print(summary.references(tallies))
        for tally in tallies:
            for item, said in tally.otherwise[:_SHOWN]:
                out.print(f"{tally.name}, {item}: {said}", markup=False)
        for sentence in summary.without(left_out):
            out.print(sentence, markup=False)
    if any(tally.otherwise for tally in tallies):
        raise typer.Exit(1)


@app.command(
    help="Measure a model on the 200 held-out requests of the cookbook. Stop with Ctrl-C; run it again to continue."
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
    from planfirst_lab.evaluation import report
    from planfirst_lab.evaluation import starter as evaluation

    options = evaluation.Options(model, limit, samples, sample_plain, mbpp, store, folder, seed, settings_from(sets))
    result = evaluation.evaluate(options, err)
    if as_json:
        sys.stdout.write(report.as_json(result))
        return
    out.print(report.table(result))
    for sentence in report.sentences(result):
        out.print(sentence, markup=False)
    out.print(f"Everything, and every generation, is in {options.folder}", markup=False, soft_wrap=True)


@app.command(help="Compare ways of searching on a corpus and queries of your own. Nothing is embedded twice.")
def retrieval(
    corpus: Annotated[Path, typer.Option("--corpus", help='JSON lines {"id", "question"?, "code"}.')],
    queries: Annotated[Path, typer.Option("--queries", help='JSON lines {"qid", "query", "relevant": [an id, …]}.')],
    names: Annotated[
        str, typer.Option("--methods", help="Which, with commas; docs/retrieval.md lists them. dense is always one.")
    ] = "",
    reranker: Annotated[Path | None, typer.Option("--reranker", help="The folder of a cross-encoder.")] = None,
    folder: Annotated[Path | None, typer.Option("--out", help="Where report, plot and vectors go.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, by method.")] = False,
    sets: Sets = None,
) -> None:
    from planfirst_lab.evaluation import retrieval_report, retrieval_run

    options = retrieval_run.Options(corpus, queries, names, reranker, folder, settings_from(sets))
    result = retrieval_run.measure(options, err)
    retrieval_report.write(options.folder, result, err)
    if as_json:
        sys.stdout.write(retrieval_report.as_json(result))
        return
    out.print(retrieval_report.table(result))
    out.print(f"Everything is in {options.folder}", markup=False, soft_wrap=True)
