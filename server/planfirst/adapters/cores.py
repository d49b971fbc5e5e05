"""How many processor cores this process may use."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

_CGROUPS = Path("/sys/fs/cgroup")  # in a container, these are the container's own


def physical_cores(cgroups: Path = _CGROUPS) -> int:
    """The physical cores that this process may run on, as far as they are known; at least 1.

    A limit on processor time counts like a limit on cores. A container's processes see all cores of the machine, but
    when as many threads have used up its time, all of them stand still until the next period.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(allowed, psutil.cpu_count(logical=False) or allowed, _limit(cgroups) or allowed))


def _limit(cgroups: Path) -> int | None:
    """The whole cores that a container's processor time is worth, at least 1; None where there is no limit."""
    unified = _words(cgroups / "cpu.max")
    older = [*_words(cgroups / "cpu" / "cpu.cfs_quota_us"), *_words(cgroups / "cpu" / "cpu.cfs_period_us")]
    limits = [cores for words in (unified, older) if (cores := _worth(words)) is not None]
    return min(limits, default=None)


def _words(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return []


def _worth(words: list[str]) -> int | None:
    """The cores for a quota and its period, both in microseconds; no limit is "max" in one version, -1 in the other."""
    try:
        quota, period = map(int, words)
    except ValueError:
        return None
    return max(1, quota // period) if quota > 0 and period > 0 else None
