"""What all tests share: a data folder of their own, and real models made on the spot."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from random_llama import write_random_llama

settings.register_profile("planfirst", deadline=None)  # machines are noisy, so no test is held to a time
settings.load_profile("planfirst")

# A shell that starts the tests in the background has Ctrl-C ignored, by all that they start, too, and some test it.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves the large tests out unless they are asked for."""
    if "large" in config.option.markexpr:
        return
    large = [item for item in items if item.get_closest_marker("large")]
    config.hook.pytest_deselected(items=large)
    items[:] = [item for item in items if item not in large]


@pytest.fixture(autouse=True, scope="session")
def shared_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What fixtures that several tests share have in place of the user's data folder."""
    folder = tmp_path_factory.mktemp("planfirst-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLANFIRST_HOME", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test sees or touches what the user has."""
    folder = tmp_path / "planfirst-home"
    monkeypatch.setenv("PLANFIRST_HOME", str(folder))
    monkeypatch.delenv("PLANFIRST_API_KEY", raising=False)
    return folder


@pytest.fixture(scope="session")
def random_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real GGUF file with random weights: it loads and runs in milliseconds, and writes nonsense."""
    return write_random_llama(tmp_path_factory.mktemp("model") / "random.gguf")


@pytest.fixture(scope="session")
def slow_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that needs seconds to read a long prompt, for tests that interrupt it."""
    path = tmp_path_factory.mktemp("slow") / "slow.gguf"
    return write_random_llama(path, width=512, layers=6, context=8192)
