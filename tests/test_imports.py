"""Imports run one way and in no circle, and what must stay light stays light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Set
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import planfirst

ROOT = Path(planfirst.__file__).parent
LABORATORY = ROOT.parent / "planfirst_lab"
EXTENSION = Path(__file__).parents[1] / "client-vscode" / "src"
# What each part may import of ours, beside itself; a part is the first name below planfirst.
ALLOWED: dict[str, set[str]] = {
    "words": set(),
    "core": {"words"},
    "folders": set(),
    "parsing": set(),
    "settings": {"core"},
    "settings_reader": {"core", "settings", "words"},
    "human_language": {"words"},
    "likelihood": {"core"},
    "project_rules": set(),
    "corpora": {"core", "parsing"},
    "source": {"core", "words", "parsing"},
    "store": {"core"},
    "verify": {"core", "source", "words"},
    "adapters": {"core", "store", "folders", "human_language", "words"},
    "embedders": {"core", "words", "store", "folders", "human_language", "adapters"},
    "models": {"core", "folders", "adapters", "words"},
    "workers": {"core", "words", "adapters", "embedders", "corpora", "store", "models"},
    "chat": {"core", "settings", "words"},
    "plans": {"core", "words"},
    "workflows": {"core", "words", "adapters"},
    "build": {
        "core",
        "adapters",
        "corpora",
        "settings",
        "folders",
        "human_language",
        "models",
        "project_rules",
        "workers",
    },
    "chat_web": {"core", "words", "settings", "settings_reader", "source", "chat", "build"},
    "lsp": {
        "core",
        "words",
        "settings",
        "settings_reader",
        "folders",
        "source",
        "store",
        "models",
        "build",
        "chat",
        "verify",
        "likelihood",
        "workflows",
    },
    "mcp_server": {"core", "words", "settings", "source", "build", "verify", "likelihood", "human_language"},
    "cli": {
        "core",
        "words",
        "settings",
        "settings_reader",
        "folders",
        "source",
        "store",
        "build",
        "chat",
        "chat_web",
        "plans",
        "workflows",
        "models",
        "embedders",
        "adapters",
        "lsp",
        "mcp_server",
        "corpora",
        "workers",
        "verify",
        "likelihood",
    },
    "__main__": {"lsp", "cli"},
    "__init__": set(),
}
# The same for the laboratory, which may import all of planfirst but its two servers.
IN_LABORATORY: dict[str, set[str]] = {
    "__init__": set(),
    "parsing": set(),
    "statistics": set(),
    "drawing": set(),
    "convert": set(),
    "evaluation": {"parsing", "statistics", "drawing"},
    "training": {"parsing", "statistics", "drawing", "convert", "evaluation"},
    "cli": {"convert", "evaluation", "training"},
}
HEAVY = ["torch", "llama_cpp", "faiss", "sentence_transformers", "numpy", "jinja2", "httpx", "typer", "huggingface_hub"]
HEAVY += ["mcp", "pydantic"]  # for agents only
HEAVY += ["starlette", "uvicorn"]  # for the page only
HEAVY += ["tree_sitter"]  # loaded when the first file is parsed
FOR_CODE = ["planfirst.source.place", "planfirst.verify"]  # loaded when the first code is asked for
FOREIGN_TO_CORE = {"lsprotocol", "pygls", "llama_cpp", "faiss", "sentence_transformers", "torch", "numpy"}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files(package: Path = ROOT) -> Iterator[tuple[str, Path]]:
    for path in sorted(package.rglob("*.py")):
        yield path.relative_to(package).parts[0].removesuffix(".py"), path


@pytest.mark.parametrize(
    ("package", "allowed"), [(ROOT, ALLOWED), (LABORATORY, IN_LABORATORY)], ids=["planfirst", "planfirst_lab"]
)
def test_imports_run_one_way(package: Path, allowed: dict[str, set[str]]) -> None:
    wrong = []
    for part, path in files(package):
        for name in imports(path):
            head, _, rest = name.partition(".")
            target = rest.split(".")[0]
            if head == package.name and target not in allowed[part] | {part, "__version__", ""}:
                wrong.append(f"{path.relative_to(package)} imports {name}")
    assert wrong == []


def test_the_server_does_not_know_the_laboratory() -> None:
    heads = {path: {name.split(".")[0] for name in imports(path)} for _, path in files()}
    assert [path for path, names in heads.items() if "planfirst_lab" in names] == []


def test_the_laboratory_does_not_know_the_servers() -> None:
    names = {name: path for _, path in files(LABORATORY) for name in imports(path)}
    assert "planfirst.cli.console.err" in names
    assert [
        path for name, path in names.items() if name.startswith(("planfirst.lsp", "planfirst.mcp_server", "pygls"))
    ] == []


def modules() -> dict[str, set[str]]:
    """What each module imports of ours, for its types only or not."""
    paths = {name_of(path): path for package in (ROOT, LABORATORY) for _, path in files(package)}
    found: dict[str, set[str]] = {}
    for name, path in paths.items():
        # Of `from planfirst.a import b` either is the module.
        wanted = {whole if whole in paths else whole.rpartition(".")[0] for whole in imports(path)}
        found[name] = wanted & paths.keys() - {name}
    return found


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")


def scripts() -> dict[str, set[str]]:
    """The same for the extension, whose files import each other by their paths."""
    found: dict[str, set[str]] = {}
    for path in EXTENSION.rglob("*.ts"):
        wanted = re.findall(r"""(?:from|import\(|import) ?['"](\.[^'"]+)""", path.read_text(encoding="utf-8"))
        found[str(path)] = {str((path.parent / name).resolve().with_suffix(".ts")) for name in wanted}
    return found


def circle(graph: Mapping[str, Set[str]]) -> list[str]:
    """Modules that import each other, from one back to itself; empty if there are none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def test_no_module_imports_itself_in_a_circle() -> None:
    known = modules()
    assert {"planfirst.lsp.session", "planfirst.lsp.client"} <= known["planfirst.lsp.server"]
    assert {"planfirst.models.quantise", "planfirst_lab.convert.write"} <= known["planfirst_lab.convert.command"]
    assert circle(known) == []


def test_no_file_of_the_extension_imports_itself_in_a_circle() -> None:
    known = scripts()
    assert all(of <= known.keys() for of in known.values())
    assert str(EXTENSION / "context.ts") in known[str(EXTENSION / "extension.ts")]
    assert circle(known) == []


def test_core_knows_no_runtime() -> None:
    for part, path in files():
        if part == "core":
            assert not {name.split(".")[0] for name in imports(path)} & FOREIGN_TO_CORE, path


def test_one_module_knows_the_sdk_of_the_model_context_protocol() -> None:
    knows = {
        path.relative_to(ROOT).as_posix()
        for _, path in files()
        if {name.split(".")[0] for name in imports(path)} & {"mcp", "mcp_types"}
    }
    assert knows == {"mcp_server/server.py"}


def test_the_files_of_the_core_stay_small() -> None:
    long = {
        path.name
        for part, path in files()
        if part == "core" and len(path.read_text(encoding="utf-8").splitlines()) > 300
    }
    assert not long


def test_the_server_starts_without_the_heavy_packages() -> None:
    script = (
        "import sys; from planfirst.lsp.server import create_server; create_server();"
        f"print([name for name in {[*HEAVY, *FOR_CODE]} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_command_starts_without_what_only_the_server_or_a_child_process_needs() -> None:
    heavy = {*HEAVY, "lsprotocol", "pygls"} - {"jinja2", "typer"}
    script = f"import sys; import planfirst.cli; print(sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
