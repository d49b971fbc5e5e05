"""Whether a server goes on with an answer that is begun for it, and what it wants to hear for that.

There is no common way. llama.cpp's server goes on with a last message of the assistant, unless it was started with
``--no-prefill-assistant`` or the model thinks first (ggml-org/llama.cpp pull requests 13174 and 13608); Ollama does the
same (ollama/ollama issue 6778); vLLM does so when ``continue_final_message`` is on and ``add_generation_prompt`` off.
Others refuse such a message, or answer it. So a word is begun, and what comes next tells.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from planfirst.core.errors import EndpointAnswer
from planfirst.core.types import Prompt

Way = dict[str, bool]  # fields of the request
TOKENS = 4
PROBE = Prompt("", "What is the capital of France?", begun="The capital of France is the city of Par")
_NEXT = "is"  # a new answer would begin with a new word
_WAYS: tuple[Way, ...] = ({"continue_final_message": True, "add_generation_prompt": False}, {})
_REFUSALS = (400, 422, 500, 501)  # llama.cpp's server says 500 where a template makes the model think first


async def way_of(ask: Callable[[Way], Awaitable[str]]) -> Way | None:
    """How the server is told to go on; None when it starts over, or refuses to.

    Args:
        ask: sends `PROBE` with these fields, and gives the answer.

    Raises:
        EndpointError: the server cannot be asked at all.
    """
    for way in _WAYS:
        try:
            return way if (await ask(way)).startswith(_NEXT) else None
        except EndpointAnswer as error:
            if error.status not in _REFUSALS:
                raise
    return None
