from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planfirst.adapters.fusion import fused
from planfirst.core.retrieve import WORDS, gate
from planfirst.core.types import Example, Pair
from planfirst.corpora.code.pairs import found_by
from planfirst.embedders.sbert import Embedder
from planfirst.store.build import build
from planfirst.workers.proxies import RetrieverWorker

NEAR = Pair("1", "open a table", "rows = load(path)", "t", "MIT", "t:1")
NAMED = Pair("2", "read a csv file", "csv.reader(file)", "t", "MIT", "t:2")


def test_shared_words_put_a_hit_ahead_of_one_that_is_a_little_nearer() -> None:
    hits = fused("read csv", [Example(NEAR, 0.60), Example(NAMED, 0.50)])
    assert [hit.pair for hit in hits] == [NAMED, NEAR]
    assert [hit.shared for hit in hits] == [1.0, 0.0]
    assert [hit.score for hit in hits] == [0.50, 0.60]  # what is shown stays the cosine


def test_but_not_of_one_that_is_much_nearer() -> None:
    assert fused("read csv", [Example(NEAR, 0.50 + WORDS + 0.01), Example(NAMED, 0.50)])[0].pair == NEAR


def test_nothing_found_is_nothing() -> None:
    assert fused("read csv", []) == []


RECIPE = Pair(
    "csv/read",
    "read a csv file into a list of dicts",
    "import csv\n\ndef read_csv(path):\n    with path.open() as file:\n        return list(csv.DictReader(file))",
    "cookbook",
    "Apache-2.0",
    "cookbook/csv.toml#read",
)
ASKED, CODE = "Read the stock list from its CSV file", "def load_stock(path):\n    return rows_of(path)"
OWN = Pair("stock.py:load_stock:3", ASKED, CODE, "shop", "own", "stock.py:3", about=found_by(ASKED, "load stock", CODE))
DRAW = "def draw_logo(canvas):\n    canvas.circle(LOGO)"
FAR = replace(
    OWN,
    id="a.py:draw_logo:1",
    question="Draw the shop's logo",
    code=DRAW,
    about=found_by("Draw the shop's logo", "draw logo", DRAW),
    place="a.py:1",
)


@pytest.mark.real
async def test_ones_own_code_outranks_the_cookbook_when_it_fits(tmp_path: Path) -> None:
    build(tmp_path, {"cookbook": [RECIPE], "shop": [OWN, FAR]}, Embedder())
    retriever = RetrieverWorker(tmp_path, "")
    try:
        fitting = await retriever.search("TODO: read the stock list from a csv file", 3)
        general = await retriever.search("read a csv file into a list of dictionaries", 3)
    finally:
        await retriever.worker.close()
    assert gate(fitting, 0.75)[0] == fitting[0]
    assert fitting[0].pair == OWN
    assert general[0].pair == RECIPE  # its own code is about something else
    assert [hit.pair for hit in fitting][-1] == FAR
