"""Trains the starter's network; the same on CPU and CUDA. It knows nothing of text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from rich.console import Console

from planfirst_lab.training import batches, checkpoint, circuit
from planfirst_lab.training.config import Config, Optimiser
from planfirst_lab.training.data import Rows
from planfirst_lab.training.loop import Learned, Loop, share_of_rate
from planfirst_lab.training.model import Llama

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


class Trainer(Loop):
    """Fits a network to rows; see `Loop` for ``folder``, ``minutes`` and the errors.

    Args:
        begin: the checkpoint of an earlier run, whose weights this one begins with; None for fresh ones.
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
        self.plan, self.seed, self.rows, self.device = config.optimiser, config.seed, rows, device
        self.model = Llama(config.model, config.seed)
        if begin:
            checkpoint.weights(begin, self.model)
        elif config.model.copies:
            circuit.build(self.model, config.seed)
        self.model.to(device)
        self._loss = torch.compile(self.model.loss, dynamic=True) if self.plan.compiled else self.model.loss
        optimisers = optimisers_for(self.model, self.plan)
        self.rates = {name: optimiser.param_groups[0]["lr"] for name, optimiser in optimisers.items()}
        plan = self.plan
        super().__init__(folder, self.model, optimisers, steps=plan.steps, save_every=plan.save_every, minutes=minutes)

    def run(self, console: Console, steps: int | None = None) -> None:
        """As `Loop.run`; the model is ready to be used then."""
        torch.set_num_threads(self.plan.threads)
        self.model.train()
        try:
            super().run(console, steps)
        finally:
            self.model.round_weights(False)
        self.model.eval()

    def _order(self, epoch: int) -> Sequence[list[int]]:
        return batches.plan(self.rows, self.plan.batch_tokens, self.seed, epoch)

    def _learn(self, rows: list[int]) -> Learned:
        share = share_of_rate(self.plan, self.progress.step, self.done)
        for name, optimiser in self.optimisers.items():
            optimiser.param_groups[0]["lr"] = self.rates[name] * share
            optimiser.zero_grad()
        if self.done >= self.plan.rounded:
            self.model.round_weights(True)
        batch = batches.collate(self.rows, rows).to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=_halves_pay(self.device)):
            loss = self._loss(batch.tokens, batch.where, batch.targets)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.plan.clip)
        for optimiser in self.optimisers.values():
            optimiser.step()
        return Learned(float(loss.detach()), int(self.rows.lengths[rows].sum()), len(batch.targets))


def _halves_pay(device: torch.device) -> bool:
    """Whether 16-bit arithmetic is faster: on a CPU with AMX it took half the time, without AMX 2.8 times as much."""
    return device.type == "cuda" or bool(torch.cpu.get_capabilities().get("amx_bf16"))
