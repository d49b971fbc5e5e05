"""Tools, calls and results in what ``planfirst/chat`` is sent."""

from __future__ import annotations

import json
from collections.abc import Sequence

from planfirst.core.tools import Exchange, Tool, ToolCall
from planfirst.lsp.ask import malformed
from planfirst.lsp.json_shapes import list_in, name_in, object_in, text_in

_MOST_CALLS = 128
Said = tuple[tuple[str, str], ...]


def tools_of(values: Sequence[object]) -> tuple[Tool, ...]:
    """The tools that may be called.

    Raises:
        BadRequest: they do not have the right shape.
    """
    return tuple(map(_tool, values))


def said_and_called(values: Sequence[object]) -> tuple[Said, tuple[Exchange, ...]]:
    """The messages, each a role and a text, and the calls between them with their results.

    Calls whose results did not come are left out, and what was said with them stays; a result of no call is text.

    Raises:
        BadRequest: they do not have the right shape.
    """
    messages = [object_in(value, "each of messages") for value in values]
    said: list[tuple[str, str]] = []
    exchanges: list[Exchange] = []
    answered, n = 0, 0
    while n < len(messages):
        role, text = messages[n].get("role"), text_in(messages[n].get("text"), "the text of a message")
        if role not in ("user", "assistant"):
            raise malformed("the role of a message must be user or assistant")
        if loose := _results(messages[n].get("results", [])):
            text = "\n\n".join(filter(None, [*loose.values(), text]))
        results = _results(messages[n + 1].get("results", [])) if n + 1 < len(messages) else {}
        calls = [(id, call) for id, call in _calls(messages[n].get("calls", [])) if id in results]
        if role == "assistant" and calls:
            exchanges.append(
                Exchange(answered, text, tuple(call for _, call in calls), tuple(results[id] for id, _ in calls))
            )
            n += 1
            text = text_in(messages[n].get("text"), "the text of a message")
            role = "user"
        if role == "assistant" and text.strip() and (not said or said[-1][0] == "user"):
            answered += 1
        if text.strip() or not exchanges:
            said.append((role, text))
        n += 1
    return tuple(said), tuple(exchanges)


def _tool(value: object) -> Tool:
    given = object_in(value, "each of tools")
    schema = object_in(given.get("schema", {}), "the schema of a tool")
    return Tool(_called(given), text_in(given.get("about", ""), "about"), json.dumps(schema, ensure_ascii=False))


def _calls(value: object) -> list[tuple[str, ToolCall]]:
    found = []
    for one in list_in(value, "calls", _MOST_CALLS):
        given = object_in(one, "each of calls")
        input = object_in(given.get("input", {}), "the input of a call")
        call = ToolCall(_called(given), json.dumps(input, ensure_ascii=False))
        found.append((name_in(given.get("id"), "the id of a call"), call))
    return found


def _results(value: object) -> dict[str, str]:
    rows = [object_in(one, "each of results") for one in list_in(value, "results", _MOST_CALLS)]
    return {name_in(row.get("id"), "the id of a result"): text_in(row.get("text"), "a result") for row in rows}


def _called(given: object) -> str:
    name = name_in(object_in(given, "a tool").get("name"), "the name of a tool")
    if not name:
        raise malformed("a tool must have a name")
    return name
