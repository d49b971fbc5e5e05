from __future__ import annotations

from dataclasses import replace

from planfirst.corpora import recipes
from planfirst_lab.evaluation.items import from_cookbook


def test_the_held_out_requests_in_an_order_that_mixes() -> None:
    items = from_cookbook(recipes.load())
    assert len(items) == len({item.id for item in items}) == 200
    assert items == from_cookbook(recipes.load())
    for first in (items[:40], items[:100]):
        assert 0.2 < sum(item.unseen for item in first) / len(first) < 0.8
        assert len({item.id.partition("/")[0] for item in first}) > 15
    for item in items:
        assert item.own is not None
        assert item.own.question != item.task.request
        assert item.own.code == item.reference
        assert not item.task.signature


def test_fresh_requests_ask_for_the_same_in_other_words() -> None:
    usual = {item.id: item for item in from_cookbook(recipes.load())}
    fresh = {item.id: item for item in from_cookbook(recipes.load(), fresh=True)}
    assert list(fresh) == list(usual)
    assert len({item.task.request for item in fresh.values()}) == 200
    for name, item in fresh.items():
        assert replace(item, task=usual[name].task) == usual[name]
        assert item.task.request != usual[name].task.request


def test_a_digest_changes_with_request_and_check() -> None:
    item = from_cookbook(recipes.load())[0]
    assert item.digest == replace(item, unseen=not item.unseen).digest
    assert item.digest != replace(item, task=replace(item.task, request="x")).digest
    assert item.digest != replace(item, check=replace(item.check, text="x")).digest
