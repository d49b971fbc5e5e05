"""A model file on trial: a child process makes, judges or measures it, then ends."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planfirst.adapters.running import Running
from planfirst.workers.host import Emit, Method, Stop
from planfirst.workers.priority import yield_to_others

if TYPE_CHECKING:
    from planfirst.adapters.trial import Trial


class TrialHost:
    """Serves one model file; ``open`` loads nothing."""

    busy = False  # every answer is there when it is asked for

    def step(self) -> None:
        """Nothing is promised for later."""

    def __init__(self) -> None:
        logging.getLogger("planfirst.adapters.llama").setLevel(logging.ERROR)  # it is loaded dozens of times
        self._trial: Trial | None = None
        self.methods: Mapping[str, Method] = {
            "open": lambda params, emit, stop: None,
            "make": self._make,
            "judge": self._judge,
            "load": self._load,
            "read": lambda params, emit, stop: asdict(self._loaded().read(params["tokens"])),
            "write": lambda params, emit, stop: asdict(self._loaded().write(params["tokens"])),
        }

    def _make(self, params: dict[str, Any], emit: Emit, stop: Stop) -> None:
        from planfirst.adapters.cores import physical_cores
        from planfirst.adapters.llama import forward_log
        from planfirst.models.quantise import quantise

        yield_to_others()
        forward_log()
        source, target = Path(params["source"]), Path(params["target"])
        quantise(source, target, physical_cores(), params["kind"], eight_bit_embedding=False, again=True)

    def _judge(self, params: dict[str, Any], emit: Emit, stop: Stop) -> tuple[list[int], list[float]]:
        return self._open(params, scored=True).expected()

    def _load(self, params: dict[str, Any], emit: Emit, stop: Stop) -> dict[str, float]:
        self._trial = self._open(params)
        self._trial.read(params["length"])  # memory counts once it was used
        return {"loading": self._trial.loading, "resident": self._trial.resident, "layers": self._trial.layers}

    @staticmethod
    def _open(params: dict[str, Any], *, scored: bool = False) -> Trial:
        from planfirst.adapters.trial import Trial

        running = Running(**params["running"])
        return Trial(Path(params["path"]), params["text"], params["length"], running, scored=scored)

    def _loaded(self) -> Trial:
        assert self._trial is not None  # who asks has sent "load" first
        return self._trial
