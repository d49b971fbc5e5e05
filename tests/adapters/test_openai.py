"""The OpenAI-compatible writer against a real server on loopback, in this event loop: answers and how they fail."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from contextlib import aclosing

import pytest

from planfirst.adapters.openai import Endpoint, OpenAIWriter, exponential
from planfirst.adapters.sse import MOST_BYTES_A_LINE
from planfirst.core.errors import EndpointAnswer, EndpointDown
from planfirst.core.generate import extract_code, no_code
from planfirst.core.ports import CUT
from planfirst.core.types import Decoding, Prompt
from tests.adapters.completion_server import (
    DECODING,
    GOOD,
    HEAD,
    KEY,
    PROMPT,
    ask,
    endpoint,
    event,
    failure,
    serving,
    status,
)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANFIRST_API_KEY", KEY)
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")


async def test_streams_an_answer_and_sends_what_it_should() -> None:
    async with serving(GOOD) as server:
        writer = OpenAIWriter(endpoint(server, context=1000))
        assert [piece async for piece in writer.stream(PROMPT, DECODING)] == ["def ", "add"]
        assert (writer.name, writer.profile.name, writer.context) == ("coder at 127.0.0.1", "instruct", 1000)
        await writer.close()
        assert [piece async for piece in writer.stream(Prompt("", "Hi"), DECODING)] == ["def ", "add"]
        await writer.close()
    (line, headers, body), (_, _, second) = server.requests
    assert line == "POST /v1/chat/completions HTTP/1.1"
    assert headers["authorization"] == f"Bearer {KEY}"
    assert body == {
        "model": "coder",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Add two numbers."}],
        "max_tokens": 64,
        "temperature": 0.2,
        "seed": 7,
        "stream": True,
    }
    assert second["messages"] == [{"role": "user", "content": "Hi"}]


async def test_pieces_come_as_they_are_written() -> None:
    seen = asyncio.Event()

    async def slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + event("a")[:-3])  # cut in the middle of a line
        await writer.drain()
        writer.write(event("a")[-3:])
        await seen.wait()  # set only once the first piece was read
        writer.write(event("b", finish_reason="stop"))
        await writer.drain()
        await reader.read()  # the connection stays open: finish_reason is enough

    async with serving(slowly) as server:
        writer, pieces = OpenAIWriter(endpoint(server)), []
        async for piece in writer.stream(PROMPT, DECODING):
            pieces.append(piece)
            seen.set()
        await writer.close()
    assert pieces == ["a", "b"]


async def test_reads_every_form_of_a_stream() -> None:
    stream = (
        b": a comment\r\n\r\nevent: message\r\nid: 3\r\n"
        b'data:{"choices": [{"delta": {"role": "assistant"}, "finish_reason": ""}]}\r\n\r\n'
        b'data: {"choices": [], "usage": {}}\r\ndata: {"choices": null}\r\ndata:\r\n'
        + event("\u2028ß 한", finish_reason=None).replace(b"\n", b"\r\n")
        + b"data: [DONE]"
    )
    async with serving(HEAD + stream) as server:
        assert await ask(endpoint(server)) == ["\u2028ß 한"]


async def test_without_a_key_none_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLANFIRST_API_KEY")
    async with serving(GOOD) as server:
        await ask(endpoint(server))
    assert "authorization" not in server.requests[0][1]


async def test_a_server_that_is_down() -> None:
    async with serving(GOOD) as server:
        pass
    error = await failure(endpoint(server))
    assert isinstance(error, EndpointDown)
    assert "cannot be reached" in error.what


async def test_a_server_that_hangs_up_is_asked_again() -> None:
    async with serving(b"", GOOD) as server:
        assert await ask(endpoint(server)) == ["def ", "add"]
    assert server.connections == 2


@pytest.mark.parametrize("begins", [b"", HEAD, HEAD + event("a")])
async def test_a_slow_server(begins: bytes) -> None:
    async def stalling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(begins)
        await reader.read()  # until the client hangs up

    async with serving(stalling) as server:
        error = await failure(endpoint(server, read_timeout=0.2))
    assert isinstance(error, EndpointDown)
    assert "silent for 0.2 seconds" in error.what
    assert server.connections == 1


@pytest.mark.parametrize(
    ("code", "advice"),
    [(400, "generator.endpointModel"), (401, "PLANFIRST_API_KEY"), (403, "PLANFIRST_API_KEY"), (404, "/v1")],
)
async def test_statuses_that_are_final(code: int, advice: str) -> None:
    body = json.dumps({"error": {"message": f"Bad thing with {KEY}."}}).encode()
    async with serving(status(code, body), GOOD) as server:
        error = await failure(endpoint(server))
    assert isinstance(error, EndpointAnswer)
    assert f"answered {code}" in error.what
    assert ("Bad thing" in error.what) == (code in (400, 404))
    assert advice in error.next_step
    assert server.connections == 1


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
async def test_statuses_that_pass(code: int) -> None:
    async with serving(status(code), status(code), GOOD) as server:
        assert await ask(endpoint(server)) == ["def ", "add"]
    assert len(server.requests) == 3


async def test_a_server_that_goes_on_failing() -> None:
    async with serving(status(500, b"<html>" + b"x" * 100_000)) as server:
        error = await failure(endpoint(server, retries=2))
    assert isinstance(error, EndpointAnswer)
    assert error.what == "The server at 127.0.0.1 answered 500."
    assert len(server.requests) == 3


@pytest.mark.parametrize(("seconds", "waits"), [("0.05", [0.05]), ("600", []), ("inf", []), ("nan", [0.0])])
async def test_retry_after(seconds: str, waits: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    sleep = asyncio.sleep

    async def watched(delay: float) -> None:
        slept.append(delay)
        await sleep(delay)

    monkeypatch.setattr("planfirst.adapters.openai.asyncio.sleep", watched)
    async with serving(status(429, headers=f"Retry-After: {seconds}\r\n"), GOOD) as server:
        if waits:
            assert await ask(endpoint(server)) == ["def ", "add"]
        else:
            assert "overloaded" in (await failure(endpoint(server))).next_step
    assert [delay for delay in slept if delay in (0.05, 0.0)] == waits


def test_backoff_grows_to_a_cap() -> None:
    assert [exponential(tried) for tried in (1, 2, 3, 9)] == [0.5, 1.0, 2.0, 8.0]


@pytest.mark.parametrize("stream", [b"", event("a"), event("a") + b'data: {"choices": [{"del'])
async def test_an_answer_that_breaks_off(stream: bytes) -> None:
    async with serving(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + _chunk(stream)) as server:
        error = await failure(endpoint(server))
    assert isinstance(error, EndpointDown)
    assert "broke off" in error.what
    assert len(server.requests) == 1


async def test_an_answer_without_an_end() -> None:
    async with serving(HEAD + event("a")) as server:
        assert isinstance(await failure(endpoint(server)), EndpointDown)


@pytest.mark.parametrize(
    "stream",
    [
        b"data: {not json}\n\n",
        b"data: 3\n\n",
        b'data: {"choices": [{"delta": {"content": 3}}]}\n\n',
        b'data: {"choices": {"a": 1}}\n\n',
        b"data: " + b"[" * 100_000 + b"\n\n",
        b"data: \xff\xfe\n\n",
        b"data: " + b"x" * (2 * MOST_BYTES_A_LINE),
        b'{"choices": [{"message": {"content": "not streamed"}}]}',
        b"<html>please log in</html>",
    ],
)
async def test_an_answer_that_cannot_be_read(stream: bytes) -> None:
    async with serving(HEAD + stream) as server:
        assert isinstance(await failure(endpoint(server)), EndpointAnswer)
    assert len(server.requests) == 1


async def test_an_error_in_the_middle() -> None:
    said = json.dumps({"error": {"message": f"The context is\nfull, {KEY}."}}).encode()
    async with serving(HEAD + event("a") + b"data: " + said + b"\n\n") as server:
        error = await failure(endpoint(server))
    assert isinstance(error, EndpointAnswer)
    assert "The context is full, (the key)." in error.what


async def test_an_endless_answer_is_cut() -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        while True:
            writer.write(b": nothing\n" * 100_000)
            await writer.drain()

    async with serving(endless) as server:
        error = await failure(endpoint(server))
    assert isinstance(error, EndpointAnswer)
    assert "more than any answer" in error.what


@pytest.mark.parametrize("by_cancelling", [True, False])
async def test_stopping_closes_the_connection(by_cancelling: bool) -> None:
    begun, gone = asyncio.Event(), asyncio.Event()

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + event("a"))
        await writer.drain()
        await reader.read()  # returns when the client has closed
        gone.set()

    async def consume(writer: OpenAIWriter) -> None:
        async with aclosing(writer.stream(PROMPT, DECODING)) as pieces:
            async for _ in pieces:
                begun.set()
                if not by_cancelling:
                    return

    async with serving(endless) as server:
        writer = OpenAIWriter(endpoint(server))
        task = asyncio.create_task(consume(writer))
        await begun.wait()
        if by_cancelling:
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        await asyncio.wait_for(gone.wait(), 5)
        await asyncio.gather(task, return_exceptions=True)
        await writer.close()


@pytest.mark.parametrize("pieces", [["one\n", "two"], ["on", "e", "\ntwo"], ["o", "ne\nt", "wo\n"]])
async def test_a_server_that_ignores_stop_texts_is_stopped(pieces: list[str]) -> None:
    gone = asyncio.Event()

    async def goes_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"".join(map(event, pieces)))
        await writer.drain()
        await reader.read()  # returns when the client has closed
        gone.set()

    async with serving(goes_on) as server:
        writer = OpenAIWriter(endpoint(server))
        said = [piece async for piece in writer.stream(PROMPT, Decoding(64, stops=("\n", "END")))]
        await asyncio.wait_for(gone.wait(), 60)
        await writer.close()
    assert "".join(said) == "one"
    assert server.requests[0][2]["stop"] == ["\n", "END"]


async def test_what_only_begins_like_a_stop_text_is_not_lost() -> None:
    async with serving(HEAD + event("the EN") + b"data: [DONE]\n\n") as server:
        writer = OpenAIWriter(endpoint(server))
        assert "".join([piece async for piece in writer.stream(PROMPT, Decoding(64, stops=("END",)))]) == "the EN"
        await writer.close()


@pytest.mark.parametrize(("reason", "is_cut"), [("length", True), ("stop", False)])
async def test_an_answer_that_its_limit_ended_is_marked(reason: str, is_cut: bool) -> None:
    async with serving(HEAD + event("one", finish_reason=reason)) as server:
        pieces = await ask(endpoint(server))
    assert "".join(pieces) == "one"
    assert (pieces[-1] is CUT) is is_cut


async def test_a_model_that_thinks_first() -> None:
    """Its thoughts, in the answer or in a field of their own, are no code, however long they are."""
    thoughts = b'data: {"choices": [{"delta": {"reasoning_content": "Hm. def no(): pass"}}]}\n\n'
    answer = [event("<think>\n```python\ndef no(): pass\n```\n</think>\n"), event("```python\nx = 1\n```")]
    async with serving(HEAD + thoughts + b"".join(answer) + b"data: [DONE]\n\n") as server:
        assert extract_code("".join(await ask(endpoint(server))), "python") == "x = 1"
    async with serving(HEAD + thoughts + event("<think>\nHm.", finish_reason="length")) as server:
        said = "".join(await ask(endpoint(server)))
    assert extract_code(said, "python") == ""
    assert no_code(said, "coder").code == "code-still-thinking"


async def test_counts_carefully() -> None:
    writer = OpenAIWriter(Endpoint("http://127.0.0.1/v1", "coder"))
    assert await writer.count(["", "abc", "abcd", "a b c d", "한글"]) == [0, 2, 2, 6, 2]


def test_importing_it_does_not_import_httpx() -> None:
    program = "import sys, planfirst.adapters.openai; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def _chunk(body: bytes) -> bytes:
    """One whole chunk and the beginning of a second one that never comes."""
    return b"%x\r\n%s\r\n40\r\n" % (len(body), body) if body else b"40\r\n"
