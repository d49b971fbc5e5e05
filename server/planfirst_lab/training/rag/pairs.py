"""Writes a repository's documented functions as question and call, for a store that is to show calls."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from planfirst_lab.training.rag.symbols import Symbols


def write(every: Sequence[Symbols], path: Path) -> int:
    """One line of JSON a function, as `planfirst index add` reads it: question, code. Returns how many."""
    functions = [function for symbols in every for function in symbols.functions.values()]
    lines = [json.dumps({"question": f.sentence, "code": f.call}, ensure_ascii=False) + "\n" for f in functions]
    partial = path.with_suffix(".partial")
    partial.write_text("".join(lines), encoding="utf-8")
    partial.replace(path)
    return len(lines)
