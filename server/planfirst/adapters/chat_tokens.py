"""A prompt as token ids, so that no retrieved or typed text can become a control token.

A model's own chat template is rendered with placeholders in the messages. What the template wrote is tokenised with
control tokens recognised; what the messages hold is tokenised as plain text. It knows nothing of llama.cpp beyond two
callables.

Why: docs/decisions/0006-text-is-no-control-token.md
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from planfirst.adapters.bounded import bounded
from planfirst.adapters.placeholders import CLOSE, OPEN, PLACE, ToolTexts, placeholder, to_json
from planfirst.core.errors import ModelRefused
from planfirst.core.tools import Exchange, Tool
from planfirst.core.types import Prompt

Made = TypeVar("Made")
Tokenise = Callable[[str, bool], list[int]]
"""Text, and whether control tokens in it are recognised, to token ids."""

_SYSTEM = f"{OPEN}system{CLOSE}"
_ANSWER = f"{OPEN}assistant"
_PLAIN = "{% for message in messages %}{{ message['content'] }}\n\n{% endfor %}"
_LONGEST_TEMPLATE = 100_000
_MOST_SECONDS, _MOST_MEMORY = 5.0, 256 << 20  # for one rendering, which takes milliseconds
_PROBE = Prompt("", "", tools=(Tool("name", "about", "{}"),))


def _nothing(answer: str) -> None:
    return None


class ChatTemplate:
    """A model's chat template, as its GGUF file carries it; an untrusted Jinja2 text that runs sandboxed.

    Args:
        source: the template; empty for a model that has none, whose prompt is then the plain text of both messages.
        bos, eos: the texts of the tokens that the template may refer to.

    Raises:
        ModelRefused: the template cannot be used.
    """

    def __init__(self, source: str, bos: str, eos: str) -> None:
        if len(source) > _LONGEST_TEMPLATE:
            raise ModelRefused("chat-template-long")
        jinja = _Sandbox(trim_blocks=True, lstrip_blocks=True, autoescape=False)
        jinja.filters["tojson"] = to_json
        jinja.globals["raise_exception"] = _raise
        jinja.globals["strftime_now"] = lambda pattern: datetime.now().astimezone().strftime(pattern)
        self._special = {"bos_token": bos, "eos_token": eos}
        self._template = _tried(lambda: jinja.from_string(source or _PLAIN))
        self._frames: dict[tuple[bool, int], list[str]] = {}
        self._frame(True, 1)

    def tokens(
        self, prompt: Prompt, tokenise: Tokenise, written: Callable[[str], Sequence[int] | None] = _nothing
    ) -> list[int]:
        """The prompt's token ids, up to where the model goes on; markers only where the template has them.

        Args:
            written: of an answer, the very tokens that the model wrote it in, where they are known.

        Raises:
            ModelRefused: the template cannot hold such a conversation.
        """
        texts = {_SYSTEM: prompt.system}
        for n, (asked, answered) in enumerate([*prompt.turns, (prompt.user, "")]):
            texts[placeholder("user", n)], texts[placeholder("assistant", n)] = asked, answered
        tokens: list[int] = []
        if prompt.tools or prompt.exchanges:
            tools = ToolTexts()
            frame = self._cut_with_tools(prompt, tools)
            texts |= tools.texts()
        else:
            frame = self._frame(bool(prompt.system), len(prompt.turns) + 1)
        for piece in frame:
            if piece not in texts:
                tokens += tokenise(piece, True)
            elif piece.startswith(_ANSWER) and (known := written(texts[piece])) is not None:
                tokens += known
            else:
                tokens += tokenise(texts[piece], False)
        return [*tokens, *tokenise(prompt.begun, False)]

    @property
    def knows_tools(self) -> bool:
        """Whether the template writes what tools there are."""
        try:
            self._cut_with_tools(_PROBE, ToolTexts())
        except ModelRefused:
            return False
        return True

    def _frame(self, with_system: bool, turns: int) -> list[str]:
        """What the template writes, cut at the messages, which stand between."""
        if (with_system, turns) not in self._frames:
            self._frames[with_system, turns] = self._cut(with_system, turns)
        return self._frames[with_system, turns]

    def _cut(self, with_system: bool, turns: int) -> list[str]:
        messages = [{"role": "system", "content": _SYSTEM}] if with_system else []
        for n in range(turns):
            messages.append({"role": "user", "content": placeholder("user", n)})
            if n < turns - 1:
                messages.append({"role": "assistant", "content": placeholder("assistant", n)})
        text = self._rendered(messages)
        if with_system and _SYSTEM not in text:  # some models have no system role
            first = {"role": "user", "content": f"{_SYSTEM}\n\n{messages[1]['content']}"}
            text = self._rendered([first, *messages[2:]])
        return _pieces(text, messages)

    def _cut_with_tools(self, prompt: Prompt, texts: ToolTexts) -> list[str]:
        """The same of a prompt with tools, which hardly ever comes twice.

        Raises:
            ModelRefused: the template does not know tools, or not such calls.
        """
        tools = [
            {
                "type": "function",
                "function": {
                    "name": texts.put(tool.name),
                    "description": texts.put(tool.about),
                    "parameters": texts.within(json.loads(tool.schema)),
                },
            }
            for tool in prompt.tools
        ]
        messages: list[dict[str, Any]] = [{"role": "system", "content": _SYSTEM}] if prompt.system else []
        for n in range(len(prompt.turns) + 1):
            messages.append({"role": "user", "content": placeholder("user", n)})
            for number, exchange in enumerate(one for one in prompt.exchanges if one.turn == n):
                messages += _called(exchange, f"{n}-{number}", texts)
            if n < len(prompt.turns):
                messages.append({"role": "assistant", "content": placeholder("assistant", n)})
        text = self._rendered(messages, tools)
        if not texts.are_all_in(text):
            raise ModelRefused("chat-template-tools")
        plain = [one for one in messages if PLACE.fullmatch(one["content"]) and one["role"] != "tool"]
        return _pieces(text, [one for one in plain if "tool_calls" not in one])

    def _rendered(self, messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None = None) -> str:
        given = {**self._special, **({"tools": tools} if tools else {})}
        return _tried(lambda: self._template.render(messages=messages, add_generation_prompt=True, **given))


def _called(exchange: Exchange, number: str, texts: ToolTexts) -> list[dict[str, Any]]:
    """The messages of calls and their results."""
    ids = [f"call-{number}-{n}" for n in range(len(exchange.calls))]
    names = [texts.put(call.name) for call in exchange.calls]
    calls = [
        {
            "id": id,
            "type": "function",
            "function": {"name": name, "arguments": texts.within(json.loads(call.arguments))},
        }
        for id, name, call in zip(ids, names, exchange.calls, strict=True)
    ]
    said = texts.put(exchange.said) if exchange.said else ""
    results = [
        {"role": "tool", "content": texts.put(result), "tool_call_id": id}
        for id, result in zip(ids, exchange.results, strict=True)
    ]
    return [{"role": "assistant", "content": said, "tool_calls": calls}, *results]


def _pieces(text: str, messages: list[dict[str, Any]]) -> list[str]:
    """What was rendered, cut at the placeholders.

    Raises:
        ModelRefused: a message is missing, or stands there twice.
    """
    shown = [match[0] for match in PLACE.finditer(text) if match[1] not in ("tool", "json")]
    if sorted(shown) != sorted(match[0] for message in messages for match in PLACE.finditer(message["content"])):
        raise ModelRefused("chat-template-lossy")
    pieces, end = [], 0
    for match in PLACE.finditer(text):
        pieces += [text[end : match.start()], match[0]]
        end = match.end()
    return [piece for piece in [*pieces, text[end:]] if piece]


class _Sandbox(ImmutableSandboxedEnvironment):
    """A power is computed by native code, which may take for ever over it; no template needs one."""

    intercepted_binops = frozenset(["**"])

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuses."""
        raise TemplateError("it computes a power")


def _tried(work: Callable[[], Made]) -> Made:
    """What becomes of a template.

    Raises:
        ModelRefused: it fails, in whichever way, or is at it for too long.
    """
    try:
        return bounded(work, _MOST_SECONDS, _MOST_MEMORY)
    except Exception as error:  # a template may raise what it likes
        raise ModelRefused("chat-template-broken", reason=str(error).rstrip(" .!") or type(error).__name__) from error


def _raise(message: str) -> None:
    raise TemplateError(message)
