"""Fits an answer to the Python function it was written for: picks the right one, sets its name and parameters.

What comes out is code that defines the function under its own name; `body.body_of` cuts the body out of it.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace

from planfirst.source.assembling import FUNCTION, IMPORT, Answer, assembled, called_methods, whole, with_helper
from planfirst.source.calling import call_of, positional, self_of, takes_the_same
from planfirst.source.guards import is_guard
from planfirst.source.likeness import decorators_of
from planfirst.source.part import Part, listed
from planfirst.source.python import Function, docstring_of, parses
from planfirst.source.renaming import renamed
from planfirst.source.site import Site
from planfirst.source.types_alike import conflict
from planfirst.source.units import loaded
from planfirst.words import Message


def written_for(text: str, site: Site, code: str) -> Part:
    """The answer to an empty function, fitted to it; code that defines nothing is its body already."""
    *outer, signature = site.task.signature.split("\n")
    wanted, tree = _stub(signature), parses(code)
    if wanted is None:
        return Part(code)
    if tree is None:
        code = _last_begun(code, wanted.name)
        tree = parses(code)
    if tree is None or any(isinstance(node, ast.Return) for node in tree.body):
        return Part(code)
    owner = _class_of(outer[-1]) if outer else ""
    return _Fitting(Answer(text, code, tree), wanted, signature, owner, decorators_of(text, site.stub)).part()


def _stub(signature: str) -> Function | None:
    tree = parses(f"{signature.strip()}\n    pass\n")
    only = tree.body[0] if tree and len(tree.body) == 1 else None
    return only if isinstance(only, FUNCTION) else None


def _class_of(header: str) -> str:
    """The name of the class that a header begins; empty for another header."""
    words = header.replace("(", " ").replace(":", " ").replace("[", " ").split()
    return words[1] if words[:1] == ["class"] and len(words) > 1 else ""


def _last_begun(code: str, name: str) -> str:
    """From where a function begins for the last time: a model may write a header twice."""
    rows = code.split("\n")
    starts = [n for n, row in enumerate(rows) if row.startswith((f"def {name}(", f"async def {name}("))]
    if len(starts) < 2:
        return code
    rest = [row for row in rows[: starts[0]] if row.startswith(("import ", "from "))] + rows[starts[-1] :]
    return "\n".join(rest) if parses("\n".join(rest)) is not None else code


@dataclass(frozen=True, slots=True)
class _Fitting:
    """One answer and the function that it is for.

    Attributes:
        wanted, signature: its header, as a tree and as a text.
        class_name: the class that it is a method of; empty for none.
        decorators: its decorators in the file, without white space.
    """

    answer: Answer
    wanted: Function
    signature: str
    class_name: str
    decorators: frozenset[str] = frozenset()

    def part(self) -> Part:
        chosen, owner = self._chosen()
        if chosen is None:
            return self._without_function()
        if isinstance(chosen, ast.AsyncFunctionDef) and isinstance(self.wanted, ast.FunctionDef):
            return Part("", refused=Message("answer-async", written=chosen.name, wanted=self.wanted.name))
        if (fitting := self._with_own_self(chosen)) is not None:
            return fitting.part()
        if owner is not None and (fitting := self._without_class(chosen, owner)) is not None:
            return fitting.part()
        added = called_methods(self.answer, chosen, owner)
        if added and (not self.class_name or (owner is not None and owner.name != self.class_name)):
            lost = listed([one.name for one in added])
            return Part("", refused=Message("answer-calls-missing", names=lost))
        beside = tuple(row for one in added for row in ("", *whole(self.answer, one, flush=True)))
        notice = self._tried(chosen)
        if chosen.name == self.wanted.name and takes_the_same(chosen, self.wanted):
            taken = assembled(self.answer, chosen, owner, added)
            return Part(taken, (*notice, *self._left_out(taken, chosen)), beside=beside)
        own, given = positional(chosen), positional(self.wanted)
        if owner is None and (code := self._renamed(chosen, own, given)) is not None:
            tree = parses(code)
            assert tree is not None  # it was looked at
            again = replace(self.answer, code=code, tree=tree)
            function = [node for node in tree.body if isinstance(node, FUNCTION) and node.name == self.wanted.name][-1]
            taken = assembled(again, function, None, added)
            return Part(taken, (*notice, *self._left_out(taken, chosen)), beside=beside)
        call = call_of(chosen, self.wanted, owner is not None)
        if call is None:
            return Part("", refused=self._mismatch(chosen, own, given))
        return Part(with_helper(self.answer, chosen, owner, self.signature, call), notice, beside=beside)

    # ------------------------------------------------------------------ which function

    def _chosen(self) -> tuple[Function | None, ast.ClassDef | None]:
        body = self.answer.tree.body
        functions = [node for node in body if isinstance(node, FUNCTION)]
        owners = [node for one in body if isinstance(one, ast.ClassDef) for node in _classes(one)]
        methods = [(node, owner) for owner in owners for node in owner.body if isinstance(node, FUNCTION)]
        named = [(node, None) for node in functions if node.name == self.wanted.name]
        both: list[tuple[Function, ast.ClassDef | None]] = [
            *named,
            *(m for m in methods if m[0].name == self.wanted.name),
        ]
        if not both:  # a function within a function, with that one around it
            inner = [node for one in functions for node in ast.walk(one) if isinstance(node, FUNCTION)]
            both = [(node, None) for node in inner if node.name == self.wanted.name]
        full = [one for one in both if not _is_empty(one[0])]
        if both:
            return max(reversed(full or both), key=self._likeness)
        functions = [node for node in functions if not _is_empty(node) and not node.name.startswith("test_")]
        used = {name for node in functions for name in loaded(node) - {node.name}}
        roots = [node for node in functions if node.name not in used and not node.name.startswith("_")] or functions
        if len(roots) > 1:
            alike = [node for node in roots if len(positional(node)) == len(positional(self.wanted))]
            roots = alike if len(alike) == 1 else roots
        if len(roots) == 1:
            return roots[0], None
        public = [one for one in methods if not one[0].name.startswith("_")]
        if not functions and len(public) == 1:
            return public[0]
        return None, None

    def _likeness(self, one: tuple[Function, ast.ClassDef | None]) -> tuple[bool, ...]:
        """How like the wanted function one of its name is: by its class, its decorators and its parameters."""
        node, owner = one
        marks = {"".join(ast.unparse(mark).split()) for mark in node.decorator_list}
        return (
            owner is None or owner.name == self.class_name,
            marks == self.decorators,
            len(positional(node)) == len(positional(self.wanted)),
        )

    def _without_function(self) -> Part:
        """The answer of one expression, or of a lambda; what has no function is a body."""
        body, rows = self.answer.tree.body, self.answer.rows
        functions = [node.name for node in body if isinstance(node, FUNCTION | ast.ClassDef)]
        rest = [node for node in body if not isinstance(node, IMPORT) and not is_guard(node)]
        if not functions and (part := self._of_lambda(rest)) is not None:
            return part
        if len(functions) > 1:
            name = self.wanted.name
            return Part("", refused=Message("answer-unclear", names=listed(functions), wanted=name))
        if functions:
            return Part("", refused=Message("answer-other-function", names=listed(functions), wanted=self.wanted.name))
        if len(rest) == 1 and isinstance(rest[0], ast.Expr) and _is_value(rest[0].value):
            row = rest[0].lineno - 1
            code = "\n".join([*rows[:row], f"return {rows[row]}", *rows[row + 1 :]])
            if parses(code) is not None and not _returns_none(self.wanted):
                return Part(code)
        return Part(self.answer.code)

    def _of_lambda(self, rest: list[ast.stmt]) -> Part | None:
        """For an answer whose only value is a lambda with as many parameters."""
        values = [value for node in rest if (value := _lambda(node)) is not None]
        if len(values) != 1:
            return None
        header = ast.FunctionDef(self.wanted.name, values[0].args, [], [])
        if len(positional(header)) != len(positional(self.wanted)):
            return None
        takes = self.answer.source(values[0]).partition(":")[0].removeprefix("lambda").strip()
        imports = [self.answer.source(one) for one in self.answer.tree.body if isinstance(one, IMPORT)]
        result = self.answer.source(values[0].body)
        code = "\n".join([*imports, f"def {self.wanted.name}({takes}):", f"    return {result}"])
        tree = parses(code)
        return replace(self, answer=replace(self.answer, code=code, tree=tree)).part() if tree is not None else None

    # ------------------------------------------------------------------ its parameters

    def _with_own_self(self, chosen: Function) -> _Fitting | None:
        """For an answer whose method calls its object or class otherwise: the same, with the file's name."""
        ours, theirs = self_of(self.wanted), [arg.arg for arg in [*chosen.args.posonlyargs, *chosen.args.args]]
        if not ours or self_of(chosen) or len(theirs) != len(positional(self.wanted)) + 1:
            return None
        code = renamed(self.answer.code, self.answer.tree, chosen, chosen.name, {theirs[0]: ours})
        tree = parses(code) if code is not None else None
        return replace(self, answer=replace(self.answer, code=code, tree=tree)) if code and tree else None

    def _without_class(self, chosen: Function, owner: ast.ClassDef) -> _Fitting | None:
        """For a function that an answer writes as a method which does without its object: the same as a function."""
        own = self_of(chosen)
        reads_own = any(
            isinstance(node, ast.Name) and node.id == own for part in chosen.body for node in ast.walk(part)
        )
        if self.class_name or not own or reads_own or chosen.decorator_list or chosen not in owner.body:
            return None
        rows, imports = (
            whole(self.answer, chosen, flush=True),
            [n for n in self.answer.tree.body if isinstance(n, IMPORT)],
        )
        header = re.sub(rf"(def \w+\(\s*){own}\b[^,)]*,?\s*", r"\1", "\n".join(rows), count=1)
        others = [
            self.answer.source(node) for node in self.answer.tree.body if node is not owner and node not in imports
        ]
        code = "\n".join([*(self.answer.source(node) for node in imports), *others, header])
        tree = parses(code)
        return replace(self, answer=replace(self.answer, code=code, tree=tree)) if tree is not None else None

    def _renamed(self, chosen: Function, own: list[str], given: list[str]) -> str | None:
        """The code with the stub's names, where counts and types allow it."""
        theirs, ours = chosen.args, self.wanted.args
        left = [name for name in own if name not in given]
        pairs = list(zip(left, [name for name in given if name not in own], strict=False))
        if len(own) != len(given) or conflict(chosen, self.wanted, pairs):
            return None
        kept = {arg.arg for arg in theirs.kwonlyargs} <= {arg.arg for arg in ours.kwonlyargs}
        if not kept or (theirs.vararg and not ours.vararg) or (theirs.kwarg and not ours.kwarg):
            return None
        if bool(self_of(chosen)) and not self_of(self.wanted):
            return None
        new = dict(pairs)
        for old, now in ((theirs.vararg, ours.vararg), (theirs.kwarg, ours.kwarg)):
            if old and now:
                new[old.arg] = now.arg
        return renamed(self.answer.code, self.answer.tree, chosen, self.wanted.name, new)

    def _mismatch(self, chosen: Function, own: list[str], given: list[str]) -> Message:
        theirs, ours = f"({', '.join(own)})", f"({', '.join(given)})"
        return Message("answer-other-signature", written=chosen.name + theirs, wanted=self.wanted.name + ours)

    def _left_out(self, code: str, chosen: Function) -> tuple[Message, ...]:
        """Says which definitions that the function does without are left out."""
        tops = [node for node in self.answer.tree.body if isinstance(node, FUNCTION | ast.ClassDef)]
        around = [node.name for node in tops if any(one is chosen for one in ast.walk(node))]
        tests = [node.name for node in tops if _is_test(node)]
        kept = {*_defined(parses(code)), *_defined(parses(self.answer.text)), *around, *tests}
        left = [node.name for node in tops if node.name not in kept]
        return (Message("answer-others-left-out", names=listed(left)),) if left else ()

    def _tried(self, chosen: Function) -> tuple[Message, ...]:
        """Says which lines that only run the function are left out."""
        kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        tests = [node for node in self.answer.tree.body if _is_test(node) and node.lineno > chosen.lineno]
        left = [node for node in self.answer.tree.body if not isinstance(node, kinds) and node.lineno > chosen.lineno]
        left = sorted([*left, *tests], key=lambda node: node.lineno)
        left = [node for node in left if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
        if not left:
            return ()
        row = self.answer.rows[left[0].lineno - 1].strip()
        return (Message("answer-trial-left-out", row=row[:80]),)


def _classes(owner: ast.ClassDef) -> list[ast.ClassDef]:
    """A class, and those within it."""
    inner = (node for node in owner.body if isinstance(node, ast.ClassDef))
    return [owner, *(one for node in inner for one in _classes(node))]


def _defined(tree: ast.Module | None) -> set[str]:
    return {node.name for node in (tree.body if tree else []) if isinstance(node, FUNCTION | ast.ClassDef)}


def _is_empty(function: Function) -> bool:
    """Whether it has no body but a docstring or a placeholder."""
    rest = function.body[1:] if docstring_of(function) else function.body
    return all(
        isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in rest
    )


def _is_test(node: ast.stmt) -> bool:
    return isinstance(node, FUNCTION | ast.ClassDef) and node.name.lower().startswith("test")


def _lambda(node: ast.stmt) -> ast.Lambda | None:
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr) else None
    return value if isinstance(value, ast.Lambda) else None


def _is_value(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return not (isinstance(node.func, ast.Name) and node.func.id == "print")
    return not isinstance(node, ast.Constant | ast.Yield | ast.YieldFrom)


def _returns_none(function: Function) -> bool:
    return isinstance(function.returns, ast.Constant) and function.returns.value is None
