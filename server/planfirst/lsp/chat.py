"""``planfirst/chat``, ``planfirst/models`` and ``planfirst/count``: a conversation that the editor keeps."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing, suppress
from pathlib import Path
from uuid import uuid4

from planfirst.chat.asking import SYSTEM, answer_room, asked, of_the_end, prompt_room
from planfirst.chat.sampling import decoding_of
from planfirst.chat.tool_calls import ToolCallText
from planfirst.core.errors import ModelError, ModelMissing, ModelRefused, PlanfirstError
from planfirst.core.ports import Writer
from planfirst.core.screened import Screened
from planfirst.lsp.chat_ask import ChatAsk
from planfirst.lsp.chat_work import work
from planfirst.lsp.client import Client
from planfirst.lsp.convert import notice_of
from planfirst.lsp.messages import ChatAnswer, ChatCall, ChatModel, Counted, NoticeEvent, TextEvent
from planfirst.lsp.session import Session
from planfirst.models import InstalledModel, installed, names_tools, resolve
from planfirst.words import Message

_IN_USE = "in-use:"  # before the name of a model that has no name of its own here: a server's, or a file's


async def chat(session: Session, client: Client, ask: ChatAsk) -> ChatAnswer:
    """Answers a message, and streams the answer. Cancelling who waits for it stops the model.

    Raises:
        BadRequest: nothing is asked, or more than the model can read.
        PlanfirstError: the model is not there, holds no conversation, or cannot answer.
    """
    writer = _writer(session, ask.model)
    if ask.task == "summarise" or ask.task == "analyse":
        return await work(session, client, ask, ask.task, writer)
    message, said = ask.message(client.words.language), ask.turns()
    settings = session.settings.chat
    if ask.tools and isinstance(writer, Screened):
        raise ModelRefused("chat-tools-unknown", model=writer.name)
    system = ask.system or settings.system or SYSTEM
    prompt, dropped = await asked(writer, settings, system, said, message, tools=ask.tools, exchanges=ask.exchanges)
    notices: list[Message] = []

    def tell(notice: Message) -> None:
        notices.append(notice)
        if ask.partial_token is not None:
            event = NoticeEvent(kind="notice", notice=notice_of(notice, client.words))
            client.send_partial(ask.partial_token, event)

    if dropped:
        tell(Message("chat-turns-dropped", count=dropped))
    decoding = decoding_of(settings, writer.profile)
    answer: list[str] = []
    found = ToolCallText(tool.name for tool in ask.tools)

    def take(text: str) -> None:
        answer.append(text)
        if text and ask.partial_token is not None:
            client.send_partial(ask.partial_token, TextEvent(kind="text", stage="generate", text=text))

    async with aclosing(writer.stream(prompt, decoding)) as pieces:
        async for piece in pieces:
            take(found.take(piece) if ask.tools else piece)
    take(found.end())
    text = "".join(answer)
    prompt_tokens, tokens = await writer.count([prompt.text, text])
    if (ending := of_the_end(text, tokens, decoding, writer.name)) and not found.calls:
        tell(ending)
    return ChatAnswer(
        model=writer.name,
        text=text,
        sent=message,
        dropped=dropped,
        promptTokens=prompt_tokens,
        tokens=tokens,
        calls=[ChatCall(id=uuid4().hex, name=call.name, input=json.loads(call.arguments)) for call in found.calls],
        notices=[notice_of(notice, client.words) for notice in notices],
    )


async def models(session: Session) -> list[ChatModel]:
    """The models that can hold a conversation, the one in use first; none of them is loaded."""
    rows = await asyncio.to_thread(installed)  # it reads the head of every file
    sizes = {row.name: row for row in rows}
    found: list[ChatModel] = []
    is_local = not session.settings.generator.endpoint
    with suppress(PlanfirstError):  # what is wrong with it is told to who asks it something
        writer = session.engine.writer()
        if not writer.profile.copies:
            row = sizes.pop(writer.name, None) if is_local else None
            id = writer.name if row else f"{_IN_USE}{writer.name}"
            path = _path(session) if is_local else None
            found.append(_model(session, id, writer.name, writer.context, row, True, is_local, path))
    for row in sizes.values():
        with suppress(ModelError):
            spec = resolve(row.name, session.settings.planner.context)
            if not row.problem and not spec.profile.copies:
                found.append(_model(session, row.name, row.name, spec.context, row))
    return [one for one in found if one["promptTokens"]]


async def count(session: Session, model: str, texts: list[str]) -> Counted:
    """How long texts are in the tokens of a model, which is loaded for it.

    Raises:
        PlanfirstError: the model is not there, or cannot count.
    """
    return Counted(tokens=await _writer(session, model).count(texts))


def _model(
    session: Session,
    id: str,
    name: str,
    context: int,
    row: InstalledModel | None,
    in_use: bool = False,
    is_local: bool = True,
    path: Path | None = None,
) -> ChatModel:
    settings = session.settings.chat
    path = row.path if row else path
    return ChatModel(
        id=id,
        name=name,
        inUse=in_use,
        isLocal=is_local,
        promptTokens=prompt_room(context, settings),
        answerTokens=answer_room(context, settings),
        size=row.size if row else 0,
        licence=row.licence if row else "",
        tools=path is not None and is_local and names_tools(path),
    )


def _path(session: Session) -> Path:
    """The file of the model in use."""
    settings = session.settings
    return resolve(settings.generator.model or settings.planner.model, settings.planner.context).path


def _writer(session: Session, id: str) -> Writer:
    """Who answers. Only names count: a request never chooses a file."""
    if not id:
        return session.engine.writer()
    if id.startswith(_IN_USE):
        writer = session.engine.writer()
        if writer.name != id.removeprefix(_IN_USE):
            raise ModelMissing("chat-model-gone", name=id.removeprefix(_IN_USE))
        return writer
    if "/" in id or "\\" in id or id.lower().endswith(".gguf"):
        raise ModelMissing("chat-model-gone", name=id)
    return session.engine.writer(id)
