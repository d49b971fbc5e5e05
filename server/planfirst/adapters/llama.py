"""A GGUF model on llama.cpp. Lives in the model process; plain synchronous code.

llama_cpp is imported when a model is loaded and not before: it is native code that can abort, and slow to import.
"""

from __future__ import annotations

import ctypes
import logging
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from planfirst.adapters.answer_tokens import AnswerTokens
from planfirst.adapters.chat_tokens import ChatTemplate
from planfirst.adapters.checksums import sha256_of
from planfirst.adapters.copying import Copying
from planfirst.adapters.cores import physical_cores
from planfirst.adapters.gguf_header import read_header
from planfirst.adapters.graphics import layers_on_cards
from planfirst.adapters.lane import Lane, Stop
from planfirst.adapters.llama_loading import computing, loaded
from planfirst.adapters.markers import Markers
from planfirst.adapters.roles import Roles, Weights
from planfirst.adapters.running import Running
from planfirst.core.errors import BadSetting, ModelRefused
from planfirst.core.types import Decoding, Prompt

log = logging.getLogger(__name__)
_LEAST_ROOM = 16  # an answer with fewer tokens than this is of no use to anybody
_AFTER_EXAMPLE = ("\n\nRequest:", "\n\nIn:\n", "\n\nPlan:")  # in the compact prompts, which models that copy read
_SIGNATURE = re.compile(r"^In:\n(?:.+\n)*(?:async )?def ", re.MULTILINE)  # likewise: names are given
LARGE = 50_000_000  # bytes; a model below this reads a batch in well under half a second on one core
# No fault here: the lanes share a cache, and none of them gets more than the model's window; a token of Qwen2.5-Coder's
# own vocabulary, which llama.cpp sets right by itself; what it says of a prompt that is cancelled while it is read; and
# that an adapter's matrices are not repacked as the model's are.
_HARMLESS = re.compile(
    r"possible training context overflow|control-looking token|removing memory module entries"
    r"|failed with error 1$|compute status: 1$|failed to decode, ret = 2$"
    r"|^llama_adapter_lora_init_impl: .* fallback to CPU$"
)
# On a processor the memory's bandwidth limits llama.cpp, and a few cores use it up; each further thread is only another
# to wait for after every operation. `planner.threads` may still ask for more.
_MOST_THREADS = 16
_PIECE = 256  # bytes; no token of any vocabulary is longer
_USUAL = Running()
_SPIN = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "1000"}  # GNU's OpenMP; LLVM's knows the first alone


class LlamaModel:
    """A loaded model, whose key-value caches keep the last prompts. It plays two roles (`adapters.roles`).

    Wherever an ``adapter`` is asked for, it is the file that makes a planner of the model; None is the model as it is.

    Args:
        path: the GGUF file; its header is checked before llama.cpp sees it.
        context: window in tokens.
        threads: more than 0 comes before what ``running`` says.
        lanes: how many answers can be written at once. They share a cache of twice the window.
        running: how it is run.
        scored: whether the logits of several tokens are asked for at once.
        drafts: whether tokens are guessed ahead; never for a model whose state cannot be taken back.
        base: the checksum for which adapters are made; of the file itself by default, and taken with the first adapter.

    Raises:
        ModelError: the file is missing, or is not a model that llama.cpp can load.
    """

    def __init__(
        self,
        path: Path,
        context: int,
        threads: int = 0,
        lanes: int = 1,
        running: Running = _USUAL,
        *,
        scored: bool = False,
        drafts: bool = True,
        base: Callable[[], str] | None = None,
    ) -> None:
        header = read_header(path)
        self._copies = header.copies
        wait_quietly()
        import llama_cpp

        self._cpp: Any = llama_cpp
        forward_log()
        llama_cpp.llama_backend_init()
        self.gpu_layers = layers_on_cards(llama_cpp, header, running)  # before the model takes their room
        running = replace(running, gpu_layers=self.gpu_layers)
        self._model: Any = loaded(llama_cpp, path, header, running, scored)
        self.threads = threads or min(running.threads, physical_cores()) or threads_for(header.size)
        params = computing(llama_cpp, running, self.threads)
        self.window = context
        self.vocab: Any = llama_cpp.llama_model_get_vocab(self._model)
        forgetful = llama_cpp.llama_model_is_recurrent(self._model) or llama_cpp.llama_model_is_hybrid(self._model)
        weights = Weights(
            llama_cpp,
            self._model,
            self.vocab,
            params,
            path.name,
            header,
            cache(base or partial(sha256_of, path)),
            context,
            self._piece,
            abortable=header.size > LARGE,
            drafts=drafts and not forgetful,
        )
        try:
            self._roles = Roles(weights, lanes)
        except ModelRefused:
            llama_cpp.llama_model_free(self._model)
            raise
        self._bos = int(llama_cpp.llama_vocab_bos(self.vocab))
        self._template = ChatTemplate(header.chat_template, self._special(self._bos), "")
        self._markers = Markers(header.chat_template, self._special, self._is_found)
        self._wants_bos = bool(llama_cpp.llama_vocab_get_add_bos(self.vocab))
        self._ends = [self._tokenise(text, False) for text in _AFTER_EXAMPLE]
        self._written = AnswerTokens(self._piece, self._is_control)
        self._answering: list[Lane] = []
        self._open = True

    @property
    def context(self) -> Any:
        """llama.cpp's context of the model as it is."""
        return self._roles.generator.context

    def count(self, texts: Sequence[str]) -> list[int]:
        """The length of each text in tokens, as content (no control tokens)."""
        return [len(self._tokenise(text, False)) for text in texts]

    def content_tokens(self, text: str) -> list[int]:
        """A text as content, as token ids."""
        return self._tokenise(text, False)

    def prompt_tokens(self, prompt: Prompt) -> list[int]:
        """The prompt in the model's chat format, as token ids."""
        tokens = self._template.tokens(prompt, self._tokenise, self._written.tokens)
        return [self._bos, *tokens] if self._wants_bos and tokens[:1] != [self._bos] else tokens

    def free(self, adapter: Path | None = None) -> int:
        """How many answers can be begun now in that role."""
        return self._roles.free(adapter)

    def begin(self, prompt: Prompt, decoding: Decoding, stop: Stop, adapter: Path | None = None) -> Lane:
        """Begins an answer in a free lane; `step` writes it.

        Raises:
            BadSetting: the prompt leaves no room for an answer, or the grammar is none.
            ModelError: the adapter is missing, damaged or another model's.
        """
        tokens = self.prompt_tokens(prompt)
        room = self.window - len(tokens)
        if room < _LEAST_ROOM:
            raise BadSetting("prompt-too-long", tokens=len(tokens), window=self.window)
        copying = None
        if self._copies:
            end = int(self._cpp.llama_vocab_eos(self.vocab))
            copying = Copying(tokens, self._ends, end, bool(_SIGNATURE.search(prompt.user)))
        limited = replace(decoding, max_tokens=min(decoding.max_tokens, room))
        lane = self._roles.lanes(adapter).begin(tokens, limited, stop, copying, is_turn=not prompt.begun)
        if adapter is None:  # a plan is no turn of a conversation
            self._answering.append(lane)
        return lane

    def step(self) -> Iterator[tuple[Lane, str]]:
        """Moves every answer on by a token, or by a piece of its prompt; yields what was written."""
        yield from self._roles.step()
        for lane in [lane for lane in self._answering if not lane.busy]:
            self._answering.remove(lane)
            self._written.keep(lane.text, lane.written)

    def end(self, lane: Lane) -> None:
        """Ends an answer, wherever it is."""
        self._roles.generator.lanes.end(lane)  # a lane ends alike in either role

    def stream(self, prompt: Prompt, decoding: Decoding, stop: Stop, adapter: Path | None = None) -> Iterator[str]:
        """The answer piece by piece; ends early, also while it reads the prompt, once ``stop`` says so.

        Raises:
            BadSetting, ModelError: as `begin` raises them.
        """
        for _, piece in self.stream_all([(prompt, decoding)], stop, adapter):
            yield piece

    def stream_all(
        self, asked: Sequence[tuple[Prompt, Decoding]], stop: Stop, adapter: Path | None = None
    ) -> Iterator[tuple[int, str]]:
        """Several answers at once, no more than there are lanes: which one, and its next piece. Else as `stream`."""
        lanes: list[Lane] = []
        try:
            for prompt, decoding in asked:
                lanes.append(self.begin(prompt, decoding, stop, adapter))
            while any(lane.busy for lane in lanes):
                for lane, piece in self.step():
                    yield lanes.index(lane), piece
        finally:
            for lane in lanes:
                self.end(lane)

    def warm(self, prompt: Prompt, adapter: Path | None = None) -> None:
        """Reads the part of a prompt that stays the same, so that the first real one starts sooner.

        Raises:
            ModelError: as `begin` raises it.
        """
        lanes = self._roles.lanes(adapter)
        lane = lanes.begin(self.prompt_tokens(prompt), None, lambda: False)
        while lane.busy:
            for _ in lanes.step():
                pass

    def forget_planner(self) -> None:
        """Frees what the planner's role needs, unless it is at work; it begins again when it is asked."""
        self._roles.forget()

    def close(self) -> None:
        """Frees the model."""
        if self._open:
            self._open = False
            self._roles.close()
            self._cpp.llama_model_free(self._model)

    def __del__(self) -> None:
        if getattr(self, "_open", False):
            self.close()

    def _tokenise(self, text: str, special: bool) -> list[int]:
        tokens = self._tokens_of(text, special)
        if special or not (markers := {token for token in tokens if token in self._markers}):
            return tokens
        pieces = self._markers.cut(text, markers)
        if len(pieces) == 1:  # it does not stand there as it is written
            return [token for token in tokens if token not in markers]
        return [token for piece in pieces for token in self._tokenise(piece, False)]

    def _tokens_of(self, text: str, special: bool) -> list[int]:
        if not text:
            return []
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        tokens = (self._cpp.llama_token * room)()
        used = self._cpp.llama_tokenize(self.vocab, data, len(data), tokens, room, False, special)
        return list(tokens[:used])

    def _piece(self, token: int, special: bool = False) -> bytes:
        buffer = ctypes.create_string_buffer(_PIECE)
        used = self._cpp.llama_token_to_piece(self.vocab, token, buffer, _PIECE, 0, special)
        return buffer.raw[: max(used, 0)]

    def _is_control(self, token: int) -> bool:
        return bool(self._cpp.llama_vocab_is_control(self.vocab, token))

    def _is_found(self, token: int) -> bool:
        return bool(self._cpp.llama_vocab_get_attr(self.vocab, token) & self._cpp.LLAMA_TOKEN_ATTR_USER_DEFINED)

    def _special(self, token: int) -> str:
        return self._piece(token, special=True).decode("utf-8", "replace") if token >= 0 else ""


def threads_for(size: int) -> int:
    """How many threads serve a model of ``size`` bytes best: the physical cores that this process may use, up to 16.

    One for a small model: a second thread makes it little faster, and much slower as soon as anything else runs, since
    llama.cpp's threads wait for each other after every operation.
    """
    return 1 if size <= LARGE else min(_MOST_THREADS, physical_cores())


def wait_quietly() -> None:
    """Has llama.cpp's threads sleep, instead of spin, soon after they begin to wait for each other.

    They wait after every operation. Where something else runs on one core, the threads on the others would burn
    milliseconds each time, and the whole model nearly stops (docs/performance.md). It is read when OpenMP is loaded, so
    it must be said before llama_cpp is imported; what the user's environment says is kept.
    """
    if not _SPIN.keys() & os.environ.keys():
        os.environ.update(_SPIN)


@cache  # llama.cpp calls it until the process ends, so it must never be collected
def forward_log() -> Any:
    """Sends llama.cpp's log to Python's."""
    import llama_cpp

    levels = {3: logging.WARNING, 4: logging.ERROR}  # ggml_log_level; its "info" is of no use to a user

    @llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]
    def forward(level: int, text: bytes, _: Any) -> None:
        said = text.decode("utf-8", "replace").rstrip()
        log.log(logging.DEBUG if _HARMLESS.search(said) else levels.get(level, logging.DEBUG), "%s", said)

    llama_cpp.llama_log_set(forward, None)
    return forward
