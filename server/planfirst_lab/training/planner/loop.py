"""The training loop of a planner: resumable to the same loss curve, stopped by Ctrl-C without loss."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from planfirst.core.errors import PlanfirstError
from planfirst_lab.training import checkpoint
from planfirst_lab.training.checkpoint import Progress
from planfirst_lab.training.loop import LOSS, cut_back, interruptible, share_of_rate
from planfirst_lab.training.planner import batches
from planfirst_lab.training.planner.config import Config
from planfirst_lab.training.planner.rows import Encoded, Rows
from planfirst_lab.training.planner.student import Student

HELD_OUT = "held_out.csv"
_BETAS = (0.9, 0.999)


class Trainer:
    """Fits a student to rows and keeps its checkpoint in a folder; goes on from the checkpoint that is there.

    Args:
        minutes: time after which training is done, whatever the steps; counted over all resumed parts.

    Raises:
        ModelRefused: the checkpoint in the folder is damaged or of another configuration.
    """

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
        self.folder, self.device, self.minutes = folder, device, minutes
        self.optimiser = torch.optim.AdamW(
            student.trained, lr=self.plan.rate, betas=_BETAS, weight_decay=self.plan.weight_decay
        )
        steps = -(-len(rows.learned) // self.plan.rows)
        self.steps = steps * self.plan.epochs
        self.progress = Progress()
        if self.checkpoint.is_file():
            self.progress = checkpoint.restore(self.checkpoint, student.trained, {"adam": self.optimiser})

    @property
    def checkpoint(self) -> Path:
        """Where the checkpoint is."""
        return self.folder / checkpoint.NAME

    @property
    def done(self) -> float:
        """The share of the training that lies behind, by steps or by time, whichever is more."""
        by_time = self.progress.seconds / (60 * self.minutes) if self.minutes else 0.0
        return max(self.progress.step / self.steps, by_time)

    def run(self, console: Console, steps: int | None = None) -> None:
        """Trains to the end, or for so many steps; leaves a checkpoint in either case.

        Raises:
            PlanfirstError: the memory does not suffice.
            KeyboardInterrupt: the user stopped it with Ctrl-C. The next run goes on from the step that was reached.
        """
        if self.device.type == "cpu":
            torch.set_num_threads(self.plan.threads)
        last = self.progress.step + steps if steps else self.steps
        columns = (TextColumn("Training"), BarColumn(), TextColumn("{task.fields[said]}"), TimeElapsedColumn())
        if self.progress.step == 0:  # a run that was killed before its first checkpoint has measured already
            (self.folder / HELD_OUT).unlink(missing_ok=True)
        for name in (LOSS, HELD_OUT):
            cut_back(self.folder / name, self.progress.step)
        with (
            Bar(*columns, console=console, disable=not console.is_terminal) as bar,
            (self.folder / LOSS).open("a", encoding="utf-8", newline="") as file,
            interruptible() as stopped,
            _memory(self.plan.micro_rows, self.config.data.longest_row),
        ):
            writer, task = csv.writer(file), bar.add_task("", total=1.0, said="")
            if self.progress.step == 0:
                self.measure()
            for numbers in self._steps():
                loss = self._step([self.rows.learned[n] for n in numbers])
                now = self.progress
                writer.writerow([now.step, now.tokens, f"{now.seconds:.1f}", f"{loss:.4f}"])
                said = f"step {now.step} of {self.steps}, loss {loss:.3f}, {now.tokens / now.seconds:,.0f} tokens/s"
                bar.update(task, completed=self.done, said=said)
                ends = stopped.is_set() or now.step >= last or self.done >= 1
                if self.done >= 1 or (self.plan.measure_every and now.step % self.plan.measure_every == 0):
                    self.measure()
                if ends or now.step % self.plan.save_every == 0:
                    file.flush()
                    self.save()
                    if not console.is_terminal:
                        console.print(f"{self.done:4.0%} {said}", highlight=False)
                if ends:
                    break
        if stopped.is_set():
            raise KeyboardInterrupt

    def save(self) -> None:
        """Writes the checkpoint."""
        checkpoint.save(self.checkpoint, self.student.trained, {"adam": self.optimiser}, self.progress)

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

    def _steps(self) -> Iterator[list[int]]:
        """Row numbers of each step from where the progress stands, which names the step after it."""
        while self.done < 1:
            order = batches.order(len(self.rows.learned), self.plan.rows, self.config.seed, self.progress.epoch)
            for number in range(self.progress.batch, len(order)):
                self.progress = replace(self.progress, batch=number + 1)
                yield order[number]
            self.progress = replace(self.progress, epoch=self.progress.epoch + 1, batch=0)

    def _step(self, rows: list[Encoded]) -> float:
        started = time.perf_counter()
        now = self.progress
        # LoRA's dropout draws from here, so that a resumed run draws the same.
        torch.manual_seed(self.config.seed * 1_000_003 + now.step)
        self.student.model.train()
        self.optimiser.param_groups[0]["lr"] = self.plan.rate * self._share()
        self.optimiser.zero_grad()
        whole, weighted = self.config.loss.on == "sequence", self.config.loss.by_confidence
        parts = [batches.collate(part, whole, weighted, self.device) for part in _parts(rows, self.plan.micro_rows)]
        total = sum(float(part.weights.sum()) for part in parts)
        value = 0.0
        for part in parts:
            loss = self.student.loss(part) / max(total, 1e-9)
            loss.backward()  # type: ignore[no-untyped-call]
            value += float(loss.detach())
        torch.nn.utils.clip_grad_norm_(self.student.trained, self.plan.clip)
        self.optimiser.step()
        self.progress = replace(
            now,
            step=now.step + 1,
            tokens=now.tokens + sum(len(row.tokens) for row in rows),
            answers=now.answers + sum(len(part.targets) for part in parts),
            seconds=now.seconds + time.perf_counter() - started,
        )
        return value

    def _share(self) -> float:
        return share_of_rate(self.plan, self.progress.step, self.done)


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
