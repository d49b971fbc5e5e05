"""Rust: the compiler and a linker. Cargo is not used, so there are no crates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from planfirst.verify.programs.native import SYSTEM
from planfirst.verify.programs.toolchain import Missing, Needs, Toolchain, asked, missing, named, program, version_in

_OLDEST = (1, 56)  # the edition of 2021
_INSTALL = "install-rust"
# The compiler maps its own large libraries and has threads; what it links carries its names along.
_NEEDS = Needs(address=4 << 30, memory=768 << 20, processes=64, file=64 << 20, scratch=256 << 20, compile=10.0)
_PROGRAM = "./program"
_FLAGS = ("--edition", "2021", "--cap-lints", "allow")
_CHECKS = (*_FLAGS, "--crate-type", "lib", "--emit", "metadata", "--error-format", "short", "-o", _PROGRAM)


def rust(file: str = "program.rs", as_tests: bool = False) -> Toolchain | Missing:
    """Rust, with the linker of a C compiler.

    Args:
        as_tests: whether the functions under ``#[test]`` are the program.
    """
    tool = named("rustc")  # rustup goes by the name that it is called by
    version = version_in(asked([tool, "--version"])) if tool else ()
    if tool is None or not version:
        return missing("rust", "tool-rust", _INSTALL)
    if version < _OLDEST:
        return missing("rust", "tool-rust", _INSTALL, ".".join(map(str, version)))
    linker = program("cc", "gcc", "clang")
    if linker is None:
        return missing("rust", "tool-linker", "install-c")
    root = Path(asked([tool, "--print", "sysroot"]))  # what is on the PATH may be rustup, which is not shown
    compiler = root / "bin" / "rustc"
    flags = (*_FLAGS, "-C", "debuginfo=0", "-C", f"linker={linker}")
    compiled = (str(compiler), *flags, *(("--test",) if as_tests else ()), "-o", _PROGRAM, file)
    run = (_PROGRAM, "--nocapture", "--test-threads=1") if as_tests else (_PROGRAM,)
    shown = (str(root), str(linker), *SYSTEM)
    return Toolchain("rust", f"Rust {'.'.join(map(str, version))}", file, (compiled,), run, _NEEDS, shown)


def checking(file: str = "program.rs") -> Toolchain | Missing:
    """Rust, to read types and lifetimes of a file and to go no further."""
    found = rust(file)
    if isinstance(found, Missing):
        return found
    return replace(found, compile=((found.compile[0][0], *_CHECKS, file),), run=())
