"""Ways of searching, measured with the fake embedding model; `tests/cli` has the real one."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from rich.console import Console

from planfirst.core.errors import BadRequest
from planfirst.embedders.hashed import HashedEmbedder
from planfirst_lab.evaluation import retrieval_report
from planfirst_lab.evaluation.figures import Figures
from planfirst_lab.evaluation.retrieval_run import Options, measure

CODE = {
    "csv": ("read a csv file", "def read_csv(path):\n    return list(csv.reader(path.open()))"),
    "sort": ("sort a list of words", "def sort_words(words):\n    return sorted(words)"),
    "circle": ("draw a circle", "def draw_circle(radius):\n    canvas.oval(radius)"),
    "lines": ("count lines in a file", "def count_lines(path):\n    return len(path.read_text().split())"),
    "date": (
        "",
        'def parse_date(text):\n    """Parse a date written as day, month and year."""\n    return strptime(text)',
    ),
}
ASKED = {
    "reading csv": "csv",
    "sorted words": "sort",
    "circle": "circle",
    "how many lines": "lines",
    "parse date": "date",
}
ALL = "dense,words,bm25,rrf,weighted,rewritten,nameless,titles,aware"


class Counting(HashedEmbedder):
    """Remembers how many texts it was given."""

    def __init__(self) -> None:
        super().__init__(256)
        self.count = 0

    def embed(
        self,
        texts: Sequence[str],
        *,
        progress: Callable[[int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> NDArray[np.float32]:
        self.count += len(texts)
        return super().embed(texts, progress=progress, stop=stop)


@pytest.fixture
def options(tmp_path: Path) -> Options:
    corpus, queries = tmp_path / "corpus.jsonl", tmp_path / "queries.jsonl"
    rows = [{"id": name, "question": question, "code": code} for name, (question, code) in CODE.items()]
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    asked = [{"qid": text, "query": text, "relevant": [name]} for text, name in ASKED.items()]
    queries.write_text("".join(json.dumps(row) + "\n" for row in asked), encoding="utf-8")
    return Options(corpus, queries, ALL, out=tmp_path / "out")


def run(options: Options, embedder: HashedEmbedder | None = None) -> Figures:
    return measure(options, Console(file=io.StringIO()), embedder or HashedEmbedder(256))


def test_every_method_finds_most_of_it(options: Options) -> None:
    found = run(options)["methods"]
    assert list(found) == ALL.split(",")
    for name, figures in found.items():
        assert figures["n"] == 5
        assert figures["recall@10"] == 1.0  # there are five rows
        assert figures["recall@1"] >= 0.6, name
        low, high = figures["mrr interval"]
        assert 0 < low <= figures["mrr"] <= high <= 1
        assert figures["seconds"] > 0
    assert found["dense"]["mrr minus dense"] == 0
    assert found["words"]["default"]


def test_the_figures_of_dense_are_those_of_cosines_counted_by_hand(options: Options) -> None:
    embedder = HashedEmbedder(256)
    matrix = embedder.embed([f"{question}\n{code}" for question, code in CODE.values()])
    ranks = []
    for text, name in ASKED.items():
        cosines = (matrix @ embedder.embed([text])[0]).tolist()
        own = cosines[list(CODE).index(name)]
        ranks.append(1 + sum(cosine > own for cosine in cosines))
    dense = run(options)["methods"]["dense"]
    assert dense["mrr"] == pytest.approx(sum(1 / rank for rank in ranks) / 5)
    assert dense["recall@1"] == pytest.approx(sum(rank == 1 for rank in ranks) / 5)


def test_a_second_run_embeds_nothing_of_the_corpus_again(options: Options) -> None:
    first, second = Counting(), Counting()
    one, two = run(options, first), run(options, second)
    timed = 7 * (len(one["methods"]) + 1)  # the vectors that are made while time is taken; rrf and weighted ask dense
    assert second.count <= timed < first.count
    for name, figures in one["methods"].items():
        assert two["methods"][name]["mrr"] == figures["mrr"]


def test_only_what_was_asked_for_and_always_dense(options: Options) -> None:
    asked = Options(options.corpus, options.queries, "bm25", out=options.out)
    assert list(run(asked)["methods"]) == ["dense", "bm25"]


@pytest.mark.parametrize(
    ("names", "said"),
    [("nonsense", "no method 'nonsense'"), ("reranker", "needs a model"), ("maxsim", "no vectors of tokens")],
)
def test_a_method_that_cannot_be_had_is_refused(options: Options, names: str, said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        run(Options(options.corpus, options.queries, names, out=options.out))


def test_table_json_and_plot(options: Options) -> None:
    result = run(options)
    out = io.StringIO()
    console = Console(file=out, width=80)
    retrieval_report.write(options.folder, result, console)
    console.print(retrieval_report.table(result))
    said = out.getvalue()
    assert "words *" in said
    assert "…" not in said  # nothing is cut in a terminal of 80 columns
    assert json.loads((options.folder / "report.json").read_text(encoding="utf-8")) == json.loads(json.dumps(result))
    assert (options.folder / "retrieval.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads(retrieval_report.as_json(result)).keys() == result["methods"].keys()
