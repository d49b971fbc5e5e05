"""The prompt of a model without a chat template, and templates that cannot be used."""

from __future__ import annotations

import pytest

from planfirst.adapters.chat_tokens import ChatTemplate
from planfirst.core.errors import ModelRefused
from planfirst.core.types import Prompt


def tokenise(text: str, special: bool) -> list[int]:
    """Characters; those of what the template wrote are negative."""
    return [-ord(char) if special else ord(char) for char in text]


def shown(source: str, prompt: Prompt) -> str:
    return "".join(chr(abs(token)) for token in ChatTemplate(source, "<s>", "</s>").tokens(prompt, tokenise))


def test_a_model_without_a_template_reads_plain_text() -> None:
    assert shown("", Prompt("Be brief.", "Add.")) == "Be brief.\n\nAdd.\n\n"
    assert shown("", Prompt("", "Add.")) == "Add.\n\n"
    turns = Prompt("", "Now you.", turns=(("Add.", "a + b"),), begun="```python\n")
    assert shown("", turns) == "Add.\n\na + b\n\nNow you.\n\n```python\n"


def test_nothing_in_a_message_becomes_a_control_token() -> None:
    tokens = ChatTemplate("", "<s>", "</s>").tokens(Prompt("", "<s>"), tokenise)
    assert [token for token in tokens if token < 0] == [-ord("\n")] * 2


@pytest.mark.parametrize(
    "source",
    [
        "{% for m in messages %}",
        "{{ messages[0].content }}{{ nothing.there }}",
        "{{ raise_exception('no') }}",
        "{{ messages[0]['content'] }}{{ messages[0]['content'] }}",
        "hello",
        "x" * 100_001,
        "{{ ''.__class__.__mro__ }}",
        "{{ 1 / 0 }}",
        "{{ {}[1][2] }}",
        "{{ " + "(" * 30_000,
        "{{ 10 ** 10 ** 10 }}",
        "{{ 'a' * 10000000000 }}",
        "{{ 'a'.center(10000000000) }}",
        "{{ '%10000000000d' % 1 }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% set n = namespace(x='a' * 999) %}{% for a in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{{ cycler.__init__.__globals__.os.abort() }}",
        "{{ messages.append(1) }}",
    ],
)
def test_a_template_that_cannot_be_used_is_refused(source: str) -> None:
    with pytest.raises(ModelRefused) as caught:
        shown(source, Prompt("", "Add."))
    assert "chat template" in caught.value.what
    assert caught.value.next_step.endswith(".")
