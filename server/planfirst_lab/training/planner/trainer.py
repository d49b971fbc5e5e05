"""Trains a planner, and measures its loss on rows that are held out."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from rich.console import Console

from planfirst.core.errors import PlanfirstError
from planfirst_lab.training.loop import Learned, Loop, cut_back, share_of_rate
from planfirst_lab.training.planner import batches
from planfirst_lab.training.planner.config import Config
from planfirst_lab.training.planner.rows import Encoded, Rows
from planfirst_lab.training.planner.student import Student

HELD_OUT = "held_out.csv"
_BETAS = (0.9, 0.999)


class Trainer(Loop):
    """Fits a student to rows; see `Loop` for ``folder``, ``minutes`` and the errors."""

    def __init__(
        self,
        config: Config,
        student: Student,
        rows: Rows,
        folder: Path,
        device: torch.device,
        minutes: float | None = None,
    ) -> None:
        self.config, self.plan, self.student, self.rows = config, config.optimiser, student, rows
        self.device = device
        self._adam = torch.optim.AdamW(
            student.trained, lr=self.plan.rate, betas=_BETAS, weight_decay=self.plan.weight_decay
        )
        super().__init__(
            folder,
            student.trained,
            {"adam": self._adam},
            steps=-(-len(rows.learned) // self.plan.rows) * self.plan.epochs,
            save_every=self.plan.save_every,
            minutes=minutes,
        )

    def run(self, console: Console, steps: int | None = None) -> None:
        """As `Loop.run`, with the loss on the held-out rows beside it.

        Raises:
            PlanfirstError: the memory does not suffice.
        """
        if self.device.type == "cpu":
            torch.set_num_threads(self.plan.threads)
        if self.progress.step == 0:  # a run that was killed before its first checkpoint has measured already
            (self.folder / HELD_OUT).unlink(missing_ok=True)
        cut_back(self.folder / HELD_OUT, self.progress.step)
        with _memory(self.plan.micro_rows, self.config.data.longest_row):
            if self.progress.step == 0:
                self.measure()
            super().run(console, steps)

    @torch.no_grad()
    def held_out_loss(self) -> float:
        """The mean loss of the held-out rows' plan tokens, all rows alike; not a number if there are none."""
        self.student.model.eval()
        total, count = 0.0, 0
        for part in _parts(self.rows.held_out, self.plan.micro_rows):
            batch = batches.collate(part, whole=False, by_confidence=False, device=self.device)
            total += float(self.student.loss(batch))
            count += len(batch.targets)
        return total / count if count else float("nan")

    def measure(self) -> None:
        """Writes the loss on the held-out rows down."""
        if self.rows.held_out:
            now = self.progress
            with (self.folder / HELD_OUT).open("a", encoding="utf-8", newline="") as file:
                csv.writer(file).writerow([now.step, now.tokens, f"{now.seconds:.1f}", f"{self.held_out_loss():.4f}"])

    def _order(self, epoch: int) -> Sequence[list[int]]:
        return batches.order(len(self.rows.learned), self.plan.rows, self.config.seed, epoch)

    def _step(self, rows: list[int]) -> float:
        loss = super()._step(rows)
        every = self.plan.measure_every
        if self.done >= 1 or (every and self.progress.step % every == 0):
            self.measure()
        return loss

    def _learn(self, rows: list[int]) -> Learned:
        # LoRA's dropout draws from here, so that a resumed run draws the same.
        torch.manual_seed(self.config.seed * 1_000_003 + self.progress.step)
        self.student.model.train()
        self._adam.param_groups[0]["lr"] = self.plan.rate * share_of_rate(self.plan, self.progress.step, self.done)
        self._adam.zero_grad()
        whole, weighted = self.config.loss.on == "sequence", self.config.loss.by_confidence
        encoded = [self.rows.learned[n] for n in rows]
        parts = [batches.collate(part, whole, weighted, self.device) for part in _parts(encoded, self.plan.micro_rows)]
        total = sum(float(part.weights.sum()) for part in parts)
        value = 0.0
        for part in parts:
            loss = self.student.loss(part) / max(total, 1e-9)
            loss.backward()  # type: ignore[no-untyped-call]
            value += float(loss.detach())
        torch.nn.utils.clip_grad_norm_(self.student.trained, self.plan.clip)
        self._adam.step()
        seen = sum(len(row.tokens) for row in encoded)
        return Learned(value, seen, sum(len(part.targets) for part in parts))


def _parts(rows: Sequence[Encoded], size: int) -> Iterator[Sequence[Encoded]]:
    """So many rows at a time, rows of similar length together."""
    by_length = sorted(rows, key=lambda row: len(row.tokens))
    return (by_length[start : start + size] for start in range(0, len(by_length), size))


@contextmanager
def _memory(rows: int, longest: int) -> Iterator[None]:
    """Says which setting to lower when the memory does not suffice."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if not isinstance(error, torch.OutOfMemoryError | MemoryError) and "allocate memory" not in str(error):
            raise
        raise PlanfirstError(
            "plain",
            what=f"The memory does not suffice for {rows} rows of up to {longest} tokens at a time.",
            next="Lower optimiser.micro_rows, then data.longest_row, or set weights.checkpointing, "
            "in a new --work folder.",
        ) from error
