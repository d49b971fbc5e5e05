"""Go."""

from __future__ import annotations

import os
from pathlib import Path

from planfirst.verify.programs.toolchain import Missing, Needs, Toolchain, asked, missing, program, version_in

_OLDEST = (1, 18)
_INSTALL = "install-go"
# The run time reserves its heap ahead; a compiler has a thread a processor and more. From Go 1.20 on the standard
# library comes without its compiled packages, so each run compiles those it uses, which takes time and scratch.
_NEEDS = Needs(address=4 << 30, memory=1 << 30, processes=96, file=64 << 20, scratch=256 << 20, compile=10.0)
_COMPILED_AHEAD = (1, 20)
_WITHOUT = Needs(address=4 << 30, memory=1 << 30, processes=96, file=64 << 20, scratch=512 << 20, compile=60.0)
_PROGRAM = "./program"


def go(file: str = "program.go", also: tuple[str, ...] = ()) -> Toolchain | Missing:
    """Go, without modules: what a file imports must be of the standard library."""
    tool = program("go")
    if tool is None:
        return missing("go", "tool-go", _INSTALL)
    version = version_in(asked([tool, "version"], {"GOTOOLCHAIN": "local"}))
    if version < _OLDEST:
        return missing("go", "tool-go", _INSTALL, ".".join(map(str, version)))
    root = Path(asked([tool, "env", "GOROOT"], {"GOTOOLCHAIN": "local"}))
    environment = {
        "GOROOT": str(root),
        "GO111MODULE": "off",
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "",
        "GOPATH": "/nowhere",
        "CGO_ENABLED": "0",
        "GOMAXPROCS": "2",
    }
    compiled = (str(root / "bin" / "go"), "build", "-p", "1", "-o", _PROGRAM, file, *also)
    needs = _NEEDS if version < _COMPILED_AHEAD else _WITHOUT
    name = f"Go {'.'.join(map(str, version))}"
    return Toolchain(
        "go", name, file, (compiled,), (_PROGRAM,), needs, (str(root), *_linked_folders(root)), environment
    )


def _linked_folders(root: Path) -> tuple[str, ...]:
    """Folders of the standard library that are links; Debian has them below /usr/share."""
    links = (root / name for name in ("src", "pkg", "bin"))
    return tuple(os.path.realpath(link) for link in links if link.is_symlink())
