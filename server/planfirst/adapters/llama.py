"""A GGUF model on llama.cpp. Lives in the model process; plain synchronous code, one request at a time.

llama_cpp is imported when a model is loaded and not before: it is native code that can abort, and slow to import.
"""

from __future__ import annotations

import codecs
import logging
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from planfirst.adapters.amx import without_amx
from planfirst.adapters.chat_tokens import ChatTemplate
from planfirst.adapters.copying import Copying
from planfirst.adapters.gguf_header import read_header
from planfirst.adapters.sampler import Sampler
from planfirst.core.errors import BadSetting, ModelRefused
from planfirst.core.types import Decoding, Prompt

log = logging.getLogger(__name__)
_LEAST_ROOM = 16  # an answer with fewer tokens than this is of no use to anybody
_BATCH = 256
_AFTER_EXAMPLE = ("\n\nRequest:", "\n\nIn:\n", "\n\nPlan:")  # in the compact prompts, which models that copy read
_SIGNATURE = re.compile(r"^In:\n(?:.+\n)*(?:async )?def ", re.MULTILINE)  # likewise: names are given
_LARGE = 50_000_000  # bytes; a model below this reads a batch in well under half a second on one core


class LlamaModel:
    """A loaded model with one context, whose key-value cache keeps the last prompt.

    Args:
        path: the GGUF file; its header is checked before llama.cpp sees it.
        context: window in tokens.
        threads: 0 for what `threads_for` thinks best.

    Raises:
        ModelError: the file is missing, or is not a model that llama.cpp can load.
    """

    def __init__(self, path: Path, context: int, threads: int = 0) -> None:
        header = read_header(path)
        self._is_large = header.size > _LARGE
        self._copies = header.copies
        import llama_cpp

        self._cpp = llama_cpp
        forward_log()
        threads = threads or threads_for(header.size)
        try:
            with without_amx(llama_cpp, header.layer_types):
                self._llama: Any = llama_cpp.Llama(
                    model_path=str(path),
                    n_ctx=context,
                    n_batch=_BATCH,
                    n_ubatch=_BATCH,
                    n_threads=threads,
                    n_threads_batch=threads,
                    flash_attn=False,  # on a CPU it halves the speed of decoding; docs/log.md has the figures
                    verbose=False,
                )
        except (ValueError, RuntimeError, OSError) as error:
            raise ModelRefused(
                f"llama.cpp cannot load {path.name}: {error}.",
                "Check it with `planfirst models verify`, or choose another model.",
            ) from error
        self._vocab = self._llama._model.vocab
        self._template = ChatTemplate(header.chat_template, self._piece(self._llama.token_bos()), "")
        self._wants_bos = bool(llama_cpp.llama_vocab_get_add_bos(self._vocab))
        self._ends = [self._tokenise(text, False) for text in _AFTER_EXAMPLE]
        self._cached: list[int] = []  # the tokens whose state the key-value cache holds

    def count(self, texts: Sequence[str]) -> list[int]:
        """The length of each text in tokens, as content (no control tokens)."""
        return [len(self._tokenise(text, False)) for text in texts]

    def prompt_tokens(self, prompt: Prompt) -> list[int]:
        """The prompt in the model's chat format, as token ids."""
        tokens = self._template.tokens(prompt, self._tokenise)
        bos = self._llama.token_bos()
        return [bos, *tokens] if self._wants_bos and tokens[:1] != [bos] else tokens

    def stream(self, prompt: Prompt, decoding: Decoding, stop: Callable[[], bool]) -> Iterator[str]:
        """The answer piece by piece; ends early, also while it reads the prompt, once ``stop`` says so.

        Raises:
            BadSetting: the prompt leaves no room for an answer.
        """
        tokens = self.prompt_tokens(prompt)
        room = self._llama.n_ctx() - len(tokens)
        if room < _LEAST_ROOM:
            raise BadSetting(
                f"The prompt has {len(tokens)} tokens, and the model's window {self._llama.n_ctx()}.",
                "Lower the token budgets in the prompt settings, or choose a model with a larger window.",
            )
        if not self._read(tokens, stop):
            return
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        copying = None
        if self._copies:
            copying = Copying(tokens, self._ends, self._llama.token_eos(), bool(_SIGNATURE.search(prompt.user)))
        with Sampler(self._cpp, self._llama, decoding, copying) as sampler:
            for _ in range(min(decoding.max_tokens, room)):
                token = sampler.next()
                if self._cpp.llama_vocab_is_eog(self._vocab, token):
                    break
                piece = decoder.decode(self._llama.detokenize([token], prev_tokens=None))
                if piece:
                    yield piece
                if stop():
                    return
                self._llama.eval([token])
                self._cached.append(token)
        if tail := decoder.decode(b"", final=True):
            yield tail

    def warm(self, prompt: Prompt) -> None:
        """Reads the part of a prompt that stays the same, so that the first real one starts sooner."""
        self._read(self.prompt_tokens(prompt), lambda: False)

    def close(self) -> None:
        """Frees the model."""
        self._llama.close()

    def _read(self, tokens: list[int], stop: Callable[[], bool]) -> bool:
        """Evaluates the prompt, from the first token that the cache does not hold; False when it was stopped."""
        reused = 0
        for old, new in zip(self._cached, tokens[:-1], strict=False):  # the last token must give fresh logits
            if old != new:
                break
            reused += 1
        self._llama.n_tokens = reused  # eval drops what the cache holds beyond this
        del self._cached[reused:]
        with self._abortable(stop):
            for start in range(reused, len(tokens), _BATCH):
                if stop():
                    return False
                try:
                    self._llama.eval(tokens[start : start + _BATCH])
                except RuntimeError:
                    if stop():
                        return False
                    raise
                self._cached += tokens[start : start + _BATCH]
        return True

    @contextmanager
    def _abortable(self, stop: Callable[[], bool]) -> Iterator[None]:
        """llama.cpp asks ``stop`` between the operations of its graph.

        Only while a large model reads a prompt: one token, or a batch on a small model, takes too little time to be
        worth a call into Python per operation.
        """
        if not self._is_large:
            yield
            return
        callback = self._cpp.ggml_abort_callback(lambda _: stop())
        nothing = self._cpp.ggml_abort_callback()  # a null pointer
        self._cpp.llama_set_abort_callback(self._llama.ctx, callback, None)
        try:
            yield
        finally:
            self._cpp.llama_set_abort_callback(self._llama.ctx, nothing, None)

    def _tokenise(self, text: str, special: bool) -> list[int]:
        if not text:
            return []
        tokens: list[int] = self._llama.tokenize(text.encode("utf-8", "replace"), add_bos=False, special=special)
        return tokens

    def _piece(self, token: int) -> str:
        if token < 0:
            return ""
        text: bytes = self._llama.detokenize([token], special=True)
        return text.decode("utf-8", "replace")


def threads_for(size: int) -> int:
    """How many threads serve a model of ``size`` bytes best: the physical cores that this process may run on.

    One for a small model: a second thread makes it little faster, and much slower as soon as anything else runs, since
    llama.cpp's threads wait for each other after every operation.
    """
    return 1 if size <= _LARGE else physical_cores()


def physical_cores() -> int:
    """The physical cores that this process may run on, as far as they are known; at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(allowed, psutil.cpu_count(logical=False) or allowed))


@cache  # llama.cpp calls it until the process ends, so it must never be collected
def forward_log() -> Any:
    """Sends llama.cpp's log to Python's."""
    import llama_cpp

    levels = {3: logging.WARNING, 4: logging.ERROR}  # ggml_log_level; its "info" is of no use to a user

    @llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]
    def forward(level: int, text: bytes, _: Any) -> None:
        log.log(levels.get(level, logging.DEBUG), "%s", text.decode("utf-8", "replace").rstrip())

    llama_cpp.llama_log_set(forward, None)
    return forward
