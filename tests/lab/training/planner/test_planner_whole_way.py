"""Everything in order on models made on the spot: augment, QLoRA, merge, GGUF, 4 bits, a plan in the editor."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as fn
from rich.console import Console

from planfirst.adapters.checksums import sha256_of
from planfirst.adapters.gguf_header import read_header
from planfirst.adapters.lora_file import read_lora
from planfirst.core.errors import BadSetting
from planfirst.core.types import Pair
from planfirst.corpora.report import Report
from planfirst_lab.convert import parity
from planfirst_lab.convert.command import Options as Conversion
from planfirst_lab.convert.command import convert
from planfirst_lab.convert.tokenizer import HfTokenizer
from planfirst_lab.training.augment import command as augmenting
from planfirst_lab.training.changes.rows import Plenty, made, record
from planfirst_lab.training.planner import command, config
from planfirst_lab.training.planner.rows import Encoded, Encoder, prepare
from tests.lab.evaluation.samples import MBPP, written
from tests.lab.small_hf import write_hf
from tests.lsp.editor import Editor

pytestmark = pytest.mark.real
QUIET = Console(quiet=True)
THINGS = ("words", "lines", "numbers", "names", "files", "keys", "dates", "users")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Eight questions whose plans differ in one word."""
    path = tmp_path / "corpus.jsonl"
    rows = [
        {
            "question_id": n,
            "question": f"count the {thing} of a text",
            "code": f"def f({thing}):\n    return len({thing})",
        }
        for n, thing in enumerate(THINGS)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def settings(path: Path, **changes: str) -> Path:
    """The shipped configuration, made quick."""
    quick = {"epochs": "8", "rows": "4", "micro_rows": "4", "rate": "0.01", "warm_up": "1", "held_out": "0.2"}
    lines = config.SHIPPED.read_text(encoding="utf-8").splitlines()
    for n, line in enumerate(lines):
        if value := (quick | changes).get(line.split(" ")[0]):
            lines[n] = f"{line.split(' ')[0]} = {value}"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(("architecture", "output"), [("llama", "true"), ("qwen2", "false")])
async def test_from_questions_to_a_plan_in_the_editor(
    architecture: str, output: str, corpus: Path, tmp_path: Path
) -> None:
    base = write_hf(tmp_path / "base", architecture)
    rows = tmp_path / "rows"
    await _in_a_thread(augmenting.augment, augmenting.Options(str(corpus), "offline", rows), QUIET)

    work, out = tmp_path / "work", tmp_path / "out"
    chosen = settings(tmp_path / "planner.toml", output=output)
    options = command.Options(str(base), rows / augmenting.ROWS, out, work, chosen, device="cpu")
    adapter = await _in_a_thread(command.train_planner, options, QUIET)
    report = json.loads((out / command.REPORT).read_text(encoding="utf-8"))
    assert report["weights"]["four_bit"]
    assert report["rows"]["learned"] + report["rows"]["held_out"] == len(THINGS)
    measured = [point["loss"] for point in report["held_out_loss"]]
    assert measured[-1] < measured[0] - 0.3
    assert (out / command.CURVE).read_bytes().startswith(b"\x89PNG")
    assert {path.name for path in adapter.iterdir()} == {
        "adapter_config.json",
        "adapter_model.safetensors",
        "planfirst.json",
    }
    with pytest.raises(BadSetting, match="--work"):  # another base, same work folder
        other = write_hf(tmp_path / "other", architecture, seed=5)
        await _in_a_thread(command.train_planner, command.Options(str(other), options.data, out, work, chosen), QUIET)

    made = convert(Conversion(base, tmp_path / "small-planner.gguf", adapter), lambda _: None, lambda *_: None)
    assert made.check is not None
    assert made.check.greedy > 100
    assert read_header(made.path).file_type_name == "Q4_0"

    editor = Editor()
    limits = {"maxTokens": 60, "threads": 1}
    await editor.start({"planner": {"model": str(made.path), **limits}, "editor": {"warmUp": False}})
    try:
        uri = editor.open('"""Texts."""\n\n\ndef count(text):\n    # count the words of a text\n')
        answer: dict[str, Any] = await editor.ask("plan", uri, 4)
    finally:
        await editor.stop()
    assert answer["planner"] == "small-planner"
    assert 1 <= len(answer["plan"]) <= 6
    plain = convert(Conversion(base, tmp_path / "plain.gguf", check=False), lambda _: None, lambda *_: None)
    row = await _in_a_thread(_encoded, base, options.data)
    assert _loss(made.path, row) < _loss(plain.path, row) - 0.3  # what was learned is there with 4 bits, too


async def test_rows_near_a_benchmark_are_not_learned(base: Path, corpus: Path, tmp_path: Path) -> None:
    """By the packaged embedding model; other benchmarks are another run."""
    rows, out, work = tmp_path / "rows", tmp_path / "out", tmp_path / "work"
    await _in_a_thread(augmenting.augment, augmenting.Options(str(corpus), "offline", rows), QUIET)
    task = MBPP | {"prompt": "Write a function to count the users of a text."}
    chosen = settings(tmp_path / "planner.toml", four_bit="false", epochs="1")
    options = command.Options(
        *(str(base), rows / augmenting.ROWS, out, work, chosen),
        device="cpu",
        benchmarks=(written(tmp_path / "mbpp.jsonl", task),),
    )
    console = Console(record=True, width=400, file=StringIO())
    await _in_a_thread(command.train_planner, options, console)
    report = json.loads((out / command.REPORT).read_text(encoding="utf-8"))
    found = report["benchmarks"]
    assert 1 <= found["left_out"] < len(THINGS)
    assert str(THINGS.index("users")) in found["left_out_ids"]
    assert (found["by_words"], found["words_in_a_row"], found["cosine"]) == (0, 13, 0.8)
    assert report["rows"]["learned"] + report["rows"]["held_out"] == len(THINGS) - found["left_out"]
    assert f"Compared with 1 tasks of mbpp.jsonl, {found['left_out']} of 8 rows" in console.export_text()
    with pytest.raises(BadSetting, match="--work"):
        await _in_a_thread(command.train_planner, replace(options, benchmarks=()), QUIET)


async def test_from_a_file_in_use_to_an_adapter_beside_it(corpus: Path, tmp_path: Path) -> None:
    whole = convert(Conversion(write_hf(tmp_path / "hf", "qwen2"), tmp_path / "base.gguf", kind="f32"), _quiet, _quiet)
    rows, out = tmp_path / "rows", tmp_path / "out"
    await _in_a_thread(augmenting.augment, augmenting.Options(str(corpus), "offline", rows), QUIET)
    chosen = settings(tmp_path / "planner.toml", four_bit="false")
    options = command.Options(str(whole.path), rows / augmenting.ROWS, out, tmp_path / "work", chosen, device="cpu")
    await _in_a_thread(command.train_planner, options, QUIET)

    found = json.loads((out / "planner.json").read_text(encoding="utf-8"))
    assert found["texts"] == 200
    assert found["on"] < 0.01 < 0.1 < found["effect"]
    header = read_header(out / command.FILES["plan"])
    assert header.metadata["planfirst.base"] == sha256_of(whole.path)
    assert (header.metadata["general.type"], header.metadata["adapter.type"]) == ("adapter", "lora")
    assert header.profile == "compact"
    row = await _in_a_thread(_encoded, tmp_path / "hf", options.data)
    assert _loss(whole.path, row, out / command.FILES["plan"]) < _loss(whole.path, row) - 0.3


async def test_from_changed_plans_to_an_adapter_that_follows_them(tmp_path: Path) -> None:
    whole = convert(Conversion(write_hf(tmp_path / "hf", "qwen2"), tmp_path / "base.gguf", kind="f32"), _quiet, _quiet)
    code = "def {0}(items):\n    found = sorted(items)\n    if not found:\n        return None\n    return found[0]\n"
    pairs = [Pair(f"own/{name}", f"the first of the {name}", code.format(name), "test", "", "") for name in THINGS]
    data, out = tmp_path / "changes.jsonl", tmp_path / "out"
    data.write_text("".join(record(row) + "\n" for row in made(pairs, [], Plenty(2), 1)), encoding="utf-8")
    chosen = settings(tmp_path / "changes.toml", four_bit="false", profile='"instruct"')
    options = command.Options(str(whole.path), data, out, tmp_path / "work", chosen, device="cpu")
    console = Console(file=StringIO(), record=True, width=200)
    await _in_a_thread(command.train_planner, options, console)

    assert "Use it with the setting generator.changes." in console.export_text()
    assert json.loads((out / "changes.json").read_text(encoding="utf-8"))["texts"] == 200
    lora = read_lora(out / "changes.gguf")
    assert (lora.use, lora.base) == ("change", sha256_of(whole.path))
    encoder = Encoder(HfTokenizer(tmp_path / "hf"), "instruct", 512, 0)
    row = (await _in_a_thread(prepare, data, encoder, 0.0, 0, Report())).learned[0]
    assert _loss(whole.path, row, lora.path) < _loss(whole.path, row) - 0.3


def _quiet(*_: object) -> None:
    pass


def _encoded(base: Path, data: Path) -> Encoded:
    found = prepare(data, Encoder(HfTokenizer(base), "compact", 512, 768), 0.0, 0, Report())
    return found.learned[0]


def _loss(path: Path, row: Encoded, adapter: Path | None = None) -> float:
    """The mean loss of a row's plan in llama.cpp."""
    with parity.opened(path, 1024, logits=True, lora=adapter) as gguf:
        logits = torch.from_numpy(parity.logits_of(gguf, row.tokens))
    return float(fn.cross_entropy(logits[row.plan - 1 : -1], torch.tensor(row.tokens[row.plan :])))


async def _in_a_thread(function: Any, *arguments: Any) -> Any:
    """Runs a command that has an event loop of its own."""
    import asyncio

    return await asyncio.to_thread(function, *arguments)
