"""What is written down is true."""

from __future__ import annotations

import ast
import doctest
import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from planfirst.corpora.recipes import load
from planfirst.models.entries import manifest

ROOT = Path(__file__).parent.parent
DECISIONS = ROOT / "docs" / "decisions"
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "client-vscode" / "README.md"]
PAGES.append(ROOT / "server" / "planfirst_lab" / "README.md")
# Experiments name files of their day, and a change may be about a file that is gone.
OF_TODAY = [page for page in PAGES if page.name not in ("log.md", "CHANGELOG.md")]
BASES = (ROOT, ROOT / "server" / "planfirst", ROOT / "server" / "planfirst_lab")
# A path in code marks, and the test in that file, if one is named.
PATH = re.compile(r"`([\w.-]+(?:/[\w.-]+)*/(?:[\w-]+\.(?:py|ts|mjs|toml|md|json|j2|sql|sh|lua|el|txt))?)(?:::(\w+))?`")
LONGEST = {"README.md": 95, "ARCHITECTURE.md": 130}  # lines


def script(name: str = "make_settings_reference") -> ModuleType:
    path = ROOT / "docs" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("page", "made"),
    [
        ("docs/settings.md", "reference"),
        ("client-vscode/package.json", "manifest"),
        ("client-vscode/package.nls.json", "descriptions"),
    ],
)
def test_what_is_made_of_the_settings_is_up_to_date(page: str, made: str) -> None:
    written = (ROOT / page).read_text(encoding="utf-8")
    make = getattr(script(), made)
    assert written == (make() if made == "reference" else make(written)), "run `make docs`"


def test_no_repository_can_choose_a_file_a_host_or_a_model() -> None:
    manifest = json.loads((ROOT / "client-vscode" / "package.json").read_text(encoding="utf-8"))
    properties = {k: v for part in manifest["contributes"]["configuration"] for k, v in part["properties"].items()}
    restricted = manifest["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    for name in ("server.interpreter", "planner.model", "generator.endpoint", "generator.allowedHosts"):
        assert properties[f"planfirst.{name}"]["scope"] == "machine"
        assert f"planfirst.{name}" in restricted
    free = {key for key, value in properties.items() if value["scope"] != "machine"}
    assert all(properties[key]["type"] in ("integer", "number", "boolean") for key in free)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_architecture_names_every_package() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for folder in (each for base in BASES[1:] for each in base.iterdir()):
        if folder.is_dir() and folder.name != "__pycache__":
            assert f"{folder.name}/" in text, folder.name


def test_the_picture_shows_every_package_and_what_it_imports() -> None:
    """Its counts of lines may be those of an earlier day."""
    shown, made = (ROOT / "docs" / "pictures" / "packages.svg").read_text("utf-8"), script("make_package_picture")
    assert made.shown_in(shown) == made.arrows_of(made.ROOT), "run `make docs`"


@pytest.mark.parametrize("page", OF_TODAY, ids=lambda page: page.name)
def test_what_is_named_exists(page: Path) -> None:
    """Paths are below the repository, or below a package in server/; what a command makes is below build/ or .e2e/."""
    for path, test in PATH.findall(page.read_text(encoding="utf-8")):
        if path.startswith(("build/", ".e2e/")):
            continue
        found = next((base / path for base in BASES if (base / path).exists()), None)
        assert found is not None, path
        assert not test or test in functions(found), f"{path}::{test}"


@cache
def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("page", LONGEST)
def test_the_first_pages_stay_short(page: str) -> None:
    assert len((ROOT / page).read_text(encoding="utf-8").splitlines()) <= LONGEST[page]


def test_the_table_of_models_has_every_one_of_the_manifest() -> None:
    text = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    table = text.partition("## In the manifest")[2].partition("##")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if line.startswith("| `")]
    shown = {name: row for row in rows for name in re.findall(r"`([^`]+)`", row[0])}
    assert set(shown) == {entry.name for entry in manifest()}
    for entry in manifest():
        _, _, _, humaneval, _, _, context, file = shown[entry.name]
        assert humaneval == (f"{entry.humaneval:g}" if entry.humaneval else "–"), entry.name
        assert context == f"{entry.context:,}", entry.name
        assert f"{entry.size / 1e6:,.0f} MB" in file, entry.name


def test_every_decision_is_in_the_index_once() -> None:
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (DECISIONS / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(path.name for path in DECISIONS.glob("0*.md"))
    assert len({name[:4] for name in listed}) == len(listed)


def test_a_decision_says_why_and_what_follows() -> None:
    for path in DECISIONS.glob("0*.md"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]} "), path.name
        assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == ["Context", "Decision", "Consequence"], path.name
        assert len(text.splitlines()) <= 25, path.name


def test_every_decision_that_the_code_names_exists() -> None:
    sources = [*(ROOT / "server").rglob("*.py"), *(ROOT / "client-vscode" / "src").rglob("*.ts")]
    named = {name for path in sources for name in re.findall(r"docs/decisions/[\w.-]+\.md", path.read_text("utf-8"))}
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


def example(beginning: str) -> str:
    """The block of CONTRIBUTING.md that begins so."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.search(rf"```toml\n({re.escape(beginning)}.*?)```", text, re.DOTALL)
    assert found
    return found[1]


def test_the_recipe_in_contributing_is_one(tmp_path: Path) -> None:
    (tmp_path / "texts.toml").write_text(example("[[recipe]]"), encoding="utf-8")
    (recipe,) = load(tmp_path)
    namespace: dict[str, object] = {}
    exec(recipe.code, namespace)
    test = doctest.DocTestParser().get_doctest(recipe.doctest, namespace, recipe.id, None, 0)
    assert doctest.DocTestRunner(verbose=False).run(test) == (0, 1)
    assert len(recipe.queries) >= 7


def test_the_model_in_contributing_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "manifest.toml").write_text(example("[[model]]") + example("[model.asked]"), encoding="utf-8")
    monkeypatch.setattr("planfirst.models.entries.shipped_folder", lambda: tmp_path)
    (entry,) = manifest.__wrapped__()
    assert (entry.profile, entry.asked) == ("instruct", {"plan": "none"})
    assert set(entry.roles) == {"planner", "generator"}


def test_what_the_extension_takes_along_has_no_links_into_the_repository() -> None:
    """Its packager refuses those, since it knows no address to put before them."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\((?!https?://)[^)]*\)", text) == []
