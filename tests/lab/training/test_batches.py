from __future__ import annotations

import numpy as np

from planfirst_lab.training import batches
from planfirst_lab.training.data import Rows
from planfirst_lab.training.tokenizer import PAD_ID


def test_every_row_once_and_no_batch_too_big(rows: Rows) -> None:
    plan = batches.plan(rows, 160, seed=1, epoch=0)
    assert sorted(n for batch in plan for n in batch) == list(range(len(rows)))
    assert all(len(batch) * rows.lengths[batch].max() <= 160 for batch in plan)
    assert plan == batches.plan(rows, 160, seed=1, epoch=0)
    assert plan != batches.plan(rows, 160, seed=1, epoch=1)


def test_a_row_longer_than_a_batch_stands_alone(rows: Rows) -> None:
    plan = batches.plan(rows, 10, seed=1, epoch=0)
    assert sorted(n for batch in plan for n in batch) == list(range(len(rows)))


def test_only_answers_are_targets(rows: Rows) -> None:
    batch = batches.collate(rows, [3, 8])
    flat = batch.tokens.flatten()
    wanted = np.concatenate([rows.row(n)[rows.answers[n] :] for n in (3, 8)]).tolist()
    assert batch.targets.tolist() == flat[batch.where + 1].tolist() == wanted
    assert PAD_ID in flat.tolist()
