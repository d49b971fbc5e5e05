"""Changes that put something else in the place of what is there, as `additions`."""

from __future__ import annotations

import ast

from planfirst_lab.training.changes.site import Site, Step
from planfirst_lab.training.changes.ways import plain

_LONG = 110  # characters of a step that something is added to
_SHORT = 40  # of an expression that is quoted
_TEXTS = (", ", ";", "-", "_", " ", "/", "|", "\n", ":", "*")
_NUMBERS = (2, 3, 4, 5, 8, 10, 12, 20, 50, 100, 0, 1)
_BEFORE = ("- ", "* ", "> ", "Note: ", "# ", "[", "about ")
_BETWEEN = (": ", " - ", ", ", " / ", " = ", "; ", " ")
_BEHIND = (".", "!", " in all", " left", "]", ";", " more")
_KEYS = {"name", "id", "size", "date", "price", "kind", "title", "count"}
_ERRORS = ("ValueError", "TypeError", "KeyError", "RuntimeError", "LookupError")
_OTHERS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}


def returned(site: Site) -> Step | None:
    """What is returned is given in another form."""
    end = site.last_return()
    if end is None or end.value is None or isinstance(end.value, ast.GeneratorExp):
        return None
    old, value, kind = site.told(end), ast.unparse(end.value), site.kind(end.value)
    if not old or len(old) > _LONG or ("'" in value and kind == "number"):
        return None
    code, said = site.way("returned", "any" if kind == "none" else kind, value=value, held=_held(value))
    end.value = ast.parse(code, mode="eval").body
    return Step(_capital(old) + said, _capital(old))


def constant(site: Site) -> Step | None:
    """A number or a text that is used is another one."""
    found = [one for one in site.nodes(ast.Constant) if not isinstance(one.value, bool)]
    place = site.any_of([one for one in found if isinstance(one.value, int | float) or _is_mark(one.value)])
    if place is None:
        return None
    choices: tuple[str, ...] | tuple[int, ...] = _TEXTS if isinstance(place.value, str) else _NUMBERS
    return _told_anew(site, place, ast.Constant(site.random.choice([one for one in choices if one != place.value])))


def _is_mark(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 3 and not value.isalnum()


def compared(site: Site) -> Step | None:
    """A comparison is another one."""
    place = site.any_of([one for one in site.nodes(ast.Compare) if len(one.ops) == 1 and type(one.ops[0]) in _OTHERS])
    if place is None:
        return None
    op = site.random.choice(_OTHERS[type(place.ops[0])])
    return _told_anew(site, place, ast.Compare(place.left, [op()], place.comparators))


def linked(site: Site) -> Step | None:
    """Two conditions are joined in the other way."""
    place = site.any_of(site.nodes(ast.BoolOp))
    if place is None:
        return None
    return _told_anew(site, place, ast.BoolOp(ast.Or() if isinstance(place.op, ast.And) else ast.And(), place.values))


def further(site: Site) -> Step | None:
    """A condition asks for something besides."""
    place, name = site.any_of(site.nodes(ast.If)), site.any_of(site.params("any", "list", "text", "number", "dict"))
    if place is None or name is None:
        return None
    old = site.test(place.test)
    if len(old) > _LONG:
        return None
    kind = site.kinds.get(name, "any")
    table = "list" if kind in ("list", "text") else "number" if kind == "number" else "any"
    test, said = site.way("further", table, name=name, told=site.worded(name))
    link = site.pick("and", "or")
    place.test = ast.parse(f"({ast.unparse(place.test)}) {link} {test}", mode="eval").body
    lead = site.pick("Check whether", "Check if", "Look whether")
    return Step(f"{lead} {old} {link} {said}", f"{lead} {old}")


def order(site: Site) -> Step | None:
    """Something is sorted in another way."""
    places = [
        one
        for one in site.nodes(ast.Call)
        if (isinstance(one.func, ast.Name) and one.func.id == "sorted" and one.args)
        or (isinstance(one.func, ast.Attribute) and one.func.attr == "sort" and not one.args)
    ]
    place = site.any_of(places)
    if place is None:
        return None
    what = ast.unparse(place.args[0]) if place.args else ast.unparse(place.func).removesuffix(".sort")
    if len(what) > _SHORT:
        return None
    told = site.worded(what) if what.isidentifier() else what
    if any(word.arg == "reverse" for word in place.keywords):
        place.keywords = [word for word in place.keywords if word.arg != "reverse"]
        return Step(f"Sort {told}, the smallest first", f"Sort {told}, the largest first")
    if site.random.random() < 0.5 or any(word.arg == "key" for word in place.keywords):
        place.keywords.append(ast.keyword("reverse", ast.Constant(True)))
        said = site.pick(" in descending order", ", the largest first", " backwards")
    else:
        way, said = site.way("order", "key")
        place.keywords.append(ast.keyword("key", ast.parse(way, mode="eval").body))
    return Step(f"Sort {told}{said}", f"Sort {told}")


def called(site: Site) -> Step | None:
    """Another function of the same use is called."""
    others = plain("called")
    places: list[tuple[ast.Call, str]] = []
    for one in site.nodes(ast.Call):
        match one.func:
            case ast.Attribute(attr=name) if name in others:
                places.append((one, name))
            case ast.Name(id=name) if name in others and len(one.args) == 1 and not one.keywords:
                places.append((one, name))
            case _:
                pass
    chosen = site.any_of(places)
    if chosen is None:
        return None
    place, name = chosen
    other, func = site.pick(*others[name]), place.func
    called_as: ast.expr = ast.Name(other, ast.Load())
    if isinstance(func, ast.Attribute):
        called_as = ast.Attribute(func.value, other, ast.Load())
    return _told_anew(site, place, ast.Call(called_as, place.args, place.keywords))


def raised(site: Site) -> Step | None:
    """An error is another one, or none."""
    place = site.any_of([one for one in site.nodes(ast.Raise) if isinstance(one.exc, ast.Call)])
    if place is None or not isinstance(place.exc, ast.Call) or not isinstance(place.exc.func, ast.Name):
        return None
    old = place.exc.func.id
    if site.random.random() < 0.5:
        given, what = site.given()
        block = site.block_of(place)
        block[block.index(place)] = ast.Return(ast.parse(given, mode="eval").body)
        said = site.pick(f"Return {what} instead of raising an error", f"Return {what} then", f"Return {what}")
        return Step(said, site.pick(f"Raise {old}", f"Raise a {old}"))
    new = site.pick(*(one for one in _ERRORS if one != old))
    place.exc.func = ast.Name(new, ast.Load())
    return Step(f"Raise {new}", f"Raise {old}")


def appended(site: Site) -> Step | None:
    """What a loop collects is collected in another form, or in another place."""
    places = [
        one
        for one in site.nodes(ast.Call)
        if isinstance(one.func, ast.Attribute)
        and one.func.attr == "append"
        and len(one.args) == 1
        and isinstance(one.func.value, ast.Name)
    ]
    place = site.any_of(places)
    if place is None or not isinstance(place.func, ast.Attribute):
        return None
    value, where = ast.unparse(place.args[0]), ast.unparse(place.func.value)
    statement = site.statement_of(place)
    if len(value) > _SHORT or not isinstance(statement, ast.Expr):
        return None
    told, block = site.worded(value) if value.isidentifier() else value, site.block_of(statement)
    old, way = site.pick(f"Add {told} to {where}", f"Append {told} to {where}", f"Collect {told}"), site.random.random()
    if way < 0.2:
        block[block.index(statement)] = ast.parse(f"{where}.insert(0, {value})").body[0]
        return Step(f"Put {told} at the front of {where}", old)
    if way < 0.4:
        block[block.index(statement)] = ast.parse(f"if {value} not in {where}:\n    {where}.append({value})").body[0]
        return Step(old + site.pick(", but only if it is not in there yet", " unless it is there already"), old)
    code, said = site.way("appended", "any", value=value, held=_held(value))
    place.args = [ast.parse(code, mode="eval").body]
    return Step(old + said, old)


def summed(site: Site) -> Step | None:
    """What is added up is something else."""
    place = site.any_of([one for one in site.nodes(ast.AugAssign) if isinstance(one.op, ast.Add)])
    if place is None or not isinstance(place.target, ast.Name):
        return None
    value, target = ast.unparse(place.value), place.target.id
    if len(value) > _SHORT or {site.kind(place.value), site.kinds.get(target)} & {"text", "list"}:
        return None
    code, said = site.way("summed", "any", value=value, held=_held(value))
    place.value = ast.parse(code, mode="eval").body
    old = f"Add {site.worded(value) if value.isidentifier() else value} to {target}"
    return Step(old + said, old)


def through(site: Site) -> Step | None:
    """A loop goes through something in another order, or through a part of it."""
    place = site.any_of([one for one in site.nodes(ast.For) if isinstance(one.iter, ast.Name)])
    if place is None or not isinstance(place.iter, ast.Name):
        return None
    told = site.worded(place.iter.id)
    code, said = site.way("through", "any", name=place.iter.id)
    place.iter = ast.parse(code, mode="eval").body
    lead = site.pick("Go through", "Loop over", "For each of")
    return Step(f"{lead} {told}{said}", f"{lead} {told}")


def formatted(site: Site) -> Step | None:
    """A text that is put together from its parts has other words, or another order."""
    place = site.any_of([one for one in site.nodes(ast.JoinedStr) if _template(one)])
    if place is None:
        return None
    values = list(place.values)
    fields = [n for n, part in enumerate(values) if isinstance(part, ast.FormattedValue)]
    words = [n for n, part in enumerate(values) if isinstance(part, ast.Constant)]
    way = site.random.randrange(4)
    if way == 0 and len(fields) > 1:
        one, two = site.random.sample(fields, 2)
        values[one], values[two] = values[two], values[one]
    elif way == 1 and words:
        values[site.random.choice(words)] = ast.Constant(site.pick(*_BETWEEN))
    elif way == 2:
        values.insert(0, ast.Constant(site.pick(*_BEFORE)))
    else:
        values.append(ast.Constant(site.pick(*_BEHIND)))
    made = ast.JoinedStr(values)
    old, new = _template(place), _template(made)
    if not new or old == new:
        return None
    lead = site.pick("Write it as", "Make a text such as", "Use the form", "The text is")
    site.replace(place, made)
    return Step(f'{lead} "{new}"', f'{lead} "{old}"')


def _template(place: ast.JoinedStr) -> str:
    """A formatted text with the names of its fields; empty where it is not plain."""
    told = ""
    for part in place.values:
        match part:
            case ast.Constant(value=str(text)) if "\n" not in text and '"' not in text:
                told += text
            case ast.FormattedValue(value=ast.Name(id=name)) | ast.FormattedValue(value=ast.Attribute(attr=name)):
                told += name
            case ast.FormattedValue(value=ast.Subscript(slice=ast.Constant(value=str(name)))):
                told += name
            case _:
                return ""
    return told if len(told) <= 60 else ""


def tiered(site: Site) -> Step | None:
    """A number depends on a condition."""
    numbers = [one for one in site.nodes(ast.Constant) if type(one.value) in (int, float)]
    place = site.any_of([one for one in numbers if one.value not in (0, 1)])
    name = site.any_of(site.params("number", "list", "text"))
    if place is None or name is None:
        return None
    statement = site.statement_of(place)
    old, other = site.told(statement), site.random.choice(_NUMBERS)
    if not old or len(old) > _LONG or other == place.value or isinstance(statement, ast.If):
        return None
    told, (limit, word) = site.worded(name), site.number(2, 30)
    is_number = site.kinds.get(name) == "number"
    size = name if is_number else f"len({name})"
    when = f"{told} is above {word}" if is_number else f"{told} has more than {word}"
    site.replace(place, f"{other} if {size} > {limit} else {place.value!r}")
    return Step(f"{_capital(old)}, but with {other} in the place of {place.value!r} if {when}", _capital(old))


def keyed(site: Site) -> Step | None:
    """Another key is read."""
    keys = [one.slice for one in site.nodes(ast.Subscript) if isinstance(one.slice, ast.Constant)]
    named = {str(one.value) for one in keys if isinstance(one.value, str) and one.value.isidentifier()}
    place = site.any_of([one for one in keys if one.value in named])
    if place is None:
        return None
    old = str(place.value)
    new = site.random.choice(sorted((named | _KEYS) - {old}))
    made = _told_anew(site, place, ast.Constant(new))
    if made is not None and site.random.random() < 0.5:
        lead = site.pick("Use", "Take", "Read")
        return Step(f"{lead} the {new.replace('_', ' ')} of each", f"{lead} the {old.replace('_', ' ')} of each")
    return made


def _told_anew(site: Site, place: ast.expr, made: ast.expr) -> Step | None:
    """Replaces an expression; the steps are its statement in words, before and after."""
    statement, choices = site.statement_of(place), site.random.getstate()
    old = _words(site, statement)
    site.replace(place, made)
    site.random.setstate(choices)  # the same choice of words again
    new = _words(site, statement)
    return Step(_capital(new), _capital(old)) if old and new and new != old and len(new) <= _LONG else None


def _words(site: Site, node: ast.stmt) -> str:
    return f"check whether {site.test(node.test)}" if isinstance(node, ast.If | ast.While) else site.told(node)


def _held(value: str) -> str:
    """An expression that something can stand behind."""
    return value if value.isidentifier() or value.isdigit() or value.endswith((")", "]")) else f"({value})"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


REPLACEMENTS = (
    *(returned, constant, compared, linked, further, order, called),
    *(raised, appended, summed, through, formatted, tiered, keyed),
)
