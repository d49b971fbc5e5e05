"""Draws the packages of planfirst and what each imports, into the SVG file that is named.

A package stands above all that it imports. Of its imports those are drawn that no other one implies. The width of a box
grows with the package's lines. A picture that shows these packages and imports already stays as it is, even if its
line counts are out of date.
"""

from __future__ import annotations

import ast
import re
import sys
from graphlib import TopologicalSorter
from html import escape
from math import sqrt
from pathlib import Path

ROOT = Path(__file__).parents[1] / "server" / "planfirst"
NAME = "planfirst"
BOX, GAP, ROW, MARGIN = 40, 22, 96, 24  # pixels
FONT = "font-family='system-ui, sans-serif'"


def parts_of(root: Path) -> dict[str, list[Path]]:
    """The files of each part; a part is the first name below planfirst."""
    parts: dict[str, list[Path]] = {}
    for path in sorted(root.rglob("*.py")):
        first = path.relative_to(root).parts[0].removesuffix(".py")
        if not first.startswith("__"):
            parts.setdefault(first, []).append(path)
    return parts


def imports_of(root: Path, files: list[Path]) -> set[str]:
    """The parts that these files import, type imports included."""
    found: set[str] = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" if node.module == NAME else node.module for alias in node.names]
            found |= {name.split(".")[1] for name in names if name.startswith(f"{NAME}.")}
    return found & parts_of(root).keys()


def lines_of(files: list[Path]) -> int:
    """The lines of these files."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)


def reduced(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """The graph without what follows from the rest of it; it has no circle."""
    below: dict[str, set[str]] = {}
    for part in TopologicalSorter(graph).static_order():
        below[part] = graph[part].union(*(below[one] for one in graph[part]))
    return {
        part: {one for one in uses if not any(one in below[other] for other in uses)} for part, uses in graph.items()
    }


def arrows_of(root: Path) -> dict[str, set[str]]:
    """Each part with those of its imports that are drawn."""
    return reduced({part: imports_of(root, files) - {part} for part, files in parts_of(root).items()})


def shown_in(picture: str) -> dict[str, set[str]]:
    """The same, as an earlier picture shows it."""
    arrows: dict[str, set[str]] = {part: set() for part in re.findall(r">([a-z_]+)</text>", picture)}
    for part, one in re.findall(r"data-import='(\w+) (\w+)'", picture):
        arrows.setdefault(part, set()).add(one)
    return arrows


def drawn(root: Path) -> str:
    """The picture, as SVG."""
    parts = parts_of(root)
    graph = {part: imports_of(root, files) - {part} for part, files in parts.items()}
    lines = {part: lines_of(files) for part, files in parts.items()}
    level: dict[str, int] = {}
    for part in TopologicalSorter(graph).static_order():
        level[part] = 1 + max((level[one] for one in graph[part]), default=-1)
    wide = {part: max(9 * len(part) + 20, 1.8 * sqrt(lines[part])) for part in parts}
    rows = [[part for part in sorted(parts) if level[part] == n] for n in range(max(level.values()) + 1)]
    width = max(sum(wide[part] + GAP for part in row) for row in rows) + 2 * MARGIN
    height = ROW * len(rows) + MARGIN
    at: dict[str, tuple[float, float]] = {}
    for n, row in enumerate(rows):
        # each near the middle of what it imports, so that few lines cross
        row.sort(key=lambda part: (sum(at[one][0] for one in graph[part]) / len(graph[part])) if graph[part] else 0.0)
        x = (width - sum(wide[part] + GAP for part in row) + GAP) / 2
        for part in row:
            at[part] = (x + wide[part] / 2, height - MARGIN - BOX - n * ROW)
            x += wide[part] + GAP
    out = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width:.0f} {height:.0f}' width='{width:.0f}'>",
        f"<rect width='{width:.0f}' height='{height:.0f}' fill='#ffffff'/>",
    ]
    for part, uses in reduced(graph).items():
        x, y = at[part]
        for one in sorted(uses):
            to, top = at[one]
            bend = (top - y - BOX) / 2
            out.append(
                f"<path data-import='{part} {one}' d='M{x:.0f} {y + BOX:.0f} C{x:.0f} {y + BOX + bend:.0f} {to:.0f} "
                f"{top - bend:.0f} {to:.0f} {top:.0f}' fill='none' stroke='#8a93a6' stroke-width='1.3'/>"
            )
    for part, (x, y) in at.items():
        out.append(
            f"<rect x='{x - wide[part] / 2:.0f}' y='{y:.0f}' width='{wide[part]:.0f}' height='{BOX}' rx='6' "
            "fill='#eef2fb' stroke='#42579b'/>"
            f"<text x='{x:.0f}' y='{y + 17:.0f}' text-anchor='middle' font-size='14' {FONT} fill='#1c2333'>"
            f"{escape(part)}</text>"
            f"<text x='{x:.0f}' y='{y + 33:.0f}' text-anchor='middle' font-size='11' {FONT} fill='#5a6478'>"
            f"{lines[part]:,} lines</text>"
        )
    return "\n".join([*out, "</svg>"]) + "\n"


if __name__ == "__main__":
    target, root = Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT
    if not target.is_file() or shown_in(target.read_text(encoding="utf-8")) != arrows_of(root):
        target.write_text(drawn(root), encoding="utf-8")
