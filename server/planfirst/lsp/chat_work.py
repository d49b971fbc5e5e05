"""``planfirst/chat`` with a task that is about a document or a table."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace

from planfirst.core.errors import BadRequest
from planfirst.core.ports import Writer
from planfirst.core.types import Notice, Text
from planfirst.lsp.chat_ask import ChatAsk
from planfirst.lsp.client import Client
from planfirst.lsp.convert import notice_of
from planfirst.lsp.messages import ChatAnswer, NoticeEvent, TextEvent, WireNotice
from planfirst.lsp.session import Session
from planfirst.workflows.workflow import Source, Workflow, WorkflowName


async def work(session: Session, client: Client, ask: ChatAsk, name: WorkflowName, writer: Writer) -> ChatAnswer:
    """Does the work, and streams it. Cancelling who waits for it stops the model.

    Raises:
        BadRequest: there is not one file to work on, or no question to a table.
        PlanfirstError: the model cannot answer.
    """
    if not ask.attached:
        raise BadRequest("workflow-nothing-attached")
    if len(ask.attached) > 1:
        raise BadRequest("workflow-several-attached", count=len(ask.attached))
    ((called, _, text),) = ask.attached
    request = ask.messages[-1][1].strip()
    pipeline = replace(session.engine.pipeline(), planner=writer, generator=writer)
    workflow = Workflow(name, pipeline, session.settings.chat.max_tokens, client.words)
    written: list[str] = []
    notices: list[WireNotice] = []
    async with aclosing(workflow.run(Source(called or "text", text), request)) as events:
        async for event in events:
            if isinstance(event, Text):
                written.append(event.text)
                _send(client, ask, TextEvent(kind="text", stage="generate", text=event.text))
            elif isinstance(event, Notice):
                notices.append(notice_of(event.message, client.words))
                _send(client, ask, NoticeEvent(kind="notice", notice=notices[-1]))
    answer = "".join(written)
    sent = " ".join(filter(None, [f"/{name}", called, request]))
    prompt_tokens, tokens = await writer.count([text, answer])
    return ChatAnswer(
        model=writer.name,
        text=answer,
        sent=sent,
        dropped=0,
        promptTokens=prompt_tokens,
        tokens=tokens,
        calls=[],
        notices=notices,
    )


def _send(client: Client, ask: ChatAsk, event: TextEvent | NoticeEvent) -> None:
    if ask.partial_token is not None:
        client.send_partial(ask.partial_token, event)
