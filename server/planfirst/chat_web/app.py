"""What the page asks of its server, over HTTP; the requests are checked before, in `security`."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from planfirst.chat.asking import SYSTEM
from planfirst.chat.export import as_json, as_markdown
from planfirst.chat.sampling import decoding_of
from planfirst.chat_web.language import words_of
from planfirst.chat_web.security import LARGEST_BODY, MOST_DRAINED, Access, too_large
from planfirst.chat_web.streaming import Streamed, as_shown
from planfirst.chat_web.talks import Busy, Talks
from planfirst.chat_web.texts import FILES, file, page
from planfirst.core.errors import BadRequest, BadSetting, PlanfirstError
from planfirst.settings import ChatSettings
from planfirst.settings_reader import parse
from planfirst.source.unsafe import escaped

log = logging.getLogger(__name__)

Endpoint = Callable[["Web", Request], Awaitable[Response]]
_MOST_LISTED = 500
_LONGEST_SLIDER = 4096  # tokens
BODY_SECONDS = 30


class TooLarge(PlanfirstError):
    """The body of a request is larger than anything that the page sends."""


class Web:
    """The application's parts.

    Args:
        told: is called with the next address once one was used, for another browser.
    """

    def __init__(self, talks: Talks, access: Access, told: Callable[[str], None]) -> None:
        self.talks = talks
        self.access = access
        self._told = told

    def app(self) -> Starlette:
        """The application, without the guard."""
        routes = [
            self._route("/", _page),
            *(self._route(f"/{name}", _file) for name in FILES),
            self._route("/api/state", _state),
            self._route("/api/conversations", _list),
            self._route("/api/ask", _ask, "POST"),
            self._route("/api/conversations/{id}", _show),
            self._route("/api/conversations/{id}", _delete, "DELETE"),
            self._route("/api/conversations/{id}/ask", _ask, "POST"),
            self._route("/api/conversations/{id}/edit", _edit, "POST"),
            self._route("/api/conversations/{id}/retry", _retry, "POST"),
            self._route("/api/conversations/{id}/stop", _stop, "POST"),
            self._route("/api/conversations/{id}/undo", _undo, "POST"),
            self._route("/api/conversations/{id}/export", _export),
        ]

        @asynccontextmanager
        async def life(app: Starlette) -> AsyncIterator[None]:
            try:
                yield
            finally:
                await self.talks.close()

        return Starlette(routes=routes, lifespan=life)

    def let_in(self) -> None:
        """A browser has used the address."""
        self._told(self.access.address)

    def _route(self, path: str, endpoint: Endpoint, method: str = "GET") -> Route:
        async def answer(request: Request) -> Response:
            try:
                return await endpoint(self, request)
            except PlanfirstError as error:
                return JSONResponse({"error": words_of(request.scope)(error.message)}, _status(error))
            except ClientDisconnect:
                return Response(status_code=400)
            except Exception:
                log.exception("a request failed")
                message = PlanfirstError("web-fault").message
                return JSONResponse({"error": words_of(request.scope)(message)}, 500)

        return Route(path, answer, methods=[method])


async def _page(web: Web, request: Request) -> Response:
    query = parse_qsl(request.url.query)
    if any(name == "token" for name, _ in query):
        rest = urlencode([(name, value) for name, value in query if name == "lang"])
        response = RedirectResponse(f"/?{rest}" if rest else "/", 303)
        if request.scope.get("planfirst.let_in"):
            response.headers["Set-Cookie"] = web.access.cookie
            web.let_in()
        return response
    words = words_of(request.scope)
    host = urlsplit(web.talks.engine.settings.generator.endpoint).hostname or ""
    return HTMLResponse(page(words, host), headers={"Content-Language": words.language, "Vary": "Accept-Language"})


async def _file(web: Web, request: Request) -> Response:
    name = request.url.path[1:]
    return Response(file(name), media_type=FILES[name])


async def _state(web: Web, request: Request) -> Response:
    settings = web.talks.engine.settings.chat
    writer = web.talks.writer()
    decoding = decoding_of(settings, writer.profile)
    return JSONResponse(
        {
            "model": writer.name,
            "temperature": decoding.temperature,
            "topP": decoding.top_p,
            "maxTokens": decoding.max_tokens,
            "longest": max(decoding.max_tokens, min(_LONGEST_SLIDER, writer.context // 2)),
            "system": settings.system or SYSTEM,
        }
    )


async def _list(web: Web, request: Request) -> Response:
    text = request.query_params.get("search", "")[:1000]
    conversations = web.talks.conversations
    found = conversations.search(text, _MOST_LISTED) if text.strip() else conversations.listed(_MOST_LISTED)
    return JSONResponse([asdict(replace(one, title=escaped(one.title), found=escaped(one.found))) for one in found])


async def _show(web: Web, request: Request) -> Response:
    return _shown(web, request)


async def _ask(web: Web, request: Request) -> Response:
    return await _answer(web, request, edits=False)


async def _edit(web: Web, request: Request) -> Response:
    return await _answer(web, request, edits=True)


async def _answer(web: Web, request: Request, edits: bool) -> Response:
    data = await _body(request)
    settings, system = _sampling(web, data), _text(data, "system")
    id, writing = web.talks.begin(request.path_params.get("id", ""), _text(data, "message"), settings, system, edits)
    return Streamed(web.talks, id, writing, words_of(request.scope))


async def _retry(web: Web, request: Request) -> Response:
    data, id = await _body(request), request.path_params["id"]
    writing = web.talks.again(id, _sampling(web, data), _text(data, "system"))
    return Streamed(web.talks, id, writing, words_of(request.scope))


async def _stop(web: Web, request: Request) -> Response:
    await web.talks.stop(request.path_params["id"])
    return JSONResponse({})


async def _undo(web: Web, request: Request) -> Response:
    notice = web.talks.undo(request.path_params["id"])
    return _shown(web, request, words_of(request.scope)(notice) if notice else "")


async def _delete(web: Web, request: Request) -> Response:
    await web.talks.delete(request.path_params["id"])
    return JSONResponse({})


async def _export(web: Web, request: Request) -> Response:
    conversation = web.talks.conversation(request.path_params["id"])
    is_json = request.query_params.get("format") == "json"
    text = as_json(conversation) if is_json else as_markdown(conversation)
    name = f"planfirst-{conversation.id}.{'json' if is_json else 'md'}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="application/json" if is_json else "text/markdown", headers=headers)


def _shown(web: Web, request: Request, notice: str = "") -> Response:
    id = request.path_params["id"]
    conversation = as_shown(web.talks.conversation(id), web.talks.is_written(id))
    return JSONResponse({"conversation": conversation, "notice": notice})


async def _body(request: Request) -> dict[str, Any]:
    """What the page sends.

    Raises:
        BadRequest: it is no object in JSON, or does not come to its end.
        TooLarge: there is too much of it.
    """
    read, size = bytearray(), 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.stream():
                size += len(piece)
                if size <= LARGEST_BODY:
                    read += piece
                elif size > MOST_DRAINED:
                    break
    except TimeoutError:
        raise BadRequest("web-body-slow", seconds=BODY_SECONDS) from None
    if size > LARGEST_BODY:  # its length need not be told before
        message = too_large()
        raise TooLarge(message.code, **message.args)
    try:
        data = json.loads(read)
    except (ValueError, RecursionError) as error:
        raise BadRequest("web-request-malformed") from error
    if not isinstance(data, dict):
        raise BadRequest("web-request-malformed")
    return data


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name, "")
    if not isinstance(value, str):
        raise BadRequest("web-request-malformed")
    return value.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be kept


def _sampling(web: Web, data: dict[str, Any]) -> ChatSettings:
    """How the page wants its answer sampled; what it does not say is as in the settings."""
    before = web.talks.engine.settings.chat
    given = {name: data[name] for name in ("temperature", "topP", "maxTokens") if name in data}
    settings, problems = parse({"chat": given})
    if problems:
        raise BadSetting("setting-refused", problem=problems[0])
    wanted = settings.chat
    return replace(
        before,
        temperature=wanted.temperature if "temperature" in given else before.temperature,
        top_p=wanted.top_p if "topP" in given else before.top_p,
        max_tokens=wanted.max_tokens if "maxTokens" in given else before.max_tokens,
    )


def _status(error: PlanfirstError) -> int:
    if error.code == "web-conversation-gone":
        return 404
    kinds: list[tuple[type[PlanfirstError], int]] = [(Busy, 409), (TooLarge, 413), (BadRequest, 400), (BadSetting, 400)]
    return next((status for kind, status in kinds if isinstance(error, kind)), 503)
