"""Three questions with their code."""

from __future__ import annotations

READ_CSV = '''import csv
from pathlib import Path


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV file into a list of dicts."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
'''
WINDOWS = '''def windows(items, size):
    """Yield overlapping groups of consecutive elements."""
    items = list(items)
    for start in range(len(items) - size + 1):
        yield tuple(items[start : start + size])
'''
QUESTIONS = {
    "read a csv file into a list of dicts": READ_CSV,
    "overlapping groups of consecutive elements": WINDOWS,
    "sort the names of people by their last word": "def by_last(names):\n    return sorted(names, key=str.split)\n",
}
