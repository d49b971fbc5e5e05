"""What may be asked in a conversation, and what is refused before any model hears of it."""

from __future__ import annotations

from typing import Any

import pytest

from planfirst.chat.window import MOST_CHARACTERS
from planfirst.core.errors import BadRequest
from planfirst.lsp.chat_ask import parse_chat, parse_count


def user(text: str) -> dict[str, str]:
    return {"role": "user", "text": text}


def assistant(text: str) -> dict[str, str]:
    return {"role": "assistant", "text": text}


CODE = {"name": "a.py", "language": "python", "text": "x = 1\n"}


def test_messages_become_turns() -> None:
    ask = parse_chat({"messages": [user("be brief"), user("hi"), assistant("hello"), user("why?")]})
    assert [(turn.user, turn.assistant) for turn in ask.turns()] == [("be brief\n\nhi", "hello")]
    assert ask.message("en") == "why?"


def test_an_answer_to_nothing_stays() -> None:
    ask = parse_chat({"messages": [assistant("I can plan."), user("do")]})
    assert [(turn.user, turn.assistant) for turn in ask.turns()] == [("", "I can plan.")]


def test_what_was_stopped_before_its_first_word_is_no_turn() -> None:
    ask = parse_chat({"messages": [user("one"), assistant(""), user("two")]})
    assert ask.turns() == []
    assert ask.message("en") == "two"


@pytest.mark.parametrize(
    ("typed", "language", "begins"),
    [
        ("", "en", "Explain this code step by step.\n\na.py:\n```python\nx = 1\n```"),
        ("", "ko", "이 코드를 단계별로 설명해 주세요.\n\na.py:\n```python"),
        ("왜 1인가요?", "en", "이 코드를 단계별로 설명해 주세요.\n\n왜 1인가요?\n\na.py:"),
        ("why 1?", "ko", "Explain this code step by step.\n\nwhy 1?\n\na.py:"),
    ],
)
def test_a_task_is_worded_for_its_reader(typed: str, language: str, begins: str) -> None:
    ask = parse_chat({"messages": [user(typed)], "task": "explain", "attached": [CODE]})
    assert ask.message(language).startswith(begins)


def test_no_line_of_the_code_ends_its_fence() -> None:
    code = {**CODE, "text": "a\n````\nb"}
    ask = parse_chat({"messages": [user("what?")], "attached": [code]})
    assert ask.message("en") == "what?\n\na.py:\n`````python\na\n````\nb\n`````"


@pytest.mark.parametrize(
    "params",
    [
        None,
        [],
        {},
        {"messages": []},
        {"messages": "hi"},
        {"messages": [1]},
        {"messages": [{"role": "system", "text": "x"}]},
        {"messages": [{"role": "user"}]},
        {"messages": [{"role": "user", "text": 1}]},
        {"messages": [assistant("the last one")]},
        {"messages": [user("x")] * 2001},
        {"messages": [user("x")], "system": 1},
        {"messages": [user("x")], "model": ["a"]},
        {"messages": [user("x")], "model": "a\nb"},
        {"messages": [user("x")], "task": "delete"},
        {"messages": [user("x")], "task": {}},
        {"messages": [user("x")], "attached": "x"},
        {"messages": [user("x")], "attached": [CODE] * 21},
        {"messages": [user("x")], "attached": [{**CODE, "name": "a\n```\n"}]},
        {"messages": [user("x")], "attached": [{"name": "a.py"}]},
    ],
)
def test_another_shape_is_refused(params: Any) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_chat(params)
    assert refused.value.code == "request-malformed"


def test_too_much_is_refused() -> None:
    with pytest.raises(BadRequest) as refused:
        parse_chat({"messages": [user("x"), assistant("y" * 2_000_000), user("z")]})
    assert refused.value.code == "chat-conversation-long"
    ask = parse_chat({"messages": [user("x" * 200_000)]})
    with pytest.raises(BadRequest) as refused:
        ask.message("en")
    assert refused.value.code == "chat-message-long"
    pasted = parse_chat({"messages": [user("x")], "attached": [{**CODE, "text": "y" * (MOST_CHARACTERS + 1)}]})
    with pytest.raises(BadRequest) as refused:
        pasted.message("en")
    assert refused.value.code == "chat-message-long"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"messages": [user(" \n")]}, "chat-message-empty"),
        ({"messages": [user("x")], "task": "fix"}, "chat-nothing-attached"),
    ],
)
def test_nothing_to_answer(params: Any, code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_chat(params).message("en")
    assert refused.value.code == code


def test_a_lone_surrogate_can_be_sent_on() -> None:
    ask = parse_chat({"messages": [user("a\ud800b")]})
    assert ask.message("en").encode()


def test_what_is_counted() -> None:
    assert parse_count({"texts": ["a"], "model": "m"}) == ("m", ["a"])
    for params in ({}, {"texts": "a"}, {"texts": [1]}, {"texts": ["a"] * 1001}, {"texts": [], "model": 1}):
        with pytest.raises(BadRequest):
            parse_count(params)
