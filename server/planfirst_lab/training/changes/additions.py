"""Changes that put something in. Each also tells what was there, where it is taken out again.

Each takes a site, changes its function and gives the step that says so, or None where the function has no place for it.
"""

from __future__ import annotations

import ast

from planfirst_lab.training.changes.site import Site, Step


def guard_nothing(site: Site) -> Step | None:
    name = site.any_of(site.params("list", "text", "dict"))
    if name is None:
        return None
    told, (given, what) = site.worded(name), site.given()
    site.at_start(f"if not {name}:\n    return {given}")
    return Step(
        site.pick(
            f"If {told} is empty, return {what}",
            f"Return {what} if {told} is empty",
            f"Return {what} when {told} has nothing in it",
            f"Give back {what} for an empty {name.replace('_', ' ')}",
            f"Check first whether {told} is empty and return {what} then",
        )
    )


def guard_none(site: Site) -> Step | None:
    name = site.any_of(site.params("list", "text", "dict", "any", "number"))
    if name is None:
        return None
    told, (given, what) = site.worded(name), site.given()
    site.at_start(f"if {name} is None:\n    return {given}")
    return Step(site.pick(f"If {told} is None, return {what}", f"Return {what} where {told} is None"))


def guard_number(site: Site) -> Step | None:
    name = site.any_of(site.params("number"))
    if name is None:
        return None
    told, (limit, word) = site.worded(name), site.number(0, 20)
    if site.random.random() < 0.5:
        op, words = "<", site.pick("is less than", "is below", "is smaller than")
    else:
        op, words = ">", site.pick("is greater than", "is more than", "is above")
    if site.random.random() < 0.5:
        does = site.pick("raise a ValueError", "raise ValueError", "refuse it with a ValueError")
        site.at_start(f"if {name} {op} {limit}:\n    raise ValueError({f'{name} is out of range'!r})")
    else:
        given, what = site.given()
        does = f"return {what}"
        site.at_start(f"if {name} {op} {limit}:\n    return {given}")
    when = f"{told} {words} {word}"
    return Step(site.pick(f"If {when}, {does}", f"{does[:1].upper()}{does[1:]} if {when}"))


def guard_length(site: Site) -> Step | None:
    name = site.any_of(site.params("list", "text"))
    if name is None:
        return None
    told, (limit, word) = site.worded(name), site.number(1, 10)
    more = site.random.random() < 0.5
    unit = "characters" if site.kinds.get(name) == "text" else site.pick("items", "elements", "entries")
    head, way = f"if len({name}) {'>' if more else '<'} {limit}:\n    ", site.random.randrange(3)
    if way == 0:
        site.at_start(head + f"raise ValueError('too {'long' if more else 'short'}')")
        does = site.pick("raise a ValueError", "raise ValueError")
    elif way == 1 and more:
        site.at_start(head + f"{name} = {name}[:{limit}]")
        does = site.pick(
            f"keep only the first {word}", f"use only the first {word} of them", f"cut it off after {word}"
        )
    else:
        given, what = site.given()
        site.at_start(f"{head}return {given}")
        does = f"return {what}"
    has = site.pick("has", "contains", "holds")
    when = f"{told} {has} {site.pick('more', 'over') if more else site.pick('fewer', 'less')} than {word} {unit}"
    return Step(site.pick(f"If {when}, {does}", f"When {when}, {does}"))


def prepare(site: Site) -> Step | None:
    """Something is done with a parameter before all else."""
    texts, lists = site.params("text"), site.params("list")
    name = site.any_of(texts + lists)
    if name is None:
        return None
    value, said = site.way("prepare", "text" if name in texts else "list", name=name, told=site.worded(name))
    site.at_start(f"{name} = {value}")
    return Step(said)


def skip(site: Site) -> Step | None:
    """Some items of a loop are passed over."""
    loop = site.any_of([one for one in site.nodes(ast.For) if isinstance(one.target, ast.Name)])
    if loop is None or not isinstance(loop.target, ast.Name):
        return None
    name = loop.target.id
    kind = site.kinds.get(name, "any")
    kinds = ("any", kind) if kind in ("text", "number") else ("any", "text", "number")
    test, said = site.way("skip", *kinds, name=name, told=site.worded(name))
    loop.body[:0] = ast.parse(f"if {test}:\n    continue").body
    return Step(said)


def once(site: Site) -> Step | None:
    """Items that came before are passed over."""
    loop = site.any_of([one for one in site.nodes(ast.For) if isinstance(one.target, ast.Name)])
    seen = site.fresh("seen", "done", "known")
    if loop is None or seen is None or not isinstance(loop.target, ast.Name):
        return None
    name = loop.target.id
    site.before(loop, f"{seen} = set()")
    loop.body[:0] = ast.parse(f"if {name} in {seen}:\n    continue\n{seen}.add({name})").body
    return Step(
        site.pick(
            "Skip those that came before",
            f"Use each {name} only once",
            f"Ignore {site.worded(name)} if it was seen already",
            "Leave out repeated ones",
            f"Take every {name} just once, even if it comes again",
        )
    )


def stop(site: Site) -> Step | None:
    """A loop ends early."""
    loop = site.any_of(site.nodes(ast.For))
    if loop is None:
        return None
    lists = [
        node.func.value.id
        for part in loop.body
        for node in ast.walk(part)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "append"
        and isinstance(node.func.value, ast.Name)
    ]
    count, word = site.number(2, 10)
    if lists:
        loop.body += ast.parse(f"if len({lists[0]}) == {count}:\n    break").body
        return Step(
            site.pick(
                f"Stop as soon as {site.worded(lists[0])} has {word} items",
                f"Stop after {word} have been found",
                f"Collect at most {word}",
                f"Stop when there are {word} of them",
            )
        )
    if not isinstance(loop.target, ast.Name):
        return None
    name = loop.target.id
    loop.body[:0] = ast.parse(f"if not {name}:\n    break").body
    return Step(site.pick(f"Stop at the first {name} that is empty", f"Stop as soon as {site.worded(name)} is empty"))


def only(site: Site) -> Step | None:
    """A comprehension leaves some out."""
    part = site.any_of([one for one in site.nodes(ast.comprehension) if isinstance(one.target, ast.Name)])
    if part is None or not isinstance(part.target, ast.Name):
        return None
    test, said = site.way("only", "any", name=part.target.id, told=site.worded(part.target.id))
    part.ifs.append(ast.parse(test, mode="eval").body)
    return Step(said)


def last(site: Site) -> Step | None:
    """Something is done with what is returned before it is."""
    end = site.last_return()
    if end is None or not isinstance(end.value, ast.Name):
        return None
    name = end.value.id
    kind = site.kinds.get(name, "any")
    kind = kind if kind in ("list", "number", "text") else "any"
    code, said = site.way("last", kind, name=name, told=site.worded(name))
    site.before(end, code)
    return Step(said)


ADDITIONS = (guard_nothing, guard_none, guard_number, guard_length, prepare, skip, once, stop, only, last)
