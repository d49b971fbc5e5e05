from __future__ import annotations

import pytest

from planfirst.chat.tool_calls import ToolCallText
from planfirst.core.tools import ToolCall

CALL = '{"name": "weather", "arguments": {"city": "Seoul"}}'
SEOUL = ToolCall("weather", '{"city": "Seoul"}')


def read(answer: str, size: int) -> tuple[str, list[ToolCall]]:
    found = ToolCallText(["weather"])
    text = "".join(found.take(answer[n : n + size]) for n in range(0, len(answer), size))
    return text + found.end(), found.calls


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("answer", "text", "calls"),
    [
        (f"<tool_call>\n{CALL}\n</tool_call>", "", [SEOUL]),
        (f"I look.\n<tool_call>\n{CALL}\n</tool_call>", "I look.\n", [SEOUL]),
        (f"<tool_call>{CALL}</tool_call>\n<tool_call>{CALL}</tool_call>\n", "", [SEOUL, SEOUL]),
        (f"<tool_call>\n{CALL}", "", [SEOUL]),
        (CALL, "", [SEOUL]),
        (f"```json\n{CALL}\n```", "", [SEOUL]),
        ('{"name": "weather", "parameters": {"city": "Seoul"}}', "", [SEOUL]),
        ('{"name": "weather"}', "", [ToolCall("weather", "{}")]),
        ("Plain text, a < b.", "Plain text, a < b.", []),
        ("```python\nx = {}\n```", "```python\nx = {}\n```", []),
        ("<tool_cal", "<tool_cal", []),
        ("<tool_call>no JSON</tool_call>", "<tool_call>no JSON</tool_call>", []),
        (CALL.replace("weather", "delete_all"), CALL.replace("weather", "delete_all"), []),
        ('{"name": ["weather"]}', '{"name": ["weather"]}', []),
        ('{"name": "weather", "arguments": "Seoul"}', '{"name": "weather", "arguments": "Seoul"}', []),
        (f"Like this: {CALL}", f"Like this: {CALL}", []),
        ("[" * 5000, "[" * 5000, []),
        ("", "", []),
    ],
)
def test_calls_are_told_from_text(answer: str, text: str, calls: list[ToolCall], size: int) -> None:
    assert read(answer, size) == (text, calls)


def test_text_comes_as_soon_as_it_is_one() -> None:
    found = ToolCallText(["weather"])
    assert found.take("Seoul is") == "Seoul is"
    assert found.take(" large") == " large"
