"""Two distributions come from this repository: the server, and the laboratory that adds commands to it."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from planfirst.cli import plugins
from planfirst.core.errors import PlanfirstError

ROOT = Path(__file__).parents[1]
HEAVY = {"torch", "transformers", "sentence-transformers", "peft", "accelerate", "bitsandbytes", "matplotlib", "bm25s"}


def project(folder: str) -> dict[str, Any]:
    """What a distribution says of itself."""
    loaded: dict[str, Any] = tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return loaded


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w.-]", requirement)[0] for requirement in requirements}


def test_both_have_one_version_and_fit_each_other() -> None:
    server, laboratory = project("."), project("server/planfirst_lab")
    assert server["version"] == laboratory["version"]
    assert laboratory["dependencies"] == [f"planfirst=={server['version']}"]


def test_neither_needs_torch_unless_an_extra_is_asked_for() -> None:
    for folder in (".", "server/planfirst_lab"):
        assert not names(project(folder)["dependencies"]) & HEAVY


def test_what_the_laboratory_adds_is_what_the_server_points_to() -> None:
    assert project("server/planfirst_lab")["entry-points"][plugins.GROUP].keys() == plugins.LABORATORY.keys()


def commands(monkeypatch: pytest.MonkeyPatch, **brought: str) -> typer.Typer:
    """A command line to which nothing but these entry points adds anything."""
    points = EntryPoints(EntryPoint(name.replace("_", "."), value, plugins.GROUP) for name, value in brought.items())
    monkeypatch.setattr(plugins, "entry_points", lambda group: points.select(group=group))
    root, models = typer.Typer(), typer.Typer()
    root.add_typer(models, name="models")
    plugins.add_commands(root, {"models": models})
    return root


@pytest.mark.parametrize(
    "arguments", [["eval", "humaneval", "x.jsonl", "--limit", "3"], ["train", "--help"], ["models", "tune", "starter"]]
)
def test_without_the_laboratory_its_commands_say_what_to_install(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = CliRunner().invoke(commands(monkeypatch), arguments)
    assert isinstance(done.exception, PlanfirstError)
    assert "is part of planfirst-lab, which is not installed" in str(done.exception)
    assert "pip install planfirst-lab" in done.exception.next_step


def test_help_lists_them_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    said = CliRunner().invoke(commands(monkeypatch), ["--help"]).stdout
    assert "eval" in said
    assert "Needs planfirst-lab." in " ".join(said.split())


def test_another_distribution_adds_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    root = commands(monkeypatch, models_sum="tests.test_distributions:added")
    assert CliRunner().invoke(root, ["models", "sum", "2", "3"]).stdout == "5\n"


def added(first: int, second: int) -> None:
    """Add two numbers."""
    typer.echo(first + second)


def test_a_command_that_cannot_be_loaded_costs_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    root = commands(monkeypatch, eval="tests.no_such_module:app", models_sum="tests.test_distributions:added")
    done = CliRunner().invoke(root, ["eval", "humaneval"])
    assert isinstance(done.exception, PlanfirstError)
    assert "cannot be loaded: No module named 'tests.no_such_module'." in str(done.exception)
    assert CliRunner().invoke(root, ["models", "sum", "2", "3"]).exit_code == 0
