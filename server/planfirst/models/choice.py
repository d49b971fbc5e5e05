"""Which installed model ``auto`` means: the best one that this machine runs at a usable pace.

Nothing is loaded here. Memory is asked of the system, and the pace is the best that a model showed here in the last 30
days of use (`remember`), so that no slow moment counts for ever. A model that was not measured is judged by one that
was, since time grows with the size of the file.
"""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psutil

from planfirst.core.regular_file import read_regular
from planfirst.folders import data_folder
from planfirst.models.entries import ModelEntry, another_file, manifest, path_of

AUTO = "auto"
USABLE = 6.0  # tokens per second: a function of 90 tokens in 15 seconds
_LEAST = 24  # tokens; a shorter answer says nothing of a pace
_DAYS = 30
_MOST_BYTES = 1 << 20  # of the file of paces
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

    What was chosen holds for this process until a model comes or goes: a loaded model takes the memory by which it was
    chosen, and no answer may change who writes the next one.
    """
    here = [entry for entry in manifest() if path_of(entry).is_file() and not another_file(entry)]
    state = tuple(entry.name for entry in here), data_folder()
    if state not in _chosen:
        _chosen.clear()
        speeds = {name: speed for name, (speed, _) in _measured().items()}
        _chosen[state] = _choose(here, speeds)
    return _chosen[state]


def short_of_memory(size: int) -> str:
    """What a model file of ``size`` bytes needs and what is free, where that is less; else empty."""
    needed, free = size + _ROOM, psutil.virtual_memory().available
    return f"needs {needed >> 20} MB of memory and {free >> 20} MB are free" if free < needed else ""


def remember(model: Path, tokens: int, seconds: float) -> None:
    """Keeps how fast a model of the manifest wrote on this machine, if that is the best of the last 30 days.

    Args:
        model: its file.
        tokens, seconds: written, and how long that took without the reading of the prompt. Few say nothing.

    Raises:
        OSError: it cannot be written.
    """
    name = next((entry.name for entry in manifest() if path_of(entry) == model), "")
    if tokens < _LEAST or seconds <= 0 or not name:
        return
    speed, known = round(tokens / seconds, 1), _measured()
    if name in known and known[name][0] >= speed:
        return
    known[name] = speed, _today()
    pace = {each: {"tokensPerSecond": best, "day": day.isoformat()} for each, (best, day) in known.items()}
    path = _file()
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(json.dumps({"machine": _machine(), "pace": pace}, indent=2), encoding="utf-8")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _choose(here: list[ModelEntry], speeds: dict[str, float]) -> Choice:
    ranked = sorted((entry for entry in here if entry.humaneval), key=lambda entry: -entry.humaneval)
    passed: list[str] = []
    for entry in ranked:
        speed, measured = _pace(entry, here, speeds)
        if short := short_of_memory(entry.size):
            passed.append(f"{entry.name} {short}")
        elif 0 < speed < USABLE:
            how = "writes" if measured else "would write about"
            passed.append(f"{entry.name} {how} {speed:.1f} tokens a second here, and {USABLE:.0f} are the least")
        else:
            return Choice(entry.name, "; ".join([_why(speed, measured), *passed]))
    fallback = next((entry.name for entry in manifest() if entry.shipped), "starter")
    why = "no larger model is installed; `planfirst models pull qwen2.5-coder-0.5b` gets one"
    return Choice(fallback, "; ".join([why if not ranked else "no larger model suits this machine", *passed]))


def _why(speed: float, measured: bool) -> str:
    if not speed:
        return "the best installed model that fits into memory; its pace here is not measured yet"
    pace = f"{speed:.1f} tokens a second, {'measured' if measured else 'expected by the pace of another'}"
    return f"the best installed model that this machine runs at a usable pace ({pace})"


def _pace(entry: ModelEntry, here: list[ModelEntry], speeds: dict[str, float]) -> tuple[float, bool]:
    """Tokens per second, 0 if nothing is known, and whether that was measured with this very model."""
    if entry.name in speeds:
        return speeds[entry.name], True
    known = [speeds[other.name] * other.size / entry.size for other in here if other.humaneval and other.name in speeds]
    return (min(known) if known else 0.0), False


def _file() -> Path:
    return data_folder() / "speeds.json"


def _machine() -> str:
    """A data folder may be carried, or shared, from machine to machine."""
    return f"{platform.node()} {platform.machine()} {psutil.cpu_count(logical=False)}"


def _measured() -> dict[str, tuple[float, date]]:
    """The best pace of each model on this machine in the last 30 days, and its day; an unreadable file has none."""
    try:
        data = json.loads(read_regular(_file(), _MOST_BYTES))
        found = data["pace"].items() if data["machine"] == _machine() else ()
        read = {str(name): (float(one["tokensPerSecond"]), date.fromisoformat(one["day"])) for name, one in found}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return {}
    return {name: (speed, day) for name, (speed, day) in read.items() if speed > 0 and _recent(day)}


def _recent(day: date) -> bool:
    return abs((_today() - day).days) <= _DAYS  # one from the future comes from a wrong clock


def _today() -> date:
    return date.today()
