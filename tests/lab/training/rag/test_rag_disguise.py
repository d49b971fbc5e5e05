from __future__ import annotations

import ast
import random
from dataclasses import replace
from pathlib import Path

import pytest

from planfirst.core.types import Example, Pair
from planfirst_lab.training.rag import given
from planfirst_lab.training.rag.disguise import Disguise
from planfirst_lab.training.rag.questions import Question, questions_of
from planfirst_lab.training.rag.snapshot import take
from planfirst_lab.training.rag.symbols import symbols_of
from tests.lab.training.rag.small_repository import write


@pytest.fixture
def questions(tmp_path: Path) -> list[Question]:
    snapshot = take(str(write(tmp_path / "site")), tmp_path / "repos")
    return questions_of(snapshot, symbols_of(snapshot))


def hit(code: str) -> Example:
    return Example(Pair(f"a.py:{code}:1", "some words", code, "r", "MIT", "a.py:1"), 0.5)


@pytest.mark.parametrize("seed", range(20))
def test_the_answer_can_be_copied_from_the_hit_and_from_nowhere_else(questions: list[Question], seed: int) -> None:
    disguise = Disguise([q.function for q in questions], random.Random(seed))
    for question in questions:
        if question.kind == "docstring":
            own, other = hit(question.function.call), hit("self.render(title, depth)")
            made = disguise.wear(question, [other, own])
            assert made.hits[1].pair.code == made.answer
            assert made.answer != question.answer
            assert not made.answer.startswith(f"{question.function.name}(")
            assert made.given == ""
            assert made.hits[0].pair.code.startswith("self.")
            assert "render" not in made.hits[0].pair.code
            ast.parse(made.answer)


@pytest.mark.parametrize("seed", range(20))
def test_names_change_alike_where_the_answer_is_to_stand(questions: list[Question], seed: int) -> None:
    question = next(q for q in questions if q.kind == "call site" and q.answer == "make_slug(title)")
    disguise = Disguise([q.function for q in questions], random.Random(seed))
    made = disguise.wear(question, [hit(question.function.call)])
    called = ast.parse(made.answer, mode="eval").body
    assert isinstance(called, ast.Call)
    (argument,) = called.args
    assert isinstance(argument, ast.Name)
    assert argument.id != "title"
    assert made.signature.startswith(f"def page_path({argument.id}, ")
    assert ast.unparse(called.func) in made.hits[0].pair.code


def test_what_is_given_is_drawn_anew_and_stands_in_the_answer(questions: list[Question]) -> None:
    question = next(q for q in questions if q.kind == given.KIND and q.function.name == "split_name")
    disguise = Disguise([q.function for q in questions], random.Random(1))
    drawn = set()
    for _ in range(30):
        made = disguise.wear(question, [hit(question.function.call)])
        name = made.hits[0].pair.code.partition("(")[0]
        assert made.answer == f"{name}({made.given})"
        assert [keyword.arg for keyword in ast.parse(made.answer).body[0].value.keywords] == ["marker"]  # type: ignore
        drawn.add(made.given)
    assert len(drawn) > 20


def test_what_a_test_gives_stays(questions: list[Question]) -> None:
    question = next(q for q in questions if q.kind == "test")
    made = Disguise([q.function for q in questions], random.Random(1)).wear(question, [hit(question.function.call)])
    assert made.given == "'Hello, World!'"
    assert made.answer.endswith("('Hello, World!')")
    assert made.answer != question.answer


def test_a_question_without_names_to_draw_from_is_still_a_question(questions: list[Question]) -> None:
    question = replace(questions[0], signature="def outer(self, *args, key=None, **more):")
    disguise = Disguise([q.function for q in questions], random.Random(3))
    made = disguise.wear(question, [hit(question.function.call), hit("import os")])
    assert "self" in made.signature
    assert made.hits[1].pair.code == "import os"
