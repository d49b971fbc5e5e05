"""Text embeddings by a BERT on llama.cpp: the vectors of sentence-transformers, without torch.

The model's own tokenizer makes the tokens. Texts of one batch lie one behind the other, with no padding between them.
Each thread has a context of its own and works on batches of its own: threads that share a batch would wait for each
other after every operation.
"""

from __future__ import annotations

import ctypes
import logging
import os
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planfirst.adapters.cores import physical_cores
from planfirst.adapters.llama import forward_log
from planfirst.core.errors import ModelRefused
from planfirst.embedders.bert_gguf import converted
from planfirst.embedders.bert_shape import BertShape, DoesNotFitError, bert_shape
from planfirst.embedders.model import EmbeddingModel
from planfirst.embedders.text import CHARS_PER_TOKEN, valid

_TOKENS = 256  # a batch; a longer one is no quicker, and attention looks at all of it
_SEQUENCES = 64
_TOKENISED = 64  # texts at a time
_TRY_SECONDS = 120
_MOST_THREADS = 8  # each has some 35 MB
Batch = list[tuple[int, list[int]]]  # rows of the answer, and the tokens of their texts


class LlamaEmbedder:
    """A BERT from a sentence-transformers folder, with the interface of `sbert.Embedder`.

    It is synchronous, and for one thread at a time.

    Args:
        found: the model, as `find.find_model` finds it.
        folder: where converted models are kept; it may not exist yet.
        threads: CPU threads for many texts; 0 takes the physical cores, at most 8. One text is read by one.

    Attributes:
        identity: the same as that of `sbert.Embedder`, since the vectors agree.
        dimension: length of a vector.

    Raises:
        DoesNotFitError: sentence-transformers would give other vectors, or the tokenizer and the weights do not fit.
        ModelRefused: llama.cpp cannot load the converted model.
        OSError: the converted model cannot be written.
    """

    def __init__(self, found: EmbeddingModel, folder: Path, *, threads: int = 0) -> None:
        shape = bert_shape(found.folder)
        self.identity = found.identity
        self.dimension = shape.width
        self._tokenizer = _tokenizer(found.folder, shape)
        self._prompt, self._query_prompt = shape.prompt, shape.query_prompt
        self._longest = shape.window * CHARS_PER_TOKEN
        self._room = _room(shape)
        self._model = _Model(converted(found.folder, shape, found.fingerprint, folder, _try))
        self._threads = threads or min(_MOST_THREADS, physical_cores())
        self._contexts = [_Context(self._model, self._room, shape.width)]

    def embed(
        self,
        texts: Sequence[str],
        *,
        progress: Callable[[int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> NDArray[np.float32]:
        """As `sbert.Embedder.embed`.

        Raises:
            CancelledError: ``stop`` returned True.
            ModelRefused: llama.cpp failed, for example for want of memory.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        done = 0
        for rows, found in self._encoded(self._batches(texts, self._prompt), stop or (lambda: False)):
            vectors[rows] = found / np.linalg.norm(found, axis=1, keepdims=True)
            done += len(rows)
            if progress:
                progress(done)
        return vectors

    def embed_query(self, query: str) -> NDArray[np.float32]:
        """As `sbert.Embedder.embed_query`; it raises what `embed` does."""
        ((_, found),) = map(self._contexts[0].encode, self._batches([query], self._query_prompt))
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)

    def _encoded(
        self, batches: Iterator[Batch], stop: Callable[[], bool]
    ) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
        """Rows and their vectors, in the order in which they are finished."""
        first = list(islice(batches, 2))
        if self._threads == 1 or len(first) < 2:
            for batch in chain(first, batches):
                if stop():
                    raise CancelledError
                yield self._contexts[0].encode(batch)
            return
        while len(self._contexts) < self._threads:
            self._contexts.append(_Context(self._model, self._room, self.dimension))
        idle = list(self._contexts)
        running: dict[Future[tuple[list[int], NDArray[np.float32]]], _Context] = {}
        with ThreadPoolExecutor(self._threads) as pool:
            for batch in chain(first, batches):
                if stop():
                    raise CancelledError
                context = idle.pop()
                running[pool.submit(context.encode, batch)] = context
                if not idle:
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        idle.append(running.pop(future))
                        yield future.result()
            for future in running:
                yield future.result()

    def _batches(self, texts: Sequence[str], prompt: str) -> Iterator[Batch]:
        by_length = sorted(range(len(texts)), key=lambda n: len(texts[n]))
        batch: Batch = []
        filled = 0
        for start in range(0, len(texts), _TOKENISED):
            rows = by_length[start : start + _TOKENISED]
            read = self._tokenizer.encode_batch_fast([prompt + valid(texts[n][: self._longest]) for n in rows])
            for row, encoding in zip(rows, read, strict=True):
                if batch and (filled + len(encoding.ids) > self._room or len(batch) == _SEQUENCES):
                    yield batch
                    batch, filled = [], 0
                batch.append((row, encoding.ids))
                filled += len(encoding.ids)
        if batch:
            yield batch


def _room(shape: BertShape) -> int:
    """Tokens of a batch. llama.cpp aborts where they are no multiple of the sequences."""
    return -(-max(_TOKENS, shape.window) // _SEQUENCES) * _SEQUENCES


def _try(path: Path, shape: BertShape) -> None:
    """Embeds something in a process of its own, since llama.cpp ends the process where a model does not suit it.

    Raises:
        DoesNotFitError: it did, or the vectors are no numbers.
    """
    command = [sys.executable, "-P", "-m", __name__, str(path), str(_room(shape)), str(shape.width)]
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter and module)
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TRY_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise DoesNotFitError(f"llama.cpp did not answer within {_TRY_SECONDS} seconds") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise DoesNotFitError(f"llama.cpp failed on it ({said[-1] if said else f'code {done.returncode}'})")


def _tokenizer(folder: Path, shape: BertShape) -> Any:
    from tokenizers import Tokenizer

    try:
        found = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # its native code raises nothing more particular
        raise DoesNotFitError(f"its tokenizer cannot be loaded ({error})") from error
    if max(found.get_vocab().values(), default=0) >= shape.vocabulary:
        raise DoesNotFitError("its tokenizer has more tokens than its weights")
    found.no_padding()
    found.enable_truncation(shape.window)
    if len(found.encode("").ids) != 2:
        raise DoesNotFitError("its tokenizer does not put a control token at either end")
    return found


class _Model:
    """The weights, which all contexts share."""

    def __init__(self, path: Path) -> None:
        import llama_cpp  # its AMX kernels, which crash, take no 16-bit weights

        forward_log()
        llama_cpp.llama_backend_init()
        params = llama_cpp.llama_model_default_params()
        params.n_gpu_layers = 0
        self.cpp: Any = llama_cpp
        with _quiet():
            self.pointer: Any = llama_cpp.llama_model_load_from_file(os.fsencode(path), params)
        if not self.pointer:
            raise ModelRefused("embedding-copy-broken", file=path.name)
        self.close = weakref.finalize(self, llama_cpp.llama_model_free, self.pointer)


class _Context:
    """A context in which one thread computes."""

    def __init__(self, model: _Model, room: int, width: int) -> None:
        self._model = model  # held, so that the weights outlive the context
        self._width = width
        self._cpp = cpp = model.cpp
        params = cpp.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = room
        params.n_seq_max = _SEQUENCES
        params.kv_unified = True
        params.n_threads = params.n_threads_batch = 1
        params.embeddings = True
        params.pooling_type = cpp.LLAMA_POOLING_TYPE_MEAN
        params.flash_attn_type = cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED
        params.offload_kqv = params.op_offload = False
        self._pointer: Any = cpp.llama_init_from_model(model.pointer, params)
        if not self._pointer:
            raise ModelRefused("embedding-out-of-memory")
        self._batch = cpp.llama_batch_init(room, 0, 1)
        self.close = weakref.finalize(self, _free, cpp, self._pointer, self._batch)

    def encode(self, batch: Batch) -> tuple[list[int], NDArray[np.float32]]:
        """The rows of the batch, and the mean of each text's token vectors, not yet of length one."""
        at = 0
        filled = self._batch
        for sequence, (_, tokens) in enumerate(batch):
            for position, token in enumerate(tokens):
                filled.token[at] = token
                filled.pos[at] = position
                filled.n_seq_id[at] = 1
                filled.seq_id[at][0] = sequence
                filled.logits[at] = 1
                at += 1
        filled.n_tokens = at
        if code := self._cpp.llama_encode(self._pointer, filled):
            raise ModelRefused("embedding-failed", status=code)
        vectors = np.empty((len(batch), self._width), dtype=np.float32)
        for sequence in range(len(batch)):
            found = self._cpp.llama_get_embeddings_seq(self._pointer, sequence)
            vectors[sequence] = np.ctypeslib.as_array(found, shape=(self._width,))
        return [row for row, _ in batch], vectors


@contextmanager
def _quiet() -> Iterator[None]:
    """llama.cpp warns that the file has no vocabulary, which is meant; its errors are heard."""
    told = logging.getLogger(forward_log.__module__)
    before = told.level
    told.setLevel(logging.ERROR)
    try:
        yield
    finally:
        told.setLevel(before)


def _free(cpp: Any, context: ctypes.c_void_p, batch: Any) -> None:
    cpp.llama_batch_free(batch)
    cpp.llama_free(context)


def _main(path: str, room: str, width: str) -> int:
    context = _Context(_Model(Path(path)), int(room), int(width))
    _, vectors = context.encode([(0, [1, 2, 3]), (1, [1] * (int(room) // 2))])
    return 0 if np.isfinite(vectors).all() and vectors.any(axis=1).all() else 1


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
