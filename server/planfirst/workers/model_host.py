"""A GGUF model in a child process. It answers requests side by side."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planfirst.adapters.checksums import sha256_of
from planfirst.adapters.running import Running
from planfirst.core.errors import ModelError, PlanfirstError
from planfirst.core.tools import Exchange, Tool, ToolCall
from planfirst.core.types import Decoding, Prompt
from planfirst.models.choice import remember
from planfirst.workers.host import Emit, Later, Method, Stop

if TYPE_CHECKING:
    from planfirst.adapters.lane import Lane
    from planfirst.adapters.llama import LlamaModel

log = logging.getLogger(__name__)
_FLUSH_SECONDS = 0.1  # pieces are gathered this long: a message for each token can cost more than the token
_LANES = 4  # answers at a time; with more of them each becomes so slow that the first is waited for too long

_SHARE = 0.5  # of the processor time that its threads could have had; with less, a pace tells of the others


@dataclass(eq=False)
class _Answer:
    """An answer in the making, or one that waits for a lane."""

    prompt: Prompt
    decoding: Decoding
    emit: Emit
    stop: Stop
    later: Later
    adapter: Path | None = None  # None for the model as it is
    waiting: list[str] = field(default_factory=list)
    sent: float = 0.0  # the first piece goes out at once
    left: int = 0  # tokens that could still be written when `begun` was set, or before
    begun: float = 0.0  # when the first token was there
    worked: float = 0.0  # seconds of processor time that this process had used by then

    def take(self, piece: str) -> None:
        self.waiting.append(piece)
        if time.monotonic() - self.sent >= _FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        if self.waiting:
            self.emit("".join(self.waiting))
            self.waiting.clear()
            self.sent = time.monotonic()


class ModelHost:
    """A GGUF model. ``open`` names the file, and is always the first request."""

    def __init__(self) -> None:
        self._model: LlamaModel | None = None
        self._path = Path()
        self._sha256 = ""  # of that file, where it is known
        self._running: dict[Lane, _Answer] = {}
        self._queue: deque[_Answer] = deque()
        self.methods: Mapping[str, Method] = {
            "open": self._open,
            "warm": self._warm,
            "forget_planner": lambda params, emit, stop: self._loaded().forget_planner(),
            "count": lambda params, emit, stop: self._loaded().count(params["texts"]),
            "stream": self._stream,
        }

    @property
    def busy(self) -> bool:
        """Whether there is an answer to move on."""
        return bool(self._running or self._queue)

    def step(self) -> None:
        """Advances every answer by a token, or by a piece of its prompt."""
        model = self._loaded()
        self._begin_waiting()
        try:
            for lane, piece in model.step():
                if lane in self._running:
                    self._running[lane].take(piece)
        except Exception as error:
            for lane, answer in self._running.items():
                model.end(lane)
                answer.later.fail(error)
            self._running.clear()
            raise
        now = time.monotonic()
        for lane, answer in list(self._running.items()):
            if not answer.begun and lane.left < answer.left:
                answer.left, answer.begun, answer.worked = lane.left, now, time.process_time()
            if not lane.busy:
                del self._running[lane]
                answer.flush()
                answer.later.finish(lane.is_cut)
                if answer.adapter is None:  # with an adapter it is slower, and `auto` chooses models as they are
                    self._note(answer.left - lane.left, now - answer.begun, time.process_time() - answer.worked)

    def _note(self, tokens: int, seconds: float, worked: float) -> None:
        """Records the speed of a finished answer, unless other programs took the processor meanwhile."""
        if not tokens or worked < _SHARE * seconds * self._loaded().threads:
            return
        try:
            remember(self._path, tokens, seconds)
        except OSError as error:
            log.debug("the pace is not kept: %s", error)

    def _open(self, params: dict[str, Any], emit: Emit, stop: Stop) -> None:
        from planfirst.adapters.llama import LlamaModel

        context, threads, original = params["context"], params["threads"], params["original"]
        self._path, self._sha256 = Path(original or params["path"]), params["sha256"]
        try:
            running = Running(**params["running"])
            self._model = LlamaModel(Path(params["path"]), context, threads, _LANES, running, base=self._base)
        except ModelError as error:
            if not original:
                raise
            log.warning("the fitted copy is not used: %s", error)
            self._model = LlamaModel(self._path, context, threads, _LANES, base=self._base)

    def _warm(self, params: dict[str, Any], emit: Emit, stop: Stop) -> None:
        if not self._running:  # else the model is warm, and somebody waits for it
            self._loaded().warm(Prompt(params["system"], ""), _adapter_in(params))

    def _base(self) -> str:
        return self._sha256 or sha256_of(self._path)

    def _stream(self, params: dict[str, Any], emit: Emit, stop: Stop) -> Later:
        wired, decoding = params["prompt"], params["decoding"]
        turns = tuple((asked, answered) for asked, answered in wired["turns"])
        tools = tuple(Tool(**one) for one in wired["tools"])
        exchanges = tuple(map(_exchange, wired["exchanges"]))
        prompt = Prompt(
            wired["system"], wired["user"], turns=turns, begun=wired["begun"], tools=tools, exchanges=exchanges
        )
        how = Decoding(**{**decoding, "stops": tuple(decoding["stops"])})
        answer = _Answer(prompt, how, emit, stop, Later(), _adapter_in(params))
        self._queue.append(answer)
        return answer.later

    def _begin_waiting(self) -> None:
        """Begins what can be begun. An answer waits for those of its own role that were asked for before it."""
        full: set[bool] = set()
        for answer in list(self._queue):
            planned = answer.adapter is not None
            if planned not in full and self._loaded().free(answer.adapter):
                self._queue.remove(answer)
                self._begin(answer)
            else:
                full.add(planned)

    def _begin(self, answer: _Answer) -> None:
        if answer.stop():
            answer.later.finish(None)
            return
        try:
            lane = self._loaded().begin(answer.prompt, answer.decoding, answer.stop, answer.adapter)
        except PlanfirstError as error:
            answer.later.fail(error)
            return
        answer.left = lane.left
        self._running[lane] = answer

    def _loaded(self) -> LlamaModel:
        assert self._model is not None  # the supervisor sends "open" first
        return self._model


def _adapter_in(params: Mapping[str, Any]) -> Path | None:
    return Path(params["adapter"]) if params.get("adapter") else None


def _exchange(wired: Mapping[str, Any]) -> Exchange:
    calls = tuple(ToolCall(**call) for call in wired["calls"])
    return Exchange(wired["turn"], wired["said"], calls, tuple(wired["results"]))
