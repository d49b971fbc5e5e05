"""Where generated code goes, and the files that are needed to run it there."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planfirst.source.begun_blocks import readable
from planfirst.source.embedded import own_part
from planfirst.source.examples import Check
from planfirst.source.languages import Language, language_of
from planfirst.source.locate import locate
from planfirst.source.place import new_part, place_code
from planfirst.source.placement import Placement
from planfirst.source.python import names_bound, parses
from planfirst.source.script import is_to_be_done
from planfirst.source.site import Site
from planfirst.verify.project import Project
from planfirst.verify.running import WORK, Layout
from planfirst.verify.static import undefined

_PYTHON = language_of("python")
_ALONE = f"{WORK}/answer.py"
_ASKED = "What is asked for."  # words, since a mere "to do" asks for nothing


@dataclass(frozen=True, slots=True)
class Destination:
    """A file, the request in it, and the project around it.

    Attributes:
        site: None when there is no file, and the code stands for itself.
        project: None when the file is not saved anywhere.
        language: the file's.
        path: of the file, whether it is saved or not; None where that is not known.
    """

    text: str = ""
    site: Site | None = None
    project: Project | None = None
    language: Language = _PYTHON
    path: Path | None = None

    def placement(self, code: str) -> Placement:
        """The file with the code in it, as you would get it; without a file, the code by itself."""
        if self.site is None:
            return Placement((), code)
        depth = self.project.name.count("/") if self.project is not None else None
        return place_code(self.text, self.site, code, self.language, depth)

    def new_part(self, code: str) -> str:
        """What of a code that answers a comment is new in the file."""
        if self.site is None or self.site.kind != "comment":
            return code
        return new_part(self.text, self.site, code, self.language)

    def part(self, text: str) -> tuple[str, Language]:
        """What the code is read in, and its language: of a component or a page, the script that it stands in.

        Args:
            text: the file, with the code or without.
        """
        if self.site is None:
            return text, self.language
        part, language, _ = own_part(text, self.site.first, self.language)
        return part, language

    @property
    def before(self) -> str:
        """The file without the code, as it parses."""
        return readable(self.text, self.site, self.language.id)

    @property
    def wanted(self) -> str:
        """The name of the function whose body is asked for; empty for none."""
        if self.site is None or self.site.kind != "stub":
            return ""
        return self.site.task.signature.rpartition("\n")[2].partition("(")[0].split(" ")[-1]

    @property
    def sets(self) -> tuple[str, ...]:
        """The names that the code has to set."""
        return self.site.task.sets if self.site is not None else ()

    @property
    def is_to_be_done(self) -> bool:
        """Whether the code has to do something where it stands, and not to define it."""
        return self.site is not None and self.site.task.statements and is_to_be_done(self.site.task.request)

    def finds(self, name: str) -> bool:
        """Whether a module may be there, by its top name. Where no environment is known, any may."""
        return self.project is None or self.project.finds(name)

    def lacks(self, module: str, name: str) -> bool:
        """Whether a module of the project is there and surely has no such name."""
        return self.project is not None and self.project.lacks(module, name)

    def layout(self, text: str, checks: Sequence[Check]) -> Layout:
        """The file with this text, and what it needs."""
        if self.project is not None:
            return self.project.layout(text, checks)
        return Layout({_ALONE: text.encode("utf-8", "replace")}, _ALONE)

    def alone(self, code: str) -> Layout | None:
        """Nothing but the code, its definition's header, and those of the file's imports that it uses.

        For files that cannot be loaded as a whole. None for code within a function.
        """
        if self.site is None:
            return None
        headers = [line for line in self.site.task.signature.split("\n") if line]
        is_stub = self.site.kind == "stub"
        if any(not header.startswith("class ") for header in (headers[:-1] if is_stub else headers)):
            return None
        rows = _needed(self.site.task.imports, code)
        rows += [f"{'    ' * n}{header}" for n, header in enumerate(headers)]
        rows.append("    " * len(headers) + (f'"""{_ASKED}"""' if is_stub else f"# {_ASKED}"))
        text = "\n".join([*rows, ""])
        site = locate(text, len(rows) - 1, len(rows) - 1, _PYTHON, excerpts=False)
        if site is None:
            return None
        placed = place_code(text, site, code, _PYTHON).result
        if any(undefined(placed)):  # it uses what else the file defines
            return None
        return Layout({_ALONE: placed.encode("utf-8", "replace")}, _ALONE)


def _needed(imports: Sequence[str], code: str) -> list[str]:
    tree = parses(code)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} if tree else set()
    return [one for one in imports if (found := parses(one)) and any(_binds(node, used) for node in ast.walk(found))]


def _binds(node: ast.AST, names: set[str]) -> bool:
    return any(name in names for name in names_bound(node))
