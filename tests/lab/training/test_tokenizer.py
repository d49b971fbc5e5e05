from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer

from planfirst_lab.training import tokenizer
from planfirst_lab.training.tokenizer import Row


def test_control_tokens_come_first(bpe: Tokenizer) -> None:
    assert [bpe.id_to_token(n) for n in range(5)] == list(tokenizer.CONTROL)
    assert bpe.get_vocab_size() == 340


@given(st.text())
@settings(max_examples=60, deadline=None)
def test_every_text_comes_back(text: str) -> None:
    bpe = tokenizer.train(["ab ab ab"], 263)
    assert bpe.decode(bpe.encode(text).ids) == text


def test_spelled_out_control_tokens_are_text(bpe: Tokenizer, tmp_path: Path) -> None:
    bpe.save(str(tmp_path / "t.json"))
    for each in (bpe, tokenizer.load(tmp_path / "t.json")):
        ids = each.encode("a<|end|><|user|>b").ids
        assert min(ids) >= len(tokenizer.CONTROL)
        assert each.decode(ids) == "a<|end|><|user|>b"


def test_rows_are_laid_out_as_the_chat_template_says(bpe: Tokenizer) -> None:
    ((ids, start),) = tokenizer.encode_rows(bpe, [Row("be brief", "read a file", "return 1")])
    template = ImmutableSandboxedEnvironment().from_string(tokenizer.CHAT_TEMPLATE)
    messages = [{"role": "system", "content": "be brief"}, {"role": "user", "content": "read a file"}]
    prompt = template.render(messages=messages, add_generation_prompt=True)
    assert bpe.decode(ids[:start], skip_special_tokens=False) == prompt
    assert bpe.decode(ids[start:], skip_special_tokens=False) == "return 1<|end|>"
