"""Which lines of a file a comment asks to have otherwise."""

from __future__ import annotations

from planfirst.source import lines as lined
from planfirst.source.change_requests import asks_for_change, asks_for_more, to_change
from planfirst.source.forms import Form, form_at, forms_in
from planfirst.source.languages import Language
from planfirst.source.standing import function_around
from planfirst.source.syntax import syntax_of

_SHORT = 40  # rows of a function that is shown and written as a whole
_MOST = 4000  # characters that a model can be expected to write again


def code_to_change(
    text: str, request: str, first: int, last: int, below: tuple[int, int], language: Language, asked: bool
) -> tuple[int, int] | None:
    """The lines, inclusive: a function or type directly below the comment, a short function around it, or what follows.

    A comment directly above a function or type is about it, unless it asks for another one.

    Args:
        first, last: the lines of the comment.
        below: the lines of the code directly below it.
        asked: whether a change is known to be wanted; else the comment's words tell.
    """
    syntax = syntax_of(text, language.id)
    if syntax is None:
        length = sum(len(row) for row in text.split("\n")[below[0] : below[1] + 1])
        return below if asked or (asks_for_change(request) and length <= _MOST) else None
    form = form_at(syntax, below[0])
    defines = form is not None and form.definition.body is not None
    says_so = asks_for_change(request)
    if not asked and (asks_for_more(request, text) if defines else not says_so):
        return None
    around = function_around(syntax, first, last) if says_so and not defines else None
    if around is not None and syntax.last(around) - syntax.first(around) < _SHORT:
        below = Form(around, syntax).first, syntax.last(around)
    length = sum(len(row) for row in syntax.lines[below[0] : below[1] + 1])
    return below if asked or length <= _MOST else None


def named_too(text: str, request: str, at: tuple[int, int], language: Language) -> list[str]:
    """The other definitions of the file that a request names as changing, too: the rows of each, in their order.

    A method is shown by itself unless its class is.

    Args:
        at: the lines of the code that the comment stands above or in.
    """
    wanted, syntax = to_change(request), syntax_of(text, language.id)
    if not wanted or syntax is None:
        return []
    found = [form for form in forms_in(syntax) if form.name in wanted and not at[0] <= form.first <= at[1]]
    names = [form.name for form in found]
    own = [form for form in found if names.count(form.name) == 1]
    alone = [form for form in own if not any(_is_within(form, other) for other in own)]
    texts = ["\n".join(lined.dedent(form.rows)) for form in alone]
    return texts if sum(map(len, texts)) <= _MOST else []


def _is_within(form: Form, other: Form) -> bool:
    return form is not other and other.first <= form.first < other.first + len(other.rows)


def function_to_change(text: str, request: str, line: int, language: Language) -> tuple[int, int] | None:
    """The lines of the short function that a comment behind code asks to have otherwise; None for none."""
    syntax = syntax_of(text, language.id)
    if syntax is None or not asks_for_change(request):
        return None
    around = [one for one in syntax.touching(line, line) if one.type in syntax.shape.functions]
    if not around or not Form(around[-1], syntax).name:
        return None
    first, last = Form(around[-1], syntax).first, syntax.last(around[-1])
    return (first, last) if last - first < _SHORT else None
