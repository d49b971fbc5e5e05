"""A short form of each long run (`make stress`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters import sandbox_outside as outside
from tests.stress import (
    chaos,
    connections,
    disk,
    edit_storm,
    fuzz_bytes,
    fuzz_mcp,
    fuzz_page,
    fuzz_protocol,
    hostile_files,
    hostile_programs,
    own_network,
    shared_store,
    soak,
    two_windows,
)
from tests.stress.fuzz_bytes import KINDS as BROKEN
from tests.stress.made_files import KINDS

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]


async def test_every_request_gets_an_answer_whatever_it_says(tmp_path: Path) -> None:
    result = await fuzz_protocol.run(400, 1, tmp_path)
    assert not result["found"]
    assert result["requests"] > 200


async def test_bytes_that_are_no_message_hang_nothing(tmp_path: Path) -> None:
    result = await fuzz_bytes.run(len(BROKEN), 1, tmp_path)
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


async def test_lines_that_no_agent_sends_are_answered_or_refused(tmp_path: Path, random_llama: Path) -> None:
    result = await fuzz_mcp.run(60, 1, tmp_path, random_llama)
    assert not result["found"]
    assert result["requests"] > 30


async def test_requests_that_no_browser_sends_are_answered_or_refused(tmp_path: Path, random_llama: Path) -> None:
    result = await fuzz_page.run(50, 1, tmp_path, random_llama)
    assert not result["found"]
    assert result["answered"] > 30


async def test_files_that_were_tampered_with_are_opened_or_refused(tmp_path: Path) -> None:
    """Without the embedding model, which takes PyTorch to make."""
    result = await hostile_files.run(40, 1, tmp_path, [name for name in KINDS if name != "embedding"])
    assert not result["found"]
    assert result["refused"] > 20


async def test_two_windows_on_one_file_lose_nothing(tmp_path: Path, random_llama: Path) -> None:
    result = await two_windows.run(3, 1, tmp_path, random_llama)
    assert not result["found"]
    assert result["accepted"] + result["placed later"] >= 2


@pytest.mark.skipif(bool(disk.why_not_here()), reason=disk.why_not_here())
async def test_a_full_disk_a_locked_folder_and_a_wrong_clock_cost_nothing(tmp_path: Path, random_llama: Path) -> None:
    result = await disk.run(4, 1, tmp_path, random_llama)
    assert not result["found"]
    assert result["changes refused"] >= 1


@pytest.mark.skipif(bool(outside.why_not_here()), reason=outside.why_not_here())
async def test_nothing_of_a_random_hostile_program_is_left_outside(tmp_path: Path) -> None:
    result = await hostile_programs.run(3, 1, tmp_path)
    assert not result["found"]
    assert result["programs"] == 3


async def test_eight_editors_lose_no_request(tmp_path: Path, random_llama: Path) -> None:
    result = await soak.run(5, 1, tmp_path, random_llama)
    assert not result["found"]
    assert result["answers"] >= 8


@pytest.mark.skipif(bool(own_network.why_not_here()), reason=own_network.why_not_here())
async def test_a_day_of_use_reaches_only_what_was_asked_for(tmp_path: Path, random_llama: Path) -> None:
    """The store is made, code is written by a server that the user has named, and the page is asked."""
    result = await connections.run(3, 103, tmp_path, random_llama)
    assert not result["found"]
    assert result["uses"] == 3
    assert result["asked for"] > 8


async def test_a_store_with_many_users_is_whole_whoever_is_killed(tmp_path: Path) -> None:
    result = await shared_store.run(3, 1, tmp_path, writers=2, readers=3)
    assert not result["found"]
    assert result["changes"] > 3
    assert result["versions"] > 3
