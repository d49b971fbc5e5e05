"""Sampling the next token with llama.cpp's samplers, held to a grammar.

A grammar that is applied ahead of the choice must look at the whole vocabulary for every token. Here the token is
chosen first and the grammar asked about that one only; the whole vocabulary is looked at when the grammar refuses it.
The tokens are the same as with a grammar applied ahead when sampling is greedy. docs/log.md has the measurement.

Why: docs/decisions/0007-the-decoding-loop.md
"""

from __future__ import annotations

import ctypes
import math
import random
from types import TracebackType
from typing import Any, Self

from planfirst.adapters.copying import Copying
from planfirst.core.errors import BadSetting
from planfirst.core.types import Decoding

_LIKELIEST = 64  # tokens that are tried one by one before all are
_REMEMBERED = 64  # tokens of the answer that a repetition is measured against


class Sampler:
    """Chooses tokens for one answer; a context manager, since llama.cpp's samplers must be freed.

    Args:
        copying: helps a model that copies; None for others.
        check_first: True to apply the grammar ahead of each choice (for comparison).

    Raises:
        BadSetting: the grammar is not valid GBNF.
    """

    def __init__(
        self,
        cpp: Any,
        context: Any,
        vocab: Any,
        decoding: Decoding,
        copying: Copying | None = None,
        check_first: bool = False,
    ) -> None:
        self._cpp = cpp
        self._copying = copying
        self._random = random.Random(decoding.seed) if decoding.temperature > 0 else None  # noqa: S311 - repeatable
        self._context = context
        self._size = int(cpp.llama_vocab_n_tokens(vocab))
        self._check_first = check_first
        self._is_greedy = decoding.temperature <= 0 and decoding.repeat_penalty == 1
        self._grammar: Any = None
        if decoding.grammar:
            self._grammar = cpp.llama_sampler_init_grammar(vocab, decoding.grammar.encode(), b"root")
            if not self._grammar:
                raise BadSetting("grammar-refused")
        self._one = (cpp.llama_token_data * 1)()
        self._only = ctypes.byref(cpp.llama_token_data_array(self._one, 1, -1, False))
        self._chain = cpp.llama_sampler_chain_init(cpp.llama_sampler_chain_default_params())
        for sampler in _samplers(cpp, decoding, self._size):
            cpp.llama_sampler_chain_add(self._chain, sampler)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Frees llama.cpp's samplers."""
        self._cpp.llama_sampler_free(self._chain)
        if self._grammar:
            self._cpp.llama_sampler_free(self._grammar)

    def next(self, at: int = -1) -> int:
        """The next token after what the context has read.

        Args:
            at: which token of the last batch it follows; -1 for the last one.
        """
        if self._check_first:
            token = self._among_allowed(at)
        else:
            token = self._with_hint(self._likeliest(at) if self._is_greedy else self._drawn(at), at)
            if not self._allows(token):
                token = self._among_allowed(at)
        if self._grammar is not None:
            self._cpp.llama_sampler_accept(self._grammar, token)
        if self._copying is not None:
            self._copying.accept(token)
        return token

    def _drawn(self, at: int) -> int:
        return int(self._cpp.llama_sampler_sample(self._chain, self._context, at))

    def _likeliest(self, at: int) -> int:
        """What the greedy sampler takes, without the list of the whole vocabulary that llama.cpp makes for it."""
        return int(self._logits(at).argmax())

    def _logits(self, at: int) -> Any:
        import numpy as np

        return np.ctypeslib.as_array(self._cpp.llama_get_logits_ith(self._context, at), shape=(self._size,))

    def _with_hint(self, token: int, at: int) -> int:
        """The token, or the one that copying hints at if that is likelier once both are mixed."""
        told = self._copying.hint() if self._copying is not None else None
        if told is None or told[0] == token:
            return token
        hint, weight = told
        if self._random is not None:
            return hint if self._random.random() < weight else token
        import numpy as np

        logits = self._logits(at)
        shares = np.exp(logits[[token, hint]] - logits[token]) / np.exp(logits - logits[token]).sum()
        return hint if (1 - weight) * shares[1] + weight > (1 - weight) * shares[0] else token

    def _allows(self, token: int) -> bool:
        if self._copying is not None and token in self._copying.spent():
            return False
        if self._grammar is None:
            return True
        one = self._one[0]
        one.id, one.logit = token, 1.0
        self._cpp.llama_sampler_apply(self._grammar, self._only)
        return not math.isinf(one.logit)

    def _among_allowed(self, at: int) -> int:
        """The choice among the tokens that are allowed."""
        import numpy as np

        logits = self._logits(at)
        if self._random is None and not self._check_first:
            # Greedy: the first allowed one of the likeliest. Asking the grammar about all takes longer than the model.
            likeliest = np.argpartition(logits, -_LIKELIEST)[-_LIKELIEST:] if self._size > _LIKELIEST else np.arange(0)
            for token in likeliest[np.argsort(-logits[likeliest], kind="stable")].tolist():
                if self._allows(token):
                    return int(token)
        candidates = np.zeros(self._size, dtype=[("id", np.int32), ("logit", np.float32), ("p", np.float32)])
        candidates["id"], candidates["logit"] = np.arange(self._size), logits
        if self._copying is not None:
            candidates["logit"][list(self._copying.spent())] = -np.inf
        pointer = candidates.ctypes.data_as(ctypes.POINTER(self._cpp.llama_token_data))
        array = self._cpp.llama_token_data_array(pointer, self._size, -1, False)
        if self._grammar is not None:
            self._cpp.llama_sampler_apply(self._grammar, ctypes.byref(array))
        self._cpp.llama_sampler_apply(self._chain, ctypes.byref(array))
        return int(array.data[array.selected].id)


def _samplers(cpp: Any, decoding: Decoding, vocabulary: int) -> list[Any]:
    penalties = []
    if decoding.repeat_penalty != 1:
        last, again = _REMEMBERED, decoding.repeat_penalty
        penalties.append(cpp.llama_sampler_init_penalties(vocabulary, last, again, 0.0, 0.0))
    if decoding.temperature <= 0:
        return [*penalties, cpp.llama_sampler_init_greedy()]
    return [
        *penalties,
        cpp.llama_sampler_init_top_k(decoding.top_k),
        cpp.llama_sampler_init_top_p(decoding.top_p, 1),
        *([cpp.llama_sampler_init_min_p(decoding.min_p, 1)] if decoding.min_p else []),
        cpp.llama_sampler_init_temp(decoding.temperature),
        cpp.llama_sampler_init_dist(decoding.seed),
    ]
