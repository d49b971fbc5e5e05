"""The use of the command line itself: help, exit codes, and one line for each mistake. No model is loaded."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import planfirst as package
from tests.cli.command_line import complaint, in_process, planfirst

COMMANDS = (
    "serve",
    "demo",
    "mcp",
    "plan",
    "prompt",
    "generate",
    "summarise",
    "analyse",
    "doctor",
    "sandbox",
    "chat",
    "plans",
    "index",
    "models",
    "eval",
    "train",
    "data",
)


def test_help_names_every_command_in_whole_sentences() -> None:
    done = planfirst("--help")
    assert (done.returncode, done.stderr) == (0, "")
    rows = {line.split()[0]: line for line in done.stdout.partition("Commands:\n")[2].splitlines()}
    assert tuple(rows) == COMMANDS
    assert all(row.endswith(".") and not row.endswith("...") for row in rows.values())


def test_help_of_a_command_tells_its_options() -> None:
    done = in_process("generate", "-h")
    assert (done.returncode, done.stderr) == (0, "")
    for option in ("request", "--file", "--line", "--json", "--set NAME=VALUE"):
        assert option in done.stdout


def test_version_is_that_of_the_package() -> None:
    done = planfirst("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"planfirst {package.__version__}\n", "")
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == package.__version__


@pytest.mark.parametrize(
    ("arguments", "what", "see"),
    [
        ([], "Missing command", "planfirst --help"),
        (["index"], "Missing command", "planfirst index --help"),
        (["nonsense"], "No such command 'nonsense'", "planfirst --help"),
        (["models", "nonsense"], "No such command 'nonsense'", "planfirst models --help"),
        (["plan", "x", "--nonsense"], "No such option: --nonsense", "planfirst plan --help"),
        (["plan", "two", "words"], "unexpected extra argument", "planfirst plan --help"),
        (["plan", "--file", "f.py", "--line", "first"], "'--line'", "planfirst plan --help"),
        (["index", "search"], "Missing argument 'query'", "planfirst index search --help"),
        (["index", "search", "x", "--count", "0"], "'--count'", "planfirst index search --help"),
        (["serve", "--port"], "No such option: --port", "planfirst serve --help"),
    ],
    ids=lambda value: " ".join(value) or "nothing" if isinstance(value, list) else "",
)
def test_bad_use_is_one_line_that_names_the_help(arguments: list[str], what: str, see: str) -> None:
    line = complaint(in_process(*arguments), 2)
    assert what in line
    assert line.endswith(f"See `{see}`.")


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ("planner.model", "is not NAME=VALUE. Write, for example, --set retriever.minScore=0.6."),
        ("model=starter", "is not NAME=VALUE. Write, for example, --set retriever.minScore=0.6."),
        ("planner.modle=starter", "There is no setting 'planner.modle'. See docs/settings.md"),
        ("planer.model=starter", "There is no setting 'planer'. See docs/settings.md"),
        ("a;b.c=1", "There is no setting 'a;b'. See docs/settings.md"),
        ("planner.maxTokens=many", "The setting 'planner.maxTokens' must be a whole number, not a text. See"),
        ("planner.maxTokens=1.5", "must be a whole number, not a number."),
        ("editor.hover=1", "must be true or false, not a whole number."),
        ("retriever.minScore=1.5", "The setting 'retriever.minScore' must be from -1 to 1.25, not 1.5. See"),
        ("retriever.minScore=NaN", "must be from -1 to 1.25, not nan."),
        ("retriever.corpora=cookbook", "must be a list of texts, not a text."),
        ("planner.maxTokens=" + "[" * 50_000, "must be a whole number, not a text."),
    ],
    ids=lambda value: value[:30],
)
def test_a_setting_that_cannot_be_used_is_bad_use(assignment: str, said: str) -> None:
    assert said in complaint(in_process("plan", "sort a list", "--set", assignment), 2)


def test_a_missing_model_is_no_bad_use(tmp_path: Path) -> None:
    missing = tmp_path / "missing.gguf"
    line = complaint(in_process("generate", "sort a list", "--set", f"planner.model={missing}"), 1)
    assert line.startswith(f"There is no model file at {missing}. ")
    assert "planfirst models list" in line


@pytest.mark.parametrize("content", [b"", b"GGUF", b"PK\x03\x04 a zip file"], ids=["empty", "truncated", "foreign"])
def test_a_file_that_is_no_model(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(content)
    line = complaint(in_process("plan", "sort a list", "--set", f"planner.model={path}"), 1)
    assert line.startswith("broken.gguf cannot be used as a model: ")


def test_a_missing_folder_of_templates(quick: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    line = complaint(in_process("plan", "sort a list", *quick, "--set", f"prompt.templates={folder}"), 2)
    assert line.startswith(f"There is no folder of prompt templates at {folder}. ")
