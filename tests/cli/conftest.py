"""A store of the cookbook, built once by the command itself, and options for a model that answers quickly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line import planfirst
from tests.random_llama import LONG_NAME, write_random_llama


@pytest.fixture(scope="session")
def cookbook_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose store holds the cookbook; tests must not write to it."""
    home = tmp_path_factory.mktemp("cookbook-home")
    done = planfirst("index", "build", "cookbook", home=home)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.startswith(tuple("123456789"))
    assert f"in {home / 'store'}\ngeneration 1, built " in done.stdout
    return home


@pytest.fixture(scope="session")
def random_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real GGUF file that plans first, and writes a long name."""
    return write_random_llama(tmp_path_factory.mktemp("coder") / "random.gguf", writes=LONG_NAME, profile="compact")


@pytest.fixture
def quick(random_llama: Path) -> list[str]:
    """Options that choose the random model and keep its answers short."""
    # One thread: for so small a model more of them only wait for each other, and for long on a busy machine.
    settings = [f"planner.model={random_llama}", "planner.threads=1", "planner.maxTokens=40", "generator.maxTokens=30"]
    return [part for setting in settings for part in ("--set", setting)]
