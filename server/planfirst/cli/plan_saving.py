"""Saves the plan of a run as a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from planfirst.cli.example import used
from planfirst.core.errors import BadRequest
from planfirst.core.types import Outcome
from planfirst.plans import files
from planfirst.plans.document import slug, written

FOLDER = Path(".planfirst") / "plans"


def saved(outcome: Outcome, root: Path, file: str) -> Path:
    """Writes the plan of an outcome to a new file of the workspace.

    Args:
        root: the workspace.
        file: that steps are about which name none, below the workspace; may be empty.

    Raises:
        BadRequest: there is no plan, the file is outside, or it cannot be written.
    """
    if outcome.plan is None:
        raise BadRequest("plan-none")
    root = root.resolve()
    if file:
        file = files.inside(root, file).relative_to(root).as_posix()
    now = datetime.now(UTC)
    request, steps = outcome.task.request, list(outcome.plan.steps)
    example = used(outcome).removeprefix("Example: ") if outcome.example else ""
    text = written(request, steps, file, outcome.planner, example, now.replace(microsecond=0).isoformat())
    name = f"{now:%Y-%m-%d}-{slug(request)}"
    paths = (root / FOLDER / f"{name}{f'-{n}' if n > 1 else ''}.md" for n in range(1, 1000))
    path = next(path for path in paths if not path.exists())
    files.write(path, text.encode("utf-8", "replace"), None)
    return path
