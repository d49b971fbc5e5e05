"""What ``planfirst/chat`` and ``planfirst/count`` ask for, and how their JSON is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from planfirst.chat.tasks import AboutCode, TaskName, fenced, instruction
from planfirst.chat.turns import Turn
from planfirst.chat.window import checked
from planfirst.core.begun import label
from planfirst.core.errors import BadRequest
from planfirst.lsp.ask import malformed

_MOST_MESSAGES = 2000
_MOST_CHARACTERS = 2_000_000  # of a whole conversation; what of it fits is decided later, in tokens
_MOST_FILES = 20
_MOST_TEXTS = 1000
_LONGEST_NAME = 500


@dataclass(frozen=True, slots=True)
class ChatAsk:
    """What ``planfirst/chat`` asks for.

    Attributes:
        messages: oldest first, each a role and a text; the last one is the user's and is to be answered.
        system: what the model is told before; empty for what the settings say.
        model: which one answers; empty for the one in use.
        task: what is to be done with what is attached, besides what the last message says.
        attached: code that goes along with the last message: its name, its language's label, its text.
        partial_token: where pieces of the answer are sent to.
    """

    messages: tuple[tuple[str, str], ...]
    system: str = ""
    model: str = ""
    task: TaskName | None = None
    attached: tuple[tuple[str, str, str], ...] = ()
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
    given = _object(params, "parameters")
    messages = tuple(_message(one) for one in _list(given.get("messages"), "messages", _MOST_MESSAGES))
    if not messages or messages[-1][0] != "user":
        raise malformed("the last of messages must be the user's")
    task = given.get("task")
    if task is not None and task not in get_args(TaskName):
        raise malformed(f"task must be one of {', '.join(get_args(TaskName))}")
    attached = tuple(_file(one) for one in _list(given.get("attached", []), "attached", _MOST_FILES))
    token = given.get("partialResultToken")
    ask = ChatAsk(
        messages,
        system=_text(given.get("system", ""), "system"),
        model=_name(given.get("model", ""), "model"),
        task=task,
        attached=attached,
        partial_token=token if isinstance(token, str) or type(token) is int else None,
    )
    said = [text for _, text in messages] + [text for _, _, text in attached] + [ask.system]
    if (characters := sum(map(len, said))) > _MOST_CHARACTERS:
        raise BadRequest("chat-conversation-long", characters=characters, most=_MOST_CHARACTERS)
    return ask


def parse_count(params: object) -> tuple[str, list[str]]:
    """The model and the texts of ``planfirst/count``.

    Raises:
        BadRequest: they do not have the right shape, or are longer than anything that is counted.
    """
    given = _object(params, "parameters")
    texts = [_text(one, "texts") for one in _list(given.get("texts"), "texts", _MOST_TEXTS)]
    if (characters := sum(map(len, texts))) > _MOST_CHARACTERS:
        raise BadRequest("chat-conversation-long", characters=characters, most=_MOST_CHARACTERS)
    return _name(given.get("model", ""), "model"), texts


def _joined(messages: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """With those in a row from one side as one."""
    joined: list[tuple[str, str]] = []
    for role, text in messages:
        if joined and joined[-1][0] == role:
            joined[-1] = role, "\n\n".join(filter(None, [joined[-1][1], text]))
        else:
            joined.append((role, text))
    return joined


def _message(value: object) -> tuple[str, str]:
    given = _object(value, "each of messages")
    if given.get("role") not in ("user", "assistant"):
        raise malformed("the role of a message must be user or assistant")
    return given["role"], _text(given.get("text"), "the text of a message")


def _file(value: object) -> tuple[str, str, str]:
    given = _object(value, "each of attached")
    name, language = _name(given.get("name", ""), "name"), _name(given.get("language", ""), "language")
    return name, label(language), _text(given.get("text"), "the text of what is attached")


def _object(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise malformed(f"{what} must be an object")
    return value


def _list(value: object, what: str, most: int) -> list[object]:
    if not isinstance(value, list) or len(value) > most:
        raise malformed(f"{what} must be a list of at most {most}")
    return value


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise malformed(f"{what} must be a text")
    return value.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be sent on


def _name(value: object, what: str) -> str:
    text = _text(value, what)
    if len(text) > _LONGEST_NAME or not text.isprintable() or "`" in text:
        raise malformed(f"{what} must be one line of at most {_LONGEST_NAME} characters, without a backtick")
    return text
