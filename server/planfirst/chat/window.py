"""What of a conversation fits into the model's window. It knows nothing of where conversations are kept."""

from __future__ import annotations

from collections.abc import Sequence

from planfirst.chat.turns import Turn
from planfirst.core.errors import BadRequest
from planfirst.core.prompt import Counter

MOST_CHARACTERS = 100_000
_FRAME = 16  # tokens that a chat template puts around a message and its answer


def checked(text: str) -> str:
    """A message as it is sent.

    Raises:
        BadRequest: it is empty, or longer than anything that a model could read.
    """
    if not text.strip():
        raise BadRequest("chat-message-empty")
    if len(text) > MOST_CHARACTERS:
        raise BadRequest("chat-message-long", characters=len(text), most=MOST_CHARACTERS)
    return text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate can be neither kept nor sent


async def first_kept(
    system: str, turns: Sequence[Turn], message: str, room: int, count: Counter, first: int = 0
) -> int:
    """The index of the first turn that is sent with a message.

    Once turns have to go, so many go that the rest takes half of the room: what is sent then begins alike for some
    turns, and what the model process holds of it need not be read again.

    Args:
        room: tokens that the whole prompt may take.
        first: what it was before; earlier turns stay away.

    Raises:
        BadRequest: the message alone is too long.
    """
    own, asked, *lengths = await count(
        [system, message, *(text for turn in turns for text in (turn.user, turn.assistant))]
    )
    turn_lengths = [_FRAME + lengths[n] + lengths[n + 1] for n in range(0, len(lengths), 2)]
    least = own + asked + 2 * _FRAME
    if least > room:
        raise BadRequest("chat-message-wide", tokens=asked, room=max(0, room - own - 2 * _FRAME))
    if least + sum(turn_lengths[first:]) <= room:
        return first
    half = max(room // 2, least)
    return next(n for n in range(first, len(turns) + 1) if least + sum(turn_lengths[n:]) <= half)
