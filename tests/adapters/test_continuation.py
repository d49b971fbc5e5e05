"""Whether a server goes on with an answer that is begun: found out once, and what happens when it does not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from planfirst.adapters.openai import OpenAIWriter
from planfirst.adapters.scripted import ScriptedRetriever, ScriptedWriter
from planfirst.core.errors import EndpointAnswer, NotBegun
from planfirst.core.pipeline import Limits, Pipeline
from planfirst.core.profile import INSTRUCT
from planfirst.core.prompt import PromptBook
from planfirst.core.types import Decoding, Outcome, Prompt, Task
from tests.adapters.completion_server import HEAD, Server, endpoint, event, serving, status

BEGUN = Prompt("", "Add two numbers.", begun="```python\ndef add(a, b):\n")
STARTED = "Par"  # what the server is tried with ends so
FIELDS = {"continue_final_message": True, "add_generation_prompt": False}
Kind = Callable[[dict[str, Any]], bytes]


def said(text: str) -> bytes:
    return HEAD + event(text) + b"data: [DONE]\n\n"


def goes_on(body: dict[str, Any]) -> bytes:
    """As llama.cpp's server and Ollama: the assistant's last message is gone on with, unknown fields mean nothing."""
    last = body["messages"][-1]
    if last["role"] != "assistant":
        return said("```python\ndef add(a, b):\n    return a + b\n```")
    return said("is." if last["content"].endswith(STARTED) else "    return a + b\n```")


def starts_over(body: dict[str, Any]) -> bytes:
    """As most others: the message counts as an answer that is over."""
    if body["messages"][-1]["content"].endswith(STARTED):
        return said("Paris")
    return said("```python\ndef add(a, b):\n    return a + b\n```")


def when_told(body: dict[str, Any]) -> bytes:
    """As vLLM."""
    told = body.get("continue_final_message") and body.get("add_generation_prompt") is False
    return goes_on(body) if told else starts_over(body)


def strict(body: dict[str, Any]) -> bytes:
    """Knows no field but its own, and goes on."""
    return status(422, b"{}") if "continue_final_message" in body else goes_on(body)


def refusing(body: dict[str, Any]) -> bytes:
    return status(400, b"{}") if body["messages"][-1]["role"] == "assistant" else goes_on(body)


def thinking(body: dict[str, Any]) -> bytes:
    """As llama.cpp's server with a model that thinks first."""
    text = b'{"error": {"message": "Assistant response prefill is incompatible with enable_thinking."}}'
    return status(500, text) if body["messages"][-1]["role"] == "assistant" else goes_on(body)


def serve(kind: Kind) -> Any:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(kind(server.requests[-1][2]))
        await writer.drain()

    server = Server([answer])
    return server


async def served(kind: Kind) -> tuple[Any, Any]:
    server = serve(kind)
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    return server, listener


def writer_for(server: Server) -> OpenAIWriter:
    return OpenAIWriter(endpoint(server), INSTRUCT, backoff=lambda tried: 0.0)


@pytest.mark.parametrize(("kind", "way", "asked"), [(goes_on, FIELDS, 1), (when_told, FIELDS, 1), (strict, {}, 2)])
async def test_a_server_that_goes_on_is_sent_the_beginning(kind: Kind, way: dict[str, bool], asked: int) -> None:
    server, listener = await served(kind)
    async with listener:
        writer = writer_for(server)
        for _ in range(2):
            text = "".join([piece async for piece in writer.stream(BEGUN, Decoding(64))])
            assert text == "    return a + b\n```"
        await writer.close()
    assert writer.profile.begun
    assert len(server.requests) == asked + 2  # it is found out once
    body = server.requests[-1][2]
    assert body["messages"] == [
        {"role": "user", "content": "Add two numbers."},
        {"role": "assistant", "content": BEGUN.begun},
    ]
    assert {key: body[key] for key in FIELDS if key in body} == way
    assert "Add two numbers." not in json.dumps(server.requests[0][2])


@pytest.mark.parametrize("kind", [starts_over, refusing, thinking])
async def test_a_server_that_does_not_is_asked_for_the_whole_answer(kind: Kind) -> None:
    server, listener = await served(kind)
    async with listener:
        writer = writer_for(server)
        with pytest.raises(NotBegun, match="does not continue an answer that is begun for it"):
            [piece async for piece in writer.stream(BEGUN, Decoding(64))]
        tried = len(server.requests)
        assert not writer.profile.begun
        pipeline = Pipeline(ScriptedRetriever(), ScriptedWriter(profile=replace(INSTRUCT, plan="none")),
                            writer, PromptBook(), Limits(0.5))  # fmt: skip
        outcome = [event async for event in pipeline.run(Task("add two numbers"), "generate")][-1]
        await writer.close()
    assert isinstance(outcome, Outcome)
    assert outcome.generation is not None
    assert outcome.generation.code == "def add(a, b):\n    return a + b"
    assert len(server.requests) == tried + 1
    assert server.requests[-1][2]["messages"][-1]["role"] == "user"


async def test_the_pipeline_asks_again_when_it_is_found_out_in_the_middle() -> None:
    server, listener = await served(starts_over)
    task = Task("add two numbers", stub='def add(a, b):\n    """add two numbers"""')
    async with listener:
        writer = writer_for(server)
        pipeline = Pipeline(ScriptedRetriever(), ScriptedWriter(profile=replace(INSTRUCT, plan="none")),
                            writer, PromptBook(), Limits(0.5))  # fmt: skip
        outcome = [event async for event in pipeline.run(task, "generate")][-1]
        await writer.close()
    assert isinstance(outcome, Outcome)
    assert outcome.generation is not None
    assert outcome.generation.code == "def add(a, b):\n    return a + b"
    assert outcome.prompt is not None
    assert outcome.prompt.begun == ""
    assert len(server.requests) == 2


async def test_a_key_that_is_not_accepted_says_nothing_of_beginnings() -> None:
    async with serving(status(401)) as server:
        writer = writer_for(server)
        with pytest.raises(EndpointAnswer) as caught:
            [piece async for piece in writer.stream(BEGUN, Decoding(64))]
        await writer.close()
    assert caught.value.status == 401
    assert writer.profile.begun
