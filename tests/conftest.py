"""What all tests share: a data folder of their own, real models made on the spot, and a store of the cookbook."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import Phase, settings

from planfirst.core.errors import PlanfirstError
from planfirst.corpora import recipes
from planfirst.folders import data_folder
from planfirst.models.entries import entry_named
from planfirst.models.sources import fetch
from planfirst.store.build import build
from tests.made_once import made_once, of_the_run
from tests.random_llama import write_random_llama

_USERS_FOLDER = data_folder()  # as it is before the tests have one of their own

# Machines are noisy, so no test is held to a time. To explain a failure, Hypothesis traces the runs behind it, and once
# Python 3.11 never came out of a traced function: the failure was not told at all.
_PHASES = [one for one in Phase if one is not Phase.explain]
settings.register_profile("planfirst", deadline=None, phases=_PHASES)
settings.load_profile("planfirst")

# A shell that starts the tests in the background has Ctrl-C ignored, by all that they start, too, and some test it.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """What this run leaves out."""
    return [] if _wants_large(config) else ["left out: the tests that are marked large; -m large runs them"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves the large tests out unless they are asked for; where two processes share the files, the longest begin."""
    if not _wants_large(config):
        large = [item for item in items if item.get_closest_marker("large")]
        config.hook.pytest_deselected(items=large)
        items[:] = [item for item in items if item not in large]
    if "PYTEST_XDIST_WORKER" in os.environ:
        real = Counter(item.path for item in items if item.get_closest_marker("real"))  # they take nearly all the time
        items.sort(key=lambda item: -real[item.path])


def _wants_large(config: pytest.Config) -> bool:
    return "large" in config.option.markexpr


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


def _official(name: str) -> Path:
    """A model's official file in the user's own models folder; skips where it is not there."""
    entry = entry_named(name)
    assert entry is not None
    path = _USERS_FOLDER / "models" / entry.file
    if not path.is_file() or path.stat().st_size != entry.size:
        pytest.skip(f"{name} is not here; `planfirst models pull {name}` gets it")
    return path


@pytest.fixture(scope="session")
def real_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The official Qwen2.5-Coder-0.5B-Instruct, for tests that are marked ``real``; fetched once for all test runs.

    It takes minutes where it is not here yet, so such a test has a time limit of its own.
    """
    entry = entry_named("qwen2.5-coder-0.5b")
    assert entry is not None
    # Who comes second waits here: two processes do not fetch one file, and the second would be refused.
    with FileLock(of_the_run(tmp_path_factory) / "real-model.lock"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLANFIRST_HOME", str(_USERS_FOLDER))
        try:
            return fetch(entry, lambda done, size: None, lambda text: None)
        except PlanfirstError as error:
            pytest.skip(str(error))


@pytest.fixture(scope="session")
def larger_real_model() -> Path:
    """The official Qwen2.5-Coder-1.5B-Instruct where it is here already; it is not fetched for a test."""
    return _official("qwen2.5-coder-1.5b")


@pytest.fixture(scope="session")
def llama_model() -> Path:
    """The official Llama-3.2-1B-Instruct where it is here already; it is not fetched for a test."""
    return _official("llama-3.2-1b")


@pytest.fixture(scope="session")
def embedding(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedding model as its first use makes it, which takes seconds and 90 MB; tests must not write to it."""

    def make(folder: Path) -> None:
        from planfirst.embedders.open import open_embedder

        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PLANFIRST_HOME", str(folder))
            open_embedder(threads=1)

    return made_once(tmp_path_factory, "embedding-home", make) / "embedding"


@pytest.fixture
def embedding_ready(embedding: Path, own_data_folder: Path) -> None:
    """The test's own data folder has the embedding model already."""
    own_data_folder.mkdir()
    link_embedding(embedding, own_data_folder)


def link_embedding(embedding: Path, home: Path) -> None:
    """Puts the embedding model into a data folder; where links are not allowed, it is made there when it is needed."""
    if os.name != "nt":
        (home / "embedding").symlink_to(embedding)


@pytest.fixture(scope="session")
def cookbook_home(tmp_path_factory: pytest.TempPathFactory, embedding: Path) -> Path:
    """A data folder whose store holds the recipes of the cookbook; tests must not write to it.

    Each is found by its question and code alone: its queries are ten times as many texts, which take minutes.
    """

    def make(home: Path) -> None:
        from planfirst.embedders.open import open_embedder

        home.mkdir()
        link_embedding(embedding, home)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PLANFIRST_HOME", str(home))
            build(home / "store", {"cookbook": list(recipes.pairs(recipes.load()))}, open_embedder(threads=1))

    return made_once(tmp_path_factory, "cookbook-home", make)


@pytest.fixture(scope="session")
def random_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real GGUF file with random weights: it loads and runs in milliseconds, and writes nonsense."""
    return write_random_llama(tmp_path_factory.mktemp("model") / "random.gguf")


@pytest.fixture(scope="session")
def slow_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that needs seconds to read a long prompt, for tests that interrupt it."""
    path = tmp_path_factory.mktemp("slow") / "slow.gguf"
    return write_random_llama(path, width=512, layers=6, context=8192)
