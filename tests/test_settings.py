from __future__ import annotations

import ast
import math
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import planfirst
from planfirst.core.profile import COMPACT, INSTRUCT
from planfirst.settings import Settings
from planfirst.settings_reader import described, parse

CLIENT = Path(__file__).parents[1] / "client-vscode"


def test_nothing_gives_the_defaults() -> None:
    assert parse(None) == (Settings(), [])
    assert parse({}) == (Settings(), [])


def test_values_are_taken() -> None:
    settings, problems = parse({"retriever": {"minScore": 1, "corpora": ["cookbook"]}, "planner": {"maxTokens": 99}})
    assert problems == []
    assert settings.retriever.min_score == 1.0
    assert settings.retriever.corpora == ("cookbook",)
    assert settings.planner.max_tokens == 99


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "must be an object"),
        ({"nonsense": {}}, "There is no setting 'nonsense'"),
        ({"planner": 3}, "'planner' must be an object"),
        ({"planner": {"nonsense": 1}}, "There is no setting 'planner.nonsense'"),
        ({"planner": {"model": 3}}, "must be a text, not a whole number"),
        ({"planner": {"maxTokens": "many"}}, "must be a whole number, not a text"),
        ({"planner": {"maxTokens": True}}, "must be a whole number, not true"),
        ({"planner": {"maxTokens": -1}}, "must be from 16 to 1024"),
        ({"planner": {"maxTokens": 10**400}}, "must be from 16 to 1024"),
        ({"retriever": {"minScore": 10**400}}, "must be from -1 to 1"),
        ({"retriever": {"minScore": -(10**400)}}, "must be from -1 to 1"),
        ({"retriever": {"minScore": math.nan}}, "must be from -1 to 1"),
        ({"retriever": {"corpora": "cookbook"}}, "must be a list of texts, not a text"),
        ({"retriever": {"corpora": [1]}}, "must be a list of texts"),
        ({"workspace": {"index": "always"}}, "must be one of ask, on, off, not 'always'"),
        ({"editor": {"hover": None}}, "must be true or false, not null"),
    ],
)
def test_a_bad_value_falls_back_and_is_said(data: Any, said: str) -> None:
    settings, problems = parse(data)
    assert settings == Settings()
    assert len(problems) == 1
    assert said in str(problems[0])


def test_one_bad_value_spoils_no_other() -> None:
    settings, problems = parse({"planner": {"model": 3, "threads": 2}})
    assert settings.planner.threads == 2
    assert settings.planner.model == "auto"
    assert len(problems) == 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
)


@given(json_values)
def test_any_json_can_be_read(data: Any) -> None:
    settings, _ = parse(data)
    assert isinstance(settings, Settings)


def test_every_setting_is_described() -> None:
    options = list(described())
    assert len({option.key for option in options}) == len(options) > 20
    for option in options:
        assert option.description.endswith("."), option.key


@pytest.mark.parametrize(("set_to", "starter", "others"), [(0.0, 0.55, 0.75), (0.5, 0.5, 0.5), (-1.0, -1.0, -1.0)])
def test_the_gate_suits_the_planner_unless_it_is_set(set_to: float, starter: float, others: float) -> None:
    settings, _ = parse({"retriever": {"minScore": set_to}})
    assert settings.retriever.gate(COMPACT) == starter
    assert settings.retriever.gate(INSTRUCT) == others


def test_every_setting_is_read_somewhere() -> None:
    """A setting that no code reads does nothing, and nobody is told."""
    package = Path(planfirst.__file__).parent
    sources = [path for path in package.rglob("*.py") if not path.name.startswith("settings")]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sources]
    read = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    keys = {option.key for option in described() if _snake(option.key.partition(".")[2]) not in read}
    extension = "".join(path.read_text(encoding="utf-8") for path in (CLIENT / "src").rglob("*.ts"))
    assert keys == {"editor.preview"}
    assert all(f"'{key}'" in extension for key in keys)


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", name)
