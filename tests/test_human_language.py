from __future__ import annotations

from pathlib import Path

import pytest

from planfirst.build import Engine
from planfirst.human_language import MULTILINGUAL, unread
from planfirst.settings_reader import parse
from planfirst.words import Message


@pytest.mark.parametrize(
    ("request_", "language"),
    [
        ("CSV 파일을 읽어서 딕셔너리 목록으로 만들기", "language-korean"),
        ("csv.DictReader로 파일 읽기", "language-korean"),
        ("CSVファイルを読み込む", "language-japanese"),
        ("读取文件", "language-chinese-or-japanese"),
        ("прочитать файл csv", "language-cyrillic"),
    ],
)
def test_a_language_that_the_model_does_not_know_is_told_with_the_way_out(request_: str, language: str) -> None:
    said = unread(request_, "")
    assert said is not None
    assert said.code == "request-unread"
    assert said.args["language"] == Message(language)


@pytest.mark.parametrize(
    "request_", ["read a csv file", "", "42 + 1", "lire le fichier", "replace '가' in a long text by b"]
)
def test_nothing_is_said_of_english_nor_of_what_cannot_be_told(request_: str) -> None:
    assert unread(request_, "") is None


@pytest.mark.parametrize(
    "model", ["paraphrase-multilingual-MiniLM-L12-v2", "jhgan/ko-sroberta-multitask", "/models/mine"]
)
def test_nothing_is_said_of_a_model_that_knows_it_or_that_nobody_knows(model: str) -> None:
    assert unread("파일을 읽기", model) is None


@pytest.mark.parametrize("model", ["paraphrase-MiniLM-L6-v2", "sentence-transformers/all-mpnet-base-v2"])
def test_other_english_models_are_known_by_their_names(model: str) -> None:
    said = unread("파일을 읽기", model)
    assert said is not None
    assert said.args["model"] == model


def test_the_pipeline_says_so(random_llama: Path) -> None:
    settings, _ = parse({"planner": {"model": str(random_llama)}})
    assert Engine(settings).pipeline().unread("파일을 읽기") is not None
    settings, _ = parse({"planner": {"model": str(random_llama)}, "retriever": {"model": MULTILINGUAL}})
    assert Engine(settings).pipeline().unread("파일을 읽기") is None
