"""What an OpenAI-compatible server is asked for, as the body of a request."""

from __future__ import annotations

from typing import Any

from planfirst.core.types import Decoding, Prompt

_TOP_P = Decoding(1).top_p


def body_of(model: str, prompt: Prompt, decoding: Decoding) -> dict[str, Any]:
    """The body of a request for a completion that is streamed.

    Args:
        model: its name on the server.
        prompt: an answer that is begun becomes the last message.
        decoding: of its filters of tokens only ``top_p`` is sent, as the others have no common name.
    """
    messages = [{"role": "system", "content": prompt.system}] if prompt.system else []
    for asked, answered in prompt.turns:
        messages += [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]
    messages.append({"role": "user", "content": prompt.user})
    if prompt.begun:
        messages.append({"role": "assistant", "content": prompt.begun})
    return {
        "model": model,
        "messages": messages,
        "max_tokens": decoding.max_tokens,
        "temperature": decoding.temperature,
        "seed": decoding.seed,
        "stream": True,
        **({"top_p": decoding.top_p} if decoding.top_p != _TOP_P else {}),
        **({"stop": list(decoding.stops)} if decoding.stops else {}),
    }
