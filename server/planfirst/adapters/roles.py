"""The roles that one loaded model plays: the generator, which is the model as it is, and the planner with its adapter.

Each has a llama.cpp context of its own on the weights that they share, so neither forgets what it has read when the
other is asked. The planner's begins when it is first asked.

Why: docs/decisions/0041-one-model-two-roles.md
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planfirst.adapters.gguf_header import GgufHeader
from planfirst.adapters.lane import Lane
from planfirst.adapters.lanes import Lanes
from planfirst.adapters.lora_file import LoraFile, check_fits, read_lora
from planfirst.core.errors import ModelMissing, ModelRefused

_PLANS = 1  # plans at a time: each lane more would have to be given room in the cache, and plans are short


@dataclass(frozen=True, slots=True)
class Weights:
    """A loaded model, and how contexts on it are made.

    Attributes:
        cpp: the llama_cpp module.
        model, vocab, params: llama.cpp's; the last are those of a context, whose size is each role's own.
        header: of the loaded file.
        base: the checksum of the model's original; asked for only when it is needed.
        window: in tokens.
        piece, abortable, drafts: as `Lanes` wants them.
    """

    cpp: Any
    model: Any
    vocab: Any
    params: Any
    name: str
    header: GgufHeader
    base: Callable[[], str]
    window: int
    piece: Callable[[int], bytes]
    abortable: bool
    drafts: bool


class Role:
    """A context on a model's weights, and the lanes in it; they share a cache of twice the window, and one is alone.

    Args:
        adapter: llama.cpp's pointer; it belongs to the role from now on.

    Raises:
        ModelRefused: there is not enough memory.
    """

    def __init__(self, on: Weights, lanes: int, adapter: Any = None) -> None:
        self._cpp, self._adapter = on.cpp, adapter
        on.params.n_ctx = on.window if lanes == 1 else on.window * 2
        on.params.n_seq_max, on.params.kv_unified = lanes, True
        self.context: Any = on.cpp.llama_init_from_model(on.model, on.params)
        if not self.context:
            self._free_adapter()
            raise ModelRefused("model-out-of-memory", file=on.name)
        if adapter is not None:
            one = (on.cpp.llama_adapter_lora_p_ctypes * 1)(adapter)
            on.cpp.llama_set_adapters_lora(self.context, one, 1, (ctypes.c_float * 1)(1.0))
        self.lanes = Lanes(
            on.cpp,
            self.context,
            on.vocab,
            lanes,
            on.params.n_batch,
            on.piece,
            abortable=on.abortable,
            drafts=on.drafts,
        )

    def close(self) -> None:
        """Frees the context, and the adapter."""
        self.lanes.close()
        self._cpp.llama_free(self.context)
        self._free_adapter()

    def _free_adapter(self) -> None:
        if self._adapter is not None:
            self._cpp.llama_adapter_lora_free(self._adapter)


class Roles:
    """Both roles; wherever an ``adapter`` is asked for, None stands for the generator.

    Raises:
        ModelRefused: there is not enough memory.
    """

    def __init__(self, on: Weights, lanes: int) -> None:
        self._on = on
        self.generator = Role(on, lanes)
        self._planner: Role | None = None
        self._used: LoraFile | None = None

    def free(self, adapter: Path | None) -> int:
        """How many answers can be begun in a role now; none while the planner still works with another adapter."""
        if adapter is None:
            return self.generator.lanes.free
        if self._planner is None:
            return _PLANS
        free = self._planner.lanes.free
        return free if free == _PLANS or self._is_used(adapter) else 0

    def lanes(self, adapter: Path | None) -> Lanes:
        """The lanes of a role that has a free one; it begins now if it is the planner's, and another adapter's ends.

        Raises:
            ModelMissing, ModelRefused: there is no such adapter, it is damaged or another model's, or memory is short.
        """
        if adapter is None:
            return self.generator.lanes
        lora = read_lora(adapter)
        if self._planner is None or lora is not self._used:
            self.forget()
            self._planner, self._used = Role(self._on, _PLANS, self._load(lora)), lora
        return self._planner.lanes

    def step(self) -> Iterator[tuple[Lane, str]]:
        """Moves the answers of both roles on by a token, or by a piece of their prompts; yields what was written."""
        yield from self.generator.lanes.step()
        if self._planner is not None:
            yield from self._planner.lanes.step()

    def forget(self) -> None:
        """Frees what the planner needs, unless it is at work; it begins again when it is asked."""
        if self._planner is not None and self._planner.lanes.free == _PLANS:
            self._planner.close()
            self._planner = self._used = None

    def close(self) -> None:
        """Frees both; the model stays."""
        self.generator.close()
        if self._planner is not None:
            self._planner.close()

    def _is_used(self, adapter: Path) -> bool:
        with suppress(ModelMissing, ModelRefused):  # who begins an answer is told
            return read_lora(adapter) is self._used
        return False

    def _load(self, lora: LoraFile) -> Any:
        check_fits(lora, self._on.header, self._on.base())
        adapter = self._on.cpp.llama_adapter_lora_init(self._on.model, os.fsencode(lora.path))
        if not adapter:
            raise ModelRefused("adapter-not-loaded", file=lora.path.name)
        return adapter
