"""How fast several answers are written at once, in tokens a second: `batches.py MODEL.gguf …`.

Each answer follows the same prompt of 272 tokens, as candidates do. Unified is one cache for all, as Planfirst has it.
"""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path
from typing import Any

from planfirst.adapters.llama import threads_for, wait_quietly

PROMPT, WRITTEN, WINDOW, BATCH = 272, 24, 8192, 256  # tokens
ANSWERS = (1, 4, 8)


class Sequences:
    """Some sequences of a context, each behind the same prompt.

    Args:
        cpp: the llama_cpp module.
        model: llama.cpp's pointer.
    """

    def __init__(self, cpp: Any, model: Any, count: int, flash: bool, unified: bool, threads: int) -> None:
        params = cpp.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch, params.n_seq_max = WINDOW, BATCH, BATCH, count
        params.n_threads = params.n_threads_batch = threads
        params.flash_attn_type, params.kv_unified = int(flash), unified
        self._cpp, self._count = cpp, count
        self._context = cpp.llama_init_from_model(model, params)
        self._batch = cpp.llama_batch_init(BATCH, 0, 1)

    def seconds(self, tokens: list[int]) -> tuple[float, float]:
        """How long the prompt takes to be read, and the answers to be written."""
        began = time.perf_counter()
        for at in range(0, PROMPT, BATCH):
            self._decode([(token, at + n, 0) for n, token in enumerate(tokens[at : min(at + BATCH, PROMPT)])])
        read = time.perf_counter() - began
        memory = self._cpp.llama_get_memory(self._context)
        for other in range(1, self._count):
            self._cpp.llama_memory_seq_cp(memory, 0, other, -1, -1)
        began = time.perf_counter()
        for at in range(PROMPT, PROMPT + WRITTEN):
            self._decode([(tokens[at + other], at, other) for other in range(self._count)])
        return read, time.perf_counter() - began

    def close(self) -> None:
        """Frees the context."""
        self._cpp.llama_batch_free(self._batch)
        self._cpp.llama_free(self._context)

    def _decode(self, rows: list[tuple[int, int, int]]) -> None:
        for n, (token, position, sequence) in enumerate(rows):
            self._batch.token[n], self._batch.pos[n] = token, position
            self._batch.n_seq_id[n], self._batch.seq_id[n][0] = 1, sequence
            self._batch.logits[n] = position >= PROMPT or n == len(rows) - 1
        self._batch.n_tokens = len(rows)
        if self._cpp.llama_decode(self._context, self._batch):
            raise RuntimeError("llama.cpp could not read the batch")


def main() -> None:
    wait_quietly()
    import llama_cpp

    silent = llama_cpp.llama_log_callback(lambda *_: None)
    llama_cpp.llama_log_set(silent, None)
    llama_cpp.llama_backend_init()
    text = Path(__file__).read_bytes()
    for name in sys.argv[1:]:
        params = llama_cpp.llama_model_default_params()
        params.use_mmap = False
        model = llama_cpp.llama_model_load_from_file(name.encode(), params)
        room = (llama_cpp.llama_token * len(text))()
        vocab = llama_cpp.llama_model_get_vocab(model)
        used = llama_cpp.llama_tokenize(vocab, text, len(text), room, len(text), False, False)
        threads = threads_for(Path(name).stat().st_size)
        for flash, unified, count in itertools.product((False, True), (True, False), ANSWERS):
            one = Sequences(llama_cpp, model, count, flash, unified, threads)
            read, write = one.seconds(list(room[:used]))
            one.close()
            how = f"{'flash attention, ' if flash else ''}{'one cache' if unified else 'a cache each'}"
            paces = f"{count * WRITTEN / write:.0f} written, {PROMPT / read:.0f} read"
            print(f"{Path(name).name}, {how}, {count} at once: {paces}")
        llama_cpp.llama_model_free(model)


if __name__ == "__main__":
    main()
