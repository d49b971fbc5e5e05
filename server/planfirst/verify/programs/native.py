"""C and C++: the compilers of GNU or of LLVM."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from planfirst.verify.programs.toolchain import Missing, Needs, Toolchain, asked, missing, program, version_in

_INSTALL = "install-c"
# A C++ compiler holds some hundred megabytes; the program itself reserves nothing.
_NEEDS = Needs(address=2 << 30, memory=768 << 20, file=64 << 20, scratch=128 << 20, compile=10.0)
_PROGRAM = "./program"
_C, _CPP = ("-std=gnu11", "-x", "c"), ("-std=gnu++17", "-x", "c++")
_C_CHECKS = (*_C, "-Werror=implicit-function-declaration")  # older compilers only warn of it
# What compilers read beside their own folder, where the system has it.
SYSTEM = tuple(folder for folder in ("/usr/include", "/usr/libexec/gcc") if Path(folder).is_dir())


def c(file: str = "program.c") -> Toolchain | Missing:
    """A C compiler."""
    return _native("c", "C", file, ("gcc", "clang", "cc"), _C, ("-lm",))


def cpp(file: str = "program.cpp") -> Toolchain | Missing:
    """A C++ compiler."""
    return _native("cpp", "C++", file, ("g++", "clang++", "c++"), _CPP, ())


def _native(
    language: str, name: str, file: str, names: tuple[str, ...], flags: tuple[str, ...], libraries: tuple[str, ...]
) -> Toolchain | Missing:
    compiler = program(*names)
    if compiler is None:
        return missing(language, "tool-cpp" if language == "cpp" else "tool-c", _INSTALL)
    version = ".".join(map(str, version_in(asked([compiler, "-dumpfullversion"]) or asked([compiler, "-dumpversion"]))))
    compiled = (str(compiler), *flags, "-O0", "-w", "-o", _PROGRAM, file, *libraries)
    return Toolchain(
        language, f"{names[0]} {version}", file, (compiled,), (_PROGRAM,), _NEEDS, (str(compiler), *SYSTEM)
    )


def checking(language: str, file: str) -> Toolchain | Missing:
    """The compiler of C or C++, to read a file and to go no further."""
    found, flags = (c(file), _C_CHECKS) if language == "c" else (cpp(file), _CPP)
    if isinstance(found, Missing):
        return found
    return replace(found, compile=((found.compile[0][0], *flags, "-fsyntax-only", file),), run=())
