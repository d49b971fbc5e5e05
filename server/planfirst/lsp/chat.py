"""``planfirst/chat``, ``planfirst/models`` and ``planfirst/count``: a conversation that the editor keeps."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress

from planfirst.chat.asking import SYSTEM, answer_room, asked, of_the_end, prompt_room
from planfirst.chat.sampling import decoding_of
from planfirst.core.errors import ModelError, ModelMissing, PlanfirstError
from planfirst.core.ports import Writer
from planfirst.lsp.chat_ask import ChatAsk
from planfirst.lsp.chat_work import work
from planfirst.lsp.client import Client
from planfirst.lsp.convert import notice_of
from planfirst.lsp.messages import ChatAnswer, ChatModel, Counted, NoticeEvent, TextEvent
from planfirst.lsp.session import Session
from planfirst.models import InstalledModel, installed, resolve
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
    prompt, dropped = await asked(writer, settings, ask.system or settings.system or SYSTEM, said, message)
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
    async with aclosing(writer.stream(prompt, decoding)) as pieces:
        async for piece in pieces:
            answer.append(piece)
            if ask.partial_token is not None:
                client.send_partial(ask.partial_token, TextEvent(kind="text", stage="generate", text=piece))
    text = "".join(answer)
    prompt_tokens, tokens = await writer.count([prompt.text, text])
    if ending := of_the_end(text, tokens, decoding, writer.name):
        tell(ending)
    return ChatAnswer(
        model=writer.name,
        text=text,
        sent=message,
        dropped=dropped,
        promptTokens=prompt_tokens,
        tokens=tokens,
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
            found.append(_model(session, id, writer.name, writer.context, row, in_use=True, is_local=is_local))
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
) -> ChatModel:
    settings = session.settings.chat
    return ChatModel(
        id=id,
        name=name,
        inUse=in_use,
        isLocal=is_local,
        promptTokens=prompt_room(context, settings),
        answerTokens=answer_room(context, settings),
        size=row.size if row else 0,
        licence=row.licence if row else "",
        tools=False,  # no template is filled with tools yet
    )


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
