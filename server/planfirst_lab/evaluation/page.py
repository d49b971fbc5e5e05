"""Writes a benchmark's figures as one HTML page that needs nothing else: no script, no file, no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from planfirst.core.errors import PlanfirstError
from planfirst_lab.evaluation import comparison, plots, summary
from planfirst_lab.evaluation.figures import Figures

_SHOWN = 12  # cases in full, of each kind
Answers = Mapping[tuple[str, str], Figures]


def write(target: Path, result: Figures, answers: Answers) -> str:
    """Writes the page.

    Args:
        answers: every greedy answer by arm and item.

    Returns:
        Why the plots are not in it, as a sentence or two; empty when they are.

    Raises:
        OSError: the file cannot be written.
    """
    drawn, missing = _plots(result)
    environment = Environment(
        loader=PackageLoader("planfirst_lab.evaluation", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": summary.percent,
        "interval": summary.interval,
        "seconds": summary.seconds,
        "p": comparison.p_value,
    }
    text = environment.get_template("page.html.j2").render(
        result=result,
        plots={name: Markup(svg) for name, svg in drawn.items()},  # noqa: S704 - ours; the names in it are our arms'
        missing=missing,
        ks=list(next(iter(result["arms"].values()))["pass@k"]) if result["arms"] else [],
        sentences=list(summary.sentences(result)),
        cases={kind: list(_cases(result, answers, kind)) for kind in ("hurt", "helped")},
        shown=_SHOWN,
    )
    aside = target.with_name(f".{target.name}.part")
    aside.write_text(text, encoding="utf-8")
    aside.replace(target)
    return missing


def _plots(result: Figures) -> tuple[dict[str, str], str]:
    try:
        return plots.draw(result), ""
    except PlanfirstError as error:
        return {}, str(error)


def _cases(result: Figures, answers: Answers, kind: str) -> Iterator[tuple[Figures, Figures]]:
    """The tasks on which the plan made the difference: the answer with it, and the one without."""
    plan = result["plan"]
    for item in (plan[kind] if plan else [])[:_SHOWN]:
        yield answers[plan["first"], item], answers[plan["second"], item]
