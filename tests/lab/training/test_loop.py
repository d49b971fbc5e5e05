from __future__ import annotations

import math
import signal
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from rich.console import Console

from planfirst.core.errors import ModelRefused
from planfirst_lab.training.config import Config
from planfirst_lab.training.data import Rows
from planfirst_lab.training.loop import LOSS, share_of_rate
from planfirst_lab.training.starter import Trainer

QUIET = Console(quiet=True)
CPU = torch.device("cpu")


def weights(trainer: Trainer) -> torch.Tensor:
    return torch.cat([weight.detach().flatten() for weight in trainer.model.parameters()])


def losses(folder: Path) -> list[float]:
    return [float(line.split(",")[3]) for line in (folder / LOSS).read_text(encoding="utf-8").splitlines()[1:]]


def test_a_resumed_run_ends_with_the_same_weights(tiny: Config, rows: Rows, tmp_path: Path) -> None:
    whole = Trainer(tiny, rows, _folder(tmp_path, "whole"), CPU)
    whole.run(QUIET)
    parts = _folder(tmp_path, "parts")
    for steps in (5, 3, 4):
        last = Trainer(tiny, rows, parts, CPU)
        last.run(QUIET, steps)
    assert last.progress.step == tiny.optimiser.steps == 12
    assert torch.equal(weights(whole), weights(last))
    assert losses(tmp_path / "whole") == losses(parts)
    assert len(losses(parts)) == 12


def test_a_run_may_begin_with_the_weights_of_another(tiny: Config, rows: Rows, tmp_path: Path) -> None:
    first = Trainer(tiny, rows, _folder(tmp_path, "first"), CPU)
    first.run(QUIET)
    begun = Trainer(tiny, rows, _folder(tmp_path, "second"), CPU, begin=first.checkpoint)
    assert torch.equal(weights(first), weights(begun))
    assert begun.progress.step == 0
    wider = replace(tiny, model=replace(tiny.model, width=2 * tiny.model.width))
    with pytest.raises(ModelRefused, match="cannot begin with the weights"):
        Trainer(wider, rows, _folder(tmp_path, "third"), CPU, begin=first.checkpoint)


def test_training_learns(tiny: Config, rows: Rows, tmp_path: Path) -> None:
    longer = replace(tiny, optimiser=replace(tiny.optimiser, steps=100, save_every=1000))
    trainer = Trainer(longer, rows, tmp_path, CPU)
    assert trainer.progress.step == 0
    trainer.run(QUIET)
    seen = losses(tmp_path)
    assert seen[0] == pytest.approx(math.log(340), abs=0.6)
    assert sum(seen[-5:]) / 5 < seen[0] - 0.7
    assert trainer.progress.tokens > trainer.progress.answers > 0


def test_ctrl_c_keeps_what_was_done(tiny: Config, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(tiny, rows, tmp_path, CPU)
    step = trainer._step

    def interrupted(batch: object) -> float:
        loss = step(batch)  # type: ignore[arg-type]
        if trainer.progress.step == 2:
            signal.raise_signal(signal.SIGINT)
        return loss

    assert threading.current_thread() is threading.main_thread()
    monkeypatch.setattr(trainer, "_step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        trainer.run(QUIET)
    again = Trainer(tiny, rows, tmp_path, CPU)
    assert again.progress.step == 2
    assert torch.equal(weights(trainer), weights(again))


def test_time_ends_training_too(tiny: Config, rows: Rows, tmp_path: Path) -> None:
    trainer = Trainer(tiny, rows, tmp_path, CPU, minutes=1e-9)
    trainer.run(QUIET)
    assert trainer.progress.step == 1


@pytest.mark.parametrize("content", [b"", b"not safetensors at all"])
def test_a_damaged_checkpoint_is_refused(tiny: Config, rows: Rows, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "checkpoint.safetensors").write_bytes(content)
    with pytest.raises(ModelRefused, match="delete it"):
        Trainer(tiny, rows, tmp_path, CPU)


def test_another_configurations_checkpoint_is_refused(tiny: Config, rows: Rows, tmp_path: Path) -> None:
    Trainer(tiny, rows, tmp_path, CPU).save()
    other = replace(tiny, model=replace(tiny.model, layers=1))
    with pytest.raises(ModelRefused, match="cannot be used"):
        Trainer(other, rows, tmp_path, CPU)


def test_the_rate_warms_up_and_falls(tiny: Config) -> None:
    plan = tiny.optimiser
    assert share_of_rate(plan, 0, 0.0) == pytest.approx(1 / plan.warm_up)
    assert share_of_rate(plan, 99, 0.0) == pytest.approx(1.0)
    assert share_of_rate(plan, 99, 1.0) == pytest.approx(plan.final_share)
    assert share_of_rate(plan, 99, 0.3) > share_of_rate(plan, 99, 0.7)


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder
