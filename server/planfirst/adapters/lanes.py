"""Several answers at once: every lane is a sequence in one llama.cpp context, and one batch moves all of them on.

A new answer takes over what the cache already holds of its prompt, from whichever lane holds most of it, so answers
that share a prompt read it once. Lanes that write go before lanes that read, so a long prompt holds nobody up for
longer than one batch. It knows nothing of prompts, templates or models: tokens go in, text comes out.

Why: docs/decisions/0011-one-batch.md
"""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from planfirst.adapters.copying import Copying
from planfirst.adapters.drafting import SMALL, Drafting, Pace
from planfirst.adapters.lane import Lane, Stop, common, gains, patience
from planfirst.adapters.sampler import Sampler
from planfirst.adapters.stop_texts import StopTexts
from planfirst.core.types import Decoding

_NO_ROOM, _ABORTED = 1, 2  # what llama_decode returns


class Lanes:
    """The lanes of a context.

    Args:
        cpp: the llama_cpp module.
        context, vocab: its pointers.
        count: how many lanes there are.
        batch: the most tokens that are read at once.
        piece: the bytes of a token.
        drafts: whether tokens are guessed and read ahead of the choice, where few answers are written at a time.
        abortable: whether llama.cpp is asked, while it reads, to stop in the middle of a batch.
    """

    def __init__(
        self,
        cpp: Any,
        context: Any,
        vocab: Any,
        count: int,
        batch: int,
        piece: Callable[[int], bytes],
        abortable: bool,
        drafts: bool = True,
    ) -> None:
        self._cpp, self._context, self._vocab, self._piece = cpp, context, vocab, piece
        self._lanes = [Lane(n) for n in range(count)]
        self._most, self._abortable, self._drafts = batch, abortable, drafts
        self._batch = cpp.llama_batch_init(batch, 0, 1)
        self._memory = cpp.llama_get_memory(context)
        self._pace = Pace()
        self._clock = self._tokens = 0  # answers begun; tokens read and written

    @property
    def free(self) -> int:
        """How many answers can be begun now."""
        return sum(not lane.busy for lane in self._lanes)

    def begin(
        self,
        tokens: Sequence[int],
        decoding: Decoding | None,
        stop: Stop,
        copying: Copying | None = None,
        is_turn: bool = False,
    ) -> Lane:
        """Begins an answer, or with no ``decoding`` only the reading of a prompt, in a lane that is free.

        Args:
            is_turn: it belongs to a conversation, whose state is kept for longer.

        Raises:
            BadSetting: the grammar is not valid GBNF.
        """
        tokens = list(tokens)
        known = {lane: common(lane.held, tokens[:-1]) for lane in self._lanes}
        writing = [lane for lane in self._lanes if lane.busy and lane.writes]
        coming = {lane: common([*lane.held, *lane.todo[:-1]], tokens[:-1]) for lane in writing}
        idle = [lane for lane in self._lanes if not lane.busy]
        aside = decoding is not None and decoding.aside
        lane = max(idle, key=lambda one: (gains(one, known[one], aside), -patience(one, self._tokens)))
        sampler = Sampler(self._cpp, self._context, self._vocab, decoding, copying) if decoding else None
        best = max(self._lanes, key=lambda one: known[one])
        later = max(coming, key=lambda one: coming[one], default=None)
        lane.source = None
        if later is not None and coming[later] > known[best]:
            lane.source = later, coming[later]
            self._drop(lane, 0)
        elif known[best] > known[lane]:
            self._copy(best, lane, known[best])
        else:
            self._drop(lane, known[lane])
        self._forget_old(lane)
        self._clock += 1
        lane.todo = tokens[len(lane.held) :]
        lane.busy, lane.writes, lane.used = True, decoding is not None, self._clock
        lane.left, lane.is_cut, lane.is_turn = decoding.max_tokens if decoding else 0, False, is_turn
        lane.stop, lane.ending = stop, StopTexts(decoding.stops if decoding else ())
        lane.sampler, lane.written, lane.text = sampler, [], ""
        lane.drafting = Drafting(tokens) if self._drafts and lane.left > 1 and copying is None else None
        lane.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        return lane

    def end(self, lane: Lane) -> None:
        """Ends an answer; what it held stays in the cache until the lane or its room is needed."""
        lane.left_at = self._tokens if lane.busy else lane.left_at
        lane.busy, lane.todo, lane.source, lane.drafting = False, [], None, None
        if lane.sampler is not None:
            lane.sampler.close()
            lane.sampler = None

    def step(self) -> Iterator[tuple[Lane, str]]:
        """Moves every busy lane on; yields what was written, and ends the lanes that are done.

        Raises:
            RuntimeError: llama.cpp failed, or the cache is too small for what is begun.
        """
        for lane in self._lanes:
            if lane.busy and lane.stop():
                self.end(lane)
            elif lane.busy and lane.source is not None:
                self._join(lane)
        rows = self._rows()
        if not rows:
            return
        began = time.process_time()  # which other work on the machine hardly moves
        if not self._decode(rows):
            return
        if all(len(tokens) == 1 + len(lane.guessed) for lane, tokens in rows):
            self._pace.took(sum(len(tokens) for _, tokens in rows), time.process_time() - began)
        end = 0
        for lane, tokens in rows:
            end += len(tokens)
            self._tokens += len(tokens)
            lane.held += tokens
            del lane.todo[: len(tokens)]
            if not lane.todo:
                yield from self._follow(lane, end - 1 - len(lane.guessed))

    def close(self) -> None:
        """Frees what belongs to the lanes; the context stays."""
        for lane in self._lanes:
            self.end(lane)
        self._cpp.llama_batch_free(self._batch)

    def _follow(self, lane: Lane, logits: int) -> Iterator[tuple[Lane, str]]:
        """Chooses the next token of a lane, and those behind it for as long as they were guessed right."""
        guessed, lane.guessed = lane.guessed, []
        right = 0
        yield from self._choose(lane, logits)
        while lane.busy and right < len(guessed) and lane.todo == guessed[right : right + 1]:
            right += 1
            yield from self._choose(lane, logits + right)
        if guessed:
            self._drop(lane, len(lane.held) - len(guessed) + right)
            if lane.drafting is not None:
                lane.drafting.learn(len(guessed), right)

    def _choose(self, lane: Lane, logits: int) -> Iterator[tuple[Lane, str]]:
        """Chooses the next token of a lane whose prompt is read."""
        if lane.sampler is None or lane.left <= 0:
            self.end(lane)
            return
        token = lane.sampler.next(logits)
        if lane.drafting is not None:
            lane.drafting.accept(token)
        over = bool(self._cpp.llama_vocab_is_eog(self._vocab, token))
        text, met = lane.ending.taken("" if over else lane.decoder.decode(self._piece(token)))
        lane.left -= 1
        if not over:
            lane.written.append(token)
        lane.is_cut = not over and not met and lane.left <= 0
        if over or met or lane.left <= 0:
            if not met:
                text += lane.ending.taken(lane.decoder.decode(b"", final=True), final=True)[0]
            self.end(lane)
        else:
            lane.todo = [token]
        if text:
            lane.text += text
            yield lane, text

    def _rows(self) -> list[tuple[Lane, list[int]]]:
        """What goes into the next batch: a token of each lane that writes, then as much of the prompts as fits."""
        ready = [lane for lane in self._lanes if lane.busy and lane.todo and lane.source is None]
        ready.sort(key=lambda lane: (len(lane.todo) > 1, lane.used))
        rows, room = [], self._most
        for lane in ready:
            if room:
                rows.append((lane, lane.todo[:room]))
                room -= len(rows[-1][1])
        if all(len(tokens) == 1 for _, tokens in rows):
            self._guess([lane for lane, _ in rows])
        return [(lane, tokens + lane.guessed) for lane, tokens in rows]

    def _guess(self, lanes: Sequence[Lane]) -> None:
        """Has lanes guess what is likely to follow the one token that each of them has, as long as a batch stays small.

        Nothing is guessed before the first token of an answer, for which somebody waits: an answer that is begun with
        code ends as that code does in the prompt, and there the prompt goes on with something else.
        """
        size = len(lanes)
        for lane in lanes:
            if lane.drafting is not None and lane.written and size < min(SMALL, self._most):
                guess = lane.drafting.guess()[: min(lane.left - 1, min(SMALL, self._most) - size)]
                lane.guessed = guess if self._pace.pays(len(lanes), size + len(guess)) else []
                size += len(lane.guessed)

    def _decode(self, rows: Sequence[tuple[Lane, list[int]]]) -> bool:
        """Lets llama.cpp read one batch; False when it was stopped, and nothing of it counts."""
        n = 0
        for lane, tokens in rows:
            for at, token in enumerate(tokens):
                self._batch.token[n], self._batch.pos[n] = token, len(lane.held) + at
                self._batch.n_seq_id[n], self._batch.seq_id[n][0] = 1, lane.number
                self._batch.logits[n] = len(lane.todo) - 1 <= at and len(tokens) >= len(lane.todo)
                n += 1
        self._batch.n_tokens = n
        reading = self._abortable and any(len(tokens) > 1 and not lane.guessed for lane, tokens in rows)
        with self._asked([lane.stop for lane, _ in rows] if reading else []):
            result = self._cpp.llama_decode(self._context, self._batch)
            while result == _NO_ROOM and self._make_room():
                result = self._cpp.llama_decode(self._context, self._batch)
        if result == 0:
            return True
        for lane, _ in rows:
            self._cpp.llama_memory_seq_rm(self._memory, lane.number, len(lane.held), -1)
            lane.guessed = []
        if result == _ABORTED:
            return False
        for lane, _ in rows:
            self.end(lane)
        raise RuntimeError(f"llama_decode returned {result}")

    def _forget_old(self, begun: Lane) -> None:
        """Forgets what idle lanes hold and nobody has come back to."""
        for lane in self._lanes:
            if lane is not begun and not lane.busy and patience(lane, self._tokens) < 0:
                self._drop(lane, 0)

    def _make_room(self) -> bool:
        """Forgets what the idle lane that was used least recently holds."""
        if not (idle := [lane for lane in self._lanes if not lane.busy and lane.held]):
            return False
        self._drop(min(idle, key=lambda lane: lane.used), 0)
        return True

    def _join(self, lane: Lane) -> None:
        """Takes over what the lane it waits for has read, once that is done, or goes on alone."""
        assert lane.source is not None  # who calls has looked
        source, wanted = lane.source
        prompt = [*lane.held, *lane.todo]
        shared = common(source.held, prompt[:wanted])
        if shared < wanted and source.busy and len(source.held) < wanted:
            return
        self._copy(source, lane, shared)
        lane.todo, lane.source = prompt[shared:], None

    def _drop(self, lane: Lane, kept: int) -> None:
        self._cpp.llama_memory_seq_rm(self._memory, lane.number, kept, -1)
        del lane.held[kept:]

    def _copy(self, source: Lane, lane: Lane, length: int) -> None:
        self._drop(lane, 0)
        self._cpp.llama_memory_seq_cp(self._memory, source.number, lane.number, 0, length)
        lane.held = source.held[:length]

    @contextmanager
    def _asked(self, stops: Sequence[Stop]) -> Iterator[None]:
        """llama.cpp asks between the operations of its graph whether one of the lanes is to stop."""
        if not stops:
            yield
            return
        callback = self._cpp.ggml_abort_callback(lambda _: any(stop() for stop in stops))
        nothing = self._cpp.ggml_abort_callback()  # a null pointer
        self._cpp.llama_set_abort_callback(self._context, callback, None)
        try:
            yield
        finally:
            self._cpp.llama_set_abort_callback(self._context, nothing, None)
