"""Models that play a role in making data: a GGUF file, or an OpenAI-compatible endpoint, named by one text.

``http://127.0.0.1:8080/v1#name`` is the model ``name`` on that server; anything else is a model of this machine.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from planfirst.adapters.endpoint import LOOPBACK, Endpoint, checked_url
from planfirst.core.errors import BadSetting
from planfirst.core.ports import Writer

OFFLINE = "offline"


@asynccontextmanager
async def opened(role: str, hosts: Sequence[str] = (), threads: int = 0) -> AsyncIterator[Writer]:
    """The model that a text names, closed at the end.

    Args:
        hosts: that an endpoint may be on, beside this machine.

    Raises:
        BadSetting, EndpointRefused: the text names no model of an endpoint, or its host is not allowed.
        ModelError: there is no such model here, or it cannot be loaded.
    """
    if role.startswith(("http://", "https://")):
        from planfirst.adapters.openai import OpenAIWriter

        url, _, model = role.partition("#")
        if not model:
            raise BadSetting(
                "plain",
                what=f"No model is named for {url}.",
                next=f"Write {url}#NAME, with a model that the server has.",
            )
        endpoint = Endpoint(url, model, allowed_hosts=(*LOOPBACK, *hosts))
        checked_url(endpoint)
        writer = OpenAIWriter(endpoint)
        try:
            yield writer
        finally:
            await writer.close()
        return
    from planfirst.models import resolve
    from planfirst_lab.evaluation.writer import InProcessWriter

    model_here = InProcessWriter(resolve(role), threads)
    try:
        yield model_here
    finally:
        model_here.close()
