"""What is said of a file that has the name of a model already."""

from __future__ import annotations

from pathlib import Path

import pytest

from planfirst.adapters import hub, index
from planfirst.adapters.downloaded_file import is_here
from planfirst.core.errors import FetchError
from planfirst.models.entries import manifest


def test_a_model_that_is_there_is_not_fetched(tmp_path: Path) -> None:
    target = tmp_path / "a.gguf"
    assert not is_here(target, 3)
    target.write_bytes(b"abc")
    assert is_here(target, 3)
    assert is_here(target, 0)  # nobody knows its size


def test_another_file_of_that_name_is_neither_taken_nor_overwritten(tmp_path: Path) -> None:
    entry = next(one for one in manifest() if one.repository and one.parts)
    target = tmp_path / entry.file
    target.write_bytes(b"mine")
    for pull in (hub.pull, index.pull):
        with pytest.raises(FetchError, match=r"another file: it has 4 bytes instead of [\d,]+\. Move it away"):
            pull(entry, tmp_path, lambda done, size: None)
    assert target.read_bytes() == b"mine"
