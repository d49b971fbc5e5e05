"""Tries a model file: how fast it reads and writes a known text, and what it expects to follow in it.

Lives in a child process. Its figures are of llama.cpp alone: no sampling, no text, no pipes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import psutil

from planfirst.adapters.llama import LlamaModel
from planfirst.adapters.running import Pace, Running
from planfirst.core.errors import ModelRefused

_LEAST = 0.2  # seconds of a measurement, which is repeated until then: a small model reads the text in a millisecond
_TOGETHER = 64  # tokens whose logits are kept at a time: 40 MB with a vocabulary of 150,000


class Trial:
    """A loaded model and a text.

    Args:
        length: the most tokens of the text that are used; the model's window may hold fewer.
        scored: for `expected`, and then for nothing else.

    Raises:
        ModelError: llama.cpp cannot load it, or the text is too short for it.
    """

    def __init__(self, path: Path, text: str, length: int, running: Running, *, scored: bool = False) -> None:
        begun = time.perf_counter()
        self._model = LlamaModel(path, length + 64, running=running, scored=scored)
        self.loading = time.perf_counter() - begun
        import llama_cpp  # the model does it first, and says before how threads wait

        self._cpp = llama_cpp
        self.layers = self._model.gpu_layers
        trained = int(llama_cpp.llama_model_n_ctx_train(llama_cpp.llama_get_model(self._model.context)))
        self._tokens = self._model.content_tokens(text)[: min(length, trained or length)]
        self._memory = llama_cpp.llama_get_memory(self._model.context)
        self._running = running
        self._batch = llama_cpp.llama_batch_init(max(running.batch, _TOGETHER), 0, 1)
        if len(self._tokens) < 2:
            raise ModelRefused("trial-window", file=path.name)

    @property
    def resident(self) -> int:
        """The process' memory, in bytes."""
        return int(psutil.Process().memory_info().rss)

    def read(self, tokens: int) -> Pace:
        """Reads so many tokens of the text as one prompt; again and again while that takes next to no time."""
        wanted = self._tokens[:tokens]

        def once() -> None:
            self._forget(0)
            for at in range(0, len(wanted), self._running.batch):
                self._decode(wanted[at : at + self._running.batch], at)

        return self._timed(len(wanted), once)

    def write(self, tokens: int) -> Pace:
        """Takes so many tokens one by one, as if it had written them, after what was read last; else as `read`."""
        start = min(len(self._tokens) // 2, self._held())
        wanted = self._tokens[start : start + tokens]

        def once() -> None:
            self._forget(start)
            for n, token in enumerate(wanted):
                self._decode([token], start + n)

        return self._timed(len(wanted), once)

    def expected(self) -> tuple[list[int], list[float]]:
        """At each position but the last: the likeliest next token, and the log-likelihood of the true one."""
        self._forget(0)
        likeliest: list[int] = []
        likelihoods: list[float] = []
        for at in range(0, len(self._tokens) - 1, _TOGETHER):
            piece = self._tokens[at : at + _TOGETHER]
            self._decode(piece, at, every=True)
            for n, true in enumerate(self._tokens[at + 1 : at + 1 + len(piece)]):
                logits = self._logits(n)
                top = int(logits.argmax())
                total = float(np.exp(logits - logits[top]).sum(dtype=np.float64))
                likeliest.append(top)
                likelihoods.append(float(logits[true]) - float(logits[top]) - math.log(total))
        return likeliest, likelihoods

    def close(self) -> None:
        """Frees the model."""
        self._cpp.llama_batch_free(self._batch)
        self._model.close()

    def _held(self) -> int:
        return int(self._cpp.llama_memory_seq_pos_max(self._memory, 0)) + 1

    def _forget(self, kept: int) -> None:
        self._cpp.llama_memory_seq_rm(self._memory, 0, kept, -1)

    def _decode(self, tokens: Sequence[int], start: int, *, every: bool = False) -> None:
        batch = self._batch
        for n, token in enumerate(tokens):
            batch.token[n], batch.pos[n] = token, start + n
            batch.n_seq_id[n], batch.seq_id[n][0] = 1, 0
            batch.logits[n] = every or n == len(tokens) - 1
        batch.n_tokens = len(tokens)
        if (result := self._cpp.llama_decode(self._model.context, batch)) != 0:
            raise ModelRefused("trial-failed", status=result)

    def _logits(self, row: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        size = int(self._cpp.llama_vocab_n_tokens(self._model.vocab))
        return np.ctypeslib.as_array(self._cpp.llama_get_logits_ith(self._model.context, row), shape=(size,))

    @staticmethod
    def _timed(tokens: int, once: Callable[[], None]) -> Pace:
        wall, cpu, times = time.perf_counter(), time.process_time(), 0
        while not times or time.perf_counter() - wall < _LEAST:
            once()
            times += 1
        return Pace(tokens * times, time.perf_counter() - wall, time.process_time() - cpu)
