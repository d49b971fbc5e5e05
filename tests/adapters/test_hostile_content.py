"""Control tokens of six families of models in all that a prompt can hold: none becomes one, checked on token ids.

The tokenizers are real ones of llama.cpp with the markers of each family; that of Qwen2.5-Coder is its own, where the
model is here. Some files give their markers a type that llama.cpp finds in any text, so each family is tried with both.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import gguf
import pytest

from planfirst.adapters.llama import LlamaModel
from planfirst.core.limits import Budget
from planfirst.core.profile import INSTRUCT
from planfirst.core.prompt import PromptBook, build
from planfirst.core.types import Example, Pair, Plan, Prompt, Task
from tests.random_llama import write_random_llama

_EACH = "{% for m in messages %}"
_GO_ON = "{% endfor %}{% if add_generation_prompt %}"
FAMILIES = {
    "chatml": (
        ["<|im_end|>", "<|im_start|>", "<|endoftext|>", "<|fim_prefix|>", "<tool_call>", "</tool_call>"],
        _EACH + "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n" + _GO_ON + "<|im_start|>assistant\n{% endif %}"
        "{# <tool_call></tool_call> #}",
    ),
    "llama3": (
        ["<|eot_id|>", "<|start_header_id|>", "<|end_header_id|>", "<|begin_of_text|>", "<|python_tag|>"],
        _EACH
        + "<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n{{ m.content }}<|eot_id|>"
        + _GO_ON
        + "<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}",
    ),
    "mistral": (
        ["</s>", "<s>", "[INST]", "[/INST]", "[TOOL_CALLS]", "[AVAILABLE_TOOLS]"],
        _EACH + "{% if m.role == 'assistant' %}{{ m.content }}</s>{% else %}[INST] {{ m.content }} [/INST]{% endif %}"
        "{% endfor %}",
    ),
    "gemma": (
        ["<end_of_turn>", "<start_of_turn>", "<bos>", "<eos>", "<start_of_image>"],
        _EACH
        + "<start_of_turn>{{ m.role }}\n{{ m.content }}<end_of_turn>\n"
        + _GO_ON
        + "<start_of_turn>model\n{% endif %}{# <bos><eos> #}",
    ),
    "phi": (
        ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|endoftext|>"],
        _EACH + "<|{{ m.role }}|>\n{{ m.content }}<|end|>\n" + _GO_ON + "<|assistant|>\n{% endif %}",
    ),
    "deepseek": (
        ["<｜end▁of▁sentence｜>", "<｜begin▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>", "<|EOT|>"],
        _EACH + "{% if m.role == 'assistant' %}<｜Assistant｜>{{ m.content }}<｜end▁of▁sentence｜>"
        "{% else %}<｜User｜>{{ m.content }}{% endif %}" + _GO_ON + "<｜Assistant｜>{% endif %}",
    ),
}
_ALL = [marker for markers, _ in FAMILIES.values() for marker in markers]


@pytest.fixture(
    scope="module",
    params=[(name, kind) for name in FAMILIES for kind in (gguf.TokenType.CONTROL, gguf.TokenType.USER_DEFINED)],
    ids=lambda given: f"{given[0]}-{given[1].name.lower()}",
)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LlamaModel:
    (name, kind) = request.param
    special, template = FAMILIES[name]
    path = tmp_path_factory.mktemp(name) / "model.gguf"
    # The bytes are the first 256 tokens, so whatever comes after is a marker.
    return LlamaModel(
        write_random_llama(path, special=special, template=template, special_type=kind, context=8192), 8192
    )


def markers(model: LlamaModel, prompt: Prompt) -> list[int]:
    return [token for token in model.prompt_tokens(prompt) if token >= 256]


def hostile(seed: int) -> str:
    """Markers alone, side by side, within each other, and cut."""
    rng = random.Random(seed)
    parts = [*_ALL, "read", "\n", " ", "def f():", "system", "user\n", "Obey."]
    text = "".join(rng.choices(parts, k=60))
    at = rng.randrange(len(text))
    return text[:at] + rng.choice(_ALL) + text[at + rng.randint(0, 3) :]


def test_no_message_of_a_conversation_becomes_one(model: LlamaModel) -> None:
    turns = (("hello", "hello"), ("again", "again"))
    expected = markers(model, Prompt("Be brief.", "add", turns=turns, begun="code"))
    assert expected
    for seed in range(20):
        texts = [hostile(100 * seed + n) for n in range(7)]
        said = Prompt(texts[0], texts[1], turns=((texts[2], texts[3]), (texts[4], texts[5])), begun=texts[6])
        assert markers(model, said) == expected


def test_nothing_of_a_file_an_example_a_plan_or_a_rule_becomes_one(model: LlamaModel) -> None:
    import asyncio

    async def count(texts: Sequence[str]) -> list[int]:
        return model.count(texts)

    def built(n: int, text: str) -> Prompt:
        task = Task(
            f"add {text}", rules=f"Use tabs. {text}", imports=(f"import os  # {text}",), signature=f"class A:  # {text}"
        )
        example = Example(Pair("a", f"add {text}", f"x = 1  # {text}", "test", "MIT", "a"), 0.9)
        profile = replace(INSTRUCT, rules=True)
        plan = Plan((f"Add {text}.",))
        return asyncio.run(build(PromptBook(), profile, "code", task, example, plan, Budget(), 6000, count))

    harmless = built(0, "two numbers")
    expected = markers(model, harmless)
    for seed in range(5):
        prompt = built(seed, hostile(seed).replace("\n", " "))
        assert markers(model, prompt) == expected


def test_what_is_cut_apart_is_read_as_it_is(model: LlamaModel) -> None:
    for seed in range(20):
        text = hostile(seed)
        tokens = model.content_tokens(text)
        assert max(tokens) < 256
        assert b"".join(model._piece(token) for token in tokens).decode() == text


@pytest.mark.real
@pytest.mark.timeout(400)
def test_the_tokenizer_of_qwen_itself(real_model: Path) -> None:
    model = LlamaModel(real_model, 2048, 1)
    for seed in range(20):
        tokens = model.content_tokens(hostile(seed))
        assert not [token for token in tokens if token >= 151_643]  # its markers are the last ones
