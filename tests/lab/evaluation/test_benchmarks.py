"""The forms of the public benchmarks. Their own files are used where PLANFIRST_DATA names the folder that has them."""

from __future__ import annotations

import asyncio
import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.core.errors import BadSetting
from planfirst_lab.evaluation import humaneval, mbpp, odex, own, packages, references
from planfirst_lab.evaluation.checks import check, checker
from planfirst_lab.evaluation.items import Item
from tests.adapters import sandbox_outside as outside
from tests.lab.evaluation.samples import HUMANEVAL, HUMANEVAL_PLUS, MBPP, MBPP_FULL, MBPP_PLUS, ODEX, OWN, written

REASON = outside.why_not_here()
sandboxed = pytest.mark.skipif(bool(REASON), reason=REASON)
FORMS = {
    "humaneval": (humaneval.load, HUMANEVAL),
    "humaneval+": (humaneval.load, HUMANEVAL_PLUS),
    "mbpp": (mbpp.load, MBPP),
    "mbpp full": (mbpp.load, MBPP_FULL),
    "mbpp+": (mbpp.load, MBPP_PLUS),
    "odex": (odex.load, ODEX),
    "own": (own.load, OWN),
}
BOX = "class Box: value = 3"
every_form = pytest.mark.parametrize("form", FORMS)


def only(form: str, folder: Path, **changed: Any) -> Item:
    load, row = FORMS[form]
    (item,) = load(written(folder / "tasks.jsonl", row | changed))
    return item


@sandboxed
@every_form
def test_the_reference_passes_and_wrong_ones_do_not(form: str, tmp_path: Path) -> None:
    item = only(form, tmp_path)
    tallies = references.run([item], check, 2, lambda: None)
    assert [tally.wanted for tally in tallies] == [tally.passed == 1 for tally in tallies]
    assert [tally.otherwise for tally in tallies] == [()] * len(tallies)
    assert sum(not tally.wanted for tally in tallies) == 2
    assert len(tallies) == (4 if item.file else 3) == references.count([item])


@sandboxed
@pytest.mark.parametrize(
    ("form", "right", "wrong"),
    [
        ("humaneval", "return math.sqrt(half(n))", "return math.sqrt(n)"),
        ("humaneval", "import math\ndef root_of_half(n): return math.sqrt(n / 2)", "def other(a, b): return 2"),
        ("humaneval+", "return (n / 2) ** 0.5 + 1e-9", "return (n / 2) ** 0.5 + 1e-3"),
        ("mbpp", "def add_root(a, b):\n    return a + b ** 0.5", "def add_root(a, b):\n    return a + b // 2"),
        ("mbpp full", f"{BOX}\ndef value_of(b): return b.value", f"{BOX}\ndef value_of(b): return 5"),
        ("mbpp+", "def add_root(a, b): return a + b ** 0.5", "def add_root(a, b): return 3.0 if b == 4 else 2"),
        ("odex", "return ' '.join(words)", "return '\\n'.join(words)"),
        ("odex", "def f_1(words):\n    return ' '.join(words)", "'-'.join(words)"),
        ("own", "return n + n", "return n * n * n"),
    ],
)  # fmt: skip
def test_answers_as_models_give_them(form: str, right: str, wrong: str, tmp_path: Path) -> None:
    item = only(form, tmp_path)
    assert check(item.program(right), item.check).error == ""
    verdict = check(item.program(wrong), item.check)
    assert not verdict.passed
    assert re.search("gave|does not hold", verdict.error)


@every_form
def test_the_task_does_not_tell_the_solution(form: str, tmp_path: Path) -> None:
    item = only(form, tmp_path)
    told = item.task.request + item.task.signature + "".join(item.task.imports)
    assert item.task.request
    assert not any(part in told for part in ("sqrt(second)", "sqrt(half", ".join(words)", "box.value", "2 * n"))
    assert item.task.signature.startswith("def ")
    assert item.own is None


def test_a_prompt_of_humaneval_is_read_as_the_product_reads_a_file(tmp_path: Path) -> None:
    item = only("humaneval", tmp_path)
    assert item.id == "humaneval/7"
    assert item.task.signature == "def root_of_half(n: float) -> float:"
    assert item.task.imports == ("import math",)
    assert item.task.request.startswith("The square root of half of a number.")
    placed = item.program("import cmath\nreturn cmath.sqrt(n / 2).real")
    assert placed.startswith("import math\nimport cmath\n")
    assert placed.endswith('    """\n    return cmath.sqrt(n / 2).real\n')


def test_an_import_before_the_docstring(tmp_path: Path) -> None:
    prompt = 'def f(n):\n    import math\n    """The root of n."""\n'
    item = only("humaneval", tmp_path, prompt=prompt, entry_point="f", canonical_solution="    return math.sqrt(n)\n")
    assert item.task.request == "The root of n."
    assert item.program("return math.sqrt(n)").startswith("import math\n")
    assert item.reference == prompt + "    return math.sqrt(n)\n"


def test_an_intent_with_quotes_stays_as_it_is(tmp_path: Path) -> None:
    assert only("odex", tmp_path).task.request == ODEX["intent"]


def test_ids_and_digests_tell_items_apart(tmp_path: Path) -> None:
    items = [only(form, tmp_path) for form in FORMS]
    assert len({item.digest for item in items}) == len(items)
    first = items[0]
    assert first.digest != replace(first, file=first.file + "\n").digest
    assert len({item.id for item in own.load(written(tmp_path / "a.jsonl", HUMANEVAL, MBPP, ODEX, OWN))}) == 4


@pytest.mark.parametrize(
    ("form", "changed", "said"),
    [
        ("humaneval", {"test": "def check(candidate):\n    pass"}, "asserts nothing"),
        ("humaneval", {"prompt": "def f(n):\n    return 1\n"}, "has no docstring, or has a body"),
        ("humaneval", {"prompt": "def f(n:"}, "row 1"),
        ("humaneval+", {"base_input": [], "plus_input": []}, "no lists of arguments"),
        ("humaneval+", {"base_input": [3]}, "no lists of arguments"),
        ("mbpp", {"code": "x = 1"}, "no function that its tests call"),
        ("mbpp+", {"test": "print(1)"}, "asserts nothing"),
        ("odex", {"test": []}, "it has no test"),
        ("own", {"tests": "double(2)"}, "neither assert anything nor hold a doctest"),
        ("own", {"request": " "}, "its request is empty"),
        ("own", {"signature": "double(n)"}, "row 1"),
    ],
)
def test_a_row_that_cannot_be_used(form: str, changed: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="cannot be used: row 1") as error:
        only(form, tmp_path, **changed)
    assert said in str(error.value)


@every_form
@pytest.mark.parametrize("text", ["", "[]", "[1]", "{}x", '{"task_id": 1}', "[" * 100_000])
def test_a_file_that_is_something_else(form: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadSetting, match="cannot be used"):
        FORMS[form][0](path)
    with pytest.raises(BadSetting, match="No such file"):
        FORMS[form][0](tmp_path / "none.json")


@pytest.mark.parametrize("form", [form for form in FORMS if form != "odex"])
def test_two_tasks_of_one_id(form: str, tmp_path: Path) -> None:
    load, row = FORMS[form]
    with pytest.raises(BadSetting, match="two tasks of the same id"):
        load(written(tmp_path / "tasks.jsonl", row, row))


def test_odex_asks_some_questions_more_than_once(tmp_path: Path) -> None:
    rows = [ODEX, ODEX | {"canonical_solution": "str.join(' ', words)"}, ODEX | {"task_id": 5}, ODEX]
    items = odex.load(written(tmp_path / "tasks.jsonl", *rows))
    assert [item.id for item in items] == ["odex/3844801", "odex/3844801-2", "odex/5", "odex/3844801-3"]


def test_a_list_is_read_as_well_as_lines(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    path.write_text("\ufeff" + json.dumps([OWN]), encoding="utf-8")
    (item,) = own.load(path)
    assert item.id == "double"


def test_what_a_check_imports_must_be_there(tmp_path: Path) -> None:
    plain = only("own", tmp_path)
    wants = only("own", tmp_path, id="b", tests=">>> import numpy as np, json\n>>> np.add(1, double(1))\n3")
    wants_two = only(
        "odex", tmp_path, test_start="import os.path, pandas\nfrom numpy.linalg import norm\ndef check(candidate):"
    )
    kept, lacking = packages.split([plain, wants, wants_two], [])
    assert kept == [plain]
    assert lacking == {"numpy": 1, "numpy, pandas": 1}
    (tmp_path / "numpy").mkdir()
    (tmp_path / "pandas.py").touch()
    assert packages.split([plain, wants, wants_two], [tmp_path]) == ([plain, wants, wants_two], {})


DATA = os.environ.get("PLANFIRST_DATA", "")
with_data = pytest.mark.skipif(
    not DATA, reason="PLANFIRST_DATA does not name a folder with humaneval/ and mbpp/, whose files are not ours to ship"
)


@pytest.mark.real
@with_data
@sandboxed
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("load", "file", "n"),
    [
        (humaneval.load, "humaneval/HumanEval.jsonl", 164),
        (mbpp.load, "mbpp/sanitized-mbpp.json", 427),
    ],
    ids=["humaneval", "mbpp"],
)
def test_the_real_references(load: Any, file: str, n: int) -> None:
    tallies = references.run(load(Path(DATA, file)), check, 2, lambda: None)
    assert all(tally.n == n for tally in tallies)
    assert [tally.otherwise for tally in tallies] == [()] * len(tallies)


@pytest.mark.real
@sandboxed
async def test_what_planfirst_runs_with_can_be_shown(tmp_path: Path) -> None:
    wants = only("own", tmp_path, tests=">>> import numpy\n>>> int(numpy.add(1, double(1)))\n3")
    folders = packages.of_this_python()
    assert packages.split([wants], folders) == ([wants], {})
    shown = checker(await find_sandbox(folders))
    assert (await asyncio.to_thread(shown, wants.program("return 2 * n"), wants.check)).error == ""
