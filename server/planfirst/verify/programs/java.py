"""Java: the compiler and the virtual machine of one JDK."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from planfirst.verify.programs.toolchain import Missing, Needs, Toolchain, asked, missing, program, version_in

_OLDEST = (11,)
_INSTALL = "install-java"
# The JVM reserves heap, code cache and class space ahead, and has some twenty threads of its own.
_NEEDS = Needs(address=6 << 30, memory=768 << 20, processes=64, compile=10.0)
# One thread each for compiling and collecting: less memory, and a quicker start for a program that soon ends.
_SMALL = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-XX:ReservedCodeCacheSize=64m",
    "-XX:CompressedClassSpaceSize=128m",
    "-Xshare:auto",
    "-Xmx384m",
    "-Xss2m",
)
CLASSES = "classes"
_PUBLIC = re.compile(r"^\s*public\s+(?:final\s+|abstract\s+)*class\s+(\w+)", re.MULTILINE)


def java(file: str, main: str) -> Toolchain | Missing:
    """A JDK. Other files beside the program's are compiled where it uses their classes.

    Args:
        file: what the file is called, after its public class.
        main: the class whose ``main`` is run, in full.
    """
    compiler = program("javac")
    if compiler is None:
        return missing("java", "tool-javac", _INSTALL)
    version = version_in(asked([compiler, "-version"]))
    if version < _OLDEST:
        return missing("java", "tool-java", _INSTALL, ".".join(map(str, version)))
    home = compiler.parent.parent
    flags = ("-encoding", "UTF-8", "-nowarn", "-proc:none", "-d", CLASSES, "-cp", CLASSES, "-sourcepath", ".")
    compiled = (str(compiler), *(f"-J{flag}" for flag in _SMALL), *flags, file)
    run = (str(home / "bin" / "java"), *_SMALL, "-ea", "-cp", CLASSES, main)
    shown = (str(home), *_linked_folders(home))
    return Toolchain("java", f"Java {'.'.join(map(str, version))}", file, (compiled,), run, _NEEDS, shown)


def file_of(text: str) -> str:
    """What a file must be called, after its public class."""
    public = _PUBLIC.search(text)
    return f"{public[1] if public else 'Answer'}.java"


def checking(text: str) -> Toolchain | Missing:
    """The compiler of a JDK, to read a file and to go no further."""
    found = java(file_of(text), "")
    return found if isinstance(found, Missing) else replace(found, run=())


def _linked_folders(home: Path) -> tuple[str, ...]:
    """Folders of its settings to which a JDK links; Debian has them below /etc."""
    links = [path for folder in ("lib", "conf") for path in (home / folder).glob("*") if path.is_symlink()]
    links += [path for path in (home / "conf").rglob("*") if path.is_symlink()]
    folders = {str(path.resolve().parent) for path in links}
    own = sorted(folder for folder in folders if folder.startswith("/etc/"))
    return tuple(folder for folder in own if not any(folder.startswith(f"{other}/") for other in own))
