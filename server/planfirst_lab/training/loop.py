"""The training loop: resumable, stopped by Ctrl-C without loss, the same on CPU and CUDA. It knows nothing of text."""

from __future__ import annotations

import csv
import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Protocol

import torch
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from planfirst_lab.training import batches, checkpoint, circuit
from planfirst_lab.training.checkpoint import Progress
from planfirst_lab.training.config import Config, Optimiser
from planfirst_lab.training.data import Rows
from planfirst_lab.training.model import Llama

LOSS = "loss.csv"
_MOMENTUM = 0.95
_BETAS = (0.9, 0.95)


def optimisers_for(model: Llama, plan: Optimiser) -> dict[str, torch.optim.Optimizer]:
    """Muon for the matrices inside the layers, AdamW for the embedding and the norms."""
    inside = {name: w.ndim == 2 and name.startswith("layers") for name, w in model.named_parameters()}
    matrices = [w for name, w in model.named_parameters() if inside[name]]
    others = [w for name, w in model.named_parameters() if not inside[name]]
    return {
        "muon": torch.optim.Muon(
            matrices,
            lr=plan.muon_rate,
            momentum=_MOMENTUM,
            weight_decay=plan.weight_decay,
            adjust_lr_fn="match_rms_adamw",
        ),
        "adam": torch.optim.AdamW(others, lr=plan.adam_rate, betas=_BETAS, weight_decay=0.0),
    }


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


class Trainer:
    """Fits a model to rows and keeps its checkpoint in a folder; goes on from the checkpoint that is there.

    Args:
        minutes: time after which training is done, whatever the steps; counted over all resumed parts. With None the
            result depends on nothing but the configuration, the rows and the machine's arithmetic.
        begin: the checkpoint of an earlier run, whose weights this one begins with; None for fresh ones.

    Raises:
        ModelRefused: the checkpoint in the folder is damaged or of another configuration.
    """

    def __init__(
        self,
        config: Config,
        rows: Rows,
        folder: Path,
        device: torch.device,
        minutes: float | None = None,
        begin: Path | None = None,
    ) -> None:
        self.plan, self.seed, self.rows = config.optimiser, config.seed, rows
        self.folder, self.device, self.minutes = folder, device, minutes
        self.model = Llama(config.model, config.seed)
        if begin:
            checkpoint.weights(begin, self.model)
        elif config.model.copies:
            circuit.build(self.model, config.seed)
        self.model.to(device)
        self._loss = torch.compile(self.model.loss, dynamic=True) if self.plan.compiled else self.model.loss
        self.optimisers = optimisers_for(self.model, self.plan)
        self.rates = {name: optimiser.param_groups[0]["lr"] for name, optimiser in self.optimisers.items()}
        self.progress = Progress()
        if self.checkpoint.is_file():
            self.progress = checkpoint.restore(self.checkpoint, self.model, self.optimisers)

    @property
    def checkpoint(self) -> Path:
        """Where the checkpoint is."""
        return self.folder / checkpoint.NAME

    @property
    def done(self) -> float:
        """The share of the training that lies behind, by steps or by time, whichever is more."""
        by_time = self.progress.seconds / (60 * self.minutes) if self.minutes else 0.0
        return max(self.progress.step / self.plan.steps, by_time)

    def run(self, console: Console, steps: int | None = None) -> Llama:
        """Trains to the end, or for so many steps; leaves a checkpoint in either case.

        Raises:
            KeyboardInterrupt: the user stopped it with Ctrl-C. The next run goes on from the step that was reached.
        """
        torch.set_num_threads(self.plan.threads)
        self.model.train()
        last = self.progress.step + steps if steps else self.plan.steps
        columns = (TextColumn("Training"), BarColumn(), TextColumn("{task.fields[said]}"), TimeElapsedColumn())
        cut_back(self.folder / LOSS, self.progress.step)
        with (
            Bar(*columns, console=console, disable=not console.is_terminal) as bar,
            (self.folder / LOSS).open("a", encoding="utf-8", newline="") as file,
            interruptible() as stopped,
        ):
            writer, task = csv.writer(file), bar.add_task("", total=1.0, said="")
            for batch in self._batches():
                loss = self._step(batch)
                now = self.progress
                writer.writerow([now.step, now.tokens, f"{now.seconds:.1f}", f"{loss:.4f}"])
                said = f"step {now.step}, loss {loss:.3f}, {now.tokens / max(now.seconds, 1e-9):,.0f} tokens/s"
                bar.update(task, completed=self.done, said=said)
                ends = stopped.is_set() or now.step >= last or self.done >= 1
                if ends or now.step % self.plan.save_every == 0:
                    file.flush()
                    self.save()
                    if not console.is_terminal:
                        console.print(f"{self.done:4.0%} {said}")
                if ends:
                    break
        self.model.round_weights(False)
        if stopped.is_set():
            raise KeyboardInterrupt
        return self.model.eval()

    def save(self) -> None:
        """Writes the checkpoint."""
        checkpoint.save(self.checkpoint, self.model, self.optimisers, self.progress)

    def _batches(self) -> Iterator[batches.Batch]:
        """Batches from where the progress stands; the progress names the next batch before the current one is used."""
        while self.done < 1:
            order = batches.plan(self.rows, self.plan.batch_tokens, self.seed, self.progress.epoch)
            for number in range(self.progress.batch, len(order)):
                tokens = int(self.rows.lengths[order[number]].sum())
                self.progress = replace(self.progress, batch=number + 1, tokens=self.progress.tokens + tokens)
                yield batches.collate(self.rows, order[number])
            self.progress = replace(self.progress, epoch=self.progress.epoch + 1, batch=0)

    def _step(self, batch: batches.Batch) -> float:
        started = time.perf_counter()
        share = share_of_rate(self.plan, self.progress.step, self.done)
        for name, optimiser in self.optimisers.items():
            optimiser.param_groups[0]["lr"] = self.rates[name] * share
            optimiser.zero_grad()
        if self.done >= self.plan.rounded:
            self.model.round_weights(True)
        batch = batch.to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=_halves_pay(self.device)):
            loss = self._loss(batch.tokens, batch.where, batch.targets)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.plan.clip)
        for optimiser in self.optimisers.values():
            optimiser.step()
        value = float(loss.detach())
        now = self.progress
        self.progress = replace(
            now,
            step=now.step + 1,
            answers=now.answers + len(batch.targets),
            seconds=now.seconds + time.perf_counter() - started,
        )
        return value


def _halves_pay(device: torch.device) -> bool:
    """Whether 16-bit arithmetic is faster: on a CPU with AMX it took half the time, without AMX 2.8 times as much."""
    return device.type == "cuda" or bool(torch.cpu.get_capabilities().get("amx_bf16"))


@contextmanager
def interruptible() -> Iterator[threading.Event]:
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
    """Drops lines of the loss file that lie after the checkpoint, or begins the file."""
    head, lines = "step,tokens,seconds,loss", []
    if path.is_file():
        lines = path.read_text(encoding="utf-8").splitlines()[1:]
    kept = [line for line in lines if line.split(",")[0].isdigit() and int(line.split(",")[0]) <= step]
    path.write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
