from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from planfirst.core.errors import BadSetting
from planfirst_lab.training import data, tokenizer
from planfirst_lab.training.rag import replay
from planfirst_lab.training.tokenizer import Row, encode_rows


@pytest.fixture
def folder(bpe: Tokenizer, tmp_path: Path) -> Path:
    rows = [Row("s", f"Request: number {n}", f"def number_{n}(x):\n    return x") for n in range(12)]
    encoded = encode_rows(bpe, rows)
    starts = np.cumsum([0, *(len(ids) for ids, _ in encoded)], dtype=np.int64)
    save_file(
        {
            "tokens": np.array([token for ids, _ in encoded for token in ids], np.uint16),
            "starts": starts,
            "answers": np.array([start for _, start in encoded], np.int32),
        },
        tmp_path / data.ROWS,
    )
    bpe.save(str(tmp_path / data.TOKENIZER))
    return tmp_path


def answers(bpe: Tokenizer, rows: data.Rows) -> list[str]:
    return [bpe.decode(rows.row(n)[rows.answers[n] : -1].tolist()) for n in range(len(rows))]


def test_rows_are_drawn_whole_and_without_what_is_held_out(folder: Path, bpe: Tokenizer) -> None:
    some = replay.read(folder, bpe, 5, (), 1)
    assert len(some) == len(set(answers(bpe, some))) == 5
    assert all(text.startswith("def number_") and text.endswith("return x") for text in answers(bpe, some))
    assert answers(bpe, replay.read(folder, bpe, 5, (), 1)) == answers(bpe, some)
    assert answers(bpe, replay.read(folder, bpe, 5, (), 2)) != answers(bpe, some)
    rest = answers(bpe, replay.read(folder, bpe, 99, ("number_3", "number_1"), 1))
    assert len(rest) == 10  # number_10 and number_11 are other names
    assert not any(f"def number_{n}(" in text for text in rest for n in (1, 3))


def test_rows_are_joined(folder: Path, bpe: Tokenizer) -> None:
    one, two = replay.read(folder, bpe, 3, (), 1), replay.read(folder, bpe, 4, (), 2)
    both = replay.joined(one, two)
    assert answers(bpe, both) == answers(bpe, one) + answers(bpe, two)
    assert answers(bpe, replay.joined(one, replay.read(folder, bpe, 0, (), 2))) == answers(bpe, one)


def test_a_folder_without_rows_or_with_others_is_refused(folder: Path, bpe: Tokenizer, tmp_path: Path) -> None:
    assert replay.digest(folder)
    with pytest.raises(BadSetting, match="no rows"):
        replay.digest(tmp_path / "none")
    with pytest.raises(BadSetting, match="no rows"):
        replay.read(tmp_path / "none", bpe, 3, (), 1)
    tokenizer.train(["def f(x): return x"] * 9, 270).save(str(folder / data.TOKENIZER))
    with pytest.raises(BadSetting, match="another tokenizer"):
        replay.read(folder, bpe, 3, (), 1)
