"""How an answer in a conversation is sampled: what the settings say, else what suits the model."""

from __future__ import annotations

from planfirst.core.profile import Profile
from planfirst.core.types import Decoding
from planfirst.settings import ChatSettings

_LEAST_PENALTY = 0.5  # below it an answer only repeats itself, and 0 divides


def decoding_of(settings: ChatSettings, profile: Profile, attempt: int = 0) -> Decoding:
    """How the model is sampled.

    Args:
        attempt: how many answers there were to this message before; each is drawn with another seed.
    """

    def chosen(given: float, own: float) -> float:
        return own if given < 0 else given

    return Decoding(
        settings.max_tokens,
        chosen(settings.temperature, profile.chat_temperature),
        (settings.seed + attempt) % 2**31,
        top_p=chosen(settings.top_p, profile.chat_top_p),
        top_k=int(chosen(settings.top_k, profile.chat_top_k)),
        min_p=chosen(settings.min_p, profile.chat_min_p),
        repeat_penalty=max(_LEAST_PENALTY, chosen(settings.repeat_penalty, profile.chat_repeat_penalty)),
    )
