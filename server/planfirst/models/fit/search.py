"""The search: layouts, a graphics card, threads, batch, flash attention, mmap; each against the best so far.

Two sides are loaded beside each other and measured in turn, A, B, A, B, so that whatever else the machine does falls on
both. What is decided is written down at once: a run that is cancelled, or out of time, loses the trial in hand, and the
next one goes on behind it.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from planfirst.adapters.gguf_header import read_header
from planfirst.adapters.running import Pace, Running
from planfirst.core.errors import ModelError, ModelRefused, WorkerError
from planfirst.models import fitted
from planfirst.models.fit.verdict import LOSS, ROUNDS, Duel, Expected, Quality, Round

LAYOUTS = {"Q4_0": "q4_0", "IQ4_NL": "iq4_nl", "Q4_K_M": "q4_k_m", "Q8_0": "q8_0"}  # and what `quantise` calls them
TOKENS = 512  # of the text, on which the quality is judged
_READ, _READ_LONG, _WRITTEN = 128, 512, 12  # tokens in one measurement; the long one tells batches apart
_BATCHES = (128, 512)
_EVERY = 1024  # layers; no model has as many
_SMALLER = 0.9  # of the memory: for that a file is read instead of mapped
_ROOM = 256 << 20  # bytes that stay free on the disk


class Loaded(Protocol):
    """A loaded model. ``loading`` is in seconds, ``resident`` the bytes of its process, ``layers`` those on cards."""

    loading: float
    resident: int
    layers: int

    async def read(self, tokens: int) -> Pace:
        """Reads so many tokens as one prompt."""
        ...

    async def write(self, tokens: int) -> Pace:
        """Takes so many tokens one by one."""
        ...


class Trials(Protocol):
    """What makes and measures models, in child processes."""

    async def make(self, source: Path, target: Path, kind: str) -> None:
        """Writes a copy in another layout."""
        ...

    async def expected(self, path: Path, tokens: int) -> Expected:
        """What a model expects of the text."""
        ...

    def loaded(self, path: Path, running: Running, tokens: int) -> AbstractAsyncContextManager[Loaded]:
        """A loaded model, to be measured."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """One trial.

    Attributes:
        tried: what was tried.
        kept: whether it is better than what was best before.
        says: what came of it, as a sentence.
        lasting: whether the next run need not try it again.
    """

    tried: str
    kept: bool
    says: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    lasting: bool = True

    def figure(self) -> dict[str, Any]:
        """As it is written down."""
        return {"tried": self.tried, "kept": self.kept, "says": self.says, **self.figures}


_Trial = Coroutine[Any, Any, Outcome | None]
_Compare = Callable[[str, Running], _Trial]


class Search:
    """Fits one model file.

    Args:
        model: the original, which is only read.
        threads: the numbers of threads to try; the first is what is used without a fit.
        left: the seconds that are left.
        loss: the most nats a token that a copy may lose.
        begins: told what is tried now; ``decided``: what came of it.
    """

    def __init__(
        self,
        model: Path,
        trials: Trials,
        threads: tuple[int, ...],
        left: Callable[[], float],
        begins: Callable[[str], None],
        decided: Callable[[Outcome], None],
        loss: float = LOSS,
    ) -> None:
        self._model, self._trials, self._threads = model, trials, threads
        self._left, self._begins, self._decided, self._loss = left, begins, decided, loss
        self._layout = read_header(model).file_type_name or "its own layout"
        self._copy = fitted.copy_of(model)
        self._original: Expected | None = None

    async def run(self, anew: bool = False) -> tuple[fitted.Fitted, bool]:
        """What is best, and whether all was tried; goes on where the last run stopped unless it is to begin anew.

        Raises:
            ModelError: the copy cannot be written.
            PlanfirstError: the original itself cannot be run.
        """
        try:
            self._best = await asyncio.to_thread(self._before, anew)
            layouts = {f"layout {layout}": layout for layout in LAYOUTS if layout != self._layout}
            if not layouts.keys() <= self._tried():
                self._begins("the original")
                self._original = await self._trials.expected(self._model, TOKENS)
            for tried, layout in layouts.items():
                await self._try(tried, self._as_layout(tried, layout))
            for tried, running, compare in self._ways():
                await self._try(tried, compare(tried, running))
        except OSError as error:
            raise ModelError("folder-not-written", folder=self._copy.parent, reason=error.strerror or error) from error
        wanted = layouts.keys() | {tried for tried, _, _ in self._ways()}
        return self._best, wanted <= self._tried()

    def _before(self, anew: bool) -> fitted.Fitted:
        """Where the last run stopped, or a beginning."""
        found = fitted.check(self._model)
        if found.fitted is not None and not anew:
            return found.fitted
        fitted.remove(self._model)
        self._copy.parent.mkdir(parents=True, exist_ok=True)
        return fitted.Fitted(fitted.File.of(self._model), self._layout, None, Running())

    def _tried(self) -> set[str]:
        return {str(figure.get("tried")) for figure in self._best.figures}

    def _ways(self) -> Iterator[tuple[str, Running, _Compare]]:
        """What is tried once the layout is known; each stands on what was decided before."""
        yield "graphics card", replace(self._best.running, gpu_layers=_EVERY), self._by_card
        for count in self._threads[1:]:
            yield f"threads {count}", replace(self._best.running, threads=count), self._by_clock
        for batch in _BATCHES:
            yield f"batch {batch}", replace(self._best.running, batch=batch), self._by_processor
        yield "flash attention", replace(self._best.running, flash_attention=True), self._by_processor
        yield "no mmap", replace(self._best.running, mmap=False), self._by_memory

    async def _try(self, tried: str, trial: _Trial) -> None:
        """Runs a trial that was not run yet, if there is time for it."""
        if tried in self._tried() or self._left() <= 0:
            trial.close()
            return
        self._begins(tried)
        try:
            async with asyncio.timeout(self._left()):
                outcome = await trial
        except TimeoutError:
            return
        except (ModelRefused, WorkerError) as error:  # llama.cpp cannot do it, or died of it
            outcome = Outcome(tried, False, error.what)
        if outcome is None:
            return
        if outcome.lasting:
            self._best = replace(self._best, figures=(*self._best.figures, outcome.figure()))
            fitted.write(self._model, self._best)
        self._decided(outcome)

    async def _as_layout(self, tried: str, layout: str) -> Outcome | None:
        assert self._original is not None  # `run` has asked it
        kind = LAYOUTS[layout]
        aside = self._copy.with_name(f".{self._copy.stem}.{kind}.part")
        try:
            self._make_room(kind)
            try:
                await self._trials.make(self._model, aside, kind)
            except (ModelRefused, WorkerError) as error:  # the disk may have become full, so this does not last
                return Outcome(tried, False, error.what, lasting=False)
            quality = Quality.of(self._original, await self._trials.expected(aside, TOKENS))
            figures: dict[str, Any] = {
                "size": aside.stat().st_size,
                "agreement": round(quality.agreement, 4),
                "loss": round(quality.loss, 4),
            }
            near = f"the same token in {quality.agreement:.1%} of positions, {quality.loss:+.3f} nats lost"
            if not quality.equal(self._loss):
                return Outcome(tried, False, f"Not as good as the original: {near}.", figures)
            duel = await self._duel(aside, self._best.running, wall=False)
            if not duel.decided:
                return None
            if duel.won:
                aside.replace(self._copy)
                copy = await asyncio.to_thread(fitted.File.of, self._copy)
                self._best = replace(self._best, layout=layout, copy=copy)
            return Outcome(tried, duel.won, f"{_said(duel)} ({near}).", figures | duel.figure())
        finally:
            for left in (aside, aside.with_name(f"{aside.name}.partial")):
                with suppress(OSError):
                    left.unlink(missing_ok=True)

    async def _by_card(self, tried: str, running: Running) -> Outcome | None:
        async with self._trials.loaded(self._path, running, _READ) as one:
            layers = one.layers
        if not layers:
            return Outcome(tried, False, "llama.cpp knows none here, or no layer has room.")
        on_cards = replace(running, gpu_layers=layers)
        return self._judged(tried, on_cards, await self._duel(self._path, on_cards, wall=True))

    async def _by_clock(self, tried: str, running: Running) -> Outcome | None:
        return self._judged(tried, running, await self._duel(self._path, running, wall=True))

    async def _by_processor(self, tried: str, running: Running) -> Outcome | None:
        length = _READ_LONG if running.batch != self._best.running.batch else _READ
        on_cards = running.gpu_layers > 0  # whose time is not the processor's
        return self._judged(tried, running, await self._duel(self._path, running, wall=on_cards, length=length))

    async def _by_memory(self, tried: str, running: Running) -> Outcome:
        figures = []
        for each in (self._best.running, running):
            async with self._trials.loaded(self._path, each, _READ) as one:
                figures.append((one.resident, one.loading))
        (mapped, _), (read, loading) = figures
        kept = read <= _SMALLER * mapped
        if kept:
            self._best = replace(self._best, running=running)
        says = f"{read >> 20} MB of memory instead of {mapped >> 20}, loaded in {loading:.1f} s."
        return Outcome(tried, kept, says, {"resident": [mapped, read]})

    def _judged(self, tried: str, running: Running, duel: Duel) -> Outcome | None:
        if not duel.decided:
            return None
        if duel.won:
            self._best = replace(self._best, running=running)
        return Outcome(tried, duel.won, f"{_said(duel)}.", duel.figure())

    async def _duel(self, path: Path, running: Running, *, wall: bool, length: int = _READ) -> Duel:
        """The best so far against another one; the first round only warms both up."""
        before: list[Round] = []
        after: list[Round] = []
        async with (
            self._trials.loaded(self._path, self._best.running, length) as one,
            self._trials.loaded(path, running, length) as other,
        ):
            for n in range(ROUNDS + 1):
                reads = await one.read(length), await other.read(length)
                writes = await one.write(_WRITTEN), await other.write(_WRITTEN)
                if n:
                    before.append(Round(reads[0], writes[0]))
                    after.append(Round(reads[1], writes[1]))
        return Duel(before, after, wall)

    @property
    def _path(self) -> Path:
        return self._copy if self._best.copy else self._model

    def _make_room(self, kind: str) -> None:
        """Asks for room on the disk before it is needed: twice as much for eight bits as a file of four may have."""
        needed = int(self._model.stat().st_size * (2.1 if kind == "q8_0" else 1.2)) + _ROOM
        free = shutil.disk_usage(self._copy.parent).free
        if free < needed:
            raise ModelError(
                "disk-full",
                file=self._copy.name,
                needed=needed >> 20,
                free=free >> 20,
                folder=self._copy.parent,
                variable="PLANFIRST_HOME",
            )


def _said(duel: Duel) -> str:
    figure = duel.figure()
    (read, reads), (wrote, writes) = figure["read"], figure["written"]
    time = "a second" if duel.wall else "a second of the processor"
    return f"Reads {reads:g} tokens {time} instead of {read:g}, writes {writes:g} instead of {wrote:g}"
