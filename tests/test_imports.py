"""Imports run one way and in no circle, and what must stay light stays light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Set
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import planfirst

ROOT = Path(planfirst.__file__).parent
EXTENSION = Path(__file__).parents[1] / "client-vscode" / "src"
# What each part may import of ours, beside itself; a part is the first name below planfirst.
ALLOWED: dict[str, set[str]] = {
    "words": set(),
    "core": {"words"},
    "folders": set(),
    "settings": {"core", "words"},
    "human_language": {"words"},
    "likelihood": {"core"},
    "corpora": {"core"},
    "source": {"core", "words"},
    "store": {"core"},
    "verify": {"core", "source", "words"},
    "adapters": {"core", "store", "folders", "words"},
    "models": {"core", "folders", "adapters", "words"},
    "workers": {"core", "adapters", "corpora", "store", "models", "words"},
    "build": {"core", "adapters", "corpora", "settings", "folders", "human_language", "models", "workers"},
    "evaluation": {
        "core",
        "words",
        "source",
        "verify",
        "adapters",
        "corpora",
        "settings",
        "folders",
        "store",
        "models",
        "workers",
        "build",
    },
    "training": {"core", "adapters", "corpora", "models", "folders", "settings", "store", "evaluation"},
    "lsp": {"core", "settings", "folders", "source", "store", "build", "verify", "likelihood", "words"},
    "cli": {
        "core",
        "words",
        "settings",
        "folders",
        "source",
        "store",
        "build",
        "models",
        "adapters",
        "lsp",
        "training",
        "evaluation",
        "corpora",
        "workers",
        "verify",
        "likelihood",
    },
    "__main__": {"lsp", "cli"},
    "__init__": set(),
}
HEAVY = ["torch", "llama_cpp", "faiss", "sentence_transformers", "numpy", "jinja2", "httpx", "typer", "huggingface_hub"]
HEAVY += ["tree_sitter"]  # loaded when the first file is parsed
FOREIGN_TO_CORE = {"lsprotocol", "pygls", "llama_cpp", "faiss", "sentence_transformers", "torch", "numpy"}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files() -> Iterator[tuple[str, Path]]:
    for path in sorted(ROOT.rglob("*.py")):
        yield path.relative_to(ROOT).parts[0].removesuffix(".py"), path


def test_imports_run_one_way() -> None:
    wrong = []
    for part, path in files():
        for name in imports(path):
            head, _, rest = name.partition(".")
            target = rest.split(".")[0]
            if head == "planfirst" and target not in ALLOWED[part] | {part, "__version__", ""}:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def modules() -> dict[str, set[str]]:
    """What each module imports of ours, for its types only or not."""
    paths = {name_of(path): path for _, path in files()}
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
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
