"""How many cores and threads there are for a model: the machine's, a container's limit, and no more than are of use."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from planfirst.adapters import cores, llama
from planfirst.adapters.cores import physical_cores
from planfirst.adapters.llama import threads_for

LARGE = 1_000_000_000  # bytes; of a model that more than one thread makes faster


def machine(monkeypatch: pytest.MonkeyPatch, count: int | None, allowed: int | None = None) -> None:
    """Makes this a machine with so many physical cores, of which this process may run on some."""
    runs_on = set(range(allowed or count or 1))
    monkeypatch.setattr(psutil, "cpu_count", lambda logical=True: count)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: runs_on, raising=False)


def limited(cgroups: Path, quota: str | None = None, period: str | None = None, unified: str | None = None) -> Path:
    """The files of a container's limit, in either version; None for one that is not there."""
    older = cgroups / "cpu"
    older.mkdir()
    for file, text in (
        (cgroups / "cpu.max", unified),
        (older / "cpu.cfs_quota_us", quota),
        (older / "cpu.cfs_period_us", period),
    ):
        if text is not None:
            file.write_text(text, encoding="utf-8")
    return cgroups


@pytest.mark.parametrize("count", [1, 2, 8, 128])
def test_without_a_limit_all_cores_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, count: int) -> None:
    machine(monkeypatch, count)
    assert physical_cores(tmp_path) == count
    assert physical_cores(tmp_path / "missing") == count


def test_cores_that_the_process_may_not_run_on_do_not_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine(monkeypatch, 128, allowed=6)
    assert physical_cores(tmp_path) == 6


def test_where_the_physical_cores_are_unknown_the_logical_ones_count(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine(monkeypatch, None, allowed=3)
    assert physical_cores(tmp_path) == 3


@pytest.mark.parametrize(
    ("quota", "period", "worth"),
    [
        (400_000, 100_000, 4),
        (399_999, 100_000, 3),
        (150_000, 100_000, 1),
        (50_000, 100_000, 1),
        (1_000, 1_000_000, 1),
        (25_000, 10_000, 2),
        (1_000_000_000, 100_000, 128),
    ],
)
def test_a_limit_counts_in_whole_cores(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, quota: int, period: int, worth: int
) -> None:
    machine(monkeypatch, 128)
    (tmp_path / "new").mkdir()
    (tmp_path / "old").mkdir()
    assert physical_cores(limited(tmp_path / "new", unified=f"{quota} {period}\n")) == worth
    assert physical_cores(limited(tmp_path / "old", f"{quota}\n", f"{period}\n")) == worth


def test_of_two_limits_the_lower_one_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine(monkeypatch, 128)
    assert physical_cores(limited(tmp_path, "300000", "100000", unified="500000 100000")) == 3


def test_a_limit_gives_no_cores_that_are_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine(monkeypatch, 1)
    assert physical_cores(limited(tmp_path, unified="800000 100000")) == 1


@pytest.mark.parametrize(
    "text",
    [
        *(
            "max 100000",
            "max",
            "",
            "\n",
            "\0",
            "-1 100000",
            "0 100000",
            "200000 0",
            "200000 -5",
            "200000",
            "200000 max",
        ),
        *("two cores", "目 錄", "1 2 3", "2e5 100000", "200000.0 100000", "nan 1", "9" * 5000 + " 1"),
    ],
)
def test_nonsense_is_no_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    machine(monkeypatch, 128)
    assert physical_cores(limited(tmp_path, unified=text)) == 128


@pytest.mark.parametrize("quota", ["-1", "0", "", "max", "none", "-200000", "1.5", "1 2", None])
def test_nonsense_of_the_older_version_is_no_limit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, quota: str | None
) -> None:
    machine(monkeypatch, 128)
    assert physical_cores(limited(tmp_path, quota, "100000")) == 128


@pytest.mark.parametrize("period", ["-1", "0", "", "max", "100000 1", None])
def test_a_period_that_is_none_is_no_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, period: str | None) -> None:
    machine(monkeypatch, 128)
    assert physical_cores(limited(tmp_path, "200000", period)) == 128


def test_a_file_that_cannot_be_read_is_no_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine(monkeypatch, 2)
    (tmp_path / "cpu.max").mkdir()
    (tmp_path / "cpu").write_bytes(b"\xff")
    assert physical_cores(tmp_path) == 2


@pytest.mark.parametrize(("count", "threads"), [(1, 1), (2, 2), (16, 16), (17, 16), (128, 16)])
def test_a_model_gets_no_more_threads_than_are_of_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, count: int, threads: int
) -> None:
    machine(monkeypatch, count)
    monkeypatch.setattr(llama, "physical_cores", lambda: cores.physical_cores(tmp_path))
    assert threads_for(LARGE) == threads
    assert threads_for(1) == 1


def test_a_container_gets_as_many_threads_as_its_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine(monkeypatch, 128)
    limited(tmp_path, unified="250000 100000")
    monkeypatch.setattr(llama, "physical_cores", lambda: cores.physical_cores(tmp_path))
    assert threads_for(LARGE) == 2
