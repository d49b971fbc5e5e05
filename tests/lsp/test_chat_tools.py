"""Tools in `planfirst/chat`: what is sent on, what comes back, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pygls.exceptions import JsonRpcException

from planfirst.core.errors import BadRequest
from planfirst.core.tools import Exchange, Tool, ToolCall
from planfirst.lsp.chat_ask import parse_chat
from tests.lsp.editor import Editor
from tests.lsp.test_queries import query
from tests.random_llama import LONG_NAME, write_random_llama

WEATHER = {"name": "weather", "about": "of a city", "schema": {"type": "object"}}
SEOUL = {"role": "user", "text": "Seoul?"}
CALLED = {"role": "assistant", "text": "I look.", "calls": [{"id": "1", "name": "weather", "input": {"city": "Seoul"}}]}
RESULT = {"role": "user", "text": "", "results": [{"id": "1", "text": "rain"}]}
EXCHANGE = Exchange(0, "I look.", (ToolCall("weather", '{"city": "Seoul"}'),), ("rain",))
_TOOLS = "{% if tools is defined %}{% for t in tools %}{{ t | tojson }}{% endfor %}{% endif %}"
_MESSAGES = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% for c in m.tool_calls %}{{ c | tojson }}{% endfor %}"
)
TEMPLATE = f"{_TOOLS}{_MESSAGES}<|end|>{{% endfor %}}<|assistant|>"


def test_calls_and_their_results_are_no_messages() -> None:
    ask = parse_chat({"messages": [SEOUL, CALLED, RESULT], "tools": [WEATHER]})
    assert ask.messages == (("user", "Seoul?"),)
    assert ask.exchanges == (EXCHANGE,)
    assert ask.tools == (Tool("weather", "of a city", '{"type": "object"}'),)


def test_calls_of_earlier_turns_are_theirs() -> None:
    rain = {"role": "assistant", "text": "Rain."}
    ask = parse_chat({"messages": [SEOUL, CALLED, RESULT, rain, SEOUL, CALLED, RESULT]})
    assert [(turn.user, turn.assistant) for turn in ask.turns()] == [("Seoul?", "Rain.")]
    assert [one.turn for one in ask.exchanges] == [0, 1]


def test_a_call_without_its_result_is_left_out() -> None:
    ask = parse_chat({"messages": [SEOUL, CALLED, SEOUL]})
    assert ask.exchanges == ()
    assert [(turn.user, turn.assistant) for turn in ask.turns()] == [("Seoul?", "I look.")]


def test_a_result_of_no_call_is_text() -> None:
    ask = parse_chat({"messages": [RESULT | {"text": "And Busan?"}]})
    assert ask.messages == (("user", "rain\n\nAnd Busan?"),)


@pytest.mark.parametrize(
    "more",
    [
        {"tools": "weather"},
        {"tools": [{"about": "nameless"}]},
        {"tools": [WEATHER | {"schema": []}]},
        {"tools": [WEATHER] * 129},
        {"messages": [SEOUL, CALLED | {"calls": [{"id": "1"}]}, RESULT]},
        {"messages": [SEOUL, CALLED | {"calls": {}}, RESULT]},
        {"messages": [SEOUL, CALLED, RESULT | {"results": [{"id": 1, "text": "rain"}]}]},
        {"messages": [SEOUL, CALLED, RESULT | {"results": [{"id": "1", "text": None}]}]},
    ],
)
def test_another_shape_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        parse_chat({"messages": [SEOUL], **more})


@pytest.mark.real
async def test_a_model_whose_template_knows_tools_is_offered_and_answers(start: Any, tmp_path: Path) -> None:
    knows = write_random_llama(tmp_path / "knows.gguf", writes=LONG_NAME, template=TEMPLATE)
    editor: Editor = await start({"planner": {"model": str(knows)}, "chat": {"maxTokens": 20}})
    (model,) = await query(editor, "models", None)
    assert model["tools"]
    answer = await query(editor, "chat", {"messages": [SEOUL, CALLED, RESULT], "tools": [WEATHER]})
    assert answer["text"]
    assert answer["calls"] == []


@pytest.mark.real
async def test_a_template_without_tools_says_so(start: Any) -> None:
    editor: Editor = await start({"chat": {"maxTokens": 20}})
    with pytest.raises(JsonRpcException) as refused:
        await query(editor, "chat", {"messages": [SEOUL], "tools": [WEATHER]})
    assert refused.value.data["code"] == "chat-template-tools"


@pytest.mark.real
async def test_a_server_is_offered_no_tools_and_says_so(start: Any) -> None:
    generator = {"endpoint": "http://127.0.0.1:9/v1", "endpointModel": "big", "allowedHosts": ["127.0.0.1"]}
    editor: Editor = await start({"generator": generator})
    with pytest.raises(JsonRpcException) as refused:
        await query(editor, "chat", {"messages": [SEOUL], "tools": [WEATHER]})
    assert refused.value.data["code"] == "chat-tools-unknown"
