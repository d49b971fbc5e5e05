"""The shipped recipes are right and distinct, and damaged ones are refused."""

from __future__ import annotations

import ast
import doctest
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from itertools import combinations, groupby, pairwise
from pathlib import Path

import pytest

from planfirst import corpora
from planfirst.core.errors import BadSetting
from planfirst.core.types import Plan
from planfirst.corpora.recipes import Recipe, load, own_id, pairs

RECIPES = load()
every_recipe = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.id)
# A doctest that waits for a thread waits in vain, until its time is up, for an answer that does nothing.
WITHOUT_THREADS = [recipe for recipe in RECIPES if "thread" not in recipe.code + recipe.doctest]

GOOD = """
[[recipe]]
id = "double"
question = "double a number"
other_wordings = ["twice as much"]
queries = ["2 * n", "times two"]
steps = ["Multiply the number by 2."]
code = '''
def double(number: int) -> int:
    return number * 2
'''
doctest = '''
>>> double(4)
8
'''
"""


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working directory, which is the folder for temporary files too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def failures(recipe: Recipe, code: str) -> str:
    """What the recipe's doctest has against the code; empty if it holds."""
    namespace: dict[str, object] = {"__name__": "recipe"}
    # dont_inherit: this file's own future imports must not change how a recipe reads.
    exec(compile(code, recipe.id, "exec", dont_inherit=True), namespace)
    test = doctest.DocTestParser().get_doctest(recipe.doctest, namespace, recipe.id, None, 0)
    report: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    return "".join(report)


@every_recipe
@pytest.mark.usefixtures("scratch")
def test_doctest_holds(recipe: Recipe) -> None:
    assert doctest.DocTestParser().get_examples(recipe.doctest)
    assert failures(recipe, recipe.code) == ""


def idle(recipe: Recipe) -> str:
    """The code with functions that do nothing."""
    module = ast.parse(recipe.code)
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [ast.Pass()]
    return ast.unparse(ast.fix_missing_locations(module))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="each doctest needs a process of its own")
@pytest.mark.timeout(900)
def test_doctests_refuse_an_answer_that_does_nothing() -> None:
    recipes = [[recipe.id, idle(recipe), recipe.doctest] for recipe in WITHOUT_THREADS]
    program = [sys.executable, "-I", Path(__file__).with_name("idle_answers.py")]
    done = subprocess.run(program, input=json.dumps(recipes), capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split() == []


@every_recipe
def test_doctest_needs_nothing_that_the_code_happens_to_import(recipe: Recipe) -> None:
    """It can judge another answer, which has imports of its own."""
    examples = doctest.DocTestParser().get_examples(recipe.doctest)
    used = ast.parse("".join(example.source for example in examples))
    loaded = {node.id for node in ast.walk(used) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    imported = {name for node in ast.parse(recipe.code).body for name in names_imported(node)}
    assert loaded & imported <= {name for node in ast.walk(used) for name in names_imported(node)}


def names_imported(node: ast.AST) -> set[str]:
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return set()
    return {alias.asname or alias.name.partition(".")[0] for alias in node.names}


@every_recipe
def test_parts_are_well_formed(recipe: Recipe) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", recipe.id)
    assert Plan(recipe.steps).steps == recipe.steps
    assert not recipe.question.endswith(".")
    assert recipe.other_wordings
    wordings = [text.casefold() for text in (recipe.question, *recipe.other_wordings)]
    assert len(set(wordings)) == len(wordings)
    assert len(recipe.queries) >= 7, "seven queries or more"
    assert len(set(recipe.queries) - {recipe.question}) == len(recipe.queries), "a query is there twice"
    module = ast.parse(recipe.code)
    assert any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in module.body)


def test_ids_are_unique_and_there_are_enough() -> None:
    ids = [recipe.id for recipe in RECIPES]
    assert len(ids) >= 60
    assert len(set(ids)) == len(ids)
    topics = [recipe.topic for recipe in RECIPES]
    assert topics == sorted(topics)


def likeness(first: set[object], second: set[object]) -> float:
    return len(first & second) / len(first | second)


def question_features(question: str) -> set[object]:
    """Words and neighbouring words: converting a to b is not the same request as converting b to a."""
    words = re.findall(r"\w+", question.casefold())
    return {*words, *pairwise(words)}


def code_features(code: str) -> set[object]:
    return set(re.findall(r"\w+|[^\w\s]", code))


def test_no_two_recipes_are_nearly_the_same() -> None:
    features = [(recipe.id, question_features(recipe.question), code_features(recipe.code)) for recipe in RECIPES]
    close = [
        (one, other)
        for (one, question, code), (other, other_question, other_code) in combinations(features, 2)
        if likeness(question, other_question) >= 0.8 or likeness(code, other_code) >= 0.85
    ]
    assert close == []


def test_likeness_sees_a_near_duplicate() -> None:
    one = question_features("sort a list of dicts by a given key")
    assert likeness(one, question_features("Sort a list of dicts by a given key!")) == 1
    assert likeness(one, question_features("flatten a nested list")) < 0.3


def test_load_reads_a_folder(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "a.toml").write_text(GOOD.replace('"double"', '"twice"'), encoding="utf-8")
    (tmp_path / "notes.md").write_text("not a recipe", encoding="utf-8")
    twice, double = load(tmp_path)
    assert (twice.id, twice.topic, double.id, double.topic) == ("twice", "a", "double", "b")
    assert double.code == "def double(number: int) -> int:\n    return number * 2"
    assert double.doctest == ">>> double(4)\n8"
    assert double.steps == ("Multiply the number by 2.",)


def test_pairs_say_where_they_come_from(tmp_path: Path) -> None:
    (tmp_path / "numbers.toml").write_text(GOOD, encoding="utf-8")
    (pair,) = pairs(load(tmp_path))
    assert (pair.id, pair.question) == ("numbers/double", "double a number")
    assert (pair.source, pair.licence, pair.place) == ("cookbook", "Apache-2.0", "cookbook/numbers.toml#double")
    assert pair.code.startswith("def double")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('question = "double a number"', "", "lacks question"),
        ('question = "double a number"', 'question = "a\\nb"', "question of more than one line"),
        ('id = "double"', "", "number 1 lacks id"),
        ('id = "double"', 'id = "double"\nlevel = 3', "key that is not known: level"),
        ('id = "double"', "id = 7", "id that is not a text"),
        ('"Multiply the number by 2."', "", "has 0 steps"),
        ('"Multiply the number by 2."', '"a", "b", "c", "d", "e", "f", "g"', "has 7 steps"),
        ('["Multiply the number by 2."]', '"Multiply"', "steps that are not a list"),
        ('["twice as much"]', "[2]", "other_wordings that are not a list"),
        ('"twice as much"', '""', "other_wordings that are not a list of single lines"),
    ],
)
def test_a_damaged_recipe_is_refused(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in GOOD
    (tmp_path / "numbers.toml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(BadSetting) as caught:
        load(tmp_path)
    assert "numbers.toml" in caught.value.what
    assert complaint in caught.value.what
    assert caught.value.next_step


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(BadSetting, match=r"b\.toml, recipe double has an id that a\.toml uses already"):
        load(tmp_path)


@pytest.mark.parametrize("text", ["[[recipe", "recipe = 3", 'recipe = ["x"]', "", "[settings]\n" + GOOD])
def test_a_file_without_recipes_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadSetting, match=r"odd\.toml"):
        load(tmp_path)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_bytes(GOOD.replace("twice", "twicé").encode("latin-1"))
    with pytest.raises(BadSetting, match=r"odd\.toml cannot be read"):
        load(tmp_path)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="cannot be read"):
        load(tmp_path / "nowhere")


def test_the_corpora_are_served_by_name() -> None:
    entries = list(corpora.load("cookbook"))
    of_recipe = {key: list(group) for key, group in groupby(entries, lambda pair: own_id(pair.id))}
    assert list(of_recipe) == [f"{recipe.topic}/{recipe.id}" for recipe in RECIPES]
    for recipe, (by_code, by_steps, *by_queries) in zip(RECIPES, of_recipe.values(), strict=True):
        assert by_code.plan == Plan(recipe.steps)
        assert (by_code.about, by_steps.about) == ("", f"{recipe.question}\n{by_code.steps}")
        assert [pair.about for pair in by_queries] == [f"{recipe.question}\n{query}" for query in recipe.queries]
        for pair in (by_steps, *by_queries):
            assert replace(pair, id=by_code.id, about="") == by_code
    assert next(corpora.load("functions")).licence == "PSF-2.0"
    with pytest.raises(BadSetting, match=r"cookbooks.*cookbook, functions"):
        corpora.load("cookbooks")
