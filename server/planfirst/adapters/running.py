"""How a model file is run: what can be chosen besides the file itself, and changes its speed and never its answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Running:
    """The defaults are what serves most machines; docs/performance.md says why.

    Attributes:
        threads: 0 for what `adapters.llama.threads_for` thinks best.
        batch: the most tokens that are read at once.
        flash_attention: whether llama.cpp's fused attention is used.
        mmap: whether the file is mapped into memory, instead of read, where llama.cpp uses its weights as they are.
        gpu_layers: the most layers that are put onto graphics cards; those that have no room there are not.
    """

    threads: int = 0
    batch: int = 256
    flash_attention: bool = False
    mmap: bool = True
    gpu_layers: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """One measurement: ``tokens`` took ``wall`` seconds, and ``cpu`` seconds of all threads together."""

    tokens: int
    wall: float
    cpu: float
