"""The whole command on a small repository, with a tiny model made on the spot."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console
from tokenizers import Tokenizer

from planfirst.core.errors import BadSetting
from planfirst.corpora import tables
from planfirst.corpora.columns import Options as Columns
from planfirst.corpora.report import Report
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.models import resolve
from planfirst_lab.evaluation.writer import InProcessWriter
from planfirst_lab.training import export
from planfirst_lab.training.config import Config, Shape
from planfirst_lab.training.model import Llama
from planfirst_lab.training.rag import command, config
from planfirst_lab.training.rag.command import Options, train_rag
from tests.lab.training.rag.small_repository import write

QUIET = Console(quiet=True)


def settings(text: str, **values: object) -> str:
    lines = text.splitlines()
    for name, value in values.items():
        (at,) = [n for n, line in enumerate(lines) if line.startswith(f"{name} =")]
        lines[at] = f"{name} = {value}"
    return "\n".join(lines)


@pytest.fixture
def options(tiny: Config, bpe: Tokenizer, tmp_path: Path) -> Options:
    shape = Shape(**{name: getattr(tiny.model, name) for name in Shape.__slots__} | {"context": 1024})
    export.write(Llama(shape, 3), bpe, tmp_path / "begin.gguf", "a test")
    small = settings(
        config.SHIPPED.read_text(encoding="utf-8"), seed=1, held_out=0.5, visits=2, draws=2, replay=0.0,
        longest_row=900, min_score=-1.0, questions=4, changed=3, answer_tokens=6, steps=3,
        batch_tokens=600, save_every=1,
    )  # fmt: skip
    (tmp_path / "small.toml").write_text(small, encoding="utf-8")
    repo = write(tmp_path / "site")
    (repo / "more.py").write_text(
        'def find_longest(words):\n    """Find the longest of some words."""\n'
        "    best = max(words, key=len)\n    return best\n", encoding="utf-8",
    )  # fmt: skip
    return Options(
        (str(repo),), str(tmp_path / "begin.gguf"), tmp_path / "work", tmp_path / "out", tmp_path / "small.toml"
    )


@pytest.mark.real
def test_from_a_repository_to_a_measured_model(options: Options) -> None:
    result = train_rag(options, QUIET, HashedEmbedder())
    for arms, names in (("held out", {"none", "one", "several"}), ("changed", {"none", "stale", "fresh"})):
        assert result[arms].keys() == names
        for models in result[arms].values():
            assert models["before"]["n"] == models["after"]["n"] == models["rule"]["n"] > 0
    assert result["training"]["steps"] == 3
    assert json.loads((options.out / command.REPORT).read_text(encoding="utf-8"))["seed"] == 1
    assert (options.out / command.PLOT).read_bytes().startswith(b"\x89PNG")
    assert result["held out"]["one"]["rule"]["named"]["share"] >= result["held out"]["none"]["rule"]["named"]["share"]
    rows = [json.loads(line) for line in (options.work / "rows.jsonl").read_text(encoding="utf-8").split("\n") if line]
    assert any(hit[2] for row in rows for hit in row["hits"])
    held = {json.loads(line)["question"] for line in _lines(options.work / "answers.jsonl")}
    assert not held & {row["question"] for row in rows}

    report, columns = Report(), Columns()
    pairs = [(p.question, p.code) for p in tables.pairs_in(options.out / command.CALLS, "calls", columns, report)]
    assert ("Turn a title into a slug for an address", "make_slug(title)") in pairs

    spec = resolve(str(options.out / command.MODEL))
    assert spec.profile.name == "compact"
    writer = InProcessWriter(spec)
    writer.close()

    before = _lines(options.work / "answers.jsonl")
    again = train_rag(options, QUIET, HashedEmbedder())
    assert again["held out"] == result["held out"]
    assert again["changed"] == result["changed"]
    assert _lines(options.work / "answers.jsonl") == before


def test_a_folder_of_another_run_is_refused(options: Options, tmp_path: Path) -> None:
    options.work.mkdir()
    (options.work / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(BadSetting, match="other repositories"):
        train_rag(options, QUIET, HashedEmbedder())


def test_the_prompt_of_one_hit_is_the_products(bpe: Tokenizer) -> None:
    from planfirst.core.prompt import PromptBook
    from planfirst.core.types import Example, Pair, Task
    from planfirst_lab.training.rag.hit_form import HitForm
    from planfirst_lab.training.rag.prompts import Prompts
    from planfirst_lab.training.rows import prompt

    book = PromptBook()
    one = Example(Pair("a.py:f:1", "add numbers", "def f(a, b):\n    return a + b", "r", "MIT", "a.py:1"), 0.61)
    two = Example(Pair("a.py:g:9", "multiply numbers", "def g(a):\n    x = a\n    return x", "r", "MIT", "a.py:9"), 0.5)

    def tokens(lines: Sequence[str]) -> list[int]:
        return [len(encoding.ids) for encoding in bpe.encode_batch(list(lines))]

    prompts = Prompts(book, HitForm("code", 400, tokens))
    task = Task("call: add them", signature="def total(numbers):")
    assert prompts.write("add them", "", "def total(numbers):", [one]) == prompt(book, "code", task, one, None)
    _, user = prompts.write("add them", "", "", [one, two])
    first, second = user.index("Similar (0.61): add numbers"), user.index("Similar (0.50): multiply numbers")
    assert first < user.index("return a + b") < second < user.index("return x") < user.index("Request: call: add them")
    prompts = Prompts(book, HitForm("call", 400, tokens))
    calls = prompts.as_shown([one, two])
    assert [hit.pair.code for hit in calls] == ["f(a, b)", "g(a)"]
    _, short = prompts.write("add them", "3, x", "", calls)
    assert short.startswith("Similar (0.61): add numbers\nf(a, b)\n\nSimilar (0.50): multiply numbers\ng(a)\n\n")
    assert "Request: call(3, x) add them\n" in short


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")[:-1]
