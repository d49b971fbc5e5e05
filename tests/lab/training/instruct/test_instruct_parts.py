from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from planfirst.core.errors import BadSetting
from planfirst.corpora import recipes as cookbook
from planfirst.corpora.held_out import held_out
from planfirst_lab.training.instruct import config, copies, mutants, stages
from planfirst_lab.training.instruct.interpreter import packages_of
from planfirst_lab.training.instruct.problems import CookbookQuestioner, Problem, Refused, read

CODE = '''
def total(values: list[int] = [1], start: int = 0) -> int:
    """Add 3 numbers."""
    for value in values:
        if value > 2:
            start += value
    return start
'''
GOOD = """QUESTION: add the numbers of a list
SIGNATURE: def add_all(numbers):
TESTS:
assert add_all([]) == 0
assert add_all([1]) == 1
assert add_all([1, 2]) == 3
"""


def test_the_shipped_configuration_is_whole(tmp_path: Path) -> None:
    assert config.load().dialogue.rounds >= 1
    text = config.SHIPPED.read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.toml"
    for old, new, said in (
        ("rounds = 3", 'rounds = "3"', "dialogue.rounds as a whole number"),
        ("rounds = 3", "", "dialogue.rounds"),
        ("seed = 20262", "", "whole number as seed"),
        ("[stages]", "[stages]\nextra = 1", "unknown key stages.extra"),
        ("[copies]", "[more]", "unknown key 'more'"),
    ):
        wrong.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(BadSetting, match=said):
            config.load(wrong)
    with pytest.raises(BadSetting, match="cannot be read"):
        config.load(tmp_path / "none.toml")


def test_broken_versions_differ_in_one_place_and_parse() -> None:
    plain = ast.unparse(ast.parse(CODE))
    found = mutants.broken(CODE, 20, seed=1)
    assert len(found) == len(set(found)) >= 5
    for code in found:
        ast.parse(code)
        changed = [a for a, b in zip(plain.splitlines(), code.splitlines(), strict=True) if a != b]
        assert len(changed) == 1
        assert "Add 3 numbers." in code
    assert any("value <= 2" in code for code in found)
    assert any("value > 3" in code for code in found)
    assert any("start -= value" in code for code in found)
    assert any("return None" in code for code in found)
    assert mutants.broken(CODE, 2, seed=1) == mutants.broken(CODE, 2, seed=1)
    assert len(mutants.broken(CODE, 2, seed=1)) == 2


def test_the_empty_version_has_no_body() -> None:
    assert ast.unparse(ast.parse(mutants.empty("def f(x):\n    y = x\n    return y"))) == "def f(x):\n    pass"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("I am sorry, I cannot help with that.", "another form"),
        (GOOD.replace("def add_all(numbers):", "add_all numbers"), "do not parse"),
        (GOOD.replace("== 0", "== = 0"), "do not parse"),
        (GOOD.replace("assert add_all([1]) == 1\n", ""), "fewer than 3 tests"),
        (GOOD.replace("add_all([1])", "abs(1)"), "fewer than 3 tests"),
    ],
)
def test_answers_of_a_questioner_that_cannot_be_used(answer: str, reason: str) -> None:
    made = read("x", answer, {})
    assert isinstance(made, Refused)
    assert reason in made.reason


def test_a_questioners_answer_is_read_with_fences_and_without_a_colon() -> None:
    for text in (GOOD, f"Sure!\n```python\n{GOOD}```\n", GOOD.replace("numbers):", "numbers)")):
        made = read("x", text, {"licence": "MIT"})
        assert isinstance(made, Problem)
        assert (made.question, made.signature) == ("add the numbers of a list", "def add_all(numbers):")
        assert made.check.text.count("assert") == 3
        assert made.names == ["add_all"]


async def test_the_offline_questioner_sets_recipes_that_are_not_held_out() -> None:
    recipes = cookbook.load()
    questioner = CookbookQuestioner(0.5, 7, recipes)
    ids = questioner.ids()
    assert ids == CookbookQuestioner(0.5, 7, recipes).ids() != sorted(ids)
    assert not set(ids) & held_out().recipes
    made = [await questioner.problem(id_) for id_ in ids[:40]]
    renamed = [
        problem for problem in made if isinstance(problem, Problem) and "renamed" in problem.provenance["changed"]
    ]
    assert 8 < len(renamed) < 32
    for problem in renamed:
        old, _, new = problem.provenance["changed"].removeprefix("reworded, ").partition(" renamed ")
        assert f"{new}(" in problem.check.text
        assert old not in problem.names
        assert new in problem.names
    assert made[:5] == [await questioner.problem(id_) for id_ in ids[:5]]


def test_copies_are_seen_by_words_and_by_code() -> None:
    items, texts = copies.measured(None, None)
    known = copies.Copies(items, 0.5, texts)
    item = items[0]
    assert known.of_measured(item.task.request)
    assert known.of_measured("something of its own entirely", item.reference) == item.id
    assert known.of_measured("something of its own entirely", "def f():\n    return 1") == ""
    known.keep("one", "Add numbers", CODE)
    assert known.of_kept("add numbers", "x = 1")
    assert known.of_kept("sum up", CODE.replace("total", "total_of")) == "one"
    assert known.of_kept("sum up", "def f(a):\n    return sorted(a)[0]") == ""


def test_measured_files_are_read(tmp_path: Path) -> None:
    row = {"task_id": 1, "prompt": "Add two.", "code": "def add(a, b):\n    return a + b"}
    rows = json.dumps([row | {"test_list": ["assert add(1, 2) == 3"]}])
    path = tmp_path / "mbpp.json"
    path.write_text(rows, encoding="utf-8")
    items, _ = copies.measured(None, path)
    assert "mbpp/1" in {item.id for item in items}
    with pytest.raises(BadSetting):
        copies.measured(tmp_path / "none.jsonl", None)


def test_the_packages_of_a_code() -> None:
    code = "import os\nimport numpy as np\nfrom bs4 import BeautifulSoup\nfrom . import x\nimport yaml.nodes"
    assert packages_of(code) == {"numpy", "beautifulsoup4", "pyyaml"}
    assert packages_of("not python at") == frozenset()


def test_the_student_takes_over_only_when_it_is_measurably_better() -> None:
    better = stages.compared([False] * 8 + [True] * 12, [True] * 20, 0.05)
    assert better["stage"] == stages.SELF_LEARNING
    assert (better["only the student"], better["only the teacher"]) == (8, 0)
    little = stages.compared([False] * 2 + [True] * 18, [True] * 20, 0.05)
    assert little["stage"] == stages.TEACHING
    worse = stages.compared([True] * 20, [False] * 20, 0.05)
    assert worse["stage"] == stages.TEACHING
    assert worse["p"] < 0.05
