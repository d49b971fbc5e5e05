"""Which installed model ``auto`` means: the best one that this machine runs at a usable pace.

Nothing is loaded here. Memory is asked of the system, and the pace is what was measured when a model last wrote here
(`remember`); a model that was not measured yet is judged by one that was, since time grows with the size of the file.
"""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from pathlib import Path

import psutil

from planfirst.folders import data_folder
from planfirst.models.entries import ModelEntry, manifest, path_of

AUTO = "auto"
USABLE = 6.0  # tokens per second: a function of 90 tokens in 15 seconds
_ROOM = 512 << 20  # bytes besides the weights: the window's state, the runtime, and some for everything else


@dataclass(frozen=True, slots=True)
class Choice:
    """What ``auto`` stands for.

    Attributes:
        name: of the model.
        reason: why, as a sentence.
    """

    name: str
    reason: str


_chosen: dict[object, Choice] = {}


def choose() -> Choice:
    """The best installed model by published HumanEval that fits into free memory and writes at least `USABLE` tokens
    per second; else the first that ships.

    What was chosen holds for this process until a model or a measurement comes or goes, since a loaded model takes the
    memory by which it was chosen.
    """
    here = [entry for entry in manifest() if path_of(entry).is_file()]
    speeds = _speeds()
    state = tuple(entry.name for entry in here), tuple(sorted(speeds.items())), data_folder()
    if state not in _chosen:
        _chosen.clear()
        _chosen[state] = _choose(here, speeds, psutil.virtual_memory().available)
    return _chosen[state]


def remember(name: str, tokens: int, seconds: float) -> None:
    """Keeps how fast a model of the manifest wrote on this machine; an answer of fewer than 8 tokens says nothing."""
    if tokens < 8 or seconds <= 0 or name not in {entry.name for entry in manifest()}:
        return
    path, speeds = _file(), _speeds()
    if name in speeds:
        return
    speeds[name] = round(tokens / seconds, 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(json.dumps({"machine": _machine(), "tokensPerSecond": speeds}, indent=2), encoding="utf-8")
    aside.replace(path)


def _choose(here: list[ModelEntry], speeds: dict[str, float], free: int) -> Choice:
    ranked = sorted((entry for entry in here if entry.humaneval), key=lambda entry: -entry.humaneval)
    passed: list[str] = []
    for entry in ranked:
        needed = entry.size + _ROOM
        speed, measured = _pace(entry, here, speeds)
        if free < needed:
            passed.append(f"{entry.name} needs {needed >> 20} MB of memory and {free >> 20} MB are free")
        elif 0 < speed < USABLE:
            passed.append(f"{entry.name} writes {speed:.1f} tokens/s here, and {USABLE:.0f} are the least")
        else:
            pace = "not measured yet" if not speed else f"{speed:.1f} tokens/s {'measured' if measured else 'expected'}"
            return Choice(entry.name, _sentence(f"the best installed model that this machine runs ({pace})", passed))
    fallback = next((entry.name for entry in manifest() if entry.shipped), "starter")
    why = "no larger model is installed; `planfirst models pull qwen2.5-coder-0.5b` gets one"
    return Choice(fallback, _sentence(why if not ranked else "no larger model suits this machine", passed))


def _pace(entry: ModelEntry, here: list[ModelEntry], speeds: dict[str, float]) -> tuple[float, bool]:
    """Tokens per second, 0 if nothing is known, and whether that was measured with this very model."""
    if entry.name in speeds:
        return speeds[entry.name], True
    known = [speeds[other.name] * other.size / entry.size for other in here if other.humaneval and other.name in speeds]
    return (min(known) if known else 0.0), False


def _sentence(why: str, passed: list[str]) -> str:
    return "; ".join([why, *passed])


def _file() -> Path:
    return data_folder() / "speeds.json"


def _machine() -> str:
    """A data folder may be carried, or shared, from machine to machine."""
    return f"{platform.node()} {platform.machine()} {psutil.cpu_count(logical=False)}"


def _speeds() -> dict[str, float]:
    """Measured on this machine; a file that cannot be read counts as none."""
    try:
        data = json.loads(_file().read_text(encoding="utf-8"))
        found = data["tokensPerSecond"].items() if data["machine"] == _machine() else ()
        return {str(name): float(speed) for name, speed in found if float(speed) > 0}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
