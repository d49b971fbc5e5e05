"""Scores of embedding models whose cosines are crowded."""

from __future__ import annotations

from pathlib import Path

import pytest

from planfirst.adapters.calibration import scoring
from planfirst.adapters.faiss_store import FaissStore
from planfirst.core.types import Pair
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.human_language import MULTILINGUAL
from planfirst.store.build import build
from planfirst.store.read import load

CROWDED = f"{MULTILINGUAL} 0123456789abcdef"
PAIRS = [Pair(str(n), text, "", "test", "MIT", f"t#{n}") for n, text in enumerate(["a b c d", "a b c x", "a y z w"])]


@pytest.mark.parametrize("identity", ["all-MiniLM-L6-v2 0123", "hashed-words-128", "", "my-multilingual-e5-small 01"])
@pytest.mark.parametrize("cosine", [-1.0, -0.2, 0.55, 1.0])
def test_other_models_keep_their_cosines(identity: str, cosine: float) -> None:
    for query in ("sort a list", "목록 정렬"):
        assert scoring(identity, query)(cosine) == cosine


def test_crowded_cosines_are_spread() -> None:
    cosines = [0.78, 0.84, 0.86, 0.88, 0.9, 0.92]
    scores = [scoring(CROWDED, "")(cosine) for cosine in cosines]
    assert scores == sorted(scores)
    assert scores[-1] - scores[0] > 4 * (cosines[-1] - cosines[0])
    assert scores[0] < 0.3
    assert scores[-1] > 0.7


@pytest.mark.parametrize("identity", [CROWDED, "hashed-words-128"])
@pytest.mark.parametrize("cosine", [-1.001, -0.5, 1.0, 1.001])
def test_no_score_is_out_of_bounds(identity: str, cosine: float) -> None:
    assert -1.0 <= scoring(identity, "목록")(cosine) <= 1.0


@pytest.mark.parametrize("query", ["목록 정렬하기", "csv.DictReader로 파일 읽기", "読み込む", "прочитать файл csv"])
def test_requests_in_other_scripts_are_nearer_than_they_look(query: str) -> None:
    assert scoring(CROWDED, query)(0.87) == pytest.approx(scoring(CROWDED, "sort a list")(0.87) + 0.14)


@pytest.mark.parametrize("query", ["", "42 + 1", "größte Zahl, naïve, ő", "replace '가' in a long text by b"])
def test_others_are_not(query: str) -> None:
    assert scoring(CROWDED, query)(0.87) == scoring(CROWDED, "sort a list")(0.87)


def test_a_store_gives_scores_and_keeps_vectors(tmp_path: Path) -> None:
    plain, crowded = HashedEmbedder(), HashedEmbedder()
    crowded.identity = CROWDED
    found = []
    for name, embedder in (("plain", plain), ("crowded", crowded)):
        build(tmp_path / name, {"c": PAIRS}, embedder)
        found.append(FaissStore.open(tmp_path / name, embedder).search("a b c d", 3))
    assert [hit.pair for hit in found[0]] == [hit.pair for hit in found[1]]
    assert [hit.score for hit in found[1]] == [scoring(CROWDED, "")(hit.score) for hit in found[0]]
    assert len({hit.score for hit in found[1]}) > 1
    one, other = (
        load(tmp_path / name, embedder.identity) for name, embedder in (("plain", plain), ("crowded", crowded))
    )
    assert (one.vectors == other.vectors).all()
