from __future__ import annotations

from pathlib import Path

import pytest

from planfirst_lab.training import plot


def test_running_mean_is_flat_for_a_constant_and_as_long() -> None:
    assert plot.running_mean([2.0] * 150) == pytest.approx([2.0] * 150)
    assert plot.running_mean([]) == []
    assert plot.running_mean([1.0, 2.0, 6.0]) == pytest.approx([1.5, 3.0, 4.0])


def test_the_curve_is_a_picture(tmp_path: Path) -> None:
    source = tmp_path / "loss.csv"
    source.write_text(
        "step,tokens,seconds,loss\n" + "".join(f"{n},{n * 100},1,{9 / n}\n" for n in range(1, 40)), "utf-8"
    )
    plot.curve(source, tmp_path / "loss.png")
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG\r\n")
    assert (tmp_path / "loss.png").stat().st_size > 5000


def test_the_held_out_loss_is_drawn_too(tmp_path: Path) -> None:
    source, held_out = tmp_path / "loss.csv", tmp_path / "held_out.csv"
    source.write_text("step,tokens,seconds,loss\n1,100,1,2.0\n2,200,2,1.5\n", "utf-8")
    held_out.write_text("step,tokens,seconds,loss\n0,0,0,2.1\n2,200,2,1.8\n", "utf-8")
    plot.curve(source, tmp_path / "without.png", "A planner")
    plot.curve(source, tmp_path / "with.png", "A planner", held_out)
    assert (tmp_path / "with.png").read_bytes() != (tmp_path / "without.png").read_bytes()
