"""Imports what JavaScript and TypeScript call of your own project, where nothing binds the name."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from planfirst.core.types import Declaration

_EXPORTED = re.compile(r"\s*export\s+(?!default\b)")
_NO_CODE = re.compile(r"//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL)
_CALLED = re.compile(r"(?<![\w$.])([A-Za-z_$][\w$]*)\s*(?:<[^<>()]*>)?\(")
_BINDS = r"\b(?:function\s*\*?|class|const|let|var|interface|type|enum|import)\b[^\n;=]*(?<![\w$]){name}(?![\w$])"
_RELATIVE = re.compile(r"\bfrom\s+(['\"])(\.{1,2}/[^'\"\n]+)\1(;?)")


def with_exports(code: str, declarations: Sequence[Declaration], text: str, file: Path) -> str:
    """The code with an import above it for each function or class that it calls, that nothing binds and that another
    file of the project exports under that name.

    Args:
        code: JavaScript or TypeScript.
        declarations: where two bear a name, the first one is meant.
        text: of the file that the code is for; its own imports show how a path is written.
        file: where that is; absolute.
    """
    modules: dict[str, str] = {}
    for one in declarations:
        if one.module and "." not in one.name and _EXPORTED.match(one.code):
            modules.setdefault(one.name, one.module)
    plain = _NO_CODE.sub('""', code) if modules else ""
    called = dict.fromkeys(_CALLED.findall(plain))
    wanted = [name for name in called if name in modules and not _is_bound(name, f"{text}\n{plain}")]
    if not wanted:
        return code
    found = _RELATIVE.search(text)
    quote, like, end = (found[1], found[2], found[3]) if found else ("'", "", ";")
    ending = PurePosixPath(like).suffix if PurePosixPath(like).suffix in (".js", ".mjs", ".ts", ".tsx") else ""
    rows = [f"import {{ {name} }} from {quote}{_path(modules[name], file)}{ending}{quote}{end}" for name in wanted]
    return "\n".join([*rows, "", code])


def _is_bound(name: str, text: str) -> bool:
    escaped = re.escape(name)
    parameter = rf"[(,]\s*{escaped}\s*[?:,)=]"
    imported = rf"\bimport\s*(?:type\s*)?\{{[^}}]*(?<![\w$]){escaped}(?![\w$])[^}}]*\}}"
    return any(re.search(one, text) for one in (_BINDS.format(name=escaped), parameter, imported))


def _path(module: str, file: Path) -> str:
    """A module's path from a file, as imports write it."""
    path = PurePosixPath(os.path.relpath(module, file.parent).replace(os.sep, "/")).as_posix()
    path = path.removesuffix("/index")
    return path if path.startswith(".") else f"./{path}"
