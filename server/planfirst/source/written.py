"""Makes an answer fit the Python function that it is written for: the right function, its name, its parameters.

What comes out is code that defines the function under its own name; `body.body_of` cuts the body out of it.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from planfirst.source.guards import is_guard
from planfirst.source.locate import Spot
from planfirst.source.part import Part, listed
from planfirst.source.python import Function, docstring_of, names_bound, parses
from planfirst.source.renaming import renamed
from planfirst.source.types_alike import conflict, kinds
from planfirst.source.units import dump, loaded

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_IMPORT = ast.Import | ast.ImportFrom
# Kinds that can mostly take each other's place.
_ALIKE = [*({kind} for kind in ("text", "number", "bytes", "path", "mapping", "set", "items", "function"))]
_ALIKE += [{"items", "set"}, {"items", "mapping"}, {"text", "items"}, {"path", "text"}]


def written_for(text: str, spot: Spot, code: str) -> Part:
    """The answer to an empty function, fitted to it; code that defines nothing is its body already."""
    *outer, signature = spot.task.signature.split("\n")
    wanted, tree = _stub(signature), parses(code)
    if wanted is None:
        return Part(code)
    if tree is None:
        code = _last_begun(code, wanted.name)
        tree = parses(code)
    if tree is None or any(isinstance(node, ast.Return) for node in tree.body):
        return Part(code)
    return _Fitting(text, code, tree, wanted, signature, bool(outer and outer[-1].startswith("class "))).part()


def _stub(signature: str) -> Function | None:
    tree = parses(f"{signature.strip()}\n    pass\n")
    only = tree.body[0] if tree and len(tree.body) == 1 else None
    return only if isinstance(only, _FUNCTION) else None


def _last_begun(code: str, name: str) -> str:
    """From where a function begins for the last time: a model may write a header twice."""
    rows = code.split("\n")
    starts = [n for n, row in enumerate(rows) if row.startswith((f"def {name}(", f"async def {name}("))]
    if len(starts) < 2:
        return code
    rest = [row for row in rows[: starts[0]] if row.startswith(("import ", "from "))] + rows[starts[-1] :]
    return "\n".join(rest) if parses("\n".join(rest)) is not None else code


class _Fitting:
    def __init__(
        self, text: str, code: str, tree: ast.Module, wanted: Function, signature: str, in_class: bool
    ) -> None:
        self.text, self.code, self.tree = text, code, tree
        self.wanted, self.signature, self.in_class = wanted, signature, in_class
        self.rows = code.split("\n")

    def part(self) -> Part:
        chosen, owner = self._chosen()
        if chosen is None:
            return self._without_function()
        if isinstance(chosen, ast.AsyncFunctionDef) and isinstance(self.wanted, ast.FunctionDef):
            return Part("", refused=f"The model wrote {chosen.name} as async, and {self.wanted.name} is not.")
        if lost := self._lost(chosen, owner):
            return Part("", refused=f"The model's code calls {listed(lost)}, which the class does not have.")
        given, own = self._names(self.wanted), self._names(chosen)
        notice = self._tried(chosen, owner)
        if chosen.name == self.wanted.name and self._takes_the_same(chosen):
            return Part(self._assembled(chosen, owner), notice)
        if owner is None and (code := self._renamed(chosen, own, given)) is not None:
            again = parses(code)
            assert again is not None  # it was looked at
            fitting = _Fitting(self.text, code, again, self.wanted, self.signature, self.in_class)
            (function,) = [
                node for node in again.body if isinstance(node, _FUNCTION) and node.name == self.wanted.name
            ][-1:]
            return Part(fitting._assembled(function, None), notice)
        call = self._call(chosen, owner)
        if call is None:
            return Part("", refused=self._mismatch(chosen, own, given))
        return Part(self._with_helper(chosen, owner, call), notice)

    # ------------------------------------------------------------------ which function

    def _chosen(self) -> tuple[Function | None, ast.ClassDef | None]:
        functions = [node for node in self.tree.body if isinstance(node, _FUNCTION)]
        owners = [node for node in self.tree.body if isinstance(node, ast.ClassDef)]
        methods = [(node, owner) for owner in owners for node in owner.body if isinstance(node, _FUNCTION)]
        named = [(node, None) for node in functions if node.name == self.wanted.name]
        both: list[tuple[Function, ast.ClassDef | None]] = [
            *named,
            *(m for m in methods if m[0].name == self.wanted.name),
        ]
        full = [one for one in both if not _is_empty(one[0])]
        if both:
            return (full or both)[-1]
        functions = [node for node in functions if not _is_empty(node) and not node.name.startswith("test_")]
        used = {name for node in functions for name in loaded(node) - {node.name}}
        roots = [node for node in functions if node.name not in used and not node.name.startswith("_")] or functions
        if len(roots) > 1:
            alike = [node for node in roots if len(self._names(node)) == len(self._names(self.wanted))]
            roots = alike if len(alike) == 1 else roots
        if len(roots) == 1:
            return roots[0], None
        public = [one for one in methods if not one[0].name.startswith("_")]
        if not functions and len(public) == 1:
            return public[0]
        return None, None

    def _without_function(self) -> Part:
        """The answer of one expression, or of a lambda; what has no function is a body."""
        functions = [node.name for node in self.tree.body if isinstance(node, _FUNCTION | ast.ClassDef)]
        rest = [node for node in self.tree.body if not isinstance(node, _IMPORT) and not is_guard(node)]
        names = [node for node in rest if _lambda(node)]
        if len(names) == 1 and not functions:
            node = names[0]
            value = _lambda(node)
            assert value is not None
            header = ast.FunctionDef(self.wanted.name, value.args, [], [])
            if len(self._names(header)) == len(self._names(self.wanted)):
                arguments = ast.get_source_segment(self.code, value) or ""
                inner = arguments.partition(":")
                takes = inner[0].removeprefix("lambda").strip()
                imports = [
                    ast.get_source_segment(self.code, one) or "" for one in self.tree.body if isinstance(one, _IMPORT)
                ]
                body = ast.get_source_segment(self.code, value.body) or ""
                code = "\n".join([*imports, f"def {self.wanted.name}({takes}):", f"    return {body}"])
                if parses(code) is not None:
                    return written_again(self, code)
        if len(functions) > 1:
            name = self.wanted.name
            return Part(
                "", refused=f"The model wrote {listed(functions)}, and it is not clear which of them is {name}."
            )
        if functions:
            return Part("", refused=f"The model wrote {listed(functions)}, and not {self.wanted.name}.")
        if len(rest) == 1 and isinstance(rest[0], ast.Expr) and _is_value(rest[0].value):
            row = rest[0].lineno - 1
            rows = [*self.rows[:row], f"return {self.rows[row]}", *self.rows[row + 1 :]]
            if parses("\n".join(rows)) is not None and not _returns_none(self.wanted):
                return Part("\n".join(rows))
        return Part(self.code)

    # ------------------------------------------------------------------ its parameters

    def _names(self, function: Function) -> list[str]:
        """Its parameters by position, without ``self``."""
        names = [arg.arg for arg in [*function.args.posonlyargs, *function.args.args]]
        return names[1:] if names and names[0] in ("self", "cls") else names

    def _takes_the_same(self, chosen: Function) -> bool:
        return {arg.arg for arg in _all(chosen)} - {"self", "cls"} <= {arg.arg for arg in _all(self.wanted)}

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
        if bool(_self_of(chosen)) and not _self_of(self.wanted):
            return None
        new = dict(pairs)
        for old, now in ((theirs.vararg, ours.vararg), (theirs.kwarg, ours.kwarg)):
            if old and now:
                new[old.arg] = now.arg
        return renamed(self.code, self.tree, chosen, self.wanted.name, new)

    def _call(self, chosen: Function, owner: ast.ClassDef | None) -> str | None:
        """How the stub calls the answer's function; None where it cannot."""
        theirs, ours = chosen.args, self.wanted.args
        own, given = self._names(chosen), self._names(self.wanted)
        least = len(own) - len(theirs.defaults)
        if not least <= len(given) or (len(given) > len(own) and theirs.vararg is None):
            return None
        if ours.vararg and not theirs.vararg:
            return None
        needed = [arg.arg for arg, value in zip(theirs.kwonlyargs, theirs.kw_defaults, strict=True) if value is None]
        ours_by_name = {arg.arg for arg in ours.kwonlyargs}
        if not set(needed) <= ours_by_name or (ours_by_name - {a.arg for a in theirs.kwonlyargs} and not theirs.kwarg):
            return None
        selves = []
        if owner is not None and _self_of(chosen):
            if not _self_of(self.wanted) and "self" in _reads(chosen):
                return None
            selves = [_self_of(self.wanted) or "None"]
        elif _self_of(chosen):
            if not _self_of(self.wanted):
                return None
            selves = [_self_of(self.wanted)]
        converted = self._converted(chosen, own, given)
        if converted is None:
            return None
        arguments = [*selves, *converted]
        arguments += [f"*{ours.vararg.arg}"] if ours.vararg else []
        arguments += [f"{name}={name}" for name in sorted(ours_by_name)]
        arguments += [f"**{ours.kwarg.arg}"] if ours.kwarg and theirs.kwarg else []
        waits = "await " if isinstance(chosen, ast.AsyncFunctionDef) else ""
        return f"return {waits}@({', '.join(arguments)})"

    def _converted(self, chosen: Function, own: list[str], given: list[str]) -> list[str] | None:
        """The stub's parameters as the function takes them; None where they are of another kind."""
        theirs, ours, found = kinds(chosen), kinds(self.wanted), list[str]()
        for n, name in enumerate(given):
            kind = theirs.get(own[n], "") if n < len(own) else ""
            if kind == "path" and ours.get(name) == "text":
                found.append(f"Path({name})")
            elif kind and name in ours and {kind, ours[name]} not in _ALIKE:
                return None
            else:
                found.append(name)
        return found

    def _mismatch(self, chosen: Function, own: list[str], given: list[str]) -> str:
        theirs, ours = f"({', '.join(own)})", f"({', '.join(given)})"
        return f"The model wrote {chosen.name}{theirs}, and your function is {self.wanted.name}{ours}."

    # ------------------------------------------------------------------ putting it together

    def _with_helper(self, chosen: Function, owner: ast.ClassDef | None, call: str) -> str:
        """The stub with the answer's function in it, which it calls."""
        name = chosen.name if chosen.name != self.wanted.name else f"_{chosen.name}"
        code = self.code
        if name != chosen.name:
            changed = renamed(code, self.tree, chosen, name, {})
            code = changed if changed is not None else code
        tree = parses(code)
        assert tree is not None  # it was looked at
        again = _Fitting(self.text, code, tree, self.wanted, self.signature, self.in_class)
        body: Sequence[ast.stmt] = tree.body
        if owner is not None:
            body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == owner.name)
        helper = [node for node in body if isinstance(node, _FUNCTION) and node.name in (name, chosen.name)][-1]
        imports, helpers = again._needs(helper, owner, loaded(helper))
        inner = [*[row for one in helpers for row in [*one, ""]], *again._whole(helper, flush=True), ""]
        rows = [self.signature.strip(), *(f"    {row}" if row.strip() else "" for row in inner)]
        return "\n".join([*imports, *([""] if imports else []), *rows, f"    {call.replace('@', helper.name, 1)}"])

    def _assembled(self, chosen: Function, owner: ast.ClassDef | None) -> str:
        """The code with no more than the function, and what it needs."""
        imports, helpers = self._needs(chosen, owner, _reads(chosen))
        keeps = len(imports) + len(helpers) + 1
        if owner is None and keeps == len([node for node in self.tree.body if not is_guard(node)]) == len(
            self.tree.body
        ):
            return self.code
        rows = [*imports, *([""] if imports else [])]
        for helper in helpers:
            rows += [*helper, "", ""]
        return "\n".join([*rows, *self._whole(chosen, flush=True)])

    def _needs(
        self, chosen: Function, owner: ast.ClassDef | None, reads: set[str]
    ) -> tuple[list[str], list[list[str]]]:
        """The imports and the other definitions that a function uses, directly or not, as rows.

        Args:
            reads: the names that the function itself uses.
        """
        file = parses(self.text)
        has = {dump(node) for node in file.body} if file else set()
        reads = set(reads)
        for _ in self.tree.body:
            more = {name for node in self._beside(chosen, owner) if _bound(node) & reads for name in loaded(node)}
            if more <= reads:
                break
            reads |= more
        helpers = [
            self._whole(node) for node in self._beside(chosen, owner) if _bound(node) & reads and dump(node) not in has
        ]
        imports = [
            ast.get_source_segment(self.code, node) or ""
            for node in self.tree.body
            if isinstance(node, _IMPORT) and (_imported(node) & reads or _is_future(node) or "*" in _imported(node))
        ]
        return imports, helpers

    def _beside(self, chosen: Function, owner: ast.ClassDef | None) -> list[ast.stmt]:
        kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
        found = [node for node in self.tree.body if isinstance(node, kinds) and node not in (chosen, owner)]
        return [node for node in found if not isinstance(node, _FUNCTION) or node.name != chosen.name]

    def _whole(self, node: ast.stmt, flush: bool = False) -> list[str]:
        """Its rows, with decorators and the comments directly above."""
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(one.lineno for one in decorators)]) - 1
        while first and self.rows[first - 1].startswith("#"):
            first -= 1
        rows = self.rows[first : node.end_lineno]
        indent = len(rows[0]) - len(rows[0].lstrip())
        return [row[indent:] if not row[:indent].strip() else row for row in rows] if flush and indent else rows

    def _lost(self, chosen: Function, owner: ast.ClassDef | None) -> list[str]:
        """Methods of the answer's own class that the function calls, and the file does not have."""
        if owner is None:
            return []
        theirs = {node.name for node in owner.body if isinstance(node, _FUNCTION)} - {chosen.name}
        file = parses(self.text)
        ours = {node.name for node in ast.walk(file) if isinstance(node, _FUNCTION)} if file else set()
        used = [
            node.attr
            for node in ast.walk(chosen)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
        ]
        return [name for name in dict.fromkeys(used) if name in theirs - ours]

    def _tried(self, chosen: Function, owner: ast.ClassDef | None) -> tuple[str, ...]:
        """Says which lines that only run the function are left out."""
        kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        left = [node for node in self.tree.body if not isinstance(node, kinds) and node.lineno > chosen.lineno]
        left = [node for node in left if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
        if not left:
            return ()
        row = self.rows[left[0].lineno - 1].strip()
        return (f"Lines that only try the new code were left out, from `{row[:80]}` on.",)


def written_again(fitting: _Fitting, code: str) -> Part:
    """The same for other code."""
    tree = parses(code)
    assert tree is not None  # the caller looked
    return _Fitting(fitting.text, code, tree, fitting.wanted, fitting.signature, fitting.in_class).part()


def _all(function: Function) -> list[ast.arg]:
    return [node for node in ast.walk(function.args) if isinstance(node, ast.arg)]


def _self_of(function: Function) -> str:
    names = [arg.arg for arg in [*function.args.posonlyargs, *function.args.args]]
    return names[0] if names and names[0] in ("self", "cls") else ""


def _reads(function: Function) -> set[str]:
    """What its body reads; its header is not taken over."""
    return {name for node in function.body for name in loaded(node)}


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    return {name for one in ast.walk(node) for name in names_bound(one)}


def _imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    return {alias.asname or alias.name.partition(".")[0] for alias in node.names}


def _is_future(node: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _is_empty(function: Function) -> bool:
    """Whether it has no body but a docstring or a placeholder."""
    rest = function.body[1:] if docstring_of(function) else function.body
    return all(
        isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in rest
    )


def _lambda(node: ast.stmt) -> ast.Lambda | None:
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr) else None
    return value if isinstance(value, ast.Lambda) else None


def _is_value(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return not (isinstance(node.func, ast.Name) and node.func.id == "print")
    return not isinstance(node, ast.Constant | ast.Yield | ast.YieldFrom)


def _returns_none(function: Function) -> bool:
    return isinstance(function.returns, ast.Constant) and function.returns.value is None
