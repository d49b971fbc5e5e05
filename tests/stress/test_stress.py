"""A short form of each long run (`make stress`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stress import chaos, edit_storm, fuzz_bytes, fuzz_protocol
from tests.stress.fuzz_bytes import KINDS

pytestmark = pytest.mark.real


async def test_every_request_gets_an_answer_whatever_it_says(tmp_path: Path) -> None:
    result = await fuzz_protocol.run(400, 1, tmp_path)
    assert not result["found"]
    assert result["requests"] > 200


async def test_bytes_that_are_no_message_hang_nothing(tmp_path: Path) -> None:
    result = await fuzz_bytes.run(len(KINDS), 1, tmp_path)
    assert not result["found"]
    assert result["lived"] >= 9


async def test_an_edit_lands_whole_on_the_version_it_was_made_for(tmp_path: Path, random_llama: Path) -> None:
    result = await edit_storm.run(40, 1, tmp_path, random_llama)
    assert not result["found"]
    assert result["applied"] >= 3
    assert result["without edit"] >= 3


async def test_children_that_end_are_started_again_and_none_is_left(tmp_path: Path, random_llama: Path) -> None:
    result = await chaos.run(9, 1, tmp_path, random_llama)
    assert not result["found"]
