"""Tells figures: as a table for a terminal, as JSON and as a plot. It counts nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from planfirst.core.errors import PlanfirstError
from planfirst_lab.evaluation import plot
from planfirst_lab.evaluation.figures import Figures
from planfirst_lab.evaluation.summary import interval, percent

JSON, PLOT = "report.json", "pass1.png"
Row = tuple[str, str, str, str, str]


def write(folder: Path, result: Figures, console: Console) -> None:
    """Writes ``report.json`` and ``pass1.png``; where the plot cannot be drawn, says so.

    Raises:
        PlanfirstError: the folder cannot be written.
    """
    save(folder, as_json(result), lambda: plot.pass_at_one(result, folder / PLOT), console)


def save(folder: Path, text: str, draw: Callable[[], None], console: Console) -> None:
    """Writes a report as JSON and draws its picture; one that cannot be drawn is told and no error.

    Raises:
        PlanfirstError: the folder cannot be written.
    """
    try:
        aside = folder / f".{JSON}.part"
        aside.write_text(text, encoding="utf-8")
        aside.replace(folder / JSON)
        draw()
    except PlanfirstError as error:
        console.print(str(error), style="yellow", markup=False, soft_wrap=True)
    except OSError as error:
        raise PlanfirstError(
            "plain",
            what=f"The folder {folder} cannot be written: {error.strerror or error}.",
            next="Choose another one with --out.",
        ) from error


def as_json(result: Figures) -> str:
    """The figures as JSON, with a newline at the end."""
    return json.dumps(result, ensure_ascii=False, indent=2) + "\n"


def table(result: Figures) -> Table:
    """The figures for a person."""
    model, budget, store = result["model"], result["budget"], result["store"]
    title = f"{model['name']} ({model['bytes'] / 1e6:.1f} MB, sha256 {model['sha256'][:12]})"
    shown = Table(
        title=title, box=SIMPLE_HEAD, title_justify="left", caption_justify="left", title_style="bold", pad_edge=False
    )
    for name in ("", "result", "interval", "n", "wanted"):
        shown.add_column(name, justify="left" if name in ("", "wanted") else "right", no_wrap=True)
    for row in rows(result):
        shown.add_row(*row)
    shown.caption = (
        f"Intervals are 95 %. Plan and code together take at most {budget['plan_and_code_tokens']} tokens in every "
        f"arm. Seed {result['seed']}; threads: {result['speed']['threads']}; store of {store['count']} pairs, "
        f"generation {store['generation']}. Any name: also code that passes once its only definition has the wanted "
        "name, which no request tells."
    )
    return shown


def rows(result: Figures) -> Iterator[Row]:
    """The lines of the table: what, result, interval, number of requests, what is wanted."""
    yield _line("in store: example + plan", result["in_store"], "≥ 70 %")
    for kind, label in (("recipes", "  recipe unseen"), ("wordings", "  wording unseen")):
        yield _line(label, result["unseen"][kind]["in_store"])
    yield _line("  recipe was the example", result["in_store_when_found"])
    yield _line("  example only", result["example"])
    yield _line("  plan only", result["plan"])
    both = result["both_minus_example"]
    low, high = both["interval"]
    yield (
        "  both less example, points",
        f"{100 * both['difference']:+.1f}",
        f"{100 * low:+.1f} to {100 * high:+.1f}",
        str(both["n"]),
        "",
    )
    yield _line("left out: example + plan", result["left_out"])
    yield from _more("  the same", result["left_out"])
    yield _line("plain: neither", result["plain"])
    yield from _more("  the same", result["plain"])
    ratio = result["in_store_over_plain"]
    yield "in store, to plain", "–" if ratio is None else f"{ratio:.1f} times", "", "", "≥ 3"
    for name in ("left_out", "plain"):
        yield (
            f"{name.replace('_', ' ')}, pass@1, any name",
            percent(result[name]["pass@1 any name"]),
            "",
            str(result[name]["n"]),
            "",
        )
    detail = result["parses_detail"]
    yield (
        "code that parses, in store",
        percent(detail["in_store"]),
        interval(detail["interval"]),
        str(detail["n"]),
        "≥ 97 %",
    )
    yield (
        "code that parses, all arms",
        percent(detail["all_greedy"]),
        interval(detail["all_greedy_interval"]),
        str(detail["all_greedy_n"]),
        "",
    )
    calls = result["call_recall_detail"]
    low, high = calls["interval"]
    yield "calls named in the plan", f"{calls['mean']:.2f}", f"{low:.2f} to {high:.2f}", str(calls["n"]), "≥ 0.6"
    yield "  in the cookbook's own steps", f"{calls['cookbook_steps']:.2f}", "", str(calls["n"]), ""
    found = result["retrieval"]
    yield "the example: recipe itself", str(found["own_recipe"]), "", str(found["n"]), ""
    yield "  another pair", str(found["another_pair"]), "", str(found["n"]), ""
    yield f"  none, best below {found['min_score']:.2f}", str(found["none"]), "", str(found["n"]), ""
    yield "  recipe itself, without a gate", str(found["by_gate"]["0.00"]["own_recipe"]), "", str(found["n"]), ""
    yield "  recipe itself among the hits", str(found["own_recipe_among_hits"]), "", str(found["n"]), ""
    yield from _speed(result["speed"])
    for name in ("full", "plain"):
        if "mbpp" in result:
            yield _line(f"MBPP, {name}", result["mbpp"][name])
            yield from _more("  the same", result["mbpp"][name])


def markdown(result: Figures) -> str:
    """The table as Markdown; in it spaces at the beginning of a label become an arrow."""
    lines = ["| | result | 95 % interval | n | wanted |", "|---|---|---|---|---|"]
    for label, *cells in rows(result):
        shown = f"↳ {label.strip()}" if label.startswith(" ") else label
        lines.append(f"| {' | '.join([shown, *cells])} |")
    return "\n".join(lines)


def sentences(result: Figures) -> list[str]:
    """What the figures say, in words."""
    said = [str(result["both_minus_example"]["says"])]
    left_out = result["call_recall_detail"]["left_out_without_calls"]
    if left_out:
        said.append(f"Calls named: left out are {left_out} whose reference makes no call.")
    if "mbpp" in result:
        said.append("MBPP: the function's name and parameters come from the reference solution.")
    return said


def _line(label: str, arm: Figures, wanted: str = "") -> Row:
    return f"{label}, pass@1", percent(arm["pass@1"]), interval(arm["interval"]), str(arm["n"]), wanted


def _more(label: str, arm: Figures) -> Iterator[Row]:
    """The line of pass@k, where it was measured."""
    k = min(10, arm.get("samples", 0))
    if k:
        name = f"pass@{k}"
        yield f"{label}, {name}", percent(arm[name]), interval(arm[f"{name} interval"]), str(arm[f"{name} n"]), ""


def _speed(speed: Figures) -> Iterator[Row]:
    for label, key, wanted in (
        ("a plan", "plan", ""),
        ("a plan of six steps", "plan_of_six_steps", ""),
        ("a plan held to six steps", "plan_held_to_six_steps", "≤ 1.5 s"),
    ):
        took = speed[key]
        if took["n"]:
            yield label, f"{took['median']:.2f} s", f"p95 {took['p95']:.2f} s", str(took["n"]), wanted
    if speed["plan_tokens_per_second"]:
        yield "plan tokens/s, prompt included", f"{speed['plan_tokens_per_second']:.0f}", "", "", ""
