"""The loop of every training: resumable to the same weights, stopped by Ctrl-C without loss. It knows no model."""

from __future__ import annotations

import csv
import math
import signal
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Protocol

import torch
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from planfirst_lab.training import checkpoint
from planfirst_lab.training.checkpoint import Progress

LOSS = "loss.csv"


class Schedule(Protocol):
    """What the learning rate follows from: steps of the warm-up, and the rate at the end as a share of its peak."""

    @property
    def warm_up(self) -> int: ...

    @property
    def final_share(self) -> float: ...


def share_of_rate(plan: Schedule, step: int, done: float) -> float:
    """Learning rate as a share of its peak: a linear warm-up, then a cosine over ``done`` from 0 to 1."""
    cosine = plan.final_share + (1 - plan.final_share) * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
    return cosine * min(1.0, (step + 1) / plan.warm_up)


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of a step: its loss, the tokens it saw without padding, and those of them that it learned."""

    loss: float
    tokens: int
    answers: int


class Loop(ABC):
    """Trains in steps and keeps a checkpoint in a folder; goes on from the checkpoint that is there.

    Args:
        weights: what is trained.
        steps: how many there are; a checkpoint is written every ``save_every`` of them.
        minutes: time after which training is done, whatever the steps; counted over all resumed parts. With None the
            result depends on nothing but the configuration, the rows and the machine's arithmetic.

    Raises:
        ModelRefused: the checkpoint in the folder is damaged or of another configuration.
    """

    def __init__(
        self,
        folder: Path,
        weights: torch.nn.Module,
        optimisers: Mapping[str, torch.optim.Optimizer],
        *,
        steps: int,
        save_every: int,
        minutes: float | None,
    ) -> None:
        self.folder, self.steps = folder, steps
        self.optimisers = optimisers
        self._weights, self._save_every, self._minutes = weights, save_every, minutes
        self.progress = Progress()
        if self.checkpoint.is_file():
            self.progress = checkpoint.restore(self.checkpoint, weights, optimisers)

    @abstractmethod
    def _order(self, epoch: int) -> Sequence[list[int]]:
        """The row numbers of each step of an epoch; the same whenever it is asked."""

    @abstractmethod
    def _learn(self, rows: list[int]) -> Learned:
        """Takes one step on these rows."""

    @property
    def checkpoint(self) -> Path:
        """Where the checkpoint is."""
        return self.folder / checkpoint.NAME

    @property
    def done(self) -> float:
        """The share of the training that lies behind, by steps or by time, whichever is more."""
        by_time = self.progress.seconds / (60 * self._minutes) if self._minutes else 0.0
        return max(self.progress.step / self.steps, by_time)

    def run(self, console: Console, steps: int | None = None) -> None:
        """Trains to the end, or for so many steps; leaves a checkpoint in either case.

        Raises:
            KeyboardInterrupt: you stopped it with Ctrl-C. The next run goes on from the step that was reached.
        """
        last = self.progress.step + steps if steps else self.steps
        columns = (TextColumn("Training"), BarColumn(), TextColumn("{task.fields[state]}"), TimeElapsedColumn())
        cut_back(self.folder / LOSS, self.progress.step)
        with (
            Bar(*columns, console=console, disable=not console.is_terminal) as bar,
            (self.folder / LOSS).open("a", encoding="utf-8", newline="") as file,
            _interruptible() as stopped,
        ):
            writer, task = csv.writer(file), bar.add_task("", total=1.0, state="")
            for rows in self._batches():
                loss = self._step(rows)
                now = self.progress
                writer.writerow([now.step, now.tokens, f"{now.seconds:.1f}", f"{loss:.4f}"])
                speed = now.tokens / max(now.seconds, 1e-9)
                state = f"step {now.step} of {self.steps}, loss {loss:.3f}, {speed:,.0f} tokens/s"
                bar.update(task, completed=self.done, state=state)
                ends = stopped.is_set() or now.step >= last or self.done >= 1
                if ends or now.step % self._save_every == 0:
                    file.flush()
                    self.save()
                    if not console.is_terminal:
                        console.print(f"{self.done:4.0%} {state}", highlight=False)
                if ends:
                    break
        if stopped.is_set():
            raise KeyboardInterrupt

    def save(self) -> None:
        """Writes the checkpoint."""
        checkpoint.save(self.checkpoint, self._weights, self.optimisers, self.progress)

    def _batches(self) -> Iterator[list[int]]:
        """Rows of each step from where the progress stands, which names the step after it."""
        while self.done < 1:
            order = self._order(self.progress.epoch)
            for number in range(self.progress.batch, len(order)):
                self.progress = replace(self.progress, batch=number + 1)
                yield order[number]
            self.progress = replace(self.progress, epoch=self.progress.epoch + 1, batch=0)

    def _step(self, rows: list[int]) -> float:
        started = time.perf_counter()
        learned = self._learn(rows)
        now = self.progress
        self.progress = replace(
            now,
            step=now.step + 1,
            tokens=now.tokens + learned.tokens,
            answers=now.answers + learned.answers,
            seconds=now.seconds + time.perf_counter() - started,
        )
        return learned.loss


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets, so that training stops between two steps and never inside one."""
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)


def cut_back(path: Path, step: int) -> None:
    """Drops the lines of a file of losses that lie after a step, or begins the file."""
    head, lines = "step,tokens,seconds,loss", []
    if path.is_file():
        lines = path.read_text(encoding="utf-8").splitlines()[1:]
    before = [line for line in lines if line.split(",")[0].isdigit() and int(line.split(",")[0]) <= step]
    path.write_text("\n".join([head, *before]) + "\n", encoding="utf-8")
