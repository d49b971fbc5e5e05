"""Installs Planfirst from this folder, with no network: server, model, store of examples, and the editor's extension.

Needs Python and nothing else. It is safe to run again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The extension looks for the server in this folder; src/server/interpreter.ts names it too.
ENVIRONMENT = Path.home() / ".planfirst" / "environment"
EDITORS = ("code", "code-insiders", "codium", "code-server")


class Fault(Exception):
    """What went wrong and what to do next, in words for the user."""


def main() -> int:
    """Installs, and says what was done. The exit status is 1 if something was not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--environment", type=Path, default=ENVIRONMENT, help=f"folder for the server (default: {ENVIRONMENT})"
    )
    parser.add_argument(
        "--editor", help=f"command of the editor (default: the first that is found of {', '.join(EDITORS)})"
    )
    chosen = parser.parse_args()
    try:
        about = json.loads((HERE / "bundle.json").read_text(encoding="utf-8"))
        check_python(about)
        check_files()
        python = install_server(chosen.environment, about["version"])
        import_models(python)
        build_store(python)
        install_extension(chosen.editor)
    except Fault as fault:
        print(f"install: {fault}", file=sys.stderr)
        return 1
    if chosen.environment != ENVIRONMENT:
        print(f"In the editor, set planfirst.server.interpreter to {python}.")
    print("Done. Open a Python file, right-click a comment and choose Plan and Generate from Comment.")
    return 0


def check_python(about: dict[str, str]) -> None:
    """The wheels are for one minor version of Python on one platform."""
    mine = ".".join(map(str, sys.version_info[:2])), f"{sys.platform}-{platform.machine().lower()}"
    if mine != (about["python"], about["platform"]):
        raise Fault(
            f"this bundle is for Python {about['python']} on {about['platform']}; "
            f"this is Python {mine[0]} on {mine[1]}. "
            f"Run it with python{about['python']}, or take the bundle for this machine."
        )


def check_files() -> None:
    """Every file is there, as it was when the bundle was made."""
    for line in (HERE / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        wanted, name = line.split("  ", 1)
        path = HERE / name
        if not path.is_file():
            raise Fault(f"{name} is missing. Unpack the archive again.")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != wanted:
                raise Fault(f"{name} is damaged. Copy the archive again, then unpack it anew.")
    print("Every file of the bundle is as it should be.")


def install_server(environment: Path, version: str) -> Path:
    """Makes the environment and installs the server from the wheels alone; gives its Python."""
    print(f"Installing the server into {environment}; this takes a minute or two.", flush=True)
    making = run([sys.executable, "-m", "venv", "--clear", environment])
    if making.returncode != 0:
        raise Fault(
            f"no environment could be made: {last_line(making)} On Debian and Ubuntu, python3-venv must be installed."
        )
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wheels = HERE / "wheels"
    wanted = (f"planfirst=={version}", f"planfirst-lab=={version}")
    done = run([python, "-m", "pip", "install", "--quiet", "--no-index", "--find-links", wheels, *wanted])
    if done.returncode != 0:
        raise Fault(f"pip could not install the server: {last_line(done)}")
    return python


def import_models(python: Path) -> None:
    """Takes over the model that the bundle carries, if it carries one."""
    for file in sorted((HERE / "models").glob("*.gguf")):
        print(f"Importing the model {file.stem}.", flush=True)
        done = run([python, "-P", "-m", "planfirst", "models", "import", file])
        if done.returncode != 0:
            raise Fault(f"the model {file.stem} could not be imported: {last_line(done)}")


def build_store(python: Path) -> None:
    """A store of the cookbook, unless there is a store that can be searched."""
    planfirst = [python, "-P", "-m", "planfirst", "index"]
    if run([*planfirst, "search", "csv", "--count", "1"]).returncode == 0:
        print("There is a store of examples; it is kept.")
        return
    print("Building the store of examples.", flush=True)
    done = run([*planfirst, "build", "cookbook"])
    if done.returncode != 0:
        raise Fault(f"the store of examples could not be built: {last_line(done)}")


def install_extension(editor: str | None) -> None:
    """Installs the VSIX; without an editor, says how to."""
    (vsix,) = HERE.glob("*.vsix")
    command = next(filter(None, map(shutil.which, [editor] if editor else EDITORS)), None)
    if command is None and editor:
        raise Fault(
            f"{editor} cannot be started, so the extension was not installed. Give the editor's command with --editor."
        )
    if command is None:
        print(f"No editor was found. In yours, choose “Extensions: Install from VSIX…” and take {vsix}.")
        return
    done = run([command, "--install-extension", vsix, "--force"])
    if done.returncode != 0:
        raise Fault(f"{command} could not install the extension: {last_line(done)}")
    print(f"The extension is installed in {Path(command).name}.")


def run(command: list[object]) -> subprocess.CompletedProcess[str]:
    """Runs a program without letting anything of the surrounding Python into it."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    mine["PIP_CONFIG_FILE"] = os.devnull
    return subprocess.run(  # noqa: S603 (commands of ours, and the editor's)
        list(map(str, command)),
        env=mine,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        stdin=subprocess.DEVNULL,
    )


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """What a program said last."""
    lines = (done.stderr.strip() or done.stdout.strip() or "no reason was given").splitlines()
    return lines[-1].strip().rstrip(".") + "."


if __name__ == "__main__":
    sys.exit(main())
