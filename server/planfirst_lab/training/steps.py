"""Writes a plan for a function from its syntax tree: one to six steps that say what is done, why, and with which calls.

The words vary with the random source that is passed in; the same source gives the same words.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Sequence

from planfirst.core.types import MAX_STEPS
from planfirst_lab.parsing import parsed
from planfirst_lab.training.phrases import Phrases

_LONGEST_STEP = 150  # characters
_OPENINGS = frozenset("if when for go visit repeat keep as inside with within try attempt be".split())  # noqa: SIM905
_DANGLING = frozenset("and or of with to in is on for from then where each if a using".split())  # noqa: SIM905


def steps_of(code: str, random_: random.Random) -> list[str]:
    """The plan's steps for source text; an empty list when it does not parse or says nothing.

    A text with several functions or statements at its top gets the steps of its last function.
    """
    tree = parsed(code)
    body: Sequence[ast.stmt] = tree.body if tree else []
    functions = [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return Writer(random_).steps(functions[-1].body if functions else body)


class Writer(Phrases):
    """Words for statements."""

    def steps(self, body: Sequence[ast.stmt]) -> list[str]:
        phrases: list[str] = []
        for node in body:
            phrase = self.statement(node)
            if phrase and phrase not in phrases:
                phrases.append(phrase)
        return [f"{phrase[:1].upper()}{phrase[1:]}." for phrase in self.shorten(phrases)]

    def shorten(self, phrases: list[str]) -> list[str]:
        """Joins neighbours, the shortest first, until a plan's limit is kept."""
        wanted = MAX_STEPS if self.chance() < 0.4 else 4
        while len(phrases) > wanted:
            pairs = [len(phrases[n]) + len(phrases[n + 1]) for n in range(len(phrases) - 1)]
            n = pairs.index(min(pairs))
            phrases[n : n + 2] = [f"{phrases[n]}{self.pick((', then ', ', and ', ' and '))}{phrases[n + 1]}"]
        return [_cut(phrase) for phrase in phrases]

    def statement(self, node: ast.stmt) -> str:
        """One statement as a phrase that begins with a verb in small letters; empty when it need not be told."""
        match node:
            case ast.Return():
                return self.returning(node.value)
            case ast.Assign(targets=[target], value=value):
                return self.assignment(ast.unparse(target), value)
            case ast.AnnAssign(target=target, value=value) if value is not None:
                return self.assignment(ast.unparse(target), value)
            case ast.AugAssign(target=target, op=op, value=value):
                verb = {ast.Add: "add", ast.Sub: "subtract"}.get(type(op), "update")
                link = {"add": "to", "subtract": "from", "update": "with"}[verb]
                one, two = self.value(value), ast.unparse(target)
                return f"update {two} with {one}" if verb == "update" else f"{verb} {one} {link} {two}"
            case ast.If():
                return self.condition(node)
            case ast.For() | ast.AsyncFor():
                return self.loop(node)
            case ast.While(test=test, body=body):
                lead = self.pick(("repeat while", "keep going while", "as long as"))
                endless = isinstance(test, ast.Constant) and bool(test.value)
                head = "repeat until it is done" if endless else f"{lead} {self.test(test)}"
                return f"{head}: {self.inner(body)}"
            case ast.With() | ast.AsyncWith():
                items = " and ".join(self.value(item.context_expr) for item in node.items)
                lead = self.pick(("inside", "with", "within"))
                return f"{lead} {items}, {self.inner(node.body)}"
            case ast.Try():
                return self.trying(node)
            case ast.Raise(exc=exc) if exc is not None:
                return f"{self.pick(('raise', 'fail with'))} {self.called(exc)}"
            case ast.Assert(test=test):
                return f"{self.pick(('make sure that', 'check that'))} {self.test(test)}"
            case ast.Expr(value=ast.Constant()) | ast.Pass() | ast.Global() | ast.Nonlocal():
                return ""
            case ast.Expr(value=value):
                return self.doing(value)
            case ast.Delete(targets=targets):
                return f"remove {', '.join(ast.unparse(target) for target in targets)}"
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                calls = self.calls(node.body)
                return f"define a helper {name}" + (f" that uses {calls}" if calls else "")
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                return f"import {', '.join(alias.name for alias in names)}" if self.chance() < 0.5 else ""
            case _:
                return ""

    def returning(self, value: ast.expr | None) -> str:
        if value is None or (isinstance(value, ast.Constant) and value.value is None):
            return self.pick(("stop here", "return nothing"))
        if isinstance(value, ast.Compare | ast.BoolOp) or (
            isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not)
        ):
            return f"{self.pick(('return whether', 'tell whether', 'say whether'))} {self.test(value)}"
        return f"{self.pick(('return', 'return', 'give back', 'hand back'))} {self.value(value)}"

    def assignment(self, target: str, value: ast.expr) -> str:
        match value:
            case ast.List(elts=[]) | ast.Dict(keys=[]) | ast.Set(elts=[]):
                kind = {ast.List: "list", ast.Dict: "dict", ast.Set: "set"}[type(value)]
                return self.pick((f"start with an empty {kind} {target}", f"collect into an empty {kind} {target}"))
            case ast.Constant():
                return self.pick((f"set {target} to {self.value(value)}", f"start {target} at {self.value(value)}"))
            case ast.Call():
                return self.pick(
                    (
                        f"get {target} from {self.value(value)}",
                        f"compute {target} with {self.value(value)}",
                        f"use {self.value(value)} to get {target}",
                        f"call {self.value(value)} for {target}",
                    )
                )
            case ast.IfExp(test=test, body=body, orelse=other):
                return f"set {target} to {self.value(body)} if {self.test(test)}, otherwise to {self.value(other)}"
            case ast.ListComp() | ast.DictComp() | ast.SetComp() | ast.GeneratorExp():
                return f"{self.pick(('build', 'make', 'gather'))} {target}, {self.value(value)}"
            case ast.Name() | ast.Attribute() | ast.Subscript():
                return f"{self.pick(('take', 'remember', 'keep'))} {self.value(value)} as {target}"
            case _:
                return f"{self.pick(('work out', 'compute', 'set'))} {target} as {self.value(value)}"

    def condition(self, node: ast.If) -> str:
        head = f"{self.pick(('if', 'when'))} {self.test(node.test)}, {self.inner(node.body)}"
        if not node.orelse:
            if isinstance(node.body[0], ast.Raise):
                return self.pick((head, f"check the input: {head}"))
            return head
        if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
            rest = self.pick(("otherwise handle the other cases", "treat the other cases one by one"))
            return f"{head}; {rest}{self.using(node.orelse)}"
        return f"{head}; otherwise {self.inner(node.orelse)}"

    def loop(self, node: ast.For | ast.AsyncFor) -> str:
        lead = self.pick(("for each", "go through each", "visit each", "for every"))
        link = "in" if lead.startswith("for") else "of"
        target = ast.unparse(node.target).strip("()")
        return f"{lead} {target} {link} {self.value(node.iter)}{self.pick((', ', ': '))}{self.inner(node.body)}"

    def trying(self, node: ast.Try) -> str:
        tried = self.inner(node.body)
        simple = tried.split(" ", 1)[0] not in _OPENINGS
        text = f"{self.pick(('try to', 'attempt to')) if simple else 'be ready for errors:'} {tried}"
        for handler in node.handlers[:1]:
            kind = ast.unparse(handler.type).strip("()") if handler.type else "an error"
            text += f"; {self.pick(('on', 'if that ends in', 'in case of'))} {kind}, "
            text += self.inner(handler.body) or "go on"
        if node.finalbody:
            text += f"; at the end always {self.inner(node.finalbody)}"
        return text

    def inner(self, body: Sequence[ast.stmt]) -> str:
        """The first one or two statements of a block, and the calls of what is left."""
        told: list[str] = []
        for n, node in enumerate(body):
            phrase = self.statement(node) if sum(map(len, told)) < 50 else ""
            if not phrase and not isinstance(node, ast.Pass | ast.Continue | ast.Break):
                rest = self.using(body[n:])
                return " and ".join(told) + rest if told else f"go on{rest}"
            if isinstance(node, ast.Continue):
                phrase = self.pick(("skip it", "go on to the next one"))
            elif isinstance(node, ast.Break):
                phrase = self.pick(("stop", "leave the loop"))
            elif isinstance(node, ast.Pass):
                phrase = "do nothing"
            told.append(phrase)
            if len(told) == 2 and n + 1 < len(body):
                return " and ".join(told) + self.using(body[n + 1 :])
        return " and ".join(told)

    def doing(self, value: ast.expr) -> str:
        match value:
            case ast.Call(func=ast.Attribute(attr="append" | "add", value=owner), args=[item]):
                return f"{self.pick(('append', 'add'))} {self.value(item)} to {ast.unparse(owner)}"
            case ast.Await(value=inner):
                return f"wait for {self.value(inner)}"
            case ast.Yield(value=inner) if inner is not None:
                return f"yield {self.value(inner)}"
            case ast.YieldFrom(value=inner):
                return f"yield all of {self.value(inner)}"
            case ast.Call():
                return f"{self.pick(('call', 'use', 'run'))} {self.value(value)}"
            case _:
                return ""


def _cut(phrase: str) -> str:
    """The phrase without what goes past the longest step, cut at a clause or at a word."""
    if len(phrase) <= _LONGEST_STEP:
        return phrase
    head = phrase[:_LONGEST_STEP]
    clause = max(head.rfind(", "), head.rfind("; "))
    kept = head[:clause] if clause > _LONGEST_STEP // 3 else head[: max(head.rfind(" "), 1)]
    words = kept.split(" ")
    while len(words) > 2 and words[-1] in _DANGLING:
        words.pop()
    return " ".join(words)
