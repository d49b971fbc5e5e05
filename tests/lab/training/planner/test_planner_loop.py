from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as fn
from rich.console import Console

from planfirst.core.errors import ModelRefused, PlanfirstError
from planfirst_lab.training.loop import LOSS
from planfirst_lab.training.planner import batches, command
from planfirst_lab.training.planner.rows import Rows
from planfirst_lab.training.planner.student import number_format
from planfirst_lab.training.planner.trainer import HELD_OUT, Trainer
from tests.lab.small_hf import write_hf
from tests.lab.training.planner.worlds import CPU, encoded, rows_file, small, student

pytestmark = pytest.mark.real
QUIET = Console(quiet=True)


@pytest.fixture(scope="module")
def rows(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    return encoded(base, rows_file(tmp_path_factory.mktemp("rows") / "rows.jsonl"))


def losses(folder: Path, name: str = LOSS) -> list[str]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return [row["loss"] for row in csv.DictReader(file)]


def trainer(base: Path, rows: Rows, folder: Path, **changes: Any) -> Trainer:
    folder.mkdir(exist_ok=True)
    settings = small(**changes)
    return Trainer(settings, student(base, settings), rows, folder, CPU)


def test_it_learns_and_resumes_to_the_same_curve(base: Path, rows: Rows, tmp_path: Path) -> None:
    whole = trainer(base, rows, tmp_path / "whole")
    whole.run(QUIET)
    curve = losses(tmp_path / "whole")
    assert len(curve) == whole.steps == 3 * -(-len(rows.learned) // 4)
    assert float(curve[-1]) < float(curve[0]) - 0.5
    held_out = losses(tmp_path / "whole", HELD_OUT)
    assert float(held_out[-1]) < float(held_out[0]) - 0.3
    killed = trainer(base, rows, tmp_path / "parts")
    killed.run(QUIET, steps=2)
    killed.checkpoint.unlink()  # killed before the first checkpoint
    for _ in range(3):  # fresh objects each time, as after a kill
        part = trainer(base, rows, tmp_path / "parts")
        if part.done < 1:
            part.run(QUIET, steps=-(-whole.steps // 3))
    assert losses(tmp_path / "parts") == curve
    assert losses(tmp_path / "parts", HELD_OUT) == held_out


def test_a_step_does_not_depend_on_how_many_rows_are_in_memory(base: Path, rows: Rows, tmp_path: Path) -> None:
    found = []
    for size in (1, 4):
        one = trainer(base, rows, tmp_path / str(size), micro_rows=size)
        one.config = replace(one.config, lora=replace(one.config.lora, dropout=0.0))
        for part in one.student.model.modules():
            if isinstance(part, torch.nn.Dropout):
                part.p = 0.0
        one.run(QUIET, steps=2)
        found.append([float(loss) for loss in losses(tmp_path / str(size))])
    assert found[0] == pytest.approx(found[1], abs=2e-3)


def test_loss_is_on_the_plan_alone_and_weighted(base: Path, rows: Rows) -> None:
    two = [replace(rows.learned[0], weight=0.25), replace(rows.learned[1], weight=1.0)]
    learner = student(base, small())
    learner.model.eval()
    plan = batches.collate(two, whole=False, by_confidence=True, device=CPU)
    sequence = batches.collate(two, whole=True, by_confidence=False, device=CPU)
    assert len(plan.targets) == sum(len(row.tokens) - row.plan for row in two)
    assert len(sequence.targets) == sum(len(row.tokens) - 1 for row in two)
    with torch.no_grad():
        by_hand = 0.0
        for row in two:
            text = torch.tensor([row.tokens])
            logits = learner.model(input_ids=text).logits[0, row.plan - 1 : -1]
            by_hand += row.weight * float(fn.cross_entropy(logits, text[0, row.plan :], reduction="sum"))
        assert float(learner.loss(plan)) == pytest.approx(by_hand, rel=1e-4)


def test_a_checkpoint_of_another_rank_is_refused(base: Path, rows: Rows, tmp_path: Path) -> None:
    trainer(base, rows, tmp_path / "w").run(QUIET, steps=1)
    settings = small()
    other = replace(settings, lora=replace(settings.lora, rank=4))
    with pytest.raises(ModelRefused, match="checkpoint"):
        Trainer(other, student(base, other), rows, tmp_path / "w", CPU)


def test_too_little_memory_says_what_to_lower(
    base: Path, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = trainer(base, rows, tmp_path / "w")

    def fail(batch: object) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(one.student, "loss", fail)
    with pytest.raises(PlanfirstError, match=r"2 rows of up to 512 tokens.*optimiser\.micro_rows"):
        one.run(QUIET)
    monkeypatch.setattr(one.student, "loss", lambda batch: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        one.run(QUIET)


def test_four_bits_learn_on_a_cpu_after_they_were_measured(base: Path, rows: Rows, tmp_path: Path) -> None:
    pytest.importorskip("bitsandbytes")
    settings = small()
    settings = replace(settings, weights=replace(settings.weights, four_bit=True))
    learner = student(base, settings)
    assert learner.four_bit
    assert learner.notice == ""
    layer = learner.model.get_base_model().model.layers[0].self_attn.q_proj.base_layer
    assert layer.weight.dtype == torch.uint8
    assert layer.weight.quant_state.quant_type == "nf4"
    assert layer.weight.quant_state.nested  # double quantisation
    (tmp_path / "w").mkdir()
    one = Trainer(settings, learner, rows, tmp_path / "w", CPU)
    one.held_out_loss()  # bitsandbytes packs the weights anew here if it may, and then no gradient passes them
    learner.model.train()
    x = torch.randn(3, 64, requires_grad=True)
    layer(x).sum().backward()
    import bitsandbytes

    weight = bitsandbytes.functional.dequantize_4bit(layer.weight.data, layer.weight.quant_state).float()
    assert x.grad is not None
    assert torch.allclose(x.grad, weight.sum(0).expand(3, -1), atol=1e-4)
    one.run(QUIET)
    curve = [float(loss) for loss in losses(tmp_path / "w")]
    assert curve[-1] < curve[0] - 0.5


@pytest.mark.parametrize(("seconds", "wanted"), [(0.2, torch.bfloat16), (0.9, torch.float32), (6.0, torch.float32)])
def test_bfloat16_is_taken_where_it_is_clearly_faster(
    monkeypatch: pytest.MonkeyPatch, seconds: float, wanted: torch.dtype
) -> None:
    times = {torch.float32: 1.0, torch.bfloat16: seconds}
    monkeypatch.setattr("planfirst_lab.training.planner.student._seconds", times.__getitem__)
    assert number_format(CPU) == wanted
    assert number_format(torch.device("cuda")) == torch.bfloat16


def test_a_base_in_bfloat16_is_learned_on_in_32_bits(
    base: Path, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "planfirst_lab.training.planner.student._seconds", {torch.float32: 1.0, torch.bfloat16: 0.1}.get
    )
    settings = small()
    settings = replace(settings, weights=replace(settings.weights, sixteen_bit=True))
    learner = student(base, settings)
    layer = learner.model.get_base_model().model.layers[0].self_attn.q_proj
    assert layer.base_layer.weight.dtype == learner.dtype == torch.bfloat16
    assert {weight.dtype for weight in learner.trained} == {torch.float32}
    (tmp_path / "w").mkdir()
    Trainer(settings, learner, rows, tmp_path / "w", CPU).run(QUIET)
    curve = [float(loss) for loss in losses(tmp_path / "w")]
    assert curve[-1] < curve[0] - 0.5


def test_without_bitsandbytes_it_is_a_plain_lora(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "bitsandbytes.nn.modules", None)
    settings = small()
    learner = student(base, replace(settings, weights=replace(settings.weights, four_bit=True)))
    assert not learner.four_bit
    assert "not installed" in learner.notice


def test_activations_may_be_computed_twice(base: Path, rows: Rows, tmp_path: Path) -> None:
    settings = small()
    settings = replace(settings, weights=replace(settings.weights, checkpointing=True))
    (tmp_path / "w").mkdir()
    Trainer(settings, student(base, settings), rows, tmp_path / "w", CPU).run(QUIET, steps=2)
    trainer(base, rows, tmp_path / "x").run(QUIET, steps=2)
    one, two = ([float(loss) for loss in losses(tmp_path / name)] for name in ("w", "x"))
    assert one == pytest.approx(two, abs=2e-3)


def test_another_architecture_learns_too(tmp_path: Path) -> None:
    base = write_hf(tmp_path / "qwen", "qwen2")
    found = encoded(base, rows_file(tmp_path / "rows.jsonl", 6))
    trainer(base, found, tmp_path / "w").run(QUIET)
    curve = [float(loss) for loss in losses(tmp_path / "w")]
    assert curve[-1] < curve[0]


def test_a_base_that_does_not_fit_into_the_memory(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(command, "Student", fail)
    options = command.Options(str(base), rows_file(tmp_path / "rows.jsonl"), tmp_path, tmp_path / "w", device="cpu")
    with pytest.raises(PlanfirstError, match=r"weights\.four_bit"):
        command.train_planner(options, QUIET)
