"""Which languages are run beside Python, and with what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from planfirst.verify.programs import golang, java, native, node, rust
from planfirst.verify.programs.toolchain import Missing, Toolchain
from planfirst.words import Message

Find = Callable[[Sequence[Path]], Toolchain | Missing]

# By the editor's language id: the tool chain for a program in one file with an entry point of its own. The folders are
# those of the project, which may bring a compiler of its own.
FINDERS: Final[Mapping[str, Find]] = {
    "javascript": lambda folders: node.javascript(folders, module=False),
    "typescript": lambda folders: node.typescript(folders, module=False),
    "java": lambda folders: java.java("Main.java", "Main"),
    "go": lambda folders: golang.go(),
    "rust": lambda folders: rust.rust(),
    "c": lambda folders: native.c(),
    "cpp": lambda folders: native.cpp(),
}


def find(language: str, folders: Sequence[Path] = ()) -> Toolchain | Missing:
    """The tool chain of a language, looked for anew: one may just have been installed."""
    finder = FINDERS.get(language)
    if finder is None:
        return Missing(language, Message("tool-not-supported", language=language))
    return finder(folders)
