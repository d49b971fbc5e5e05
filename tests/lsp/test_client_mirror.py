"""client-vscode/src/protocol.ts says the same as planfirst.lsp.messages."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any, NotRequired, get_args, get_origin, get_type_hints

import pytest

from planfirst.chat.tasks import TaskName
from planfirst.core.types import MAX_STEPS, SectionName, StageName
from planfirst.lsp import messages
from planfirst.lsp.ask import Ask
from planfirst.lsp.chat_ask import ChatAsk
from planfirst.lsp.command_names import Verb

SOURCE = (Path(__file__).parents[2] / "client-vscode" / "src" / "protocol.ts").read_text(encoding="utf-8")
SHAPES = [
    messages.WireLocation,
    messages.StageEvent,
    messages.TextEvent,
    messages.WireNotice,
    messages.NoticeEvent,
    messages.EditEvent,
    messages.AttemptEvent,
    messages.WireVerdict,
    messages.WireExample,
    messages.WireSection,
    messages.WirePrompt,
    messages.Answer,
    messages.WireKnown,
    messages.WireSite,
    messages.Placed,
    messages.Speed,
    messages.ChatCall,
    messages.ChatResult,
    messages.ChatTool,
    messages.ChatMessage,
    messages.ChatFile,
    messages.ChatAnswer,
    messages.ChatModel,
    messages.Counted,
]
# Helper shapes of LSP itself, which messages.py leaves to lsprotocol.
OF_LSP = {"WirePosition", "WireRange", "WireTextEdit", "WireEdit", "AskParams", "ChatParams"}


def table(name: str) -> dict[str, str]:
    body = re.search(rf"export const {name} = \{{(.*?)\}} as const;", SOURCE, re.DOTALL)
    assert body, name
    return dict(re.findall(r"^  (\w+): '([^']*)',$", body[1], re.MULTILINE))


def words(name: str) -> list[str]:
    body = re.search(rf"export const {name} = \[(.*?)\] as const;", SOURCE, re.DOTALL)
    assert body, name
    return re.findall(r"'([\w-]+)'", body[1])


def interface(name: str) -> dict[str, str]:
    body = re.search(rf"export interface {name} \{{\n(.*?)\n\}}", SOURCE, re.DOTALL)
    assert body, f"{name} is missing in protocol.ts"
    return dict(re.findall(r"^  (\w+\??): (.*);$", body[1], re.MULTILINE))


def kind(hint: Any) -> str:
    """Roughly what a type is in JSON."""
    if get_origin(hint) is None and hint in (str, int, float, bool):
        return {str: "string", int: "number", float: "number", bool: "boolean"}[hint]
    if get_origin(hint) is list:
        return "array"
    return "other"


def kind_of_typescript(text: str) -> str:
    text = text.removesuffix(" | null") if text.endswith(" | null") else text
    if text in ("string", "number", "boolean"):
        return text
    return "array" if text.endswith("[]") else "string" if re.match(r"'|\w+Name$", text) else "other"


def test_constants_are_the_same() -> None:
    assert f"OUR_CLIENT = '{messages.OUR_CLIENT}'" in SOURCE
    assert f"MAX_STEPS = {MAX_STEPS};" in SOURCE
    assert table("METHODS") == messages.METHODS
    assert table("QUERIES") == messages.QUERIES
    assert tuple(words("VERBS")) == get_args(Verb)
    assert tuple(words("STORE_CODES")) == messages.STORE_CODES
    assert tuple(words("QUIET_CODES")) == messages.QUIET_CODES
    assert tuple(words("SECTIONS")) == get_args(SectionName)
    assert tuple(words("TASKS")) == get_args(TaskName)
    assert tuple(words("STAGES")) == get_args(StageName)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_shapes_are_the_same(shape: Any) -> None:
    there = interface(shape.__name__)
    hints = get_type_hints(shape, include_extras=True)
    names = {name + "?" * (get_origin(hint) is NotRequired) for name, hint in hints.items()}
    assert set(there) == names
    for name, hint in get_type_hints(shape).items():
        if kind(hint) != "other":
            assert kind_of_typescript(there.get(name) or there[name + "?"]) == kind(hint), f"{shape.__name__}.{name}"


def test_no_shape_is_missing_on_either_side() -> None:
    there = set(re.findall(r"export interface (\w+)", SOURCE)) - OF_LSP
    assert there == {shape.__name__ for shape in SHAPES}
    typed = {name for name, value in vars(messages).items() if hasattr(value, "__required_keys__")}
    assert typed == {shape.__name__ for shape in SHAPES}


def test_what_can_be_asked_is_the_same() -> None:
    there = {name.rstrip("?") for name in interface("AskParams")}
    renamed = {"leave_out": "leaveOut", "partial_token": "partialResultToken", "may_run": "mayRun"}
    of_document = {"uri", "version", "first", "last", "work_token"}  # textDocument, range; commands alone use the token
    ours = {renamed.get(field.name, field.name) for field in fields(Ask) if field.name not in of_document}
    assert there == ours | {"textDocument", "range"}


def test_what_a_conversation_can_ask_is_the_same() -> None:
    there = {name.rstrip("?") for name in interface("ChatParams")}
    renamed = {"partial_token": "partialResultToken"}
    of_messages = {"exchanges"}  # the calls in them, and their results
    assert there == {renamed.get(field.name, field.name) for field in fields(ChatAsk)} - of_messages
