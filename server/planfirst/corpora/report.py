"""What was read and what was left out, and why: counted, and the first few shown."""

from __future__ import annotations

from collections import Counter

SHOWN = 5


class Report:
    """Kept by whoever reads a corpus.

    Attributes:
        taken: how many pairs were made.
        left_out: how many rows, files or pieces of code were not used, by reason.
        shown: the first few of them, each with its place.
        notes: what else the user should know.
    """

    def __init__(self) -> None:
        self.taken = 0
        self.left_out: Counter[str] = Counter()
        self.shown: list[str] = []
        self.notes: list[str] = []

    def leave_out(self, place: str, reason: str, detail: str = "", *, show: bool = True) -> None:
        """Counts one; ``reason`` is one of a few words such as ``code is empty``, ``detail`` is for this one only."""
        self.left_out[reason] += 1
        if show and len(self.shown) < SHOWN:
            self.shown.append(f"{place}: {reason}{f' ({detail})' if detail else ''}")

    def lines(self) -> list[str]:
        """The report as lines of text for a person; the first is the sum."""
        total = self.left_out.total()
        first = f"{self.taken} examples read, {total} left out"
        if total:
            first += f": {', '.join(f'{reason} {count}' for reason, count in self.left_out.most_common())}"
        more = sum(self.left_out.values()) - len(self.shown)
        shown = [f"  {line}" for line in self.shown]
        if shown and more > 0:
            shown.append(f"  and {more} more")
        return [f"{first}.", *shown, *self.notes]
