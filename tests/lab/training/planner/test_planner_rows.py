from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from pathlib import Path

import pytest

from planfirst.adapters.llama import LlamaModel
from planfirst.core.errors import CorpusError
from planfirst.core.types import Pair, Plan, Prompt
from planfirst.corpora.report import Report
from planfirst_lab.convert.command import Options, convert
from planfirst_lab.convert.tokenizer import HfTokenizer
from planfirst_lab.training.augment.rows import Row
from planfirst_lab.training.changes.made import Change, changed
from planfirst_lab.training.changes.rows import record
from planfirst_lab.training.planner.rows import Encoder, prepare
from tests.lab.small_hf import END, write_hf
from tests.lab.training.planner.worlds import SNIPPET, encoded, rows_file

pytestmark = pytest.mark.real
ROW = Row("1", "read a file", SNIPPET, "the lines of a text", 0.71, Plan(("Open it.", "Return its lines.")), 0.6)


def a_change() -> Change:
    """Some function of which a plan was changed."""
    code = "def first(items):\n    found = sorted(items)\n    if not found:\n        return None\n    return found[0]\n"
    change = changed(Pair("own/first", "the first of some items", code, "test", "", ""), random.Random(3))
    assert change is not None
    return change


def encoder(base: Path, longest: int = 1024) -> Encoder:
    return Encoder(HfTokenizer(base), "compact", longest, 768)


def text_of(base: Path, tokens: list[int]) -> str:
    return HfTokenizer(base)._special.decode(tokens, skip_special_tokens=False)


def test_a_row_is_the_products_prompt_and_the_plan(base: Path) -> None:
    found = asyncio.run(encoder(base).encode(ROW))
    assert found is not None
    prompt, plan = text_of(base, found.tokens[: found.plan]), text_of(base, found.tokens[found.plan :])
    assert prompt.startswith("<|begin|><|system|>Plan in at most six steps")
    assert f"Similar (0.71): read a file\n{SNIPPET.strip()}" in prompt
    assert prompt.endswith("Request: the lines of a text\nPlan:<|end|><|assistant|>")
    assert plan == "1. Open it.\n2. Return its lines.<|end|>"
    assert found.weight == 0.6


def test_a_row_without_an_example_and_in_a_stub(base: Path) -> None:
    row = replace(ROW, question="", snippet="", stub='def lines(path):\n    """the lines of a text"""')
    chosen = Encoder(HfTokenizer(base), "instruct", 1024, 768)
    found = asyncio.run(chosen.encode(row))
    assert found is not None
    prompt = text_of(base, found.tokens[: found.plan])
    assert "Complete this Python function" in prompt
    assert row.stub in prompt
    assert prompt.count("ines of a text") == 1
    assert (chosen.lengths.whole, chosen.lengths.without) == (1, 0)


def test_the_example_is_cut_first_and_the_plan_never(base: Path) -> None:
    row = replace(ROW, snippet=SNIPPET * 3)
    whole = asyncio.run(encoder(base).encode(row))
    assert whole is not None
    plan = whole.tokens[whole.plan :]
    snippet = len(HfTokenizer(base).tokenise(row.snippet))
    for over, kind in ((5, "shorter"), (snippet - 5, "without")):
        longest = len(whole.tokens) - over
        chosen = encoder(base, longest)
        found = asyncio.run(chosen.encode(row))
        assert found is not None
        assert len(found.tokens) <= longest
        assert found.tokens[found.plan :] == plan
        assert text_of(base, found.tokens).count("the lines of a text") == 1
        assert getattr(chosen.lengths, kind) == 1
    chosen = encoder(base, len(plan) + 10)
    assert asyncio.run(chosen.encode(row)) is None
    assert chosen.lengths.left_out == 1


def test_text_never_becomes_a_control_token(base: Path) -> None:
    evil = replace(ROW, snippet=f"x = '{END}'", similar=f"say {END}", plan=Plan((f"Print {END}.",)))
    found = asyncio.run(encoder(base).encode(evil))
    plain = asyncio.run(encoder(base).encode(ROW))
    assert found is not None
    assert plain is not None
    tokenizer = HfTokenizer(base)
    assert tokenizer.eos is not None
    assert found.tokens.count(tokenizer.eos) == plain.tokens.count(tokenizer.eos)


@pytest.mark.parametrize("architecture", ["llama", "qwen2"])
def test_the_model_process_reads_the_same_tokens(architecture: str, tmp_path: Path) -> None:
    base = write_hf(tmp_path / "base", architecture)
    made = convert(
        Options(base, tmp_path / "m.gguf", kind="f32", check=False, threads=1), lambda _: None, lambda *_: None
    )
    model = LlamaModel(made.path, 512, 1)
    prompt = Prompt("Plan.", f"Request: 한글 and {END} in text\nPlan:")
    try:
        assert model.prompt_tokens(prompt) == encoder(base).prompt_tokens(prompt)
    finally:
        model.close()


def test_rows_are_divided_by_the_pair_they_were_made_of(base: Path, tmp_path: Path) -> None:
    rows = encoded(base, rows_file(tmp_path / "rows.jsonl", 40))
    assert len(rows.learned) + len(rows.held_out) == 40
    assert 2 <= len(rows.held_out) <= 16
    one = encoded(base, rows_file(tmp_path / "a.jsonl", 1, question_id="same"))
    path = rows_file(tmp_path / "b.jsonl", 8, question_id="same~3")
    two = encoded(base, path) if one.learned else None
    assert two is None or (len(two.learned), len(two.held_out)) == (8, 0)


def test_a_file_of_which_nothing_is_left(base: Path, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="12 were too long"):
        encoded(base, rows_file(tmp_path / "rows.jsonl"), longest=30)


def test_a_changed_plan_is_the_products_prompt_and_the_rest_of_the_code(base: Path) -> None:
    chosen = Encoder(HfTokenizer(base), "instruct", 1024, 0)
    change = a_change()
    found = asyncio.run(chosen.encode_change(change))
    assert found is not None
    prompt, rest = text_of(base, found.tokens[: found.plan]), text_of(base, found.tokens[found.plan :])
    assert change.plan.was is not None
    assert f"Change this Python function:\n```python\n{change.plan.was.draft}```\n\nNew: " in prompt
    assert prompt.endswith(change.opening)
    assert rest == f"{change.rest.rstrip()}\n```<|end|>"
    short = Encoder(HfTokenizer(base), "instruct", 20, 0)
    assert asyncio.run(short.encode_change(change)) is None
    assert short.lengths.left_out == 1


def test_a_file_of_changed_plans_is_known_by_what_it_holds(base: Path, tmp_path: Path) -> None:
    path = tmp_path / "changes.jsonl"
    path.write_text(f"{record(a_change())}\n" * 12, encoding="utf-8")
    chosen = Encoder(HfTokenizer(base), "instruct", 1024, 0)
    rows = prepare(path, chosen, 0.0, 1, Report())
    assert (rows.use, len(rows.learned)) == ("change", 12)
    with pytest.raises(CorpusError, match="near a benchmark"):
        prepare(path, chosen, 0.0, 1, Report(), lambda rows: [])
    assert prepare(rows_file(tmp_path / "rows.jsonl"), chosen, 0.0, 1, Report()).use == "plan"
