"""A model on an OpenAI-compatible server, over HTTP.

Nothing is sent before the rules of the endpoint were checked. Redirects are not followed and proxies of the environment
are not used, so that a prompt goes to the allowed host and nowhere else. The key is in no message and no log.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planfirst.adapters import continuation
from planfirst.adapters import endpoint_errors as errors
from planfirst.adapters.completion_request import body_of
from planfirst.adapters.endpoint import Endpoint, checked_url, tls_context
from planfirst.adapters.sse import TooMuchError, events
from planfirst.adapters.stop_texts import StopTexts
from planfirst.core.errors import NotBegun
from planfirst.core.ports import CUT
from planfirst.core.profile import SERVED, Profile
from planfirst.core.types import Decoding, Prompt
from planfirst.words import Message

if TYPE_CHECKING:
    import httpx

__all__ = ["Endpoint", "OpenAIWriter", "exponential"]

_TRY_AGAIN_AFTER = frozenset({429, 500, 502, 503, 504})
_LONGEST_WAIT = 30.0  # seconds that a server's Retry-After is honoured
_LONGEST_ERROR = 1 << 16  # bytes of an error's body
_LONGEST_QUOTE = 200  # characters of it that are shown
_CHARS_PER_TOKEN = 3.0
_TOKENS_PER_WORD = 1.3


def exponential(tried: int) -> float:
    """Seconds to wait after the ``tried``-th try: half a second, then twice as long each time, at most 8."""
    return float(min(8.0, 0.5 * 2 ** (tried - 1)))


class OpenAIWriter:
    """Implements `Writer` with ``POST {url}/chat/completions``.

    Args:
        profile: how the model is asked; one that begins its answers no longer does once the server turns out not to go
            on with them.
        backoff: seconds to wait before the next try, by how many there were.
    """

    def __init__(
        self, endpoint: Endpoint, profile: Profile = SERVED, *, backoff: Callable[[int], float] = exponential
    ) -> None:
        self.profile = profile
        self._endpoint = endpoint
        self._finding_out = asyncio.Lock()
        self._way: continuation.Way | None = None
        self._is_found_out = False
        self._backoff = backoff
        self._client: httpx.AsyncClient | None = None

    @property
    def name(self) -> str:
        """The model and the host."""
        return f"{self._endpoint.model} at {self._endpoint.host}"

    @property
    def context(self) -> int:
        """Tokens of the model's window, as the settings give it."""
        return self._endpoint.context

    async def stream(self, prompt: Prompt, decoding: Decoding) -> AsyncGenerator[str, None]:
        """The answer, piece by piece; closing the generator closes the connection.

        ``decoding.grammar`` is not sent: servers have no common way to ask for one. A server that cannot be reached
        or is too busy is asked again; once it has begun to answer, it is not.

        Raises:
            EndpointRefused: the settings do not allow that host; nothing was sent.
            EndpointDown: it cannot be reached, is too slow, or broke off.
            EndpointAnswer: it answered with an error or with something unreadable.
            NotBegun: the answer is begun, and it does not go on with such; nothing of the prompt was sent.
        """
        way: continuation.Way = {}
        if prompt.begun:
            found = await self.goes_on()
            if found is None:
                self.profile = replace(self.profile, begun=False)
                raise NotBegun("endpoint-not-begun", host=self._endpoint.host)
            way = found
        ending = StopTexts(decoding.stops)  # not every server keeps to them
        is_cut = False
        async with aclosing(self._answered(body_of(self._endpoint.model, prompt, decoding) | way)) as pieces:
            async for piece in pieces:
                is_cut = piece is CUT
                text, met = ending.taken(piece)
                if text:
                    yield text
                if met:
                    return
        if text := ending.taken("", final=True)[0]:
            yield text
        if is_cut:
            yield CUT

    async def goes_on(self) -> continuation.Way | None:
        """How the server is told to go on with an answer that is begun; None when it does not. It is asked once.

        Raises:
            EndpointError: the server cannot be asked at all; the next call asks it again.
        """
        async with self._finding_out:
            if not self._is_found_out:
                self._way = await continuation.way_of(self._probed)
                self._is_found_out = True
            return self._way

    async def _probed(self, way: continuation.Way) -> str:
        body = body_of(self._endpoint.model, continuation.PROBE, Decoding(continuation.TOKENS)) | way
        async with aclosing(self._answered(body)) as pieces:
            return "".join([piece async for piece in pieces])

    async def _answered(self, body: dict[str, Any]) -> AsyncGenerator[str, None]:
        import httpx

        response = await self._answer(body)
        try:
            async with aclosing(self._pieces(response)) as pieces:
                async for piece in pieces:
                    yield piece
        except httpx.TimeoutException as error:
            raise errors.too_slow(self._endpoint.host, self._endpoint.read_timeout) from error
        except httpx.HTTPError as error:
            raise errors.broke_off(self._endpoint.host) from error
        finally:
            await response.aclose()

    async def count(self, texts: Sequence[str]) -> list[int]:
        """An estimate on the careful side, as the server's tokenizer is not known.

        A token for every 3 characters of ASCII and for each other character, but at least 1.3 for each word.
        """
        return [_estimate(text) for text in texts]

    async def close(self) -> None:
        """Closes the connections; the writer can still be used, and opens new ones then."""
        client, self._client = self._client, None
        if client:
            await client.aclose()

    async def _answer(self, body: dict[str, Any]) -> httpx.Response:
        """A response of status 200, its body not read yet; asks again as often as the endpoint allows."""
        import httpx

        request = self._request(body)
        tried = 0
        while True:
            tried += 1
            last = tried > self._endpoint.retries
            try:
                response = await self._open().send(request, stream=True)
            except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
                raise errors.too_slow(self._endpoint.host, self._endpoint.read_timeout) from error
            except httpx.TransportError as error:
                if last or errors.is_distrust(error):
                    raise errors.unreachable(self._endpoint.host, error) from error
                wait = 0.0
            else:
                if response.status_code == 200:
                    return response
                wait = _asked_to_wait(response)
                final = last or response.status_code not in _TRY_AGAIN_AFTER or wait > _LONGEST_WAIT
                said = await self._said_with(response) if final else ""
                await response.aclose()
                if final:
                    raise errors.refusal(
                        self._endpoint.host, self._endpoint.key_variable, response.status_code, wait, said
                    )
            await asyncio.sleep(max(wait, self._backoff(tried)))

    def _request(self, body: dict[str, Any]) -> httpx.Request:
        url, key = checked_url(self._endpoint), self._endpoint.key
        headers = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        return self._open().build_request("POST", url, json=body, headers=headers)

    def _open(self) -> httpx.AsyncClient:
        import httpx

        if self._client is None:
            endpoint = self._endpoint
            self._client = httpx.AsyncClient(
                verify=tls_context(endpoint),
                timeout=httpx.Timeout(endpoint.read_timeout, connect=endpoint.connect_timeout),
                follow_redirects=False,
                trust_env=False,
            )
        return self._client

    async def _said_with(self, response: httpx.Response) -> str:
        """The message in an error's body, to be put after the status; empty if there is none."""
        import httpx

        body = b""
        with contextlib.suppress(httpx.HTTPError):
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _LONGEST_ERROR:
                    return ""
        try:
            return self._message_in(json.loads(body))
        except (ValueError, RecursionError):
            return ""

    def _message_in(self, answer: object) -> str:
        error = answer.get("error") if isinstance(answer, dict) else None
        message = error.get("message") if isinstance(error, dict) else error
        if not isinstance(message, str):
            return ""
        if self._endpoint.key:
            message = message.replace(self._endpoint.key, "(the key)")
        return ": " + " ".join(message.split())[:_LONGEST_QUOTE].rstrip(". ")

    async def _pieces(self, response: httpx.Response) -> AsyncGenerator[str, None]:
        begun = False
        try:
            async with aclosing(events(response.aiter_bytes())) as stream:
                async for data in stream:
                    begun = True
                    if data == "[DONE]":
                        return
                    piece, end = self._read(data)
                    if piece:
                        yield piece
                    if end == "length":
                        yield CUT
                    if end:
                        return
        except TooMuchError as error:
            raise errors.unreadable(self._endpoint.host, Message("endpoint-sent-too-much")) from error
        except UnicodeDecodeError as error:
            raise errors.unreadable(self._endpoint.host, Message("endpoint-sent-no-utf8")) from error
        if not begun and response.num_bytes_downloaded:
            raise errors.unreadable(self._endpoint.host, Message("endpoint-sent-no-events"))
        raise errors.broke_off(self._endpoint.host)

    def _read(self, data: str) -> tuple[str, str]:
        """The text of one event, and why the model says that it is done; empty while it goes on."""
        try:
            event = json.loads(data)
            if event.get("error"):
                raise errors.unreadable(
                    self._endpoint.host, Message("endpoint-sent-error", said=self._message_in(event))
                )
            text, end = "", ""
            for choice in (event.get("choices") or [])[:1]:
                text = (choice.get("delta") or {}).get("content") or ""
                end = str(choice.get("finish_reason") or "")
            if not isinstance(text, str):
                raise TypeError
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise errors.unreadable(self._endpoint.host, Message("endpoint-sent-no-completion")) from error
        return text, end


def _estimate(text: str) -> int:
    ascii_characters = sum(character < "\x80" for character in text)
    by_characters = ascii_characters / _CHARS_PER_TOKEN + len(text) - ascii_characters
    return math.ceil(max(by_characters, len(text.split()) * _TOKENS_PER_WORD))


def _asked_to_wait(response: httpx.Response) -> float:
    """Seconds of the Retry-After header; 0 if there is none, or a date, which no clock is trusted for."""
    try:
        return min(max(0.0, float(response.headers.get("Retry-After", "0"))), 86400.0)
    except ValueError:
        return 0.0
