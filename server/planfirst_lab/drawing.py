"""Figures of matplotlib that need no display."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planfirst.core.errors import PlanfirstError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def need_matplotlib() -> None:
    """Does nothing where matplotlib is installed.

    Raises:
        PlanfirstError: it is not; the error says how to get it.
    """
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise PlanfirstError(
            "plain",
            what="Nothing was drawn, because matplotlib is not installed.",
            next='Run pip install "planfirst-lab[eval]", then the same command again; it takes up what is done.',
        ) from error


def figure(width: float, height: float) -> Figure:
    """An empty figure of that size in inches.

    Raises:
        PlanfirstError: matplotlib is not installed.
    """
    need_matplotlib()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    empty = Figure(figsize=(width, height), dpi=110, layout="constrained")
    FigureCanvasAgg(empty)
    return empty
