"""Tells a benchmark's figures in a terminal. It counts nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table

from planfirst_lab.evaluation.figures import Figures
from planfirst_lab.evaluation.references import Tally


def table(result: Figures) -> Group:
    """The arms, one a line: what they reach, and below it what they cost."""
    benchmark, budget, ks = result["benchmark"], result["budget"], shown_ks(result)
    reached = _table("arm", "pass@1", "95 %", *(f"pass@{k}" for k in ks), "parses")
    reached.title = f"{result['model']['name']} on {benchmark['name']}, {benchmark['measured']} tasks"
    cost = _table("arm", "tokens", "first token", "first of code", "end", "p95")
    for name, arm in result["arms"].items():
        reached.add_row(
            name,
            percent(arm["pass@1"]),
            interval(arm["interval"]),
            *(percent(arm["pass@k"][k]["value"]) for k in ks),
            percent(arm["parses"]),
        )
        cost.add_row(
            name,
            f"{arm['tokens']['plan'] + arm['tokens']['code']:.0f}",
            *(seconds(arm[part]["median"]) for part in ("first_token", "first_code", "seconds")),
            seconds(arm["seconds"]["p95"]),
        )
    drawn = (
        f" pass@k is from {result['samples']} samples at temperature {result['temperature_of_samples']}." if ks else ""
    )
    reached.caption = f"pass@1 is of the greedy answer.{drawn} Seed {result['seed']}; checked in {result['sandbox']}."
    cost.caption = (
        f"Every arm may spend {budget['total']} tokens an answer, plan and code together; this is what they did spend, "
        "on average. Times are medians, from the request on."
    )
    return Group(reached, cost)


def sentences(result: Figures) -> Iterator[str]:
    """What the comparisons say, and what is missing."""
    for figures in result["comparisons"]:
        yield figures["says"]
    if len(result["comparisons"]) > 1:
        yield f"p: McNemar's exact test, adjusted for {len(result['comparisons'])} comparisons (Holm)."
    for name, arm in result["arms"].items():
        if "verified" in arm:
            said = ", ".join(
                f"{words} {n['n']} (of these {n['passed']} really pass)" for words, n in arm["verified"]["said"].items()
            )
            yield f"{name} makes {arm['verified']['attempts']:.1f} attempts a task and says: {said}."
        yield from plans(name, arm.get("plans"))
    yield from without(result["benchmark"]["left_out"])


def plans(name: str, of: Figures | None) -> Iterator[str]:
    """What an arm's plans name, and how long they are; nothing of an arm without plans, or where nothing is called."""
    if of is None:
        return
    named, tokens = of["names_calls"], of["tokens"]["median"]
    parts = []
    if named["n"]:
        tasks = f"{named['n']} {'task' if named['n'] == 1 else 'tasks'} whose reference calls something"
        parts.append(
            f"its plans name {percent(named['mean'])} of what the reference calls "
            f"({interval(named['interval'])}; mean of the {tasks})"
        )
    if tokens is not None:
        parts.append(f"the median plan takes {tokens:.0f} tokens, with the draft that it describes if there is one")
    if parts:
        yield f"{name}: {'; '.join(parts)}."


def without(left_out: Figures) -> Iterator[str]:
    """What could not be checked."""
    for modules, n in left_out.items():
        yield f"Left out: {n} tasks, since their checks import {modules}. Packages are added with --package NAME."


def references(tallies: Sequence[Tally]) -> Table:
    """What became of right and of wrong solutions."""
    shown = _table("solution", "pass", "of", "share", "wanted")
    for tally in tallies:
        share = tally.passed / tally.n
        shown.add_row(tally.name, str(tally.passed), str(tally.n), percent(share), percent(float(tally.wanted)))
    return shown


def shown_ks(result: Figures) -> list[str]:
    """The k that a table has room for."""
    ks = list(next(iter(result["arms"].values()))["pass@k"]) if result["arms"] else []
    return [k for k in ks if k in ("10", ks[-1])]


def percent(share: float) -> str:
    """A share in percent."""
    return f"{100 * share:.1f} %"


def interval(of: tuple[float, float]) -> str:
    """An interval in percent."""
    return f"{100 * of[0]:.1f} to {100 * of[1]:.1f}"


def seconds(value: float | None) -> str:
    """A time."""
    return "–" if value is None else f"{value:.2f} s"


def _table(*names: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title_justify="left", caption_justify="left", title_style="bold")
    for n, name in enumerate(names):
        table.add_column(name, justify="right" if n else "left", no_wrap=True)
    return table
