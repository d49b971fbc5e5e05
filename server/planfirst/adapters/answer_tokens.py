"""The answers that a model wrote last, in the tokens that it wrote them in.

A text can be cut into tokens in several ways, and a model that samples does not always take the tokeniser's. In the
next turn of a conversation the answer is read as it was written, so the state that the cache holds of it counts to its
end. It knows nothing of llama.cpp beyond two callables.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

_MOST = 32  # answers


class AnswerTokens:
    """Remembers answers.

    Args:
        piece: the bytes of a token.
        is_control: whether a token is a control token. An answer with one is not remembered: it would come back as more
            than text.
    """

    def __init__(self, piece: Callable[[int], bytes], is_control: Callable[[int], bool]) -> None:
        self._piece, self._is_control = piece, is_control
        self._known: OrderedDict[str, tuple[int, ...]] = OrderedDict()

    def keep(self, text: str, tokens: Sequence[int]) -> None:
        """Remembers an answer, if the tokens are all of the text and nothing else."""
        whole = b"".join(map(self._piece, tokens))
        if not text or whole != text.encode("utf-8", "replace") or any(map(self._is_control, tokens)):
            return
        self._known[text] = tuple(tokens)
        self._known.move_to_end(text)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)

    def tokens(self, text: str) -> tuple[int, ...] | None:
        """The tokens of an answer; None where it is not known."""
        return self._known.get(text)
