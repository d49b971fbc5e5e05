"""A message as a model is asked it: after the turns that fit, by the model's own template. Nothing is kept here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planfirst.chat.turns import Turn
from planfirst.chat.window import first_kept
from planfirst.core.errors import ModelRefused
from planfirst.core.ports import Writer
from planfirst.core.tools import Exchange, Tool
from planfirst.core.types import Decoding, Prompt
from planfirst.settings import ChatSettings
from planfirst.words import Message

SYSTEM = (
    "You help a programmer. You answer in the language of the question, briefly, and show code where it helps. "
    "You say so when you do not know."
)
_MARGIN = 8  # tokens
_FRAME = 30  # tokens that a template writes around a tool, a call or a result, and what it says of tools as a whole


def answer_room(context: int, settings: ChatSettings) -> int:
    """How many tokens of a window are left free for the answer."""
    return min(settings.max_tokens, context // 2)


def prompt_room(context: int, settings: ChatSettings) -> int:
    """How many tokens of a window the whole prompt may take."""
    return max(0, context - answer_room(context, settings) - _MARGIN)


async def asked(
    writer: Writer,
    settings: ChatSettings,
    system: str,
    said: Sequence[Turn],
    message: str,
    first: int = 0,
    tools: Sequence[Tool] = (),
    exchanges: Sequence[Exchange] = (),
) -> tuple[Prompt, int]:
    """What the model is sent.

    Args:
        said: the turns before, oldest first, each with its answer.
        message: as `window.checked` gives it.
        first: the index of the first turn that was sent the last time; earlier ones stay away.
        tools: what the model may call.
        exchanges: what it has called before, by the index of the turn.

    Returns:
        The prompt, and the index of the first turn in it.

    Raises:
        ModelRefused: the model holds no conversation.
        BadRequest: the message alone is too long.
        PlanfirstError: the model cannot count.
    """
    if writer.profile.copies:
        raise ModelRefused("chat-model-copies", model=writer.name)
    room = prompt_room(writer.context, settings)
    if tools or exchanges:
        beside = Prompt("", "", tools=tuple(tools), exchanges=tuple(exchanges))
        room -= (await writer.count([beside.text]))[0] + _FRAME * (len(tools) + 2 * len(exchanges) + 4)
    first = await first_kept(system, said, message, room, writer.count, first)
    pairs = tuple((turn.user, turn.assistant) for turn in said[first:])
    kept = tuple(replace(one, turn=one.turn - first) for one in exchanges if one.turn >= first)
    return Prompt(system, message, turns=pairs, tools=tuple(tools), exchanges=kept), first


def of_the_end(answer: str, tokens: int, decoding: Decoding, model: str) -> Message | None:
    """What the user should know of how an answer ended; None where there is nothing to say.

    Args:
        tokens: how many the answer has.
    """
    if not answer:
        return Message("chat-answer-empty", model=model)
    if tokens >= decoding.max_tokens - 1:
        return Message("chat-answer-cut", most=decoding.max_tokens)
    return None
