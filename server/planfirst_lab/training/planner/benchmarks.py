"""Keeps rows that come from a benchmark, or near one, out of what a planner learns.

No text of a row may share `RUN` words in a row with any text of a task, and neither its request nor its example's
question may be as near to what a task asks as `COSINE`. If it is the request or the plan that does, all rows of their
pair go: a wording that is less like the task asks for the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planfirst_lab.training import benchmark_files
from planfirst_lab.training.augment.rows import Row, own_id
from planfirst_lab.training.likeness import Embed, Likeness
from planfirst_lab.training.near_copies import COSINE, RUN, Runs, nearness

UNCOMPARED = (
    "The rows are compared with no benchmark. Name the files of those that the planner will be measured with by "
    "--benchmark, and rows near them are left out."
)


@dataclass(frozen=True, slots=True)
class Compared:
    """What became of the rows of a file, as it stands in the report.

    Attributes:
        tasks: how many each benchmark file has, by its path.
        rows: how many were compared; ``left_out`` of them are not learned, and ``left_out_ids`` are theirs.
        by_words, by_meaning: how many of these share a run of words with a task, or are near one; some do both.
        with_them: how many go only since another row of their pair does.
        words_in_a_row, cosine: from where on a row is left out.
    """

    tasks: dict[str, int]
    rows: int
    left_out: int
    by_words: int
    by_meaning: int
    with_them: int
    left_out_ids: list[str]
    words_in_a_row: int = RUN
    cosine: float = COSINE

    def said(self) -> str:
        """The counts, in a sentence."""
        names = ", ".join(Path(name).name for name in self.tasks)
        return (
            f"Compared with {sum(self.tasks.values()):,} tasks of {names}, {self.left_out:,} of {self.rows:,} rows are "
            f"left out: {self.by_words:,} share {self.words_in_a_row} words in a row with a task, {self.by_meaning:,} "
            f"ask for what is near one or show it (cosine {self.cosine} or more), {self.with_them:,} are further rows "
            "of the same pairs."
        )


def apart(rows: Sequence[Row], files: Sequence[Path], embed: Embed) -> tuple[list[Row], Compared]:
    """The rows that are apart from all tasks of the files, in their order.

    Args:
        embed: gives vectors of length 1, shape (texts, dimension).

    Raises:
        BadSetting: a file cannot be read, or is none of a benchmark.
    """
    known = {str(path): benchmark_files.load(path) for path in files}
    tasks = [task for each in known.values() for task in each]
    runs = Runs(text for task in tasks for text in task.texts)
    near = _near([text for row in rows for text in (row.similar, row.question) if text], tasks, embed)
    meant = [row.similar in near or row.question in near for row in rows]
    own = [any(map(runs.held_by, (row.similar, row.stub, row.plan.numbered()))) for row in rows]
    worded = [mine or any(map(runs.held_by, (row.question, row.snippet))) for row, mine in zip(rows, own, strict=True)]
    pairs = {own_id(row.question_id) for row, mine in zip(rows, own, strict=True) if mine or row.similar in near}
    fall = [
        one or other or own_id(row.question_id) in pairs for row, one, other in zip(rows, meant, worded, strict=True)
    ]
    compared = Compared(
        {name: len(each) for name, each in known.items()},
        len(rows),
        sum(fall),
        sum(worded),
        sum(meant),
        sum(fall) - sum(one or other for one, other in zip(meant, worded, strict=True)),
        [row.question_id for row, falls in zip(rows, fall, strict=True) if falls],
    )
    return [row for row, falls in zip(rows, fall, strict=True) if not falls], compared


def _near(texts: Sequence[str], tasks: Sequence[benchmark_files.KnownTask], embed: Embed) -> frozenset[str]:
    """Those of the texts that are near to what a task asks."""
    distinct = list(dict.fromkeys(texts))
    cosines = nearness(distinct, list(dict.fromkeys(task.asked for task in tasks)), Likeness(embed))
    return frozenset(text for text, cosine in zip(distinct, cosines, strict=True) if cosine >= COSINE)
