"""Makes the offline bundle: one archive with the extension, the server, the starter and every wheel they need.

The laboratory is in it, too, without its extras: enough to measure how a model is best asked.

It is for the platform and the minor version of Python that it is made with. Usage: bundle.py VSIX FOLDER [MODEL].
MODEL is one of the manifest that is installed here; the bundle then carries its file, too.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
LOCK = REPOSITORY / "requirements.lock"
INSTRUCTION_SETS = {
    # x86-64-v3: every Intel processor since 2013 and AMD since 2015. AMX is off since llama.cpp crashes with it.
    "x86_64": "SSE42 AVX AVX2 BMI2 FMA F16C",
    "amd64": "SSE42 AVX AVX2 BMI2 FMA F16C",
}
README = """Planfirst, offline

Needs nothing from the network. On a machine with Python {python} and VS Code (or VSCodium, or code-server):

    python3 install.py

`python3 install.py --help` says what can be chosen. SHA256SUMS is checked before anything is installed.
On Linux, the system must not be older than the one that this archive was made on ({system}).
"""


def main() -> int:
    """Makes the bundle and says where it is and how large."""
    vsix, folder = Path(sys.argv[1]), Path(sys.argv[2])
    model = model_file(sys.argv[3]) if len(sys.argv) > 3 else None  # first, since all else takes minutes
    python = ".".join(map(str, sys.version_info[:2]))
    place = f"{sys.platform}-{platform.machine().lower()}"
    name = f"planfirst-offline-{vsix.stem.removeprefix('planfirst-')}-{place}-py{python}"
    name += f"-{model.stem}" if model else ""
    staging = folder / name
    shutil.rmtree(staging, ignore_errors=True)
    wheels = staging / "wheels"
    wheels.mkdir(parents=True)
    with zipfile.ZipFile(vsix) as archive:
        (server,) = (entry for entry in archive.namelist() if entry.endswith(".whl"))
        (wheels / Path(server).name).write_bytes(archive.read(server))
    llama = portable_llama(folder / "llama")
    shutil.copy(llama, wheels)
    pip(
        "wheel",
        "--quiet",
        "--constraint",
        LOCK,
        "--find-links",
        wheels,
        "--wheel-dir",
        wheels,
        wheels / Path(server).name,
    )
    pip("wheel", "--quiet", "--no-deps", "--wheel-dir", wheels, REPOSITORY / "server" / "planfirst_lab")
    for other in wheels.glob("llama_cpp_python-*"):  # pip may have found one that fits this machine only
        other.unlink()
    shutil.copy(llama, wheels)
    shutil.copy(vsix, staging)
    shutil.copy(HERE / "install.py", staging)
    if model:
        (staging / "models").mkdir()
        shutil.copy(model, staging / "models")
    shutil.copy(REPOSITORY / "LICENSE", staging)
    system = " ".join(filter(None, [platform.system(), *platform.libc_ver()]))
    (staging / "README.txt").write_text(README.format(python=python, system=system), encoding="utf-8")
    about = {"python": python, "platform": place, "version": Path(server).name.split("-")[1]}
    (staging / "bundle.json").write_text(json.dumps(about), encoding="utf-8")
    from bill import bill_of  # beside this file, which is run as a program

    made = bill_of(wheels.glob("*.whl"), HERE.parent / "package-lock.json", about["version"], model)
    (staging / "sbom.cdx.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    files = sorted(path for path in staging.rglob("*") if path.is_file())
    sums = "".join(f"{sha256(path)}  {path.relative_to(staging).as_posix()}\n" for path in files)
    (staging / "SHA256SUMS").write_text(sums, encoding="utf-8")

    archive_path = folder / f"{name}.zip"
    with zipfile.ZipFile(archive_path, "w", zipfile.ZIP_STORED) as archive:  # wheels are compressed already
        for path in sorted(staging.rglob("*")):
            archive.write(path, path.relative_to(folder))
    for path in sorted(wheels.iterdir(), key=lambda path: -path.stat().st_size)[:5]:
        print(f"{path.stat().st_size / 1e6:8.1f} MB  {path.name}")
    shutil.rmtree(staging)
    print(f"{archive_path.stat().st_size / 1e6:8.1f} MB  {archive_path}, {len(files)} files")
    return 0


def model_file(name: str) -> Path:
    """The file of an installed model; ends the program if it is not there, or not what the manifest means."""
    from planfirst.models import entries, library

    entry = entries.entry_named(name)
    if entry is None or entry.shipped:
        names = ", ".join(each.name for each in entries.manifest() if not each.shipped)
        sys.exit(f"bundle: {name} is no model that a bundle can carry. Choose one of {names}.")
    path = library.path_of(entry)
    if not path.is_file():
        sys.exit(f"bundle: {entry.name} is not installed here. Run `planfirst models pull {entry.name}` first.")
    if sha256(path) != entry.sha256:
        sys.exit(
            f"bundle: {path} is not the file that the manifest means by {entry.name}. Delete it and pull it again."
        )
    return path


def portable_llama(folder: Path) -> Path:
    """llama-cpp-python's wheel for any processor of this kind, not only the one that it is compiled on."""
    (wanted,) = (line for line in LOCK.read_text().split() if line.startswith("llama_cpp_python=="))
    sets = INSTRUCTION_SETS.get(platform.machine().lower(), "").split()
    flags = ["GGML_NATIVE=OFF", *(f"GGML_{name}=ON" for name in sets)]
    if sets:
        flags += ["GGML_AVX512=OFF", "GGML_AMX_TILE=OFF", "GGML_AMX_INT8=OFF"]
    key = hashlib.sha256(" ".join([wanted, sys.version, *flags]).encode()).hexdigest()[:12]
    kept = folder / key
    found = sorted(kept.glob("*.whl"))
    if not found:
        print(f"Compiling {wanted} with {' '.join(flags)}; this takes some minutes.", flush=True)
        environment = {**os.environ, "CMAKE_ARGS": " ".join(f"-D{flag}" for flag in flags)}
        environment.pop("SOURCE_DATE_EPOCH", None)  # with it, ggml leaves AVX out
        # No cache: it may hold a wheel that was compiled for this machine only.
        pip(
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-cache-dir",
            "--no-binary",
            "llama-cpp-python",
            "--wheel-dir",
            kept,
            wanted,
            env=environment,
        )
        found = sorted(kept.glob("*.whl"))
    return found[-1]


def pip(*arguments: object, env: dict[str, str] | None = None) -> None:
    """Runs pip; its failure ends the program with what pip said."""
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)], check=True, env=env
    )


def sha256(path: Path) -> str:
    """The checksum of a file, as `sha256sum` prints it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main())
