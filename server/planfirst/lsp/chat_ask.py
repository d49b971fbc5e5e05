"""What ``planfirst/chat`` and ``planfirst/count`` ask for, and how their JSON is checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from planfirst.chat.tasks import AboutCode, TaskName, fenced, instruction
from planfirst.chat.turns import Turn
from planfirst.chat.window import checked
from planfirst.core.begun import label
from planfirst.core.errors import BadRequest
from planfirst.core.tools import Exchange, Tool
from planfirst.core.types import Prompt
from planfirst.lsp.ask import malformed
from planfirst.lsp.chat_calls import said_and_called, tools_of
from planfirst.lsp.json_shapes import list_in, name_in, object_in, text_in

_MOST_MESSAGES = 2000
_MOST_CHARACTERS = 2_000_000  # of a whole conversation; what of it fits is decided later, in tokens
_MOST_FILES = 20
_MOST_TEXTS = 1000
_MOST_TOOLS = 128


@dataclass(frozen=True, slots=True)
class ChatAsk:
    """What ``planfirst/chat`` asks for.

    Attributes:
        messages: oldest first, each a role and a text; the last one is the user's and is to be answered.
        system: what the model is told before; empty for what the settings say.
        model: which one answers; empty for the one in use.
        task: what is to be done with what is attached, besides what the last message says.
        attached: code that goes along with the last message: its name, its language's label, its text.
        tools: what the model may call.
        exchanges: what it has called before its answers, by the index of the turn; they are no part of the messages.
        partial_token: where pieces of the answer are sent to.
    """

    messages: tuple[tuple[str, str], ...]
    system: str = ""
    model: str = ""
    task: TaskName | None = None
    attached: tuple[tuple[str, str, str], ...] = ()
    tools: tuple[Tool, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    partial_token: str | int | None = None

    def turns(self) -> list[Turn]:
        """What was said before the last message.

        Messages in a row from one side are one, and what was answered to nothing is an answer to an empty message,
        since templates want them in pairs.
        """
        turns: list[Turn] = []
        user: list[str] = []
        for role, text in _joined(self.messages)[:-1]:
            if role == "user":
                user = [text]
            elif text.strip():
                turns.append(Turn("".join(user), text, number=len(turns) + 1))
                user = []
        return turns

    def message(self, language: str) -> str:
        """What is to be answered, with the task before it and the attached code behind it.

        Args:
            language: of the reader; the task is worded in it where nothing was typed.

        Raises:
            BadRequest: nothing is asked, or it is too long.
        """
        typed = _joined(self.messages)[-1][1].strip()
        if self.task and not self.attached:
            raise BadRequest("chat-nothing-attached")
        about_code = next((one for one in get_args(AboutCode) if one == self.task), None)
        parts = [instruction(about_code, typed, language)] if about_code else []
        if typed or not parts:
            parts.append(checked(typed))
        for name, code_label, text in self.attached:
            parts.append("\n".join(filter(None, [f"{name}:" if name else "", fenced(text, code_label)])))
        return checked("\n\n".join(parts))


def parse_chat(params: object) -> ChatAsk:
    """Checks the parameters of ``planfirst/chat``.

    Raises:
        BadRequest: they do not have the right shape, or say more than any model reads.
    """
    given = object_in(params, "parameters")
    messages, exchanges = said_and_called(list_in(given.get("messages"), "messages", _MOST_MESSAGES))
    if not messages or messages[-1][0] != "user":
        raise malformed("the last of messages must be the user's")
    task = given.get("task")
    if task is not None and task not in get_args(TaskName):
        raise malformed(f"task must be one of {', '.join(get_args(TaskName))}")
    attached = tuple(_file(one) for one in list_in(given.get("attached", []), "attached", _MOST_FILES))
    token = given.get("partialResultToken")
    ask = ChatAsk(
        messages,
        system=text_in(given.get("system", ""), "system"),
        model=name_in(given.get("model", ""), "model"),
        task=task,
        attached=attached,
        tools=tools_of(list_in(given.get("tools", []), "tools", _MOST_TOOLS)),
        exchanges=exchanges,
        partial_token=token if isinstance(token, str) or type(token) is int else None,
    )
    said = [text for _, text in messages] + [text for _, _, text in attached] + [ask.system]
    said.append(Prompt("", "", tools=ask.tools, exchanges=exchanges).text)
    if (characters := sum(map(len, said))) > _MOST_CHARACTERS:
        raise BadRequest("chat-conversation-long", characters=characters, most=_MOST_CHARACTERS)
    return ask


def parse_count(params: object) -> tuple[str, list[str]]:
    """The model and the texts of ``planfirst/count``.

    Raises:
        BadRequest: they do not have the right shape, or are longer than anything that is counted.
    """
    given = object_in(params, "parameters")
    texts = [text_in(one, "texts") for one in list_in(given.get("texts"), "texts", _MOST_TEXTS)]
    if (characters := sum(map(len, texts))) > _MOST_CHARACTERS:
        raise BadRequest("chat-conversation-long", characters=characters, most=_MOST_CHARACTERS)
    return name_in(given.get("model", ""), "model"), texts


def _joined(messages: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """With those in a row from one side as one."""
    joined: list[tuple[str, str]] = []
    for role, text in messages:
        if joined and joined[-1][0] == role:
            joined[-1] = role, "\n\n".join(filter(None, [joined[-1][1], text]))
        else:
            joined.append((role, text))
    return joined


def _file(value: object) -> tuple[str, str, str]:
    given = object_in(value, "each of attached")
    name, language = name_in(given.get("name", ""), "name"), name_in(given.get("language", ""), "language")
    return name, label(language), text_in(given.get("text"), "the text of what is attached")
